//! People and organisations that deal with the administration: who they are, not what they ask
//! for.
//! Does not know: how somebody proves who they are (`identity`), officers (`agency`), dossiers.
mod email;
mod name;
mod partial_date;
mod personal_id;
mod phone;
mod tax_code;
pub mod views;

pub use email::{EMAIL_CHARS_MAX, EMAIL_WRONG_VI, is_email};
pub use name::{
    NameFault, ORGANISATION_NAME_CHARS_MAX, OrganisationName, PERSON_NAME_CHARS_MAX, PersonName,
    is_same_name, tidy_name,
};
pub(crate) use partial_date::years_before;
pub use partial_date::{BirthFault, LIFE_YEARS_MAX, PartialDate, PartialDateFault};
pub use personal_id::{PersonalId, PersonalIdFault, PersonalIdWarning, birth_province};
pub use phone::{Phone, PhoneFault};
pub use tax_code::{TaxCode, TaxCodeFault};

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use kernel::Migration;
use serde::{Deserialize, Serialize};

use crate::address::Address;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "facts/0001_people",
        sql: include_str!("schema.sql"),
    },
    Migration {
        name: "facts/0003_people_folded",
        sql: include_str!("folded.sql"),
    },
    // Whose word a description is; a number belongs to whom the office has seen.
    Migration {
        name: "facts/0004_people_origin",
        sql: include_str!("origin.sql"),
    },
];

/// A natural person or an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// Cá nhân.
    Citizen,
    /// Tổ chức, doanh nghiệp, hợp tác xã, hộ kinh doanh.
    Organisation,
}

/// Nam or nữ, as on civil status papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// A word that the database or a form sent and nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(String);

impl PersonKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonKind::Citizen => "citizen",
            PersonKind::Organisation => "organisation",
        }
    }
}

impl FromStr for PersonKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "citizen" => Ok(PersonKind::Citizen),
            "organisation" => Ok(PersonKind::Organisation),
            _ => Err(UnknownWord(text.to_string())),
        }
    }
}

impl Sex {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Sex {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "male" => Ok(Sex::Male),
            "female" => Ok(Sex::Female),
            _ => Err(UnknownWord(text.to_string())),
        }
    }
}

/// Whose word the description of a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The office compared it with the papers: this is the person on file, who alone has the
    /// number.
    Office,
    /// An account says so of itself. It claims the number, has it not, and is found by nobody.
    Account {
        /// The person on file that the office confirmed this account to be.
        confirmed_as: Option<String>,
    },
}

impl Origin {
    /// What an account says of itself, before any office has looked.
    pub const UNCONFIRMED: Origin = Origin::Account { confirmed_as: None };

    /// As stored.
    pub fn as_str(&self) -> &'static str {
        match self {
            Origin::Office => "office",
            Origin::Account { .. } => "account",
        }
    }

    /// The person on file whom an account was confirmed to be.
    pub fn confirmed_as(&self) -> Option<&str> {
        match self {
            Origin::Office => None,
            Origin::Account { confirmed_as } => confirmed_as.as_deref(),
        }
    }
}

/// One person or organisation, with the days this description holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// A UUID that outlives changes of name and number.
    pub id: String,
    /// Citizen or organisation.
    pub kind: PersonKind,
    /// Số định danh cá nhân; foreigners and old papers may have none.
    pub personal_id: Option<PersonalId>,
    /// Mã số thuế or mã số doanh nghiệp.
    pub tax_code: Option<TaxCode>,
    /// Full name as on the papers; see [`tidy_name`].
    pub name: String,
    /// Date of birth as far as it is known.
    pub birth: Option<PartialDate>,
    /// Nam or nữ.
    pub sex: Option<Sex>,
    /// For messages, as given.
    pub phone: Option<String>,
    /// For messages, as given.
    pub email: Option<String>,
    /// Where they live or have their seat.
    pub address: Option<Address>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it no longer holds (merged with another record, dissolved, dead).
    pub valid_to: Option<Date>,
    /// Whose word this is.
    pub origin: Origin,
}

/// In what two descriptions of a person differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The name, marks and case aside.
    Name,
    /// Neither date of birth contains the other.
    Birth,
    /// Nam or nữ.
    Sex,
    /// The personal number or tax code.
    Number,
}

impl Person {
    /// The personal number, or the tax code of an organisation; empty without one.
    pub fn number(&self) -> &str {
        let number = self.personal_id.as_ref().map(PersonalId::as_str);
        let code = self.tax_code.as_ref().map(TaxCode::as_str);
        number.or(code).unwrap_or_default()
    }

    /// In what this description differs from another of, perhaps, the same person. What one of
    /// them does not know is no difference.
    pub fn differences(&self, other: &Person) -> Vec<Difference> {
        let births = self.birth.zip(other.birth);
        let sexes = self.sex.zip(other.sex);
        let all = [
            (Difference::Number, self.number() != other.number()),
            (Difference::Name, !is_same_name(&self.name, &other.name)),
            (Difference::Birth, births.is_some_and(|(a, b)| !a.fits(b))),
            (Difference::Sex, sexes.is_some_and(|(a, b)| a != b)),
        ];
        let differing = all.into_iter().filter(|(_, differ)| *differ);
        differing.map(|(what, _)| what).collect()
    }

    /// What an officer should look at: number against sex and birth date.
    pub fn warnings(&self) -> Vec<PersonalIdWarning> {
        let number = self.personal_id.as_ref();
        number.map_or_else(Vec::new, |number| number.warnings(self.sex, self.birth))
    }
}

#[cfg(test)]
mod tests;
