//! `/counter/received/{code}`: the page after reception. The code, the day of the appointment with
//! its reckoning, what to print, what to collect, and the next person.
//! Does not know: how it was received.

use super::super::view::{Head, desk_link, long_moment, phase_tag, way_words};
use super::super::{Clerk, Opened, open};
use askama::Template;
use axum::extract::{Path, State};
use facts::agency::Right;
use facts::people;
use matters::Ground;
use matters::dossier::dong;
use web::ui::Tag;
use web::{Answer, Problem, Shell, render, show};

#[derive(Template)]
#[template(path = "counter/pages/received.html")]
struct ReceivedPage {
    shell: Shell,
    head: Head,
    phase: Tag,
    accepted: bool,
    received: String,
    due: String,
    legal_due: String,
    why: Vec<Reckoned>,
    wanted_way: String,
    owed: String,
    paid: String,
    may_collect: bool,
    procedure_key: String,
    desk: String,
    /// Id of what an unconfirmed account says with the number of whoever applies; empty without.
    unconfirmed: String,
}

/// One day of the reckoning.
struct Reckoned {
    day: String,
    why: String,
}

pub(in crate::counter) async fn received(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    let dossier = &opened.dossier;
    let term = dossier.term;
    let calendar = ground.law.calendars.of(&dossier.agency);
    let limit = &opened.procedure.limit(dossier.channel).promised;
    let why = term.and_then(|term| calendar.due(term.received, limit).ok());
    let why = why.map(|due| due.why).unwrap_or_default();
    render(&ReceivedPage {
        head: Head::of(&ground, &opened).await?,
        phase: phase_tag(dossier.phase),
        accepted: dossier.accepted_at.is_some(),
        received: term
            .map(|term| show::moment(term.received))
            .unwrap_or_default(),
        due: term.map(|term| long_moment(term.due)).unwrap_or_default(),
        legal_due: match term {
            Some(term) if term.legal_due != term.due => long_moment(term.legal_due),
            _ => String::new(),
        },
        why: why
            .iter()
            .map(|note| Reckoned {
                day: show::day(note.day),
                why: note.vi(),
            })
            .collect(),
        wanted_way: way_words(&ground, (&dossier.return_way, &opened.told.post_address)).await?,
        owed: if dossier.owes() {
            format!("{} đ", dong(dossier.owed()))
        } else {
            String::new()
        },
        paid: match dossier.payment.receipts.last() {
            Some(receipt) => format!("{} đ, biên lai số {}", dong(receipt.amount), receipt.number),
            None => String::new(),
        },
        may_collect: clerk.viewer.has(Right::CollectFee),
        procedure_key: dossier.procedure.to_string(),
        desk: desk_link(&opened),
        unconfirmed: unconfirmed(&ground, &opened).await?,
        shell: clerk.shell(),
    })
}

/// An account with the number of who stands there, whose card has just been seen.
async fn unconfirmed(ground: &Ground, opened: &Opened) -> Result<String, Problem> {
    if opened.dossier.filer.is_some() {
        return Ok(String::new());
    }
    let applicant = people::views::on_file(ground.db(), &opened.dossier.applicant).await?;
    let Some(applicant) = applicant.filter(|person| !person.number().is_empty()) else {
        return Ok(String::new());
    };
    let accounts = people::views::claims(ground.db(), applicant.number()).await?;
    let mut accounts = accounts.into_iter();
    let account = accounts.find(|account| account.origin == people::Origin::UNCONFIRMED);
    Ok(account.map(|account| account.id).unwrap_or_default())
}
