//! What is handed in: people as they stand in the papers, answers, papers, and what a supplement
//! must bring.
//! Does not know: what becomes of it.
use facts::people::{PersonalId, Phone, tidy_name};
use facts::procedure::{Answers, Channel, ProcedureKey};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::dossier::code::Code;
use crate::dossier::parts::{Filer, Paper, ReturnWay};

/// Somebody as they stand in the papers: private, never in an event body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The person's or organisation's id in the people room; the only field that events carry.
    pub person: String,
    /// Họ và tên, or the name of the organisation.
    pub name: String,
    /// Số định danh, or the enterprise number.
    #[serde(default)]
    pub personal_id: String,
    /// Where they live, as one line.
    #[serde(default)]
    pub address: String,
    /// Telephone.
    #[serde(default)]
    pub phone: String,
    /// E-mail.
    #[serde(default)]
    pub email: String,
}

impl Party {
    /// What is one thing in many writings in one of them: the number bare, the telephone in E.164,
    /// the name with one kind of apostrophe. The doors refuse what is none; here nothing is lost.
    #[must_use]
    pub fn in_one_form(&self) -> Self {
        let number = self.personal_id.parse::<PersonalId>();
        Self {
            name: tidy_name(&self.name),
            personal_id: number.map_or_else(|_| self.personal_id.clone(), String::from),
            phone: Phone::kept(&self.phone),
            ..self.clone()
        }
    }
}

/// Everything that is handed in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Reserved before with `Numbers::code`.
    pub code: Code,
    /// The version in force today.
    pub procedure: ProcedureKey,
    /// The competent agency.
    pub agency: String,
    /// The agency that receives it.
    pub reception: String,
    /// How it comes.
    pub channel: Channel,
    /// Whose affair it is.
    pub applicant: Party,
    /// Who files for them, with the authorisation.
    pub filer: Option<(Party, Filer)>,
    /// The answers to the form.
    pub answers: Answers,
    /// The papers.
    pub papers: Vec<Paper>,
    /// File names by digest, and whatever else people called their papers.
    pub paper_names: Json,
    /// Where the result goes.
    pub return_way: ReturnWay,
    /// Where the post delivers it; empty: where the applicant lives.
    pub post_address: String,
}

/// One thing that a supplement must bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementItem {
    /// Code of the required paper, when it is one.
    #[serde(default)]
    pub paper: Option<String>,
    /// What to bring or correct.
    pub what: String,
    /// Why.
    pub why: String,
}
