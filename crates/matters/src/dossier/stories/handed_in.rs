//! What a story hands in: the sample of the procedure with what the line changes.
//! Does not know: verbs; what comes of it.

use super::cast::AGENCY;
use super::verbs::{chosen, day};
use super::{Deed, Mishap, Stage};
use crate::dossier::code::Code;
use crate::dossier::command::{Command, Party, Submission};
use crate::dossier::parts::{Filer, Paper, PaperForm, ReturnWay};
use facts::agency::Viewer;
use facts::procedure::Channel;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

pub(super) fn submit(
    stage: &Stage<'_>,
    deed: &Deed,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Command, Mishap> {
    let agency = deed.word("agency", AGENCY);
    let numbered = deed.word("numbered", &agency);
    let code = Code::new(&numbered, now, 1).map_err(|e| Mishap::Unreadable(e.to_string()))?;
    let applicant = deed.word("for", &deed.actor);
    let filer = (applicant != deed.actor && matches!(viewer, Viewer::Citizen { .. })).then(|| {
        let authorisation = deed.word("authorisation", "giay-uy-quyen-01");
        (
            party(&deed.actor),
            Filer {
                person: deed.actor.clone(),
                authorisation,
            },
        )
    });
    let answers = answers(stage, deed);
    let offered = stage
        .procedure
        .channels
        .first()
        .map_or(Channel::Counter, |offer| offer.channel);
    let required = stage.procedure.papers_for(&answers);
    let usual = || required.iter().map(|paper| paper.code.clone()).collect();
    let papers = deed.list("papers").unwrap_or_else(usual);
    let form = chosen(deed, "form", PaperForm::Copy)?;
    let mut procedure = stage.procedure.key.clone();
    if let Some(version) = deed.option("version").and_then(Json::as_str) {
        procedure.version = day(version)?;
    }
    Ok(Command::Submit(Box::new(Submission {
        code,
        procedure,
        reception: deed.word("reception", &agency),
        agency,
        channel: chosen(deed, "channel", offered)?,
        applicant: party(&applicant),
        filer,
        answers: answers.into(),
        papers: papers.iter().map(|code| paper(code, form)).collect(),
        paper_names: json!({}),
        post_address: String::new(),
        return_way: chosen(deed, "return", ReturnWay::Electronic)?,
    })))
}

pub(super) fn answers(stage: &Stage<'_>, deed: &Deed) -> Json {
    let mut answers = stage.procedure.sample.clone();
    for (path, value) in deed
        .options
        .iter()
        .filter(|(path, _)| !path.starts_with('@'))
    {
        set(&mut answers, path, value);
    }
    answers
}

/// `residence.commune = "…"` sets a part of an answer.
fn set(answers: &mut Json, path: &str, value: &Json) {
    let mut place = answers;
    for part in path.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value.clone();
}

pub(super) fn party(name: &str) -> Party {
    Party {
        person: name.to_owned(),
        name: name.to_owned(),
        ..Party::default()
    }
}

pub(super) fn paper(code: &str, form: PaperForm) -> Paper {
    Paper {
        code: code.to_owned(),
        form,
        count: 1,
        file: None,
    }
}
