//! Files of content beside procedures: the first byte says which one is replaced. A place, an office
//! or a calendar that was read answers without a panic.
use std::sync::LazyLock;

use facts::agency::Offices;
use facts::calendar::{Calendars, Limit};
use facts::place::Places;
use jiff::civil::date;

use crate::folder::Folder;

const FILES: [&str; 9] = [
    "holidays/2026.toml",
    "calendars/default.toml",
    "agencies/dak-lak.toml",
    "places/provinces.csv",
    "places/communes.csv",
    "places/former_provinces.csv",
    "places/former_districts.csv",
    "places/successions.csv",
    "places/code_aliases.csv",
];
/// Lines kept of each table of places, so that a round takes no second.
const LINES: usize = 40;

static CONTENT: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::with(&["holidays", "calendars", "agencies", "places"]);
    for file in FILES.iter().filter(|file| file.ends_with(".csv")) {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).expect("a file of the copy");
        let lines: Vec<&str> = text.lines().take(LINES).collect();
        std::fs::write(&path, lines.join("\n") + "\n").expect("room in memory");
    }
    folder
});

/// Loads the kind of content that the file belongs to.
pub fn eat(bytes: &[u8]) {
    let Some((file, rest)) = crate::choose(&FILES, bytes) else {
        return;
    };
    CONTENT.replaced(file, rest, |folder| match file.split('/').next() {
        Some("places") => {
            if let Ok(places) = Places::load(folder) {
                let _ = places.search("tan lap dak lak", date(2026, 11, 23), 10);
            }
        }
        Some("agencies") => {
            let _ = Offices::load(folder);
        }
        _ => {
            if let Ok(calendars) = Calendars::load(folder) {
                let received = "2026-11-23T03:00:00Z".parse().expect("a time");
                for limit in ["3wd", "8wh", "15cd", "2mo", "same-day@15:00"] {
                    let limit: Option<Limit> = limit.parse().ok();
                    let _ = limit.map(|limit| calendars.of("H15").due(received, &limit));
                }
            }
        }
    });
}
