//! Phí, lệ phí: asked for, collected with a receipt (4 → 6 → 4). Waiting for money stops the clock
//! only where the procedure names the legal text that says so.
//! Does not know: how an amount is worked out (`facts::procedure`), nor payment systems.

use super::{Matter, needed, short};
use crate::dossier::access::{Action, Facts, holds};
use crate::dossier::events::Event;
use crate::dossier::parts::{FeeDue, PayMethod};
use crate::dossier::phase::Phase;
use crate::dossier::refusal::Refusal;
use facts::agency::{Right, Viewer};

/// Money as it came in, or went back.
pub(super) struct Paid<'a> {
    pub(super) receipt_no: &'a str,
    pub(super) amount: i64,
    pub(super) method: PayMethod,
    pub(super) reference: &'a str,
}

impl Matter<'_> {
    pub(super) fn ask_fee(&self) -> Result<Vec<Event>, Refusal> {
        self.may(Action::AskFee)?;
        self.check_owed()?;
        let payment = &self.procedure.payment;
        Ok(vec![Event::FeeAsked {
            amount: self.dossier.owed(),
            stops_clock: payment.stops_clock && !payment.basis.is_empty(),
        }])
    }

    pub(super) fn collect_fee(&self, paid: &Paid<'_>) -> Result<Vec<Event>, Refusal> {
        self.may(Action::CollectFee)?;
        self.check_owed()?;
        let due = self.dossier.owed();
        if paid.amount != due {
            return Err(Refusal::AmountWrong { due });
        }
        check_proof(paid)?;
        let facts = Facts::of(self.dossier);
        let agency = collecting_agency(self.viewer, &facts);
        let stopped = self.dossier.phase == Phase::FeeDue && self.dossier.payment.stops_clock;
        Ok(vec![Event::FeePaid {
            receipt_no: paid.receipt_no.to_owned(),
            agency: agency.unwrap_or(facts.agency).to_owned(),
            amount: paid.amount,
            method: paid.method,
            reference: paid.reference.to_owned(),
            lines: self.dossier.open_lines(),
            term: if stopped {
                Some(self.term_after_stop()?)
            } else {
                None
            },
        }])
    }

    fn check_owed(&self) -> Result<(), Refusal> {
        if self.dossier.owes() {
            return Ok(());
        }
        Err(match self.dossier.payment.receipts.is_empty() {
            true => Refusal::NothingToPay,
            false => Refusal::AlreadyPaid,
        })
    }

    /// More came than is due now: a supplement changed what the fee is reckoned from.
    pub(super) fn refund_fee(&self, paid: &Paid<'_>) -> Result<Vec<Event>, Refusal> {
        self.may(Action::RefundFee)?;
        let due = self.dossier.overpaid();
        if due == 0 {
            return Err(Refusal::NothingToRefund);
        }
        if paid.amount != due {
            return Err(Refusal::AmountWrong { due });
        }
        check_proof(paid)?;
        let facts = Facts::of(self.dossier);
        let agency = collecting_agency(self.viewer, &facts);
        let lines = self.dossier.open_lines().into_iter();
        Ok(vec![Event::FeeRefunded {
            slip_no: paid.receipt_no.to_owned(),
            agency: agency.unwrap_or(facts.agency).to_owned(),
            amount: paid.amount,
            method: paid.method,
            reference: paid.reference.to_owned(),
            lines: lines
                .map(|line| FeeDue {
                    amount: -line.amount,
                    ..line
                })
                .collect(),
        }])
    }
}

/// A number, and what proves a payment that is not cash.
fn check_proof(paid: &Paid<'_>) -> Result<(), Refusal> {
    needed(paid.receipt_no, Refusal::ReceiptMissing)?;
    match paid.method {
        PayMethod::Cash => short(paid.reference),
        PayMethod::Transfer | PayMethod::Online => {
            needed(paid.reference, Refusal::PaymentReferenceMissing)
        }
    }
}

/// The agency for which `viewer` collects: the one whose receipts are numbered.
pub fn collecting_agency<'a>(viewer: &Viewer, facts: &Facts<'a>) -> Option<&'a str> {
    let agencies = [facts.reception, facts.return_agency, facts.agency];
    agencies
        .into_iter()
        .find(|agency| holds(viewer, Right::CollectFee, agency))
}
