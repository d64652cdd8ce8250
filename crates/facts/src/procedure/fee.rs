//! Fees and levies (phí, lệ phí) with their cases and exemptions.
//! Does not know: payments, receipts, how a rule is worked out (`fees`).
use serde::{Deserialize, Serialize};

use super::key::Channel;
use super::when::{Amount, When};
use super::words::Words;

/// One fee or levy, with its cases.
#[derive(Debug, Clone)]
pub struct FeeRule {
    /// Unique in the procedure.
    pub code: String,
    /// Phí or lệ phí: two legal things.
    pub kind: FeeKind,
    /// What is paid for.
    pub name: Words,
    /// Whole đồng: a number or a FEEL expression over the answers.
    pub amount: Amount,
    /// The amount in words for the procedure page ("2.000 đ/trang …"); may be empty.
    pub rate: Words,
    /// Due only when this holds.
    pub when: Option<When>,
    /// Due only on this channel; none: on each.
    pub channel: Option<Channel>,
    /// Who pays nothing or less; the first that holds applies.
    pub exemptions: Vec<Exemption>,
    /// Who set it.
    pub issuer: Issuer,
    /// Where it is written.
    pub basis: String,
}

/// Phí (for a service) or lệ phí (a charge fixed by law).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Phí.
    Fee,
    /// Lệ phí.
    Levy,
}

/// Who sets an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuer {
    /// Trung ương.
    Central,
    /// Hội đồng nhân dân tỉnh: differs from province to province.
    ProvincialCouncil,
}

/// Who pays less.
#[derive(Debug, Clone)]
pub struct Exemption {
    /// Holds for those who are exempt.
    pub when: When,
    /// Who they are: "Người có công với cách mạng".
    pub label: Words,
    /// What part they still pay, in percent; 0 is free.
    pub pays_percent: i64,
    /// Where that is written.
    pub basis: String,
}

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// The code of the rule.
    pub code: String,
    /// Phí or lệ phí.
    pub kind: FeeKind,
    /// What is paid for.
    pub name: Words,
    /// Whole đồng, never negative. Exempt lines stay in the bill with 0 and their reason.
    pub amount: i64,
    /// Who is exempt, when somebody is; empty otherwise.
    pub exempt: Words,
    /// Where it is written.
    pub basis: String,
}
