//! The fee receipt, the result and the follow-up book: papers whose data come from facts of the
//! procedure or from rows rather than from one entry.
//! Does not know: the other letters.

use super::{LANGUAGE, Source, day, moment, source};
use crate::dossier::events::Event;
use crate::dossier::parts::{FeeDue, PayMethod};
use crate::dossier::state::Receipt;
use crate::dossier::views::Line;
use crate::dossier::words::label;
use facts::procedure::{FeeKind, Procedure, Spelling};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Entry;
use serde_json::{Value as Json, json};

/// Biên lai, or the slip of what was paid back: the lines as they were paid, with names and basis
/// from the procedure.
pub(super) fn money(source: &Source, procedure: &Procedure, cause: &Entry<Event>) -> Option<Json> {
    let payment = &source.dossier.payment;
    let paid = match &cause.event {
        Event::FeePaid { .. } => payment.receipts.last()?,
        Event::FeeRefunded { .. } => payment.refunds.last()?,
        _ => return None,
    };
    let mut page = receipt(paid, procedure);
    page["agency"] = source.agency(&paid.agency);
    page["payer"] = source.applicant.clone();
    Some(page)
}

/// What a receipt says of the money, from the entry that it proves: the one way to print it.
#[must_use]
pub fn receipt(paid: &Receipt, procedure: &Procedure) -> Json {
    let line = |fee: &FeeDue| {
        let rule = procedure.fees.iter().find(|rule| rule.code == fee.code);
        let kind = match fee.kind {
            FeeKind::Fee => "fee",
            FeeKind::Levy => "levy",
        };
        json!({
            "kind": kind,
            "name": rule.map_or(fee.code.as_str(), |rule| rule.name.vi.as_str()),
            "amount": fee.amount,
            "basis": rule.map_or("", |rule| rule.basis.as_str()),
        })
    };
    let method = match paid.method {
        PayMethod::Cash => "cash",
        PayMethod::Transfer => "transfer",
        PayMethod::Online => "online",
    };
    json!({
        "number": paid.number,
        "lines": paid.lines.iter().map(line).collect::<Vec<_>>(),
        "method": method,
        "paid_at": moment(paid.at),
        "payment_reference": paid.reference,
    })
}

/// What the result of a dossier says: before it is issued a draft, without a number.
pub struct Wording<'a> {
    /// The number; empty for a draft.
    pub number: &'a str,
    /// The day of the paper.
    pub date: Date,
    /// Id of the officer who signs; empty for a draft.
    pub signer: &'a str,
    /// How codes in the answers are spelt out.
    pub spelling: Spelling<'a>,
}

/// The data of `result.typ`, from the printout of the procedure and the answers as they stand now;
/// `None` when the procedure's result has no printout.
#[must_use]
pub fn result(source: &Source, procedure: &Procedure, wording: &Wording<'_>) -> Option<Json> {
    let mut page = procedure.result_letter_data(&source.answers(), &wording.spelling)?;
    let dossier = &source.dossier;
    let more = json!({
        "agency": source.agency(&dossier.agency),
        "number": wording.number,
        "date": wording.date.to_string(),
        "dossier_code": dossier.code.to_string(),
        "qr": source.lookup_url,
        "draft": wording.number.is_empty(),
        "signer": source.signer(wording.signer),
    });
    if let (Some(page), Json::Object(more)) = (page.as_object_mut(), more) {
        page.extend(more);
    }
    Some(page)
}

/// Sổ theo dõi hồ sơ (form 07): what stands above the lines.
pub struct BookPage<'a> {
    /// Name of the agency that keeps it.
    pub agency: &'a str,
    /// First and last day.
    pub days: (Date, Date),
    /// Name of a procedure by its key as text.
    pub procedure: &'a dyn Fn(&str) -> String,
    /// When it is printed.
    pub now: Timestamp,
}

/// The data of form 07 for these lines of the book, numbered from 1.
#[must_use]
pub fn book(lines: &[Line], page: &BookPage<'_>) -> Json {
    let row = |(entry, line): (usize, &Line)| {
        let taken = match line.received_by.as_str() {
            "" => "",
            way => label("received_by", way, LANGUAGE),
        };
        json!({
            "entry": entry,
            "dossier_code": line.code,
            "procedure": (page.procedure)(&line.procedure),
            "applicant": line.applicant_name,
            "address": line.applicant_address,
            "phone": line.applicant_phone,
            "agency": page.agency,
            "received_at": line.accepted_at.map(moment),
            "due_at": line.due_at.map(moment),
            "delivered_at": line.delivered_at.map(moment),
            "method": label("channel", &line.channel, LANGUAGE),
            "received_by": taken,
        })
    };
    let (from, to) = page.days;
    json!({
        "agency": { "name": page.agency },
        "date": day(page.now),
        "book": {
            "volume": from.year().to_string(),
            "from": from.to_string(),
            "to": to.to_string(),
        },
        "rows": (1..).zip(lines).map(row).collect::<Vec<_>>(),
    })
}

impl source::Source {
    /// The answers as they stand: of the submission, or of the last supplement that changed them.
    #[must_use]
    pub fn answers(&self) -> Json {
        let documents = self.entries.iter().rev().map(|entry| self.document(entry));
        let mut answers = documents.map(|mut document| document["answers"].take());
        answers.find(Json::is_object).unwrap_or_default()
    }
}
