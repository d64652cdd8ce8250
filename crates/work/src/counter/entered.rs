//! Somebody as an officer types them in at the counter: the applicant, or whoever files for them.
//! Pure: reading the fields, checking them, making the party of a dossier and the record of a
//! person nobody knew before.
//! Does not know: the table of people, pages.

use facts::people::{Difference, NameFault, OrganisationName, Origin, PersonName};
use facts::people::{EMAIL_WRONG_VI, Phone, PhoneFault, TaxCode, is_email, tidy_name};
use facts::people::{PartialDate, Person, PersonKind, PersonalId, PersonalIdWarning, Sex};
use facts::place::Places;
use jiff::civil::Date;
use matters::dossier::Party;
use serde::{Deserialize, Serialize};
use web::{FieldErrors, FormData};

/// The fields of one person as typed, whether they make sense or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Entered {
    /// Id of the record in the people room; empty while nobody is found.
    pub person: String,
    /// `organisation`, otherwise a person.
    pub kind: String,
    /// Personal number, or tax code of an organisation.
    pub number: String,
    /// Full name.
    pub name: String,
    /// Date of birth, as far as known.
    pub birth: String,
    /// `male`, `female` or nothing.
    pub sex: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Address in one line.
    pub address: String,
    /// Where what was typed differs from the person on file with this number: `correct` that
    /// person, by the papers; `other`: it is somebody else. `keep` is done at once.
    pub choice: String,
}

impl Entered {
    /// Reads the fields `PREFIX.name`, `PREFIX.number` and so on; a number is kept bare, however it
    /// was grouped.
    pub fn read(form: &FormData, prefix: &str) -> Self {
        let field = |name: &str| form.text(&format!("{prefix}.{name}")).to_owned();
        let mut entered = Self {
            person: field("person"),
            kind: field("kind"),
            number: field("number"),
            name: tidy_name(&field("name")),
            birth: field("birth"),
            sex: field("sex"),
            phone: Phone::shown(&field("phone")),
            email: field("email"),
            address: field("address"),
            choice: field("choice"),
        };
        if let Some(bare) = entered.bare_number() {
            entered.number = bare;
        }
        entered
    }

    fn bare_number(&self) -> Option<String> {
        let number = self.personal_id().map(String::from);
        number.or_else(|| self.tax_code().map(String::from))
    }

    /// As the record has them; the address is written out.
    pub fn from_record(person: &Person, places: &Places, today: Date) -> Self {
        let number = person.personal_id.as_ref().map(ToString::to_string);
        let tax_code = person
            .tax_code
            .as_ref()
            .map(|code| code.as_str().to_owned());
        let address = person.address.as_ref();
        Self {
            person: person.id.clone(),
            kind: person.kind.as_str().to_owned(),
            number: number.or(tax_code).unwrap_or_default(),
            name: person.name.clone(),
            birth: person.birth.map(|day| day.to_string()).unwrap_or_default(),
            sex: person.sex.map(|sex| sex.to_string()).unwrap_or_default(),
            phone: person
                .phone
                .as_deref()
                .map(Phone::shown)
                .unwrap_or_default(),
            email: person.email.clone().unwrap_or_default(),
            address: address
                .map(|at| places.address_text(at, today))
                .unwrap_or_default(),
            choice: String::new(),
        }
    }

    /// As much of a record as a search shows: enough to recognise somebody, and no more.
    pub fn recognised(person: &Person) -> Self {
        Self {
            person: person.id.clone(),
            kind: person.kind.as_str().to_owned(),
            name: person.name.clone(),
            birth: person.birth.map(|day| day.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Nothing was typed; what stands in a list by itself is not typed.
    pub fn is_empty(&self) -> bool {
        let kind = self.kind.clone();
        *self
            == Self {
                kind,
                ..Self::default()
            }
    }

    /// Somebody else after all: what came from the record goes, the name stays to be looked for.
    pub fn let_go(&mut self) {
        *self = Self {
            name: std::mem::take(&mut self.name),
            kind: std::mem::take(&mut self.kind),
            ..Self::default()
        };
    }

    /// Whether an organisation is meant.
    pub fn is_organisation(&self) -> bool {
        self.kind == PersonKind::Organisation.as_str()
    }

    /// The personal number, if it is one.
    pub fn personal_id(&self) -> Option<PersonalId> {
        self.number.parse().ok().filter(|_| !self.is_organisation())
    }

    /// The tax code, if it is one.
    pub fn tax_code(&self) -> Option<TaxCode> {
        self.number.parse().ok().filter(|_| self.is_organisation())
    }

    /// In what this differs from the person on file. What was not typed is no difference, nor is
    /// a year where the other knows the day of that year.
    pub fn differences(&self, known: &Person) -> Vec<Difference> {
        let mut typed = self.record("", known.valid_from);
        if typed.name.is_empty() {
            typed.name.clone_from(&known.name);
        }
        let mut found = known.differences(&typed);
        found.retain(|what| *what != Difference::Number || !self.number.is_empty());
        found
    }

    /// The person on file as these papers have it: what was typed, and what is known beyond.
    pub fn corrected(&self, known: &Person) -> Person {
        let typed = self.record(&known.id, known.valid_from);
        Person {
            name: typed.name,
            birth: typed.birth.or(known.birth),
            sex: typed.sex.or(known.sex),
            ..known.clone()
        }
    }

    /// Fills what is empty from a record, and remembers whose it is.
    pub fn fill_from(&mut self, record: &Self) {
        self.person.clone_from(&record.person);
        for (own, known) in [
            (&mut self.number, &record.number),
            (&mut self.name, &record.name),
            (&mut self.birth, &record.birth),
            (&mut self.sex, &record.sex),
            (&mut self.phone, &record.phone),
            (&mut self.email, &record.email),
            (&mut self.address, &record.address),
        ] {
            if own.is_empty() {
                own.clone_from(known);
            }
        }
    }

    /// What is wrong with the name, if anything is.
    pub fn name_fault(&self) -> Option<&'static str> {
        let fault = match self.is_organisation() {
            true => self.name.parse::<OrganisationName>().err(),
            false => self.name.parse::<PersonName>().err(),
        };
        fault.map(|fault| match fault {
            NameFault::Missing => "Nhập họ và tên (hoặc tên tổ chức)",
            other => other.vi(),
        })
    }

    /// Adds what is wrong with the fields of `prefix`.
    pub fn check(&self, prefix: &str, today: Date, errors: &mut FieldErrors) {
        let mut add = |name: &str, text: &str| errors.add(format!("{prefix}.{name}"), text);
        if let Some(fault) = self.name_fault() {
            add("name", fault);
        }
        let known = self.personal_id().is_some() || self.tax_code().is_some();
        if !self.number.is_empty() && !known {
            let text = if self.is_organisation() {
                "Mã số thuế có 10 số, 10 và 3 số của chi nhánh, hoặc 12 số"
            } else {
                "Số định danh có đủ 12 số, ba số đầu là mã nơi đăng ký khai sinh"
            };
            add("number", text);
        }
        match self.birth.parse::<PartialDate>() {
            _ if self.birth.is_empty() => {}
            Err(_) => add("birth", "Ngày sinh viết như 07/11/1990, 11/1990 hoặc 1990"),
            Ok(birth) => {
                if let Err(fault) = birth.check_birth(today) {
                    add("birth", fault.vi());
                }
            }
        }
        if !self.phone.is_empty() && self.phone.parse::<Phone>().is_err() {
            add("phone", PhoneFault.vi());
        }
        if !self.email.is_empty() && !is_email(&self.email) {
            add("email", EMAIL_WRONG_VI);
        }
    }

    /// What differs between number and papers: for the officer to look at, never a reason to stop.
    pub fn hints(&self) -> Vec<&'static str> {
        let Some(number) = self.personal_id() else {
            return Vec::new();
        };
        let warnings = number.warnings(self.sex.parse().ok(), self.birth.parse().ok());
        let words = |warning: &PersonalIdWarning| match warning {
            PersonalIdWarning::SexDiffers => "Giới tính khác với số định danh: xem lại giấy tờ.",
            PersonalIdWarning::BirthYearDiffers => {
                "Năm sinh khác với số định danh: xem lại giấy tờ."
            }
        };
        warnings.iter().map(words).collect()
    }

    /// The party of a dossier, under the id of their record.
    pub fn party(&self, person: &str) -> Party {
        Party {
            person: person.to_owned(),
            name: self.name.clone(),
            personal_id: self.number.clone(),
            address: self.address.clone(),
            phone: Phone::kept(&self.phone),
            email: self.email.clone(),
        }
    }

    /// The record of somebody who had none. The line of the address is not taken apart: codes are
    /// never guessed.
    pub fn record(&self, id: &str, today: Date) -> Person {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Person {
            id: id.to_owned(),
            kind: match self.is_organisation() {
                true => PersonKind::Organisation,
                false => PersonKind::Citizen,
            },
            personal_id: self.personal_id(),
            tax_code: self.tax_code(),
            name: self.name.clone(),
            birth: self.birth.parse().ok(),
            sex: self.sex.parse::<Sex>().ok(),
            phone: filled(&Phone::kept(&self.phone)),
            email: filled(&self.email),
            address: None,
            valid_from: today,
            valid_to: None,
            origin: Origin::Office,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    fn an() -> Entered {
        Entered {
            number: "066 190 001234".into(),
            name: "Nguyễn Thị An".into(),
            birth: "07/11/1990".into(),
            sex: "female".into(),
            ..Entered::default()
        }
    }

    fn wrong(entered: &Entered) -> Vec<String> {
        let mut errors = FieldErrors::new();
        entered.check("applicant", TODAY, &mut errors);
        errors
            .items()
            .iter()
            .map(|(field, _)| field.clone())
            .collect()
    }

    #[test]
    fn what_is_typed_is_checked_field_by_field() {
        assert!(wrong(&an()).is_empty());
        assert_eq!(wrong(&Entered::default()), ["applicant.name"]);
        let bad = Entered {
            number: "123".into(),
            birth: "hôm qua".into(),
            phone: "09".into(),
            email: "an".into(),
            ..an()
        };
        let fields = [
            "applicant.number",
            "applicant.birth",
            "applicant.phone",
            "applicant.email",
        ];
        assert_eq!(wrong(&bad), fields);
    }

    /// What people paste and what the other doors refuse.
    #[test]
    fn the_counter_takes_and_refuses_what_the_other_doors_do() {
        let read = |fields: &[(&str, &str)]| {
            let sent = fields
                .iter()
                .map(|(name, value)| format!("applicant.{name}={value}"));
            let sent = sent.collect::<Vec<_>>().join("&");
            Entered::read(&FormData::parse(sent.as_bytes()).unwrap(), "applicant")
        };
        let pasted = read(&[
            ("name", "H’Hen\u{200b}  Mlô"),
            ("number", "\u{202d}066 190-004.399\u{202c}"),
            ("phone", "84905123456"),
            ("birth", "23/11/2026"),
        ]);
        assert!(wrong(&pasted).is_empty(), "{:?}", wrong(&pasted));
        assert_eq!(
            (pasted.name.as_str(), pasted.number.as_str()),
            ("H'Hen Mlô", "066190004399")
        );
        assert_eq!(pasted.phone, "0905 123 456");
        assert_eq!(pasted.party("p").phone, "+84905123456");
        assert_eq!(
            pasted.record("p", TODAY).phone.as_deref(),
            Some("+84905123456")
        );
        let highland = read(&[("name", "Y Tơ\u{306} Mlô"), ("phone", "%2B82 10 1234 5678")]);
        assert!(wrong(&highland).is_empty(), "{:?}", wrong(&highland));
        for (field, value) in [
            ("name", "12345 😀"),
            ("birth", "12/05/2060"),
            ("birth", "1850"),
            ("phone", "abc12345678"),
            ("phone", "không có"),
            ("email", "an@vidu"),
        ] {
            let bad = match field {
                "name" => read(&[(field, value)]),
                _ => read(&[("name", "An"), (field, value)]),
            };
            assert_eq!(wrong(&bad), [format!("applicant.{field}")], "{value}");
        }
    }

    #[test]
    fn an_organisation_has_a_tax_code() {
        let company = Entered {
            kind: "organisation".into(),
            number: "6000123456".into(),
            ..an()
        };
        assert!(company.personal_id().is_none() && company.tax_code().is_some());
        assert!(wrong(&company).is_empty());
        assert_eq!(
            wrong(&Entered {
                kind: "organisation".into(),
                number: "12".into(),
                ..an()
            }),
            ["applicant.number"]
        );
    }

    #[test]
    fn number_and_papers_are_compared() {
        assert!(an().hints().is_empty());
        let other = Entered {
            sex: "male".into(),
            birth: "1991".into(),
            ..an()
        };
        assert_eq!(other.hints().len(), 2);
    }

    #[test]
    fn name_birth_and_sex_are_compared_with_the_person_on_file() {
        use Difference::{Birth, Name, Sex};
        let known = an().record("p1", jiff::civil::date(2026, 11, 23));
        let differ = |change: &dyn Fn(&mut Entered)| {
            let mut typed = an();
            change(&mut typed);
            typed.differences(&known)
        };
        assert_eq!(differ(&|typed| typed.name = "nguyen thi an".into()), []);
        assert_eq!(differ(&|typed| typed.name = String::new()), []);
        assert_eq!(differ(&|typed| typed.birth = "1990".into()), []);
        assert_eq!(differ(&|typed| typed.birth = String::new()), []);
        assert_eq!(differ(&|typed| typed.name = "Trần Thị An".into()), [Name]);
        let another_day = differ(&|typed| typed.birth = "08/11/1990".into());
        assert_eq!(another_day, [Birth]);
        assert_eq!(differ(&|typed| typed.sex = "male".into()), [Sex]);
        let typed = Entered {
            name: "Nguyễn Thị Ân".into(),
            birth: String::new(),
            ..an()
        };
        let corrected = typed.corrected(&known);
        assert_eq!(corrected.name, "Nguyễn Thị Ân");
        assert_eq!((corrected.id, corrected.birth), (known.id, known.birth));
    }
}
