//! What is true of a dossier now: the fold of its entries, never stored (`fold.rs` does it).
//! Does not know: procedures or calendars (events carry what was worked out), names or answers
//! (they are private).

use super::code::Code;
use super::parts::{Act, FeeDue, Filer, Paper, PayMethod, ReturnWay, SupplementClock, Term};
use super::phase::Phase;
use facts::procedure::{Channel, ProcedureKey};
use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The fold of a stream: nothing before the submission.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The dossier, once it was submitted. Shared: a command looks at the state before and after,
    /// a node remembers it, and only an event that changes it makes a new one.
    pub dossier: Option<Arc<Dossier>>,
}

/// Hồ sơ thủ tục hành chính, as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// Its number.
    pub code: Code,
    /// The version of the procedure that it started with.
    pub procedure: ProcedureKey,
    /// The competent agency.
    pub agency: String,
    /// The agency that received it.
    pub reception_agency: String,
    /// How it came.
    pub channel: Channel,
    /// Person id of the applicant.
    pub applicant: String,
    /// The same as it was handed in, before any office said whose the dossier is.
    pub first_applicant: String,
    /// The authorised filer.
    pub filer: Option<Filer>,
    /// The papers as they stand, supplements included: each of them stays, those of one code
    /// together, the newest last.
    pub papers: Vec<Paper>,
    /// When a file came that a supplement brought, by its digest.
    pub supplemented: BTreeMap<String, Timestamp>,
    /// What is to be paid.
    pub fees: Vec<FeeDue>,
    /// Choices that steps depend on.
    pub choices: Json,
    /// Where the result goes.
    pub return_way: ReturnWay,
    /// Received by the system.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// The eight hours of reception.
    pub reception: Reception,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// The clock as set last; `None` before acceptance.
    pub term: Option<Term>,
    /// When the clock stopped, if it stands now.
    pub stopped_since: Option<Timestamp>,
    /// Finished stops since the clock was set from the beginning.
    pub stops: Vec<(Timestamp, Timestamp)>,
    /// The supplement asked for last.
    pub supplement: Option<Supplement>,
    /// How many were asked for.
    pub supplements_asked: u32,
    /// The process of the procedure.
    pub process: process::State,
    /// Open tasks.
    pub tasks: BTreeMap<String, Task>,
    /// Agencies that were ever consulted.
    pub consulted: Vec<String>,
    /// How many consultations officers opened beside the process.
    pub asked: u32,
    /// The payment.
    pub payment: Payment,
    /// Somebody began to work on it, or waited for something: from then on status 4, never 2 again.
    pub begun: bool,
    /// When it was decided (phê duyệt).
    pub decided_at: Option<Timestamp>,
    /// Digest of the draft of the result.
    pub draft: Option<String>,
    /// The result.
    pub result: Option<ResultIssued>,
    /// The promise passed before the result was there.
    pub overdue: bool,
    /// The legal limit passed before the result was there.
    pub unlawful: bool,
    /// Old and new promise of the apology.
    pub apology: Option<(Timestamp, Timestamp)>,
    /// When the work ended: result issued, or refused, withdrawn, stopped, rejected, closed.
    pub finished_at: Option<Timestamp>,
    /// When the result was handed over.
    pub delivered_at: Option<Timestamp>,
}

/// The clock of reception: from the moment of system receipt, on holidays too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// The counter is alerted then.
    pub remind_at: Timestamp,
    /// Until when something must have been done.
    pub due: Timestamp,
    /// Alerted.
    pub reminded: bool,
    /// The time passed.
    pub late: bool,
}

/// A supplement that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// When.
    pub asked_at: Timestamp,
    /// Required papers on the list.
    pub papers: Vec<String>,
    /// The dossier is closed then.
    pub close_at: Timestamp,
    /// What the clock does.
    pub clock: SupplementClock,
    /// When the last part of it came.
    pub received_at: Option<Timestamp>,
    /// Papers that came for it.
    pub brought: Vec<String>,
    /// Accepted.
    pub accepted: bool,
}

/// An open task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The procedure's step; empty for a consultation that an officer opened.
    pub step: String,
    /// What is to be done.
    pub act: Act,
    /// The consulted body as the procedure names it; empty otherwise.
    pub party: String,
    /// The agency that does it: the competent one, or the one consulted.
    pub agency: String,
    /// Who does it; `None`: whoever has the right.
    pub officer: Option<String>,
    /// The position with which the work stays, whoever holds it; empty: with none.
    pub position: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when.
    pub due: Timestamp,
    /// The time passed.
    pub late: bool,
}

/// What is paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payment {
    /// When it was asked for.
    pub asked_at: Option<Timestamp>,
    /// Waiting stops the clock.
    pub stops_clock: bool,
    /// What was paid, receipt by receipt.
    pub receipts: Vec<Receipt>,
    /// What was paid back, slip by slip.
    pub refunds: Vec<Receipt>,
}

/// Biên lai, or the slip of what was paid back: what it said when the money changed hands, whatever
/// is due later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub number: String,
    /// Who collected.
    pub agency: String,
    /// Whole đồng.
    pub amount: i64,
    /// How.
    pub method: PayMethod,
    /// Reference of the payment; empty for cash.
    pub reference: String,
    /// What for; together the amount.
    pub lines: Vec<FeeDue>,
    /// When.
    pub at: Timestamp,
}

impl Payment {
    /// What was paid and not paid back, in whole đồng.
    #[must_use]
    pub fn kept(&self) -> i64 {
        let sum = |all: &[Receipt]| all.iter().map(|receipt| receipt.amount).sum::<i64>();
        sum(&self.receipts) - sum(&self.refunds)
    }

    /// The same of one fee.
    fn kept_for(&self, code: &str) -> i64 {
        let sum = |all: &[Receipt]| {
            let lines = all.iter().flat_map(|receipt| &receipt.lines);
            let same = lines.filter(|line| line.code == code);
            same.map(|line| line.amount).sum::<i64>()
        };
        sum(&self.receipts) - sum(&self.refunds)
    }
}

/// The result as issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultIssued {
    /// Số, ký hiệu.
    pub number: String,
    /// Digest of the file.
    pub file: String,
    /// When.
    pub at: Timestamp,
}

impl Dossier {
    /// When a supplement brought this paper, and whether none brought one later; `None` for what
    /// came with the application, and for what has no file.
    #[must_use]
    pub fn supplemented_at(&self, paper: &Paper) -> Option<(Timestamp, bool)> {
        let at = *self.supplemented.get(paper.file.as_ref()?)?;
        let newest = self.supplemented.values().max();
        Some((at, newest == Some(&at)))
    }

    /// What is to be paid in all, in whole đồng.
    #[must_use]
    pub fn amount_due(&self) -> i64 {
        self.fees.iter().map(|fee| fee.amount).sum()
    }

    /// What is still to be paid, in whole đồng: what is due now less what came.
    #[must_use]
    pub fn owed(&self) -> i64 {
        (self.amount_due() - self.payment.kept()).max(0)
    }

    /// What is to be paid back: more came than is due now.
    #[must_use]
    pub fn overpaid(&self) -> i64 {
        (self.payment.kept() - self.amount_due()).max(0)
    }

    /// True when money is due and has not come.
    #[must_use]
    pub fn owes(&self) -> bool {
        self.owed() > 0
    }

    /// Fee by fee what is still to be paid; below zero what is to be paid back.
    #[must_use]
    pub fn open_lines(&self) -> Vec<FeeDue> {
        let due = self.fees.iter().map(|fee| FeeDue {
            amount: fee.amount - self.payment.kept_for(&fee.code),
            ..fee.clone()
        });
        // A fee that is no more due at all.
        let receipts = self.payment.receipts.iter();
        let paid = receipts.flat_map(|receipt| &receipt.lines);
        let gone = paid.filter(|line| !self.fees.iter().any(|fee| fee.code == line.code));
        let mut lines: Vec<FeeDue> = due.collect();
        for line in gone {
            if !lines.iter().any(|known| known.code == line.code) {
                lines.push(FeeDue {
                    amount: -self.payment.kept_for(&line.code),
                    ..line.clone()
                });
            }
        }
        lines.retain(|line| line.amount != 0);
        lines
    }

    /// The person who filed: the authorised one, otherwise the applicant.
    #[must_use]
    pub fn filed_by(&self) -> &str {
        self.filer
            .as_ref()
            .map_or(&self.applicant, |filer| &filer.person)
    }

    /// The agency whose counter hands the result over.
    #[must_use]
    pub fn return_agency(&self) -> &str {
        match &self.return_way {
            ReturnWay::Counter { agency } => agency,
            ReturnWay::Post | ReturnWay::Electronic => &self.reception_agency,
        }
    }
}
