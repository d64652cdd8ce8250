//! The fields of an address or a place: country, province, commune and the rest of the line.
//! Does not know: the other fields of a page.
use kernel::Json;
use web::ui::Choice as Offered;

use super::Asker;
use super::fields::part;

pub(super) struct PlaceField {
    pub(super) country: Option<String>,
    pub(super) countries: Vec<Offered>,
    pub(super) province: String,
    pub(super) provinces: Vec<Offered>,
    pub(super) commune: String,
    pub(super) communes: Vec<Offered>,
    pub(super) detail: String,
}

impl PlaceField {
    pub(super) fn at_home(&self) -> bool {
        self.country
            .as_deref()
            .is_none_or(|country| country.is_empty() || country == HOME)
    }
}

/// Việt Nam in ISO 3166-1.
pub(super) const HOME: &str = "VN";

impl Asker<'_> {
    pub(super) fn place(&self, answer: &Json, countries: Vec<Offered>) -> PlaceField {
        let given = part(answer, "province");
        let province = match given.is_empty() {
            true => self.province.to_owned(),
            false => given,
        };
        let of = |code: &str, name: String| Offered::new(code, name);
        let communes = self.places.communes_of(&province, self.today);
        PlaceField {
            country: (!countries.is_empty()).then(|| match part(answer, "country") {
                none if none.is_empty() => HOME.to_owned(),
                country => country,
            }),
            countries,
            provinces: self
                .places
                .provinces(self.today)
                .map(|province| of(&province.code, province.full_name()))
                .collect(),
            communes: communes
                .iter()
                .map(|commune| of(&commune.code, commune.full_name()))
                .collect(),
            province,
            commune: part(answer, "commune"),
            detail: part(answer, "detail"),
        }
    }
}
