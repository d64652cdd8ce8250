//! Nộp hồ sơ: what must be right before a dossier exists (NĐ 118/2025/NĐ-CP).
//! Does not know: how the form was filled in.

use super::{calendar_missing, short};
use crate::dossier::Law;
use crate::dossier::access::{Action, Facts, NO_TASKS, may};
use crate::dossier::code::day_of;
use crate::dossier::command::Submission;
use crate::dossier::events::Event;
use crate::dossier::parts::{FeeDue, Paper, ReturnWay};
use crate::dossier::refusal::Refusal;
use facts::agency::Viewer;
use facts::calendar::Limit;
use facts::procedure::{Answers, PaperSource, Procedure, RequiredPaper};
use jiff::Timestamp;
use kernel::Ctx;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The applicant hears of reception, refusal or supplement within 08 working hours of system
/// receipt (NQ 66.7/2025/NQ-CP).
const RECEPTION: Limit = Limit::WorkingMinutes(8 * 60);
/// The officer at the counter is alerted within 02 working hours.
const REMINDER: Limit = Limit::WorkingMinutes(2 * 60);
/// Papers in one dossier: the largest real one seen had 60 items.
const PAPERS_MAX: usize = 200;
/// Bytes of the answers as JSON; a long form with repeating groups stays under 50 kB.
const ANSWERS_BYTES_MAX: usize = 256 * 1024;

pub(super) fn submit(
    law: &Law,
    ctx: &Ctx,
    viewer: &Viewer,
    submission: &Submission,
) -> Result<Vec<Event>, Refusal> {
    let filer = submission
        .filer
        .as_ref()
        .map(|(party, _)| party.person.as_str());
    may(viewer, Action::Submit, &facts(submission))?;
    check_seen(viewer, &submission.papers)?;
    check_people(submission)?;
    check_address(submission)?;
    let procedure = in_force(law, ctx, submission)?;
    let answers = answered(procedure, &submission.answers, ctx.now)?;
    check_papers(procedure, &answers, &submission.papers)?;
    let calendar = law.calendars.of(&submission.reception);
    let due = |limit| calendar.due_at(ctx.now, limit).map_err(calendar_missing);
    Ok(vec![Event::Submitted {
        code: submission.code.clone(),
        procedure: procedure.key.clone(),
        agency: submission.agency.clone(),
        reception: submission.reception.clone(),
        channel: submission.channel,
        applicant: submission.applicant.person.clone(),
        filer: filer.and(submission.filer.as_ref().map(|(_, filer)| filer.clone())),
        papers: submission.papers.clone(),
        fees: fees(procedure, submission.channel, &answers),
        choices: choices(procedure, submission.channel, &answers),
        return_way: submission.return_way.clone(),
        remind_at: due(&REMINDER)?,
        reception_due: due(&RECEPTION)?,
    }])
}

fn facts(submission: &Submission) -> Facts<'_> {
    let applicant = submission.applicant.person.as_str();
    Facts {
        agency: &submission.agency,
        reception: &submission.reception,
        return_agency: match &submission.return_way {
            ReturnWay::Counter { agency } => agency,
            ReturnWay::Post | ReturnWay::Electronic => &submission.reception,
        },
        consulted: &[],
        applicant,
        filer: submission
            .filer
            .as_ref()
            .map_or(applicant, |(_, filer)| &filer.person),
        procedure: &submission.procedure.code,
        tasks: &NO_TASKS,
        phase: None,
    }
}

/// Identity of the applicant, and the authorisation of whoever files for them (uỷ quyền).
fn check_people(submission: &Submission) -> Result<(), Refusal> {
    let applicant = &submission.applicant;
    if applicant.person.is_empty() || applicant.name.trim().is_empty() {
        return Err(Refusal::ApplicantMissing);
    }
    if submission.code.agency() != submission.agency {
        return Err(Refusal::CodeOfOtherAgency);
    }
    match &submission.filer {
        Some((party, filer))
            if filer.authorisation.trim().is_empty() || party.person != filer.person =>
        {
            Err(Refusal::AuthorisationMissing)
        }
        _ => Ok(()),
    }
}

/// The post needs somewhere to go.
fn check_address(submission: &Submission) -> Result<(), Refusal> {
    short(&submission.post_address)?;
    let told = [&submission.post_address, &submission.applicant.address];
    let nowhere = told.iter().all(|address| address.trim().is_empty());
    match submission.return_way {
        ReturnWay::Post if nowhere => Err(Refusal::AddressMissing),
        _ => Ok(()),
    }
}

fn in_force<'a>(
    law: &'a Law,
    ctx: &Ctx,
    submission: &Submission,
) -> Result<&'a Procedure, Refusal> {
    let key = &submission.procedure;
    let found = law
        .catalogue
        .find(&key.code, &key.case, key.level, day_of(ctx.now));
    let procedure = found
        .filter(|procedure| procedure.key == *key)
        .ok_or_else(|| Refusal::NoSuchProcedure {
            key: key.to_string(),
        })?;
    if !procedure
        .channels
        .iter()
        .any(|offer| offer.channel == submission.channel)
    {
        return Err(Refusal::ChannelNotOffered);
    }
    Ok(procedure)
}

/// The answers, checked here unless the form of this version passed them today: whoever asked the
/// questions has just done so.
fn answered<'a>(
    procedure: &Procedure,
    answers: &'a Answers,
    now: Timestamp,
) -> Result<Cow<'a, Json>, Refusal> {
    if answers.have_passed(&procedure.form, day_of(now)) {
        return Ok(Cow::Borrowed(answers));
    }
    check_answers(procedure, answers, now).map(Cow::Owned)
}

/// The answers as the form's own check tidies them, after a bound on their size.
pub(super) fn check_answers(
    procedure: &Procedure,
    answers: &Json,
    now: Timestamp,
) -> Result<Json, Refusal> {
    if answers.to_string().len() > ANSWERS_BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    let checked = procedure.form.check(answers, day_of(now));
    checked
        .map(|clean| clean.answers.into_json())
        .map_err(|fields| Refusal::AnswersWrong { fields })
}

/// An officer's word about a paper is an officer's to give.
pub(super) fn check_seen(viewer: &Viewer, papers: &[Paper]) -> Result<(), Refusal> {
    let unseen: Vec<String> = papers
        .iter()
        .filter(|paper| paper.form.is_officers_word())
        .map(|paper| paper.code.clone())
        .collect();
    if unseen.is_empty() || matches!(viewer, Viewer::Officer { .. }) {
        return Ok(());
    }
    Err(Refusal::PapersUnseen { papers: unseen })
}

/// Every mandatory paper is there, or one of its alternatives.
fn check_papers(procedure: &Procedure, answers: &Json, papers: &[Paper]) -> Result<(), Refusal> {
    check_bounds(papers)?;
    let brought: BTreeSet<&str> = papers.iter().map(|paper| paper.code.as_str()).collect();
    let missing = missing_papers(&procedure.papers_for(answers), &brought);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::PapersMissing { papers: missing })
    }
}

/// Bounds that hold for a submission and for a supplement.
pub(super) fn check_bounds(papers: &[Paper]) -> Result<(), Refusal> {
    if papers.len() > PAPERS_MAX {
        return Err(Refusal::TooLong);
    }
    papers.iter().try_for_each(|paper| short(&paper.code))
}

fn missing_papers(required: &[&RequiredPaper], brought: &BTreeSet<&str>) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<&RequiredPaper>> = BTreeMap::new();
    for paper in required.iter().filter(|paper| paper.mandatory) {
        let group = paper.alternative_group.as_deref().unwrap_or(&paper.code);
        groups.entry(group).or_default().push(paper);
    }
    let there =
        |paper: &&RequiredPaper| brought.contains(paper.code.as_str()) || comes_by_itself(paper);
    let lacking = groups.values().filter(|group| !group.iter().any(&there));
    lacking
        .filter_map(|group| group.first())
        .map(|paper| paper.code.clone())
        .collect()
}

/// The form itself is the paper, or the paper is only shown to the officer later.
fn comes_by_itself(paper: &RequiredPaper) -> bool {
    let sources = paper
        .satisfied_by
        .iter()
        .map(|satisfaction| satisfaction.source);
    sources
        .into_iter()
        .any(|source| matches!(source, PaperSource::Form | PaperSource::ShowOnly))
}

/// Phí, lệ phí: worked out from the answers, kept with the dossier.
pub(super) fn fees(
    procedure: &Procedure,
    channel: facts::procedure::Channel,
    answers: &Json,
) -> Vec<FeeDue> {
    let lines = procedure.fees(channel, answers).into_iter();
    lines
        .map(|line| FeeDue {
            code: line.code,
            kind: line.kind,
            amount: line.amount,
        })
        .collect()
}

/// The answers that the conditions of steps name, and nothing else: what people wrote stays
/// private.
fn choices(procedure: &Procedure, channel: facts::procedure::Channel, answers: &Json) -> Json {
    let mut chosen = Map::new();
    for (_, condition) in procedure.process.conditions() {
        for name in condition.names() {
            let value = answers.get(name).cloned().unwrap_or(Json::Null);
            chosen.insert(name.clone(), value);
        }
    }
    chosen.insert("channel".to_owned(), Json::from(channel.as_str()));
    Json::Object(chosen)
}
