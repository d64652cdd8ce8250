//! Rules over several answers; what papers call an answer; which dossiers are about the same.
use jiff::civil::{Date, date};
use serde_json::{Value as Json, json};

use super::broken::broken;
use super::contents::{load, procedure, with};
use crate::procedure::{Severity, Spelling, in_words};

const DAY: Date = date(2026, 11, 23);

/// `refused FIELD` or the ids of the rules that warn.
fn said(code: &str, changes: Json) -> String {
    let procedure = procedure(code);
    match procedure.form.check(&with(&procedure, changes), DAY) {
        Err(errors) => {
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            format!("refused {}", fields.join(" "))
        }
        Ok(clean) => {
            let rules = clean.warnings.iter().map(|warning| warning.rule.as_str());
            rules
                .filter(|rule| !rule.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}

#[test]
fn a_mother_is_older_than_her_child() {
    let birth = |born: &str| said("1.001193", json!({ "mother_birth_date": born }));
    assert_eq!(birth("1996-03-14"), "");
    assert_eq!(birth("2024-01-01"), "refused mother_birth_date");
    assert_eq!(birth("2024"), "refused mother_birth_date");
    // Of a year alone the person may have the best day of it.
    assert_eq!(birth("2014-11-02"), "mother_was_adult");
    assert_eq!(birth("2014-11-03"), "refused mother_birth_date");
    assert_eq!(birth("2014"), "mother_was_adult");
    assert_eq!(birth("2008-11-02"), "");
    assert_eq!(birth("2008-11-03"), "mother_was_adult");
    assert_eq!(birth("1965"), "mother_not_too_old");
}

#[test]
fn what_was_not_asked_breaks_no_rule() {
    let unknown = json!({ "mother_known": false, "mother_birth_date": "2024",
        "requester_relation": "grandparent" });
    assert_eq!(said("1.001193", unknown), "");
    let none = json!({ "mother_personal_id": null, "father_personal_id": null,
        "requester_relation": "grandparent" });
    assert_eq!(said("1.001193", none), "");
}

#[test]
fn what_is_wrong_by_itself_is_not_told_twice() {
    let birth = json!({ "mother_birth_date": "hôm qua" });
    assert_eq!(said("1.001193", birth), "refused mother_birth_date");
}

#[test]
fn the_five_forms_have_their_rules() {
    let cases = [
        (
            "1.001193",
            json!({ "father_birth_date": "2020" }),
            "refused father_birth_date",
        ),
        (
            "1.001193",
            json!({ "father_personal_id": "046196001234" }),
            "refused father_personal_id",
        ),
        (
            "1.001193",
            json!({ "birth_note_date": "2026-11-01" }),
            "refused birth_note_date",
        ),
        (
            "1.001193",
            json!({ "child_birth_date": "2026-08-01", "birth_note_date": "2026-08-02" }),
            "in_time",
        ),
        (
            "1.001193",
            json!({ "requester_personal_id": "046196009999" }),
            "mother_is_who_registers",
        ),
        (
            "1.004873",
            json!({ "marital_status": "married", "spouse_name": "Lê Thị Hoa" }),
            "refused purpose",
        ),
        (
            "1.004873",
            json!({ "person_birth_date": "2008" }),
            "old_enough_to_marry",
        ),
        (
            "1.004873",
            json!({ "period_from": "2020-05", "period_to": "2019" }),
            "refused period_to",
        ),
        (
            "1.004873",
            json!({ "period_from": "2020-05", "period_to": "2020" }),
            "",
        ),
        (
            "1.004873",
            json!({ "requester_name": "Lê Văn Tám" }),
            "own_name",
        ),
        (
            "1.004873",
            json!({ "lived_elsewhere": true, "former_residences": [{ "from": "2020", "to": "2015",
                "residence": { "province": "46", "commune": "19789", "detail": "5 Lê Lợi" } }] }),
            "refused former_residences",
        ),
        (
            "1.013225",
            json!({ "building_area": 200 }),
            "refused building_area",
        ),
        (
            "1.013225",
            json!({ "floor_area": 60 }),
            "refused floor_area",
        ),
        ("1.013225", json!({ "height": 190 }), "height_fits_storeys"),
        (
            "1.013225",
            json!({ "self_designed": true }),
            "refused self_designed",
        ),
        (
            "1.013225",
            json!({ "co_owners": [{ "name": "Lê Thị Tám", "personal_id": "046075002233" }] }),
            "refused co_owners",
        ),
        (
            "1.014027",
            json!({ "person_birth_date": "1960" }),
            "refused person_birth_date",
        ),
        (
            "1.014027",
            json!({ "person_birth_date": "1955" }),
            "refused household",
        ),
        (
            "1.014027",
            json!({ "person_birth_date": "1955", "household": "poor" }),
            "",
        ),
        (
            "1.014027",
            json!({ "has_pension": true, "pension_amount": 300_000 }),
            "has_no_pension",
        ),
        (
            "2.000815",
            json!({ "form_of_copy": "electronic" }),
            "one_electronic_copy",
        ),
        ("2.000815", json!({ "pages": 600 }), "within_a_day"),
    ];
    for (code, changes, expected) in cases {
        assert_eq!(said(code, changes.clone()), expected, "{code} {changes}");
    }
}

#[test]
fn a_page_tells_its_own_part_of_a_rule() {
    let birth = procedure("1.001193");
    let answers = with(&birth, json!({ "mother_birth_date": "2024" }));
    let fields = |section: &str| {
        let checked = birth.form.check_section(section, &answers, DAY);
        let errors = checked.err().unwrap_or_default();
        errors
            .into_iter()
            .map(|error| error.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(fields("mother"), ["mother_birth_date"]);
    assert_eq!(fields("child"), ["child_birth_date"]);
    assert!(fields("father").is_empty());
    // Before the mother was asked, nothing is said of the child.
    let mut first = answers.clone();
    first.as_object_mut().unwrap().remove("mother_birth_date");
    let checked = birth.form.check_section("child", &first, DAY);
    assert!(checked.is_ok());
}

#[test]
fn other_computers_read_the_rules_in_the_schema() {
    let schema = procedure("1.013225").form.schema();
    let rules = schema["x-rules"].as_array().unwrap();
    let fits = rules
        .iter()
        .find(|rule| rule["id"] == "house_fits_plot")
        .unwrap();
    assert_eq!(fits["holds"], "building_area <= plot_area");
    assert_eq!(fits["severity"], "refuse");
}

#[test]
fn a_broken_rule_is_reported_at_its_line() {
    let shown = broken(
        "form.toml",
        &[
            ("id = \"has_no_pension\"", "id = \"old_enough\""),
            ("holds = 'not(has_pension)'", "holds = 'not(has_money)'"),
            (
                "at = [\"has_pension\", \"pension_amount\"]",
                "at = [\"purse\"]",
            ),
            (
                "at = [\"household\", \"person_birth_date\"]",
                "at = [\"household\"]\nwarn = { vi = \"a\", en = \"b\" }",
            ),
        ],
    );
    for expected in [
        "holds: nothing is called `has_money` here",
        "at: nothing is called `purse` here",
        "a rule has one sentence: `refuse` or `warn`",
        "rule `old_enough` is there twice",
    ] {
        let line = shown.lines().find(|line| line.contains(expected));
        let line = line.unwrap_or_else(|| panic!("{expected}\n{shown}"));
        assert!(line.starts_with("form.toml:"), "{line}");
    }
}

#[test]
fn a_rule_that_cannot_be_worked_out_is_a_fault_of_content() {
    let shown = broken(
        "form.toml",
        &[("holds = 'not(has_pension)'", "holds = 'bank'")],
    );
    assert!(shown.contains("rule `has_no_pension`"), "{shown}");
}

/// A certificate is read by others: "của bạn" on it would be the reader's.
#[test]
fn papers_speak_of_people_and_not_to_them() {
    let addressed = |text: &str| {
        let text = text.to_lowercase();
        text.ends_with('?') || text.split(|c: char| !c.is_alphabetic()).any(|w| w == "bạn")
    };
    for procedure in load().all() {
        for section in &procedure.form.sections {
            assert!(
                !addressed(&section.on_paper().vi),
                "{}",
                section.on_paper().vi
            );
            for question in &section.questions {
                let label = &question.on_paper().vi;
                assert!(!addressed(label), "{}: {label}", procedure.key);
            }
        }
        for rule in &procedure.form.rules {
            assert!(matches!(rule.severity, Severity::Refuse | Severity::Warn));
            assert!(!addressed(&rule.sentence.vi), "{}", rule.sentence.vi);
        }
    }
}

#[test]
fn no_code_is_ever_shown() {
    let birth = procedure("1.001193");
    let place = birth.form.question("child_birth_place").unwrap();
    let spelling = Spelling {
        place: &|code| (code == "46").then(|| "Thành phố Huế".to_owned()),
    };
    let words = |answer: Json| in_words(place, &answer, &spelling).vi;
    let abroad = json!({ "country": "US", "detail": "Houston, Texas" });
    assert_eq!(words(abroad), "Houston, Texas, Hoa Kỳ");
    let gone = json!({ "province": "46", "commune": "99999", "detail": "Trạm y tế" });
    assert_eq!(words(gone), "Trạm y tế, (không rõ), Thành phố Huế");
    let sex = birth.form.question("child_sex").unwrap();
    assert_eq!(
        in_words(sex, &json!("intersex"), &spelling).vi,
        "(không rõ)"
    );
    let nowhere = json!({ "child_birth_place": { "country": "ZZ", "detail": "Mặt Trăng" } });
    assert_eq!(
        said("1.001193", nowhere),
        "refused child_birth_place.country"
    );
    assert_eq!(birth.paper_name("authorisation").vi, "Giấy uỷ quyền");
    assert_eq!(birth.paper_name("of-old").vi, "Giấy tờ khác");
}

#[test]
fn the_form_says_where_the_applicant_lives() {
    let status = procedure("1.004873");
    let (_, lives) = status.form.applicant_address(&status.sample).unwrap();
    assert_eq!(lives["detail"], "Tổ dân phố 9");
    let birth = procedure("1.001193");
    let of = |relation: &str| {
        let answers = with(
            &birth,
            json!({ "requester_relation": relation,
            "father_residence": { "province": "46", "commune": "19789", "detail": "Nhà cha" } }),
        );
        let lives = birth.form.applicant_address(&answers);
        lives.map(|(_, at)| at["detail"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(of("mother").as_deref(), Some("12 Lê Lợi"));
    assert_eq!(of("father").as_deref(), Some("Nhà cha"));
    assert_eq!(of("grandparent"), None);
}

#[test]
fn the_same_child_is_the_same_matter_however_it_is_written() {
    let birth = procedure("1.001193");
    let matters = |changes: Json| birth.matters_of(&with(&birth, changes));
    let usual = matters(json!({}));
    assert_eq!(usual.len(), 3);
    let shouted = matters(
        json!({ "child_name": "LÊ  HOÀNG AN", "birth_note_number": null,
        "mother_personal_id": null }),
    );
    assert_eq!(shouted, [usual[2].clone()]);
    let sibling = matters(json!({ "child_birth_date": "2025-01-01", "birth_note_number": "9" }));
    assert!(sibling.iter().all(|one| !usual.contains(one)));
}
