//! `dinh due`: when something is due, and why, as the deadline engine reckons it.
use clap::Args;
use facts::calendar::{Calendars, Limit, explain, parse_received};

use facts::agency::Offices;
use std::path::Path;

use crate::settings::Settings;

/// What is asked.
#[derive(Args)]
pub struct Asked {
    /// When it was received, for example 2026-11-23T14:00+07:00 (without an offset: Vietnam's).
    #[arg(long)]
    received: String,
    /// The limit: 3wd (working days), 8wh (working hours), 15cd (calendar days), 1mo or same-day.
    #[arg(long)]
    limit: String,
    /// With same-day: received after this time of day, it is due on the next working day.
    #[arg(long)]
    cutoff: Option<String>,
    /// The agency whose calendar counts.
    #[arg(long, default_value = DEFAULT)]
    agency: String,
}

/// The calendar of whoever has none of their own.
const DEFAULT: &str = "default";

/// Prints the due moment on the first line, and below it each day counted or skipped.
///
/// # Errors
/// A sentence that says what is wrong with the question or with the content.
pub fn print(asked: &Asked, settings: &Settings) -> Result<(), String> {
    let content = crate::content::folder(settings.content_folder.as_deref(), &std::env::temp_dir())
        .map_err(|error| error.to_string())?;
    let calendars = Calendars::load(&content).map_err(|faults| crate::check::list(&faults))?;
    let received = parse_received(&asked.received).map_err(|error| error.to_string())?;
    let limit = match &asked.cutoff {
        Some(cutoff) => format!("{}@{cutoff}", asked.limit),
        None => asked.limit.clone(),
    };
    let limit: Limit = limit
        .parse()
        .map_err(|error| format!("--limit {limit}: {error}"))?;
    let agency = agency(&asked.agency, &content)?;
    let text = explain(received, &limit, calendars.of(&agency));
    print!("{}", text.map_err(|error| error.en())?);
    Ok(())
}

/// The identifier of the agency. One that nobody knows has no calendar: a day reckoned by another
/// one would be believed.
fn agency(asked: &str, content: &Path) -> Result<String, String> {
    if asked == DEFAULT {
        return Ok(asked.to_owned());
    }
    let files = Offices::load(content).map_err(|faults| crate::check::list(&faults))?;
    let agencies = || files.iter().flat_map(|file| &file.agencies);
    let own = agencies().find(|agency| agency.id.as_str() == asked);
    let mut aliases = files.iter().flat_map(|file| &file.aliases);
    let meant = || aliases.find(|(alias, _)| alias == asked).map(|(_, id)| id);
    if let Some(id) = own.map(|agency| &agency.id).or_else(meant) {
        return Ok(id.to_string());
    }
    let mut list = format!("--agency {asked}: there is no such agency. Known are\n  {DEFAULT}");
    for agency in agencies() {
        list.push_str(&format!("\n  {}  {}", agency.id, agency.name));
    }
    Err(list)
}

#[cfg(test)]
mod tests {
    use super::agency;
    use std::path::Path;

    #[test]
    fn an_agency_that_nobody_knows_is_refused_with_those_that_are_known() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
        assert_eq!(agency("default", &content), Ok("default".to_owned()));
        assert_eq!(agency("H15", &content), Ok("H15".to_owned()));
        let refused = agency("H99.999", &content).unwrap_err();
        assert!(
            refused.contains("H99.999") && refused.contains("H15.06  Sở Tư pháp"),
            "{refused}"
        );
    }
}
