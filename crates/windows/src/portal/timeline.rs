//! What happened to a dossier, as its applicant reads it: newest first, the promise on top. Steps
//! inside the office are told by name and place; opinions that officers wrote to each other are
//! not.
//! Does not know: HTML, the database; names are looked up before.
use std::collections::{BTreeMap, BTreeSet};

use facts::procedure::{Channel, Procedure};
use jiff::Timestamp;
use kernel::{Entry, Json};
use matters::dossier::{Dossier, Event, Handover, ReturnWay};
use web::ui::TimelineItem;
use web::{Tone, show};

use super::phrases::{self, fill, say};

/// An entry with the document of what people wrote, where the applicant may read it.
pub(super) type Told<'a> = (&'a Entry<Event>, Option<&'a Json>);

/// Names of agencies and officers by id.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub agencies: BTreeMap<String, String>,
    pub officers: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn agency(&self, id: &str) -> String {
        self.agencies
            .get(id)
            .map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// Where a result goes.
    pub(super) fn way(&self, way: &ReturnWay) -> String {
        match way {
            ReturnWay::Counter { agency } => self.agency(agency),
            ReturnWay::Post => phrases::channel(Channel::Post),
            ReturnWay::Electronic => say("result", "electronic"),
        }
    }

    pub(super) fn officer(&self, id: &str) -> String {
        self.officers.get(id).cloned().unwrap_or_default()
    }
}

/// Ids of agencies and officers that the timeline will name.
pub(super) fn ids(told: &[Told<'_>]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut agencies, mut officers) = (BTreeSet::new(), BTreeSet::new());
    for (entry, _) in told {
        if !entry.office.is_empty() {
            agencies.insert(entry.office.clone());
            officers.insert(entry.actor.clone());
        }
        match &entry.event {
            Event::ReturnWayChanged {
                return_way: ReturnWay::Counter { agency },
            }
            | Event::ConsultAsked { agency, .. } => {
                agencies.insert(agency.clone());
            }
            Event::TaskAssigned { officer, .. } => {
                officers.insert(officer.clone());
            }
            _ => {}
        }
    }
    (agencies, officers)
}

/// Whether the applicant reads what was written with this event.
pub(super) fn is_open(event: &Event) -> bool {
    matches!(
        event,
        Event::Submitted { .. }
            | Event::Refused { .. }
            | Event::SupplementAsked { .. }
            | Event::Supplemented { .. }
            | Event::SupplementReturned { .. }
            | Event::Stopped
            | Event::Rejected
            | Event::Apologised { .. }
            | Event::DueReset { .. }
            | Event::ReturnWayChanged { .. }
            | Event::Withdrawn
    )
}

/// The whole timeline.
pub(super) fn timeline(
    dossier: &Dossier,
    procedure: Option<&Procedure>,
    told: &[Told<'_>],
    names: &Names,
) -> Vec<TimelineItem> {
    let tale = Tale {
        told,
        procedure,
        names,
        dossier,
    };
    let happened = told.iter().rev().filter_map(|one| tale.item(one));
    promise(dossier).into_iter().chain(happened).collect()
}

/// What is still to come.
fn promise(dossier: &Dossier) -> Option<TimelineItem> {
    let term = dossier.term?;
    let waits = dossier.finished_at.is_none() && dossier.stopped_since.is_none();
    waits.then(|| TimelineItem {
        when: fill(
            "happened",
            "promised_when",
            &[("due", &show::moment(term.due))],
        ),
        title: say("happened", "promised"),
        tone: Tone::Quiet,
        ..TimelineItem::default()
    })
}

struct Tale<'a> {
    told: &'a [Told<'a>],
    procedure: Option<&'a Procedure>,
    names: &'a Names,
    dossier: &'a Dossier,
}

/// Title and text of an item, with its colour.
struct Line(Tone, String, String);

impl Tale<'_> {
    fn item(&self, (entry, private): &Told<'_>) -> Option<TimelineItem> {
        let Line(tone, title, text) = self.line(&entry.event)?;
        let written = |field: &str| {
            let document = private.as_ref()?;
            document
                .get(field)?
                .as_str()
                .filter(|text| !text.is_empty())
        };
        // A decision against the applicant names its basis in law where they read it.
        let basis = written("basis").map(|basis| fill("happened", "basis", &[("basis", basis)]));
        let parts = [Some(text.as_str()), written("text"), basis.as_deref()];
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        let text = parts.collect::<Vec<_>>().join(" ");
        Some(TimelineItem {
            when: show::moment(entry.at),
            title,
            by: self.by(entry),
            text,
            tone,
        })
    }

    fn by(&self, entry: &Entry<Event>) -> String {
        if !entry.office.is_empty() {
            let agency = self.names.agency(&entry.office);
            return match self.names.officer(&entry.actor) {
                name if name.is_empty() => agency,
                name => format!("{name}, {agency}"),
            };
        }
        let own = entry.actor == self.dossier.applicant || entry.actor == self.dossier.filed_by();
        if own {
            say("by", "applicant")
        } else {
            String::new()
        }
    }

    fn line(&self, event: &Event) -> Option<Line> {
        let line = match event {
            Event::Submitted { channel, .. } => plain(Tone::Good, submitted(*channel)),
            Event::Accepted { term, .. } => due(Tone::Good, "accepted", term.due),
            Event::SupplementAccepted { term, .. } => Line(
                Tone::Good,
                say("happened", "supplement_accepted"),
                fill(
                    "happened",
                    "accepted_text",
                    &[("due", &show::moment(term.due))],
                ),
            ),
            Event::Refused { .. } => plain(Tone::Bad, "refused"),
            Event::SupplementAsked {
                count, close_at, ..
            } => {
                let close = show::day(show::local_date(*close_at));
                let count = count.to_string();
                Line(
                    Tone::Warn,
                    fill("happened", "supplement_asked", &[("count", &count)]),
                    fill("happened", "supplement_asked_text", &[("close", &close)]),
                )
            }
            Event::Supplemented { .. } => plain(Tone::Info, "supplemented"),
            Event::SupplementReturned { .. } => plain(Tone::Warn, "supplement_returned"),
            Event::ClosedUnsupplemented => plain(Tone::Bad, "closed_unsupplemented"),
            Event::FeeAsked { .. } | Event::FeePaid { .. } | Event::FeeRefunded { .. } => {
                money(event)
            }
            Event::Issued { number, .. } => Line(
                Tone::Good,
                say("happened", "issued"),
                fill("happened", "issued_text", &[("number", number)]),
            ),
            Event::Delivered { handover } => delivered(handover),
            Event::ReturnWayChanged { return_way } => Line(
                Tone::Info,
                say("happened", "return_way_changed"),
                self.names.way(return_way),
            ),
            Event::PaperSeen { paper, .. } => {
                let papers = self
                    .procedure
                    .map_or(&[][..], |procedure| &procedure.papers);
                let known = papers.iter().find(|one| one.code == *paper);
                let name = known.map_or_else(|| paper.clone(), |one| one.name.vi.clone());
                Line(Tone::Good, say("happened", "paper_seen"), name)
            }
            Event::ApplicantIdentified { .. } => plain(Tone::Info, "applicant_identified"),
            Event::IdentificationUndone { .. } => plain(Tone::Info, "identification_undone"),
            Event::Withdrawn => plain(Tone::Quiet, "withdrawn"),
            Event::Stopped => plain(Tone::Bad, "stopped"),
            Event::Rejected => plain(Tone::Bad, "rejected"),
            Event::ReceptionLate { due: at } => due(Tone::Bad, "reception_late", *at),
            Event::BecameOverdue { due: at } => due(Tone::Bad, "became_overdue", *at),
            // Where the promise is the legal limit, one line says both.
            Event::BecameUnlawful { legal_due } if self.promised(*legal_due) => return None,
            Event::BecameUnlawful { .. } => plain(Tone::Bad, "became_unlawful"),
            Event::Apologised { new_due, .. } => due(Tone::Warn, "apologised", *new_due),
            Event::DueReset { new_due, .. } => due(Tone::Info, "due_reset", *new_due),
            _ => return self.office(event),
        };
        Some(line)
    }

    fn promised(&self, at: Timestamp) -> bool {
        let passed = |event: &Event| matches!(event, Event::BecameOverdue { due } if *due == at);
        self.told.iter().any(|(entry, _)| passed(&entry.event))
    }

    /// The steps inside the office.
    fn office(&self, event: &Event) -> Option<Line> {
        let step_name = |id: &str| {
            let step = self.procedure.and_then(|procedure| procedure.step(id));
            step.map_or_else(|| id.to_owned(), |step| step.name.vi.clone())
        };
        let line = match event {
            Event::StepDone { step, .. } => {
                let title = fill("happened", "step_done", &[("step", &step_name(step))]);
                Line(Tone::Info, title, String::new())
            }
            Event::StepReturned { to, .. } => {
                let title = fill("happened", "step_returned", &[("step", &step_name(to))]);
                Line(Tone::Info, title, String::new())
            }
            Event::TaskAssigned { officer, .. } => {
                let officer = self.names.officer(officer);
                let text = fill("happened", "task_assigned_text", &[("officer", &officer)]);
                Line(Tone::Info, say("happened", "task_assigned"), text)
            }
            Event::ConsultAsked { agency, due, .. } => {
                let agency = self.names.agency(agency);
                let until = show::moment(*due);
                Line(
                    Tone::Info,
                    fill("happened", "consult_asked", &[("agency", &agency)]),
                    fill("happened", "consult_asked_text", &[("due", &until)]),
                )
            }
            Event::ConsultAnswered { .. } => plain(Tone::Info, "consult_answered"),
            Event::ConsultTermPassed { .. } => plain(Tone::Info, "consult_term_passed"),
            Event::ConsultContinued { .. } => plain(Tone::Info, "consult_continued"),
            _ => return None,
        };
        Some(line)
    }
}

fn plain(tone: Tone, name: &str) -> Line {
    Line(tone, say("happened", name), String::new())
}

fn due(tone: Tone, name: &str, at: Timestamp) -> Line {
    let text = fill(
        "happened",
        &format!("{name}_text"),
        &[("due", &show::moment(at))],
    );
    Line(tone, say("happened", name), text)
}

fn submitted(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "submitted_online",
        Channel::Counter => "submitted_counter",
        Channel::Post => "submitted_post",
    }
}

fn money(event: &Event) -> Line {
    match event {
        Event::FeePaid {
            receipt_no,
            amount,
            method,
            ..
        } => {
            let method = phrases::pay_method(*method).to_lowercase();
            Line(
                Tone::Good,
                fill("happened", "fee_paid", &[("amount", &show::dong(*amount))]),
                fill(
                    "happened",
                    "fee_paid_text",
                    &[("number", receipt_no), ("method", &method)],
                ),
            )
        }
        Event::FeeRefunded {
            slip_no,
            amount,
            method,
            ..
        } => {
            let method = phrases::pay_method(*method).to_lowercase();
            let amount = show::dong(*amount);
            let blanks = [("number", slip_no.as_str()), ("method", &method)];
            Line(
                Tone::Info,
                fill("happened", "fee_refunded", &[("amount", &amount)]),
                fill("happened", "fee_refunded_text", &blanks),
            )
        }
        Event::FeeAsked { amount, .. } => Line(
            Tone::Warn,
            fill("happened", "fee_asked", &[("amount", &show::dong(*amount))]),
            String::new(),
        ),
        _ => plain(Tone::Info, ""),
    }
}

fn delivered(handover: &Handover) -> Line {
    match handover {
        Handover::Counter { .. } => plain(Tone::Good, "delivered_counter"),
        Handover::Post { item } => Line(
            Tone::Good,
            say("happened", "delivered_post"),
            fill("happened", "delivered_post_text", &[("item", item)]),
        ),
        Handover::Electronic => plain(Tone::Good, "delivered_electronic"),
    }
}
