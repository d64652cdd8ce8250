//! What an event makes true of the money of a dossier: asked for, paid, paid back.
//! Does not know: what is owed by which rule.
use jiff::Timestamp;

use crate::dossier::events::Event;
use crate::dossier::phase::Phase;
use crate::dossier::state::{Dossier, Receipt};

impl Dossier {
    pub(super) fn apply_payment(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::FeeAsked { stops_clock, .. } => {
                self.payment.asked_at = Some(at);
                self.begun = true;
                self.payment.stops_clock = *stops_clock;
                if *stops_clock {
                    self.stopped_since = Some(at);
                }
                self.phase = Phase::FeeDue;
            }
            Event::FeePaid {
                receipt_no,
                agency,
                amount,
                method,
                reference,
                lines,
                term,
            } => {
                // Before receipts said what for, it was all that was due then.
                let lines = match lines.is_empty() {
                    true => self.open_lines(),
                    false => lines.clone(),
                };
                self.payment.receipts.push(Receipt {
                    number: receipt_no.clone(),
                    agency: agency.clone(),
                    amount: *amount,
                    method: *method,
                    reference: reference.clone(),
                    lines,
                    at,
                });
                if let Some(term) = term {
                    self.stops
                        .extend(self.stopped_since.take().map(|from| (from, at)));
                    self.set_term(*term);
                }
                if self.phase == Phase::FeeDue {
                    self.phase = self.working_phase();
                }
            }
            Event::FeeRefunded {
                slip_no,
                agency,
                amount,
                method,
                reference,
                lines,
            } => self.payment.refunds.push(Receipt {
                number: slip_no.clone(),
                agency: agency.clone(),
                amount: *amount,
                method: *method,
                reference: reference.clone(),
                lines: lines.clone(),
                at,
            }),
            _ => {}
        }
    }
}
