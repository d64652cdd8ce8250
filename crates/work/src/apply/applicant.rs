//! The people of an application: the one who has signed in, and the one for whom they file (uỷ
//! quyền).
//! Does not know: accounts; what is known of a person stands in `facts::people`.
use facts::people::tidy_name;
use facts::people::{NameFault, Person, PersonName, PersonalId, Phone, PhoneFault};
use facts::place::Places;
use jiff::Timestamp;
use kernel::Json;
use matters::dossier::{Party, day_of};
use serde_json::json;
use std::str::FromStr;
use web::{FieldErrors, FormData};

/// A name on a paper form; far above the longest real one.
const NAME_CHARS_MAX: usize = 100;
/// A number as people type it, with whatever they put between its digits.
const NUMBER_CHARS_MAX: usize = 60;
/// One line of address.
const ADDRESS_CHARS_MAX: usize = 300;

/// A person as a party of a dossier.
pub(super) fn party(person: &Person, places: &Places, now: Timestamp) -> Party {
    let number = person.personal_id.as_ref().map(PersonalId::as_str);
    let tax_code = person.tax_code.as_ref().map(|code| code.as_str());
    let address = person.address.as_ref();
    Party {
        person: person.id.clone(),
        name: person.name.clone(),
        personal_id: number.or(tax_code).unwrap_or_default().to_owned(),
        address: address
            .map(|address| places.address_text(address, day_of(now)))
            .unwrap_or_default(),
        phone: person.phone.clone().unwrap_or_default(),
        email: person.email.clone().unwrap_or_default(),
    }
}

/// What questions with a `source` are answered from: nobody types again what the account knows.
pub(super) fn known(person: &Person) -> Json {
    let residence = person.address.as_ref().map(|address| {
        json!({
            "province": address.province, "commune": address.commune, "detail": address.line,
        })
    });
    json!({ "applicant": {
        "name": person.name,
        "personal_id": person.personal_id.as_ref().map(PersonalId::as_str),
        "birth_date": person.birth.map(|birth| birth.to_iso()),
        "sex": person.sex.map(|sex| sex.as_str()),
        "phone": person.phone,
        "email": person.email,
        "residence": residence,
    }})
}

/// The person for whom somebody files, as typed. The id of the person is not known yet.
pub(super) fn read(form: &FormData) -> (Party, FieldErrors) {
    let cut = |name: &str, most: usize| form.text(name).chars().take(most).collect::<String>();
    let party = Party {
        person: String::new(),
        name: tidy_name(&cut("name", NAME_CHARS_MAX)),
        personal_id: cut("personal_id", NUMBER_CHARS_MAX),
        address: cut("address", ADDRESS_CHARS_MAX),
        phone: cut("phone", NUMBER_CHARS_MAX),
        email: String::new(),
    }
    .in_one_form();
    let errors = faults(&party);
    (party, errors)
}

/// What is still wrong with the person for whom somebody files.
pub(super) fn faults(party: &Party) -> FieldErrors {
    let mut errors = FieldErrors::new();
    match party.name.parse::<PersonName>() {
        Ok(_) => {}
        Err(NameFault::Missing) => errors.add("name", "Nhập họ và tên người bạn nộp thay"),
        Err(fault) => errors.add("name", fault.vi()),
    }
    if PersonalId::from_str(&party.personal_id).is_err() {
        errors.add(
            "personal_id",
            "Nhập đủ 12 chữ số số định danh của người bạn nộp thay",
        );
    }
    if party.address.is_empty() {
        errors.add("address", "Nhập nơi ở của người bạn nộp thay");
    }
    if !party.phone.is_empty() && party.phone.parse::<Phone>().is_err() {
        errors.add("phone", PhoneFault.vi());
    }
    errors
}

/// A typed person gets an id that nobody has: what one person types of another is a name on a
/// paper, not an entry of the people room, and never whose number it is. The office compares it
/// and says who it is (`Command::IdentifyApplicant`).
pub(super) fn nobody() -> String {
    uuid::Uuid::now_v7().to_string()
}
