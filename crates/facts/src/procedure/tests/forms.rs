//! Form checks: conditions, groups, dates with unknown parts, sentences that say what to do.
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::contents::{procedure, with};
use crate::procedure::{FieldError, Form};

const DAY: Date = date(2026, 11, 23);

const FIELD_NAME: &str = "(person_birth_date|former_residences|[a-z\\[\\]0-9.]{0,12}).{0,6}";

fn fields(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(|error| error.field.as_str()).collect()
}

#[test]
fn an_empty_form_says_what_to_do() {
    let birth = procedure("1.001193");
    let errors = birth.form.check(&json!({}), DAY).unwrap_err();
    assert_eq!(errors[0].field, "child_name");
    assert_eq!(errors[0].message.vi, "Nhập họ và tên người được khai sinh");
    let asked = fields(&errors);
    assert!(
        !asked.contains(&"mother_name"),
        "asked only when the mother is known"
    );
    assert!(!asked.contains(&"requester_email"), "not required");
    assert_eq!(
        errors
            .iter()
            .find(|e| e.field == "birth_evidence")
            .unwrap()
            .message
            .vi,
        "Trả lời câu hỏi: Bạn có giấy tờ nào về việc sinh con"
    );
}

#[test]
fn answers_to_hidden_questions_are_dropped() {
    let birth = procedure("1.001193");
    let answers = with(&birth, json!({ "father_known": false, "unknown_key": 1 }));
    let clean = birth.form.check(&answers, DAY).unwrap().answers;
    assert_eq!(clean.get("father_name"), None);
    assert_eq!(
        clean.get("parents_married"),
        None,
        "it hangs on a hidden answer"
    );
    assert_eq!(clean.get("unknown_key"), None);
    assert_eq!(clean["late_registration"], false);
}

#[test]
fn conditional_questions_are_required_when_shown() {
    let status = procedure("1.004873");
    let answers = with(&status, json!({ "marital_status": "divorced" }));
    let errors = status.form.check(&answers, DAY).unwrap_err();
    assert_eq!(
        fields(&errors),
        ["divorce_number", "divorce_date", "spouse_name"]
    );
}

#[test]
fn groups_repeat_and_name_the_entry() {
    let status = procedure("1.004873");
    let good = json!({ "residence": { "province": "46", "commune": "19789", "detail": "5 Lê Lợi" },
                       "from": "2015", "to": "2020-05" });
    let mut bad = good.clone();
    bad["residence"]["commune"] = json!("");
    bad["to"] = json!("2020-13");
    let answers = with(
        &status,
        json!({ "lived_elsewhere": true, "former_residences": [good, bad] }),
    );
    let errors = status.form.check(&answers, DAY).unwrap_err();
    assert_eq!(
        fields(&errors),
        [
            "former_residences[1].residence.commune",
            "former_residences[1].to"
        ]
    );
    let none = with(&status, json!({ "lived_elsewhere": true }));
    let errors = status.form.check(&none, DAY).unwrap_err();
    assert_eq!(
        errors[0].message.vi,
        "Thêm ít nhất 1 mục vào phần những nơi từng thường trú"
    );
    let many = with(
        &status,
        json!({ "lived_elsewhere": true, "former_residences": vec![json!({}); 11] }),
    );
    let errors = status.form.check(&many, DAY).unwrap_err();
    assert_eq!(
        errors[0].message.vi,
        "Những nơi từng thường trú: nhiều nhất 10 mục"
    );
}

#[test]
fn dates_may_lack_day_or_month_only_where_allowed() {
    let birth = procedure("1.001193");
    let error = |changes: Json| {
        let found = birth.form.check(&with(&birth, changes), DAY);
        found.err().map(|errors| errors[0].field.clone())
    };
    for good in ["1990", "1990-02", "1990-02-28"] {
        assert_eq!(error(json!({ "mother_birth_date": good })), None, "{good}");
    }
    for bad in [
        "1990-02-30",
        "90",
        "1990-1",
        "2027",
        "1990-00",
        "năm 1990",
        "1700",
    ] {
        let field = error(json!({ "mother_birth_date": bad }));
        assert_eq!(field.as_deref(), Some("mother_birth_date"), "{bad}");
    }
    for bad in ["2026-11", "2026-11-24", "2026-02-30", "02/11/2026"] {
        let field = error(json!({ "child_birth_date": bad }));
        assert_eq!(field.as_deref(), Some("child_birth_date"), "{bad}");
    }
    assert_eq!(
        error(json!({ "child_birth_date": "2026-11-23", "birth_note_date": "2026-11-23" })),
        None,
        "born today"
    );
}

#[test]
fn texts_are_tidied() {
    let birth = procedure("1.001193");
    let changes = json!({ "child_name": "  Lê   Hoàng  An ", "requester_phone": "0912 345.678",
                          "mother_personal_id": "046 196 001 234" });
    let clean = birth
        .form
        .check(&with(&birth, changes), DAY)
        .unwrap()
        .answers;
    assert_eq!(clean["child_name"], "Lê Hoàng An");
    assert_eq!(clean["requester_phone"], "+84912345678");
    assert_eq!(clean["mother_personal_id"], "046196001234");
}

/// As a chat or an office program leaves them in what is copied, and as people abroad and in the
/// highlands are called and called up.
#[test]
fn what_is_pasted_is_taken_in_its_one_form() {
    let birth = procedure("1.001193");
    let kept = |changes: Json| {
        birth
            .form
            .check(&with(&birth, changes), DAY)
            .unwrap()
            .answers
    };
    let clean = kept(json!({
        "mother_name": "Y Tơ\u{306} Mlô",
        "mother_personal_id": "\u{202d}046 196.001-234\u{202c}",
        "child_name": "H’Hen\u{200b}  Mlô",
        "requester_phone": "+82 10 1234 5678",
    }));
    assert_eq!(clean["mother_name"], "Y Tơ\u{306} Mlô");
    assert_eq!(clean["mother_personal_id"], "046196001234");
    assert_eq!(clean["child_name"], "H'Hen Mlô");
    assert_eq!(clean["requester_phone"], "+821012345678");
    for phone in [
        "84905123456",
        "+84 905 123 456",
        "0905.123.456",
        "\u{feff}0905123456",
    ] {
        let clean = kept(json!({ "requester_phone": phone }));
        assert_eq!(clean["requester_phone"], "+84905123456", "{phone}");
    }
}

#[test]
fn what_is_no_name_number_or_birth_is_refused() {
    let birth = procedure("1.001193");
    for (field, value) in [
        ("child_name", "12345 😀"),
        ("mother_name", "An 2"),
        ("requester_phone", "abc12345678"),
        ("requester_phone", "không có"),
        ("mother_personal_id", "003196001234"),
        ("child_birth_date", "1896-11-22"),
        ("mother_birth_date", "2060"),
        ("father_birth_date", "1826-11-22"),
    ] {
        let errors = birth
            .form
            .check(&with(&birth, json!({ field: value })), DAY);
        assert_eq!(fields(&errors.unwrap_err()), [field], "{value}");
    }
    // Fathers of those who are registered late.
    let clean = birth
        .form
        .check(&with(&birth, json!({ "father_birth_date": "1890" })), DAY);
    assert!(clean.is_ok());
    let pension = procedure("1.014027");
    let old = with(&pension, json!({ "person_birth_date": "1895" }));
    let errors = pension.form.check(&old, DAY).unwrap_err();
    let told = &errors
        .iter()
        .find(|error| error.field == "person_birth_date")
        .unwrap()
        .message;
    assert!(
        told.vi.ends_with("cách nay quá 130 năm, xem lại năm"),
        "{}",
        told.vi
    );
}

/// What the doors outside forms say, a form says too.
#[test]
fn every_door_has_the_same_sentence() {
    use crate::people::{NameFault, PhoneFault};
    let birth = procedure("1.001193");
    let told = |field: &str, value: &str| {
        let errors = birth
            .form
            .check(&with(&birth, json!({ field: value })), DAY);
        errors.unwrap_err().remove(0).message.vi.to_lowercase()
    };
    let phone = told("requester_phone", "không có");
    assert!(phone.ends_with(&PhoneFault.vi().to_lowercase()), "{phone}");
    let name = told("child_name", "An 2");
    assert!(
        name.ends_with(&NameFault::NotLetters.vi().to_lowercase()),
        "{name}"
    );
    let email = told("requester_email", "an");
    assert!(
        email.ends_with(&crate::people::EMAIL_WRONG_VI.to_lowercase()),
        "{email}"
    );
}

#[test]
fn a_number_of_two_readings_is_asked_back() {
    let house = procedure("1.013225").form.clone();
    let first = house
        .questions()
        .find(|q| q.kind.name() == "decimal")
        .unwrap();
    let id = first.id.clone();
    let told = |text: &str| {
        let answers = house.collect([(id.as_str(), text)]);
        let errors = house.check(&answers, DAY).unwrap_err();
        let own = errors.into_iter().find(|error| error.field == id);
        (answers[&id].clone(), own.map(|error| error.message.vi))
    };
    let (kept, sentence) = told("1.250");
    assert_eq!(kept, "1.250", "shown again as typed");
    let sentence = sentence.unwrap();
    assert!(sentence.contains("1250 hay 1,25?"), "{sentence}");
    assert_eq!(told("1.250,5"), (json!(1250.5), None));
    assert_eq!(told("1,250.5"), (json!(1250.5), None));
    assert_eq!(told("72,5"), (json!(72.5), None));
    assert_eq!(told("240,0"), (json!(240), None));
    assert!(told("inf").1.is_some());
    // What stands in the field again is read as the same.
    let answers = json!({ &id: 1.125 });
    let shown = house.fields(&answers);
    let fields = shown
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    assert_eq!(house.collect(fields), answers);
}

#[test]
fn a_count_has_no_fraction_and_money_its_groups() {
    let copies = procedure("2.000815").form.clone();
    for text in ["1,5", "1.5", "1,0", "hai"] {
        let answers = copies.collect([("pages", text)]);
        assert_eq!(answers, json!({ "pages": text }), "shown again as typed");
        let errors = copies.check(&answers, DAY).unwrap_err();
        let own = errors.iter().find(|error| error.field == "pages").unwrap();
        assert!(own.message.vi.contains("số nguyên"), "{}", own.message.vi);
    }
    let pension = procedure("1.014027").form.clone();
    let money = pension
        .questions()
        .find(|q| q.kind.name() == "money")
        .unwrap();
    for text in ["1.250.000", "1,250,000", "1 250 000 đ", "1250000"] {
        let answers = pension.collect([(money.id.as_str(), text)]);
        assert_eq!(answers, json!({ &money.id: 1_250_000 }), "{text}");
    }
}

#[test]
fn a_personal_number_only_warns() {
    let birth = procedure("1.001193");
    let changes = json!({ "mother_personal_id": "046196001234", "mother_birth_date": "1990" });
    let clean = birth.form.check(&with(&birth, changes), DAY).unwrap();
    assert_eq!(clean.warnings.len(), 1);
    assert_eq!(clean.warnings[0].field, "mother_personal_id");
    let wrong = with(&birth, json!({ "mother_personal_id": "12345" }));
    assert_eq!(
        fields(&birth.form.check(&wrong, DAY).unwrap_err()),
        ["mother_personal_id"]
    );
}

#[test]
fn fields_of_a_web_form_become_answers_and_come_back() {
    let status = procedure("1.004873").form.clone();
    let answers = status.collect([
        ("person_birth_date.day", ""),
        ("person_birth_date.month", "5"),
        ("person_birth_date.year", "1960"),
        ("lived_elsewhere", "yes"),
        ("former_residences[0].from", "2015"),
        ("former_residences[2].residence.commune", "19789"),
        ("stranger", "x"),
    ]);
    let expected = json!({
        "person_birth_date": "1960-05", "lived_elsewhere": true,
        "former_residences": [{ "from": "2015" }, { "residence": { "commune": "19789" } }],
    });
    assert_eq!(answers, expected);
    let fields = status.fields(&answers);
    assert!(fields.contains(&(
        "former_residences[1].residence.commune".into(),
        "19789".into()
    )));
    let copies = procedure("2.000815").form.clone();
    assert_eq!(
        copies.collect([("pages", "1.200")]),
        json!({ "pages": 1200 })
    );
    assert_eq!(
        copies.collect([("pages", "hai")]),
        json!({ "pages": "hai" }),
        "shown again as typed"
    );
}

#[test]
fn one_section_is_checked_alone() {
    let birth = procedure("1.001193");
    let errors = birth
        .form
        .check_section("evidence", &json!({}), DAY)
        .unwrap_err();
    assert_eq!(fields(&errors), ["birth_evidence", "surrogacy"]);
    let answers = json!({ "birth_evidence": "witness", "surrogacy": false });
    assert!(birth.form.check_section("evidence", &answers, DAY).is_ok());
}

#[test]
fn the_schema_is_draft_2020_12_and_agrees_with_the_sample() {
    for code in ["1.001193", "1.004873", "1.013225", "1.014027", "2.000815"] {
        let procedure = procedure(code);
        let schema = procedure.form.schema();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert!(jsonschema::meta::is_valid(&schema), "{code}");
        let clean = procedure.form.check(&procedure.sample, DAY).unwrap();
        assert!(jsonschema::is_valid(&schema, &clean.answers), "{code}");
        assert!(
            !jsonschema::is_valid(&schema, &json!({ "stranger": 1 })),
            "{code}"
        );
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,20}".prop_map(Json::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map("(name|detail|province|commune|from|.{0,4})", inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn check_of_anything(form: &Form, sample: &Json, index: usize, value: Json) {
    let mut answers = sample.as_object().unwrap().clone();
    let ids: Vec<String> = form.questions().map(|q| q.id.clone()).collect();
    answers.insert(ids[index % ids.len()].clone(), value.clone());
    // What passes once passes again, and is the same.
    if let Ok(clean) = form.check(&Json::Object(answers), DAY) {
        assert_eq!(
            form.check(&clean.answers, DAY).unwrap().answers,
            clean.answers
        );
    }
    let _ = form.check(&value, DAY);
    let _ = form.fields(&value);
}

proptest! {
    #[test]
    fn any_answer_is_judged_without_panic(
        values in prop::collection::vec((0usize..100, any_json()), 1..40)
    ) {
        let status = STATUS.with(|p| p.clone());
        for (index, value) in values {
            check_of_anything(&status.form, &status.sample, index, value);
        }
    }

    /// What the check takes, the published schema takes: a text of any kind for every question that
    /// has one form.
    #[test]
    fn what_passes_agrees_with_the_published_schema(
        name in "\\PC{0,20}|[ aơĐ’'.\u{306}1]{0,10}",
        phone in "\\PC{0,12}|[+]?(0|84|00)?[0-9 .-]{6,14}",
        number in "\\PC{0,14}|0[0-9]{11}",
        year in "[0-9]{3,5}",
    ) {
        let birth = BIRTH.with(|p| p.clone());
        let validator = SCHEMA.with(|schema| schema.clone());
        for (id, text) in [
            ("child_name", &name),
            ("requester_phone", &phone),
            ("mother_personal_id", &number),
            ("mother_birth_date", &year),
        ] {
            let mut answers = birth.sample.clone();
            answers[id] = Json::from(text.as_str());
            match birth.form.check(&answers, DAY) {
                Ok(clean) => prop_assert!(validator.is_valid(&clean.answers), "{}: {:?}", id, text),
                // The schema is the last gate and never the only one.
                Err(errors) => for error in errors {
                    let told = error.message.vi;
                    prop_assert!(!told.contains("không đúng dạng"), "{}: {:?}", id, text);
                },
            }
        }
    }

    #[test]
    fn any_fields_are_collected_without_panic(
        fields in prop::collection::vec((FIELD_NAME, ".{0,12}"), 0..20)
    ) {
        let status = STATUS.with(|p| p.clone());
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let _ = status.form.check(&status.form.collect(pairs), DAY);
    }
}

thread_local! {
    static BIRTH: std::sync::Arc<crate::procedure::Procedure> = procedure("1.001193");
    static SCHEMA: std::sync::Arc<jsonschema::Validator> = {
        let schema = procedure("1.001193").form.schema();
        std::sync::Arc::new(jsonschema::draft202012::new(&schema).unwrap())
    };
    static STATUS: std::sync::Arc<crate::procedure::Procedure> = procedure("1.004873");
}
