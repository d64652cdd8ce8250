//! Every letter that the stories cause is printed.
use super::{house, procedure, stories};
use crate::dossier::letters::{BookPage, Letter, Source, available, book, data};
use jiff::civil::date;
use print::Template;
use serde_json::Value as Json;
use std::collections::BTreeSet;

fn sources() -> Vec<(String, Source)> {
    let lives = stories::all().into_iter().flat_map(|(_, told)| told.lives);
    let source = |life: crate::dossier::stories::Life| {
        let url = "https://example.vn/?code=1".to_owned();
        Some((life.case, Source::new(life.entries, life.documents, url)?))
    };
    lives.filter_map(source).collect()
}

fn print(name: &str, data: &Json) -> Result<Vec<u8>, print::PrintError> {
    let folder = house().join("../../content/letters");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let template = Template::new(name, read(&format!("{name}.typ")));
    print::pdf(&template.with("layout.typ", read("layout.typ")), data)
}

#[test]
fn every_letter_prints_from_what_a_story_left() {
    let mut printed = BTreeSet::new();
    for (case, source) in sources() {
        for letter in available(&source.entries) {
            let page =
                data(letter, &source, procedure(&case)).expect("an available letter has data");
            if printed.insert(letter.template()) {
                let pdf = print(letter.template(), &page);
                let pdf = pdf.unwrap_or_else(|error| panic!("{letter:?}: {error}\n{page:#}"));
                assert!(pdf.starts_with(b"%PDF"));
            }
        }
    }
    let all: BTreeSet<_> = Letter::ALL.into_iter().map(Letter::template).collect();
    assert_eq!(printed, all);
    let page = BookPage {
        agency: "Ủy ban nhân dân phường",
        days: (date(2026, 11, 1), date(2026, 11, 30)),
        procedure: &str::to_owned,
        now: "2026-11-30T02:00:00Z".parse().unwrap(),
    };
    assert!(print("07", &book(&[], &page)).unwrap().starts_with(b"%PDF"));
}

#[test]
fn the_control_slip_has_a_line_for_every_hand_over() {
    let (case, source) = sources().into_iter().next().unwrap();
    let page = data(Letter::ControlSlip, &source, procedure(&case)).unwrap();
    let lines = page["handovers"].as_array().unwrap();
    let notes: Vec<&str> = lines
        .iter()
        .map(|line| line["note"].as_str().unwrap())
        .collect();
    assert_eq!(
        notes,
        [
            "Tiếp nhận hồ sơ",
            "Phân công",
            "Thẩm định",
            "Trình",
            "Phê duyệt",
            "Phát hành kết quả",
            "Trả kết quả"
        ]
    );
    assert_eq!(lines[1]["result"], "on_time");
}
