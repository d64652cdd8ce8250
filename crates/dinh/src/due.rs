//! `dinh due`: when something is due, and why, as the deadline engine reckons it.
use clap::Args;
use facts::calendar::{Calendars, Limit, explain, parse_received};

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
    #[arg(long, default_value = "default")]
    agency: String,
}

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
    let text = explain(received, &limit, calendars.of(&asked.agency));
    print!("{}", text.map_err(|error| error.en())?);
    Ok(())
}
