//! Answers for made-up dossiers: a procedure's own sample, with the applicant, the commune and the
//! days of this dossier put in. The form checks them like any others.
use facts::agency::Agency;
use facts::people::Person;
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
    shift_days(&mut answers, on);
    answers
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
