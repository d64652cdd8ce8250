//! The papers that a dossier causes, as data for the templates of `content/letters` (forms 01 to
//! 06 of TT 03/2025/TT-VPCP, the fee receipt; form 07 from the rows of the book). Made from the
//! entries when somebody wants one; nothing is stored.
//! Does not know: Typst, PDF, who may print (`access.rs`).

mod rows;
mod slip;
mod source;

pub use rows::{BookPage, Wording, book, receipt, result};
pub use source::Source;

use super::code::VIETNAM;
use super::events::Event;
use super::parts::{Filer, PaperForm, ReturnWay};
use super::words::label;
use facts::calendar::Limit;
use facts::procedure::Procedure;
use jiff::Timestamp;
use kernel::Entry;
use rows::money;
use serde_json::{Value as Json, json};

/// The papers are Vietnamese, whoever reads them.
const LANGUAGE: &str = "vi";

/// One of the letters of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Letter {
    /// 01 Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    Receipt,
    /// 02 Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    Supplement,
    /// 03 Phiếu từ chối tiếp nhận, giải quyết hồ sơ.
    Refusal,
    /// 04 Phiếu xin lỗi và hẹn lại ngày trả kết quả.
    Apology,
    /// 05 Thông báo dừng giải quyết hồ sơ.
    Stop,
    /// 06 Phiếu kiểm soát quá trình giải quyết hồ sơ.
    ControlSlip,
    /// Biên lai thu phí, lệ phí.
    FeeReceipt,
    /// Phiếu hoàn phí, lệ phí.
    FeeRefund,
}

impl Letter {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Receipt,
        Self::Supplement,
        Self::Refusal,
        Self::Apology,
        Self::Stop,
        Self::ControlSlip,
        Self::FeeReceipt,
        Self::FeeRefund,
    ];

    /// Name of the template and in addresses.
    #[must_use]
    pub fn template(self) -> &'static str {
        match self {
            Self::Receipt => "01",
            Self::Supplement => "02",
            Self::Refusal => "03",
            Self::Apology => "04",
            Self::Stop => "05",
            Self::ControlSlip => "06",
            Self::FeeReceipt => "fee-receipt",
            Self::FeeRefund => "fee-refund",
        }
    }

    /// The letter of a template's name.
    #[must_use]
    pub fn from_template(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|letter| letter.template() == name)
    }

    /// Sign after the number (TT 03/2025/TT-VPCP, Annex I).
    fn sign(self) -> &'static str {
        match self {
            Self::Receipt => "GTN-TTPVHCC",
            Self::Supplement => "PBS",
            Self::Refusal => "PTC",
            Self::Apology => "PXL",
            Self::Stop => "TB",
            Self::ControlSlip => "PKS",
            Self::FeeReceipt => "BL",
            Self::FeeRefund => "PHT",
        }
    }

    /// Whether this entry causes it.
    fn caused_by(self, event: &Event) -> bool {
        match self {
            Self::Receipt => matches!(
                event,
                Event::Accepted { .. } | Event::SupplementAccepted { next: Some(_), .. }
            ),
            Self::Supplement => matches!(event, Event::SupplementAsked { .. }),
            Self::Refusal => matches!(event, Event::Refused { .. } | Event::Rejected),
            Self::Apology => matches!(event, Event::Apologised { .. }),
            Self::Stop => matches!(event, Event::Stopped | Event::ClosedUnsupplemented),
            Self::ControlSlip => matches!(event, Event::Submitted { .. }),
            Self::FeeReceipt => matches!(event, Event::FeePaid { .. }),
            Self::FeeRefund => matches!(event, Event::FeeRefunded { .. }),
        }
    }
}

/// The letters that this dossier has caused so far.
#[must_use]
pub fn available(entries: &[Entry<Event>]) -> Vec<Letter> {
    let caused = |letter: &Letter| entries.iter().any(|entry| letter.caused_by(&entry.event));
    Letter::ALL.into_iter().filter(caused).collect()
}

/// The data of a letter, as it was caused last; `None` when the dossier has not caused it.
#[must_use]
pub fn data(letter: Letter, source: &Source, procedure: &Procedure) -> Option<Json> {
    numbered(letter, "", source, procedure)
}

/// The same of the receipt or slip of this number; an empty one means the last.
#[must_use]
pub fn numbered(
    letter: Letter,
    number: &str,
    source: &Source,
    procedure: &Procedure,
) -> Option<Json> {
    let wanted = |event: &Event| match event {
        Event::FeePaid { receipt_no: no, .. } | Event::FeeRefunded { slip_no: no, .. } => {
            number.is_empty() || no == number
        }
        _ => true,
    };
    let at = source
        .entries
        .iter()
        .rposition(|entry| letter.caused_by(&entry.event) && wanted(&entry.event))?;
    // A paper says what was true when it was made, whenever it is printed.
    let then = match letter {
        // Its way goes on.
        Letter::ControlSlip => source.clone(),
        _ => source.as_of(at),
    };
    let (source, cause) = (&then, &source.entries[at]);
    let mut page = heading(letter, source, cause);
    page["procedure"] = json!({ "name": procedure.name.vi, "code": procedure.key.code });
    page["applicant"] = source.applicant.clone();
    let more = match letter {
        Letter::Receipt => promise(source, procedure, cause)?,
        Letter::Supplement => supplement(source, procedure, cause)?,
        Letter::Refusal => refusal(source, cause),
        Letter::Apology => apology(source, cause)?,
        Letter::Stop => stop(source, procedure, cause),
        Letter::ControlSlip => slip::control_slip(source, procedure)?,
        Letter::FeeReceipt | Letter::FeeRefund => money(source, procedure, cause)?,
    };
    if let (Some(page), Json::Object(more)) = (page.as_object_mut(), more) {
        page.extend(more);
    }
    Some(page)
}

fn heading(letter: Letter, source: &Source, cause: &Entry<Event>) -> Json {
    let dossier = &source.dossier;
    // What the counter hands out carries the counter's name; decisions carry the competent
    // agency's.
    let counter = matches!(
        letter,
        Letter::Receipt | Letter::FeeReceipt | Letter::FeeRefund
    );
    let agency = if counter {
        &dossier.reception_agency
    } else {
        &dossier.agency
    };
    let slip = letter == Letter::ControlSlip;
    let last = source.entries.last().map_or(cause.at, |entry| entry.at);
    json!({
        "agency": source.agency(agency),
        "number": format!("{}/{}", dossier.code.serial(), letter.sign()),
        "date": day(if slip { last } else { cause.at }),
        "dossier_code": dossier.code.to_string(),
        "qr": source.lookup_url,
        "officer": { "name": source.officer(&cause.actor) },
    })
}

fn promise(source: &Source, procedure: &Procedure, cause: &Entry<Event>) -> Option<Json> {
    let (Event::Accepted { term, .. } | Event::SupplementAccepted { term, .. }) = &cause.event
    else {
        return None;
    };
    let dossier = &source.dossier;
    let papers = dossier.papers.iter().map(|paper| {
        let kind = match paper.form {
            PaperForm::Original | PaperForm::Shown => "original",
            PaperForm::Copy => "copy",
            PaperForm::Electronic => "electronic",
            PaperForm::Data => "database",
            PaperForm::ToShow => "to_show",
        };
        let name = procedure.paper_name(&paper.code).vi;
        json!({ "name": name, "kind": kind, "count": paper.count })
    });
    let proxy = source.filer.as_object().map(|filer| {
        let mut filer = filer.clone();
        let paper = dossier.filer.as_ref().map(Filer::in_words);
        filer.insert("paper".to_owned(), json!(paper));
        filer
    });
    let deliver_at = match &dossier.return_way {
        ReturnWay::Counter { agency } => source.agency_name(agency),
        ReturnWay::Post => label("letter", "by_post", LANGUAGE).to_owned(),
        ReturnWay::Electronic => label("letter", "electronically", LANGUAGE).to_owned(),
    };
    Some(json!({
        "proxy": proxy,
        "papers": papers.collect::<Vec<_>>(),
        "limit": limit(&procedure.limit(dossier.channel).promised),
        "received_at": moment(term.received),
        "due_at": moment(term.due),
        "deliver_at": deliver_at,
    }))
}

fn supplement(source: &Source, procedure: &Procedure, cause: &Entry<Event>) -> Option<Json> {
    let Event::SupplementAsked { close_at, .. } = &cause.event else {
        return None;
    };
    let document = source.document(cause);
    let items = document["items"].as_array().cloned().unwrap_or_default();
    let text = |item: &Json, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    let what = |item: &Json| match item["paper"].as_str() {
        Some(code) => format!("{}: {}", procedure.paper_name(code).vi, text(item, "what")),
        None => text(item, "what"),
    };
    let mut whys: Vec<String> = items.iter().map(|item| text(item, "why")).collect();
    whys.dedup();
    Some(json!({
        "items": items.iter().map(what).collect::<Vec<_>>(),
        "reason": whys.join("; "),
        "supplement_by": moment(*close_at),
        "contact": { "name": text(&document, "contact") },
    }))
}

fn refusal(source: &Source, cause: &Entry<Event>) -> Json {
    let document = source.document(cause);
    json!({ "reason": document["text"], "legal_basis": [document["basis"]] })
}

fn apology(source: &Source, cause: &Entry<Event>) -> Option<Json> {
    let Event::Apologised { old_due, new_due } = &cause.event else {
        return None;
    };
    Some(json!({
        "signer": source.signer(&cause.actor),
        "received_at": source.dossier.accepted_at.map(moment),
        "old_due_at": moment(*old_due),
        "new_due_at": moment(*new_due),
        "reason": source.document(cause)["text"],
    }))
}

fn stop(source: &Source, procedure: &Procedure, cause: &Entry<Event>) -> Json {
    let document = source.document(cause);
    let closed = matches!(cause.event, Event::ClosedUnsupplemented);
    let (reason, basis) = if closed {
        let reason = label("letter", "closed_reason", LANGUAGE);
        (json!(reason), json!(procedure.supplement.basis))
    } else {
        (document["text"].clone(), document["basis"].clone())
    };
    json!({
        "signer": source.signer(&cause.actor),
        "received_at": moment(source.dossier.submitted_at),
        "legal_basis": [basis],
        "reason": reason,
    })
}

/// A time limit in words: "03 ngày làm việc".
fn limit(limit: &Limit) -> String {
    let (count, unit) = match limit {
        Limit::WorkingDays(days) => (*days, "working_days"),
        Limit::WorkingMinutes(minutes) => (minutes.div_ceil(60), "working_hours"),
        Limit::CalendarDays(days) => (*days, "calendar_days"),
        Limit::Months(months) => (*months, "months"),
        Limit::SameDay { .. } => return label("letter", "same_day", LANGUAGE).to_owned(),
    };
    format!("{count:02} {}", label("letter", unit, LANGUAGE))
}

fn moment(at: Timestamp) -> String {
    VIETNAM
        .to_datetime(at)
        .strftime("%Y-%m-%dT%H:%M")
        .to_string()
}

fn day(at: Timestamp) -> String {
    VIETNAM.to_datetime(at).date().to_string()
}
