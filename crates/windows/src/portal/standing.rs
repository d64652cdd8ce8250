//! Where a dossier stands for its applicant: what is asked of them, what it costs, how late the
//! office is, which papers and letters there are. Pure; who holds a task is looked up by the page.
//! Does not know: HTML, the database.
use std::collections::BTreeMap;

use facts::agency::Viewer;
use facts::calendar::Calendar;
use facts::procedure::{Procedure, unlisted_paper};
use jiff::Timestamp;
use kernel::Json;
use matters::dossier::{
    Action, Dossier, Event, Facts, Phase, ReturnWay, SupplementItem, allowed, post_address,
};
use web::show;

use super::phrases::{self, say};
use super::timeline::{Names, Told};

/// What is asked of the applicant now: the top of the page.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub supplement: Option<SupplementAsked>,
    pub pay: Option<Pay>,
    /// More was paid than is due.
    pub refund: Option<Pay>,
    pub fetch: Option<Fetch>,
}

#[derive(Debug)]
pub(super) struct SupplementAsked {
    pub items: Vec<Wanted>,
    pub contact: String,
    pub close: String,
    /// What the office said about a supplement that was not enough; may be empty.
    pub lacking: String,
}

/// One thing to bring.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Name of the required paper; empty when it is none.
    pub paper: String,
    pub what: String,
    pub why: String,
}

#[derive(Debug)]
pub(super) struct Pay {
    pub total: String,
    pub counter: String,
}

#[derive(Debug)]
pub(super) struct Fetch {
    pub number: String,
    /// Where to go; empty when it comes by post or electronically.
    pub counter: String,
    pub by_post: bool,
    /// The file can be taken now.
    pub download: bool,
}

/// One line of the bill.
#[derive(Debug)]
pub(super) struct FeeRow {
    pub name: String,
    pub amount: String,
}

/// How late the office is, with what it said about it.
#[derive(Debug)]
pub(super) struct Late {
    pub promised: String,
    pub by: String,
    /// The new promise after an apology; empty without one.
    pub new_due: String,
    pub reason: String,
    /// The result came, late.
    pub over: bool,
}

/// A paper as handed in.
#[derive(Debug)]
pub(super) struct Sent {
    pub name: String,
    pub form: String,
    pub file_name: String,
    pub digest: String,
    /// That a supplement brought it.
    pub supplement: Option<web::ui::Tag>,
}

/// A letter that can be opened.
#[derive(Debug)]
pub(super) struct Letter {
    pub form: &'static str,
    /// Of a receipt its number, by which it is asked for.
    pub number: String,
    pub name: String,
    pub when: String,
}

/// Whether the viewer may press a button now.
#[derive(Debug, Default)]
pub(super) struct Buttons {
    pub supplement: bool,
    pub withdraw: bool,
    /// Another way to get the result.
    pub return_way: bool,
    pub result: bool,
}

/// What the viewer may do; withdrawal ends with the decision (NĐ 118/2025 Đ21).
pub(super) fn buttons(viewer: &Viewer, dossier: &Dossier) -> Buttons {
    let actions = allowed(viewer, &Facts::of(dossier));
    Buttons {
        supplement: actions.contains(&Action::Supplement),
        withdraw: actions.contains(&Action::Withdraw) && dossier.decided_at.is_none(),
        return_way: actions.contains(&Action::ChangeReturnWay),
        result: has_result(dossier),
    }
}

/// The file of the result is the applicant's once it is issued and paid for.
fn has_result(dossier: &Dossier) -> bool {
    dossier.result.is_some() && !dossier.owes()
}

/// What is asked of the applicant.
pub(super) fn asked(
    dossier: &Dossier,
    procedure: Option<&Procedure>,
    told: &[Told<'_>],
    names: &Names,
) -> Asked {
    let pays = dossier.owes() && matches!(dossier.phase, Phase::FeeDue | Phase::Released);
    Asked {
        supplement: (dossier.phase == Phase::SupplementAsked)
            .then(|| supplement(dossier, procedure, told))
            .flatten(),
        pay: pays.then(|| Pay {
            total: show::dong(dossier.owed()),
            counter: names.agency(&dossier.reception_agency),
        }),
        refund: (dossier.overpaid() > 0).then(|| Pay {
            total: show::dong(dossier.overpaid()),
            counter: names.agency(&dossier.reception_agency),
        }),
        fetch: (dossier.phase == Phase::Released)
            .then(|| fetch(dossier, names))
            .flatten(),
    }
}

fn supplement(
    dossier: &Dossier,
    procedure: Option<&Procedure>,
    told: &[Told<'_>],
) -> Option<SupplementAsked> {
    let mut found: Option<SupplementAsked> = None;
    let text = |private: &Option<&Json>, name: &str| {
        let value = private.as_ref().and_then(|document| document.get(name));
        value.and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    for (entry, private) in told {
        match &entry.event {
            Event::SupplementAsked { .. } => {
                let items = private.as_ref().and_then(|document| document.get("items"));
                let items = items.and_then(|items| serde_json::from_value(items.clone()).ok());
                let items: Vec<SupplementItem> = items.unwrap_or_default();
                found = Some(SupplementAsked {
                    items: items.iter().map(|item| wanted(item, procedure)).collect(),
                    contact: text(private, "contact"),
                    close: String::new(),
                    lacking: String::new(),
                });
            }
            Event::SupplementReturned { .. } => {
                if let Some(asked) = &mut found {
                    asked.lacking = text(private, "text");
                }
            }
            _ => {}
        }
    }
    let close = dossier.supplement.as_ref()?.close_at;
    found.map(|asked| SupplementAsked {
        close: show::day(show::local_date(close)),
        ..asked
    })
}

fn wanted(item: &SupplementItem, procedure: Option<&Procedure>) -> Wanted {
    let named = procedure.zip(item.paper.as_ref());
    let named = named.map(|(procedure, code)| procedure.paper_name(code).vi);
    Wanted {
        paper: named.unwrap_or_default(),
        what: item.what.clone(),
        why: item.why.clone(),
    }
}

fn fetch(dossier: &Dossier, names: &Names) -> Option<Fetch> {
    let result = dossier.result.as_ref()?;
    let counter = match &dossier.return_way {
        ReturnWay::Counter { agency } => names.agency(agency),
        ReturnWay::Post | ReturnWay::Electronic => String::new(),
    };
    Some(Fetch {
        number: result.number.clone(),
        counter,
        by_post: dossier.return_way == ReturnWay::Post,
        download: has_result(dossier),
    })
}

/// Where the result goes, with the address to which the post delivers it.
pub(super) fn return_way(dossier: &Dossier, told: &[Told<'_>], names: &Names) -> String {
    let way = names.way(&dossier.return_way);
    let written = told.iter();
    let written = written.filter_map(|(entry, private)| Some((&entry.event, (*private)?)));
    match (&dossier.return_way, post_address(written)) {
        (ReturnWay::Post, Some(address)) => format!("{way}: {address}"),
        _ => way,
    }
}

/// The bill, line by line. What ended without a result and was not paid owes nothing any more.
pub(super) fn bill(dossier: &Dossier, procedure: Option<&Procedure>) -> Vec<FeeRow> {
    let ended = dossier.finished_at.is_some() && dossier.result.is_none();
    if ended && dossier.payment.receipts.is_empty() {
        return Vec::new();
    }
    let name = |code: &str| {
        let rules = procedure.map_or(&[][..], |procedure| &procedure.fees);
        let rule = rules.iter().find(|rule| rule.code == code);
        rule.map_or_else(|| code.to_owned(), |rule| rule.name.vi.clone())
    };
    let row = |fee: &matters::dossier::FeeDue| FeeRow {
        name: name(&fee.code),
        amount: match fee.amount {
            0 => say("fee", "free"),
            amount => show::dong(amount),
        },
    };
    dossier.fees.iter().map(row).collect()
}

/// How late it is or was; `None` when the promise holds.
pub(super) fn late(
    dossier: &Dossier,
    told: &[Told<'_>],
    calendar: &Calendar,
    now: Timestamp,
) -> Option<Late> {
    let term = dossier.term?;
    let promised = dossier.apology.map_or(term.due, |(old, _)| old);
    let until = dossier.finished_at.unwrap_or(now);
    let clock_stands = dossier.stopped_since.is_some() && dossier.finished_at.is_none();
    // The timer may be a moment behind the reader's clock.
    if (until <= promised && !dossier.overdue) || clock_stands || ended_without(dossier) {
        return None;
    }
    let reason = told.iter().rev().find_map(|(entry, private)| {
        let document = private.as_ref()?;
        let apology = matches!(entry.event, Event::Apologised { .. });
        apology.then(|| document.get("text")?.as_str().map(ToOwned::to_owned))?
    });
    Some(Late {
        promised: show::moment(promised),
        by: phrases::working_time(calendar.working_minutes(promised, until)),
        new_due: dossier
            .apology
            .map_or_else(String::new, |(_, new)| show::moment(new)),
        reason: reason.unwrap_or_default(),
        over: dossier.finished_at.is_some(),
    })
}

fn ended_without(dossier: &Dossier) -> bool {
    dossier.finished_at.is_some() && dossier.result.is_none()
}

/// The papers with the names that people gave their files.
pub(super) fn sent(
    dossier: &Dossier,
    procedure: Option<&Procedure>,
    told: &[Told<'_>],
) -> Vec<Sent> {
    let files = file_names(told);
    let papers = dossier.papers.iter().map(|paper| {
        let named = procedure.map(|procedure| procedure.paper_name(&paper.code));
        let digest = paper.file.clone().unwrap_or_default();
        Sent {
            name: named.unwrap_or_else(|| unlisted_paper(&paper.code)).vi,
            form: phrases::paper_form(paper.form),
            file_name: files.get(&digest).cloned().unwrap_or_default(),
            digest,
            supplement: dossier.supplement_tag(paper, "vi"),
        }
    });
    papers.collect()
}

fn file_names(told: &[Told<'_>]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (_, private) in told {
        let found = private.as_ref().and_then(|one| one.get("paper_names"));
        for (digest, name) in found.and_then(Json::as_object).into_iter().flatten() {
            if let Some(name) = name.as_str() {
                names.insert(digest.clone(), name.to_owned());
            }
        }
    }
    names
}

/// The answers as they stand: those of the submission, replaced by a supplement that brought them
/// anew.
pub(super) fn answers<'a>(told: &[Told<'a>]) -> Option<&'a Json> {
    let documents = told.iter().rev().filter_map(|(_, private)| *private);
    let mut answers = documents.filter_map(|document| document.get("answers"));
    answers.find(|answers| answers.is_object())
}

/// The letters that the entries have caused, in the order of their forms.
pub(super) fn letters(dossier: &Dossier, told: &[Told<'_>]) -> Vec<Letter> {
    let mut list: Vec<Letter> = Vec::new();
    let mut add = |form: &'static str, number: &str, at: Timestamp| {
        // Of several the last counts; each receipt is one of its own.
        list.retain(|letter| letter.form != form || letter.number != number);
        list.push(Letter {
            form,
            number: number.to_owned(),
            name: format!("{} {number}", say("letter", form))
                .trim_end()
                .to_owned(),
            when: show::moment(at),
        });
    };
    for (entry, _) in told {
        let form = match entry.event {
            Event::Accepted { .. } => "01",
            Event::SupplementAccepted { next: Some(_), .. } => "01",
            Event::SupplementAsked { .. } => "02",
            Event::Refused { .. } | Event::Rejected => "03",
            Event::Apologised { .. } => "04",
            Event::Stopped | Event::ClosedUnsupplemented => "05",
            Event::FeePaid { .. } => "fee-receipt",
            Event::FeeRefunded { .. } => "fee-refund",
            _ => continue,
        };
        let number = match &entry.event {
            Event::FeePaid { receipt_no: no, .. } | Event::FeeRefunded { slip_no: no, .. } => no,
            _ => "",
        };
        add(form, number, entry.at);
    }
    if dossier.accepted_at.is_some()
        && let Some((last, _)) = told.last()
    {
        add("06", "", last.at);
    }
    list.sort_by_key(|letter| letter.form);
    list
}
