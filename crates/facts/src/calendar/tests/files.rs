//! Content files: what the loader accepts, and that each fault is told with its line.
use super::*;
use std::path::PathBuf;

const YEAR: &str = "year = 2026\n\n[[holiday]]\nname = { vi = \"Lễ\", en = \"Feast\" }\n\
                    from = 2026-09-02\nbasis = \"luật\"\n";
const WEEK: &str = "name = { vi = \"Chung\", en = \"Common\" }\n\n[[sessions]]\n\
                    days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
                    hours = [\"08:00-12:00\", \"13:00-17:00\"]\nvalid_from = 2025-01-01\n\
                    basis = \"luật\"\n";

/// A content folder of its own, gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("calendar-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().expect("below the folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        Folder(folder)
    }

    fn faults(&self) -> Vec<String> {
        let faults = Calendars::load(&self.0).expect_err("faults");
        let root = format!("{}/", self.0.display());
        faults
            .iter()
            .map(|fault| fault.to_string().replace(&root, ""))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_agency_overrides_a_weekday_for_a_time() {
    let own = "name = { vi = \"Trung tâm\", en = \"Centre\" }\n[[sessions]]\ndays = [\"sat\"]\n\
               hours = [\"07:30-11:30\"]\nvalid_from = 2026-07-01\nvalid_to = 2026-07-31\n\
               basis = \"quyết định\"\n";
    let files = [
        ("holidays/2026.toml", YEAR),
        ("calendars/default.toml", WEEK),
        ("calendars/H15.50.toml", own),
    ];
    let folder = Folder::new("override", &files);
    let calendars = Calendars::load(&folder.0).expect("no faults");
    let works =
        |agency: &str, day: &str| calendars.of(agency).is_working_day(day.parse().expect(day));
    assert!(works("H15.50", "2026-07-04") && works("H15.50.05", "2026-07-25"));
    assert!(!works("H15.50", "2026-08-01") && !works("H15.5", "2026-07-04"));
    assert!(!works("", "2026-07-04") && works("H15.50", "2026-07-03"));
    let due = calendars
        .of("H15.50")
        .due_at(at("2026-07-03T16:30"), &Limit::WorkingMinutes(60));
    assert_eq!(due, Ok(at("2026-07-04T08:00")));
}

#[test]
fn every_fault_is_told_with_its_line() {
    let year = "year = 2027\ncolour = 1\n[[holiday]]\nname = { vi = \"Lễ\" }\nfrom = 2026-09-02\n\
                basis = \"\"\n[[holiday]]\nname = { vi = \"Lễ\", en = \"Feast\" }\n\
                from = 2025-09-02\nbasis = \"\"\n[[swap]]\noff = 2026-08-29\nworked = 2026-08-31\n\
                basis = \"\"\n";
    let week = "name = { vi = \"Chung\", en = \"Common\" }\n[[sessions]]\ndays = [\"mo\"]\n\
                hours = [\"8-12\", \"13:00-17:00\", \"12:00-14:00\"]\nvalid_from = \"x\"\n\
                basis = \"\"\n";
    let files = [
        ("holidays/2026.toml", year),
        ("calendars/default.toml", week),
    ];
    let faults = Folder::new("faults", &files).faults();
    for place in [
        "calendars/default.toml:5:",
        "holidays/2026.toml:1: the file is named 2026",
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(place)),
            "{place} {faults:#?}"
        );
    }
    for line in [2, 4, 9, 12, 13] {
        let place = format!("holidays/2026.toml:{line}:");
        assert!(
            faults.iter().any(|fault| fault.starts_with(&place)),
            "{place} {faults:#?}"
        );
    }
    let week = week.replace("\"x\"", "2025-01-01");
    let files = [
        ("holidays/2026.toml", YEAR),
        ("calendars/default.toml", week.as_str()),
    ];
    let faults = Folder::new("sessions", &files).faults();
    let lines = |line: usize| {
        let place = format!("calendars/default.toml:{line}:");
        faults
            .iter()
            .filter(|fault| fault.starts_with(&place))
            .count()
    };
    assert_eq!((lines(3), lines(4), lines(1)), (1, 2, 1), "{faults:#?}");
}

#[test]
fn broken_text_a_missing_year_and_a_missing_default_are_faults() {
    let files = [
        ("holidays/2026.toml", YEAR),
        ("holidays/2028.toml", "year = 2028\n"),
        ("calendars/default.toml", "name = \n"),
    ];
    let faults = Folder::new("broken", &files).faults();
    let told = |part: &str| faults.iter().any(|fault| fault.contains(part));
    assert!(
        told("2028.toml:1: the year before, 2027, is missing"),
        "{faults:#?}"
    );
    assert!(told("calendars/default.toml:1:"), "{faults:#?}");
    let faults = Folder::new("none", &[("holidays/2026.toml", YEAR)]).faults();
    assert!(
        faults.iter().any(|fault| fault.contains("default.toml")),
        "{faults:#?}"
    );
}
