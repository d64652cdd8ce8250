//! Which agency is competent: those of the procedure's level, found by name or by place.
//! Does not know: rules of territory inside a province; the applicant says where the matter
//! belongs.
use facts::agency::{Agency, AgencyLevel};
use facts::fold::fold;
use facts::place::Places;
use facts::procedure::{Level, Procedure};
use jiff::Timestamp;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::day_of;

/// Agencies shown as open choices; beyond it people search.
pub(super) const SHOWN_MAX: usize = 12;
/// Places of one search whose agencies are offered.
const PLACES_MAX: usize = 30;

/// All agencies that take this procedure now, by name.
pub(super) async fn offering(
    ground: &Ground,
    procedure: &Procedure,
    now: Timestamp,
) -> Result<Vec<Agency>, Trouble> {
    let level = match procedure.key.level {
        Level::Commune => AgencyLevel::Commune,
        Level::Province => AgencyLevel::Province,
    };
    let mut agencies = ground.offices.agencies(now).await?;
    agencies.retain(|agency| agency.level == level);
    agencies.sort_by_key(|agency| facts::fold::sort_key(&agency.name));
    Ok(agencies)
}

/// Those that the text can mean: by their name, or by the commune that they govern.
pub(super) fn found<'a>(
    agencies: &'a [Agency],
    text: &str,
    places: &Places,
    now: Timestamp,
) -> Vec<&'a Agency> {
    let wanted = fold(text);
    let communes = places.search(text, day_of(now), PLACES_MAX);
    let fits = |agency: &&Agency| {
        fold(&agency.name).contains(&wanted)
            || communes
                .iter()
                .any(|commune| commune.code == agency.place_code)
    };
    agencies.iter().filter(fits).take(SHOWN_MAX).collect()
}

/// Code of the province in which an agency stands, for addresses to begin with; empty when unknown.
pub(super) fn province(agency: &Agency, places: &Places, now: Timestamp) -> String {
    if agency.place_code.len() == 2 {
        return agency.place_code.clone();
    }
    let commune = places.commune(&agency.place_code, day_of(now));
    commune
        .map(|commune| commune.province.clone())
        .unwrap_or_default()
}
