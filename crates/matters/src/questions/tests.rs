//! Every form of `content/` is asked, sent back and read again, as a browser without a script would
//! do it.
use std::path::Path;
use std::sync::LazyLock;

use facts::place::Places;
use facts::procedure::{Catalogue, Kind, Procedure, Question};
use jiff::civil::{Date, date};
use kernel::Json;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use web::{FieldErrors, FormData};

use super::read::attach;
use super::{Asker, Press, shown};

const TODAY: Date = date(2026, 11, 23);

static CONTENT: LazyLock<(Catalogue, Places)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let catalogue = Catalogue::load(&folder).expect("procedures load");
    let places = Places::load(&folder).expect("places load");
    (catalogue, places)
});

fn procedure(code: &str) -> &'static Procedure {
    let found = CONTENT.0.all().find(|procedure| procedure.key.code == code);
    found.expect("a procedure of this code")
}

fn asker(code: &str) -> Asker<'static> {
    Asker {
        form: &procedure(code).form,
        places: &CONTENT.1,
        today: TODAY,
        province: "66",
    }
}

fn draw(asker: &Asker, section: &str, answers: &Json) -> String {
    let page = asker.page(section, answers, FieldErrors::new());
    page.expect("shown").to_string()
}

/// What a browser sends for a page: every field as it stands there.
fn fields(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut select = String::new();
    let mut area: Option<String> = None;
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let has = |word: &str| tag.split_whitespace().any(|part| part == word);
        let name = attribute(tag, "name");
        if tag.starts_with("input") {
            let ticked = !tag.contains("type=\"radio\"") && !tag.contains("checkbox");
            if (ticked || has("checked")) && !tag.contains("type=\"file\"") {
                found.push((name, attribute(tag, "value")));
            }
        } else if tag.starts_with("select") {
            select = name;
            found.push((select.clone(), String::new()));
        } else if tag.starts_with("option") && has("selected") {
            found.retain(|(name, _)| *name != select);
            found.push((select.clone(), attribute(tag, "value")));
        } else if tag.starts_with("textarea") {
            area = Some(name);
        }
        if let Some(name) = area.take_if(|_| !text.is_empty() || tag.starts_with("textarea")) {
            found.push((name, text.to_owned()));
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> String {
    let start = format!(" {name}=\"");
    let Some(at) = tag.find(&start) else {
        return String::new();
    };
    let rest = &tag[at + start.len()..];
    let text = rest.split('"').next().unwrap_or_default();
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

fn sent(fields: &[(String, String)]) -> FormData {
    let encode =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    FormData::parse(pairs.join("&").as_bytes()).expect("within limits")
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

#[test]
fn every_sample_survives_being_shown_and_sent_back() {
    for procedure in CONTENT.0.all() {
        let asker = Asker {
            form: &procedure.form,
            ..asker("1.001193")
        };
        let mut answers = procedure.sample.clone();
        for section in asker.progress(&procedure.sample) {
            assert!(section.complete, "{} {}", procedure.key, section.id);
            let page = fields(&draw(&asker, &section.id, &answers));
            let reading = asker.read(&section.id, &answers, &sent(&page));
            assert_eq!(reading.press, Press::GoOn);
            assert_eq!(reading.appeared, None, "{} {}", procedure.key, section.id);
            answers = reading.answers;
        }
        let clean = procedure
            .form
            .check(&answers, TODAY)
            .expect("still complete");
        let before = procedure
            .form
            .check(&procedure.sample, TODAY)
            .expect("a good sample");
        assert_eq!(clean.answers, before.answers, "{}", procedure.key);
    }
}

/// Another answer than the sample's, or none.
fn turned(question: &Question, to: Index) -> Json {
    match &question.kind {
        Kind::YesNo => [Json::Null, false.into(), true.into()][to.index(3)].clone(),
        Kind::Choice(choice) => {
            let option = choice.options.get(to.index(choice.options.len() + 1));
            option.map_or(Json::Null, |option| option.value.as_str().into())
        }
        _ => Json::Null,
    }
}

proptest! {
    // Pages and the check of the whole form walk it each in their own words: what they ask must
    // be the same, or somebody would be sent back for a question that no page shows.
    #[test]
    fn the_check_asks_what_the_pages_show(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<Index>()), 0..6),
    ) {
        let procedures: Vec<_> = CONTENT.0.all().collect();
        let procedure = which.get(&procedures);
        let asker = Asker { form: &procedure.form, ..asker("1.001193") };
        let questions: Vec<_> = procedure.form.questions().collect();
        let mut answers = procedure.sample.clone();
        for (question, to) in changes {
            let question = question.get(&questions);
            answers[&question.id] = turned(question, to);
        }
        let sections = shown::sections(asker.form, &answers, TODAY);
        let shown: Vec<_> = sections.iter().flat_map(|part| &part.questions).collect();
        match asker.form.check(&answers, TODAY) {
            Ok(clean) => {
                let kept = asker.kept(&clean.answers);
                prop_assert_eq!(&kept, &*clean.answers);
                let missing = |q: &&&&Question| q.required && kept.get(&q.id).is_none();
                prop_assert_eq!(shown.iter().find(missing).map(|q| &q.id), None);
            }
            Err(errors) => for error in errors {
                let id = error.field.split(['[', '.']).next().unwrap_or_default();
                prop_assert!(shown.iter().any(|question| question.id == id), "{}", error.field);
            }
        }
    }
}

#[test]
fn a_question_that_hangs_on_another_appears_and_loses_nothing() {
    let asker = asker("1.001193");
    let mut page = fields(&draw(&asker, "mother", &json!({})));
    assert!(!page.iter().any(|(name, _)| name == "mother_name"));
    set(&mut page, "mother_known", "yes");
    let reading = asker.read("mother", &json!({}), &sent(&page));
    assert_eq!(reading.appeared.as_deref(), Some("mother_name"));
    let mut page = fields(&draw(&asker, "mother", &reading.answers));
    set(&mut page, "mother_name", "Trần Thị <Bích> \"M\"");
    set(&mut page, "mother_birth_date-year", "1996");
    let answers = asker.read("mother", &reading.answers, &sent(&page)).answers;
    assert_eq!(answers["mother_birth_date"], "1996");
    // Hidden again, then shown again: what was typed is still there.
    let mut page = fields(&draw(&asker, "mother", &answers));
    set(&mut page, "mother_known", "no");
    let hidden = asker.read("mother", &answers, &sent(&page)).answers;
    assert!(asker.kept(&hidden).get("mother_name").is_none());
    let mut page = fields(&draw(&asker, "mother", &hidden));
    set(&mut page, "mother_known", "yes");
    let shown = asker.read("mother", &hidden, &sent(&page)).answers;
    assert_eq!(shown["mother_name"], "Trần Thị <Bích> \"M\"");
}

#[test]
fn what_cannot_be_read_is_shown_again_as_typed_with_its_error() {
    let asker = asker("1.001193");
    let mut page = fields(&draw(&asker, "child", &json!({})));
    set(&mut page, "child_birth_date-day", "31");
    set(&mut page, "child_birth_date-month", "2");
    set(&mut page, "child_birth_date-year", "2026");
    let answers = asker.read("child", &json!({}), &sent(&page)).answers;
    let errors = asker.check("child", &answers);
    assert!(errors.has("child_birth_date") && errors.has("child_name"));
    assert!(errors.has("child_birth_place.commune"), "{errors:?}");
    let html = asker
        .page("child", &answers, errors)
        .expect("shown")
        .to_string();
    assert!(html.contains("name=\"child_birth_date-day\"") && html.contains("value=\"31\""));
    assert!(html.contains("aria-invalid=\"true\""));
}

#[test]
fn a_commune_is_chosen_after_its_province() {
    let asker = asker("1.001193");
    let mut page = fields(&draw(&asker, "child", &json!({})));
    set(&mut page, "child_birth_place.province", "46");
    set(&mut page, "_refresh", "child_birth_place");
    let reading = asker.read("child", &json!({}), &sent(&page));
    assert_eq!(reading.press, Press::Stay("child_birth_place".into()));
    let html = draw(&asker, "child", &reading.answers);
    assert!(html.contains("Phường Thuận Hóa"), "{html}");
    let mut page = fields(&html);
    set(&mut page, "child_birth_place.commune", "19789");
    let answers = asker.read("child", &reading.answers, &sent(&page)).answers;
    assert_eq!(
        answers["child_birth_place"],
        json!({"province": "46", "commune": "19789"})
    );
    // Another province: the old commune is no answer any more.
    set(&mut page, "child_birth_place.province", "66");
    let answers = asker.read("child", &answers, &sent(&page)).answers;
    assert!(answers["child_birth_place"]["commune"].is_null());
    // Abroad: no province at all.
    set(&mut page, "child_birth_place.country", "LA");
    let answers = asker.read("child", &answers, &sent(&page)).answers;
    assert_eq!(answers["child_birth_place"], json!({"country": "LA"}));
}

#[test]
fn entries_of_a_group_are_added_and_removed_without_a_script() {
    let asker = asker("1.004873");
    let mut answers = json!({"lived_elsewhere": true});
    let html = draw(&asker, "status", &answers);
    assert!(html.contains("Nơi ở cũ 1") && html.contains("Thêm nơi ở cũ"));
    let mut page = fields(&html);
    set(&mut page, "former_residences[0].from-year", "2010");
    set(&mut page, "_add", "former_residences");
    let reading = asker.read("status", &answers, &sent(&page));
    assert_eq!(reading.press, Press::Stay("former_residences[1]".into()));
    answers = reading.answers;
    let mut page = fields(&draw(&asker, "status", &answers));
    set(&mut page, "former_residences[1].from-year", "2015");
    set(&mut page, "_remove", "former_residences[0]");
    answers = asker.read("status", &answers, &sent(&page)).answers;
    assert_eq!(answers["former_residences"], json!([{"from": "2015"}]));
    let mut page = fields(&draw(&asker, "status", &answers));
    set(&mut page, "_add", "former_residences");
    answers = asker.read("status", &answers, &sent(&page)).answers;
    let page = fields(&draw(&asker, "status", &answers));
    answers = asker.read("status", &answers, &sent(&page)).answers;
    assert_eq!(
        answers["former_residences"],
        json!([{"from": "2015"}]),
        "empty ones go"
    );
}

#[test]
fn answers_are_told_in_words_and_only_those_that_are_shown() {
    let asker = asker("1.001193");
    let mut answers = procedure("1.001193").sample.clone();
    answers["father_known"] = json!(false);
    let change = |section: &str, field: &str| format!("/x/{section}#{field}");
    let parts = asker.summary(&answers, &change);
    let row = |key: &str| {
        let mut rows = parts.iter().flat_map(|part| &part.rows);
        rows.find(|row| row.key == key)
            .map(|row| (row.value.as_str(), row.change.as_str()))
    };
    assert_eq!(
        row("Ngày, tháng, năm sinh"),
        Some(("02/11/2026", "/x/child#child_birth_date"))
    );
    let born = row("Nơi sinh").expect("a row").0;
    assert!(born.contains("Phường") && born.contains("Huế"), "{born}");
    assert_eq!(row("Họ, chữ đệm, tên của cha"), None);
}

#[test]
fn known_answers_are_filled_in_and_files_find_their_place() {
    let asker = asker("1.001193");
    let known = json!({"applicant": {"name": "Trần Thị Bích", "phone": "0912345678"}});
    let answers = asker.prefilled(&known);
    assert_eq!(answers["requester_name"], "Trần Thị Bích");
    assert!(answers.get("requester_email").is_none());
    let mut answers = json!({"list": [{}]});
    attach(&mut answers, "list[0].scan", "ab", "a.pdf");
    attach(&mut answers, "photo", "cd", "b.jpg");
    attach(&mut answers, "list[7].scan", "ef", "c.pdf");
    assert_eq!(answers["list"][0]["scan"]["name"], "a.pdf");
    assert_eq!(answers["photo"]["digest"], "cd");
    // No question of this form asks for a file: an upload under the name of a text is no answer.
    let before = json!({"child_name": "An"});
    let mut answers = before.clone();
    for path in ["child_name", "photo", "child_name[0].x", ""] {
        asker.attach(&mut answers, path, ("cd", "b.jpg"));
    }
    assert_eq!(answers, before);
    let sent = "_asked=child_name&_asked=photo&photo.digest=cd&photo.name=b.jpg";
    let sent = FormData::parse(sent.as_bytes()).unwrap();
    let read = asker.read("child", &before, &sent).answers;
    assert!(read.get("photo").is_none(), "{read}");
}
