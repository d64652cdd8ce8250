//! Answers for made-up dossiers: a procedure's own sample, with the applicant, the commune and the
//! days of this dossier put in. The form checks them like any others.
use facts::agency::Agency;
use facts::people::{Person, Sex};
use jiff::civil::Date;
use kernel::Json;

/// Fields that name the person who applies, whatever the procedure calls them.
const OWN: [&str; 4] = ["requester", "applicant", "owner", "investor"];

/// The sample of a procedure as this person would answer it on that day.
#[must_use]
pub fn of(sample: &Json, person: &Person, commune: &Agency, on: Date) -> Json {
    let mut answers = sample.clone();
    settle(&mut answers, commune);
    let Json::Object(fields) = &mut answers else {
        return answers;
    };
    for (name, value) in fields.iter_mut() {
        let own = OWN.iter().any(|prefix| name.starts_with(prefix));
        if own && name.ends_with("_name") {
            *value = Json::String(person.name.clone());
        }
        if let (true, Some(number)) = (own && name.ends_with("_personal_id"), &person.personal_id) {
            *value = Json::String(number.as_str().to_owned());
        }
        if let (true, Some(phone)) = (own && name.ends_with("_phone"), &person.phone) {
            *value = Json::String(phone.clone());
        }
    }
    if fields.contains_key("requester_relation") {
        be_the_parent(fields, person);
    }
    if fields.get("for_self") == Some(&Json::Bool(true)) {
        be_oneself(fields, person);
    }
    shift_days(&mut answers, on);
    in_order(&mut answers);
    answers
}

/// The note of a birth is no older than the child, wherever the days went.
fn in_order(answers: &mut Json) {
    let day = |name: &str| answers.get(name).and_then(Json::as_str).map(str::to_owned);
    if let (Some(born), Some(noted)) = (day("child_birth_date"), day("birth_note_date"))
        && noted < born
    {
        answers["birth_note_date"] = Json::String(born);
    }
}

/// Whoever registers a birth in the made-up world is the child's father or mother, and stands in
/// the form as such; the child bears the father's family name.
fn be_the_parent(fields: &mut serde_json::Map<String, Json>, person: &Person) {
    let parent = match person.sex {
        Some(Sex::Male) => "father",
        _ => "mother",
    };
    put(fields, "requester_relation", parent);
    identify(fields, parent, person);
    let text = |name: &str| fields.get(name).and_then(Json::as_str).unwrap_or_default();
    let family = text("father_name").split(' ').next().unwrap_or_default();
    let child = text("child_name");
    let given = child.split_once(' ').map_or(child, |(_, given)| given);
    let child = format!("{family} {given}");
    put(fields, "child_name", &child);
}

/// Whoever asks for a certificate about themselves is the person in it, who means to marry a man if
/// she is a woman.
fn be_oneself(fields: &mut serde_json::Map<String, Json>, person: &Person) {
    identify(fields, "person", person);
    if let Some(phone) = &person.phone {
        put(fields, "contact_phone", phone);
    }
    if person.sex == Some(Sex::Female) {
        put(fields, "person_sex", "female");
        put(fields, "partner_name", "Hồ Văn Mạnh");
        put(fields, "partner_paper", "046098007654");
    }
}

/// Name, number and birth of the person whom a form calls `role`.
fn identify(fields: &mut serde_json::Map<String, Json>, role: &str, person: &Person) {
    put(fields, &format!("{role}_name"), &person.name);
    if let Some(number) = &person.personal_id {
        put(fields, &format!("{role}_personal_id"), number.as_str());
    }
    if let Some(birth) = person.birth {
        put(fields, &format!("{role}_birth_date"), &birth.to_iso());
    }
}

fn put(fields: &mut serde_json::Map<String, Json>, name: &str, value: &str) {
    fields.insert(name.to_owned(), Json::String(value.to_owned()));
}

/// Every address lies in the commune that is asked.
fn settle(value: &mut Json, commune: &Agency) {
    match value {
        Json::Object(fields) if fields.contains_key("commune") => {
            fields.insert("province".into(), Json::String("66".into()));
            fields.insert("commune".into(), Json::String(commune.place_code.clone()));
        }
        Json::Object(fields) => fields.values_mut().for_each(|inner| settle(inner, commune)),
        Json::Array(items) => items.iter_mut().for_each(|inner| settle(inner, commune)),
        _ => {}
    }
}

/// Days of the sample's own autumn would lie in the future of an older dossier: they move back.
fn shift_days(value: &mut Json, on: Date) {
    match value {
        Json::String(text) => {
            if let Ok(day) = text.parse::<Date>()
                && text.len() == 10
                && day >= on
            {
                let earlier = on.checked_sub(jiff::Span::new().days(20)).unwrap_or(on);
                *text = earlier.to_string();
            }
        }
        Json::Object(fields) => fields.values_mut().for_each(|inner| shift_days(inner, on)),
        Json::Array(items) => items.iter_mut().for_each(|inner| shift_days(inner, on)),
        _ => {}
    }
}
