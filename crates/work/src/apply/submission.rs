//! From a finished draft to what is handed in.
//! Does not know: pages; whether it is allowed (the law of the dossier says).
use facts::procedure::{Answers, Channel, Procedure};
use kernel::Json;
use matters::dossier::{Code, Filer, Party, ReturnWay, Submission};
use matters::draft::{Authorised, Draft};
use matters::questions::Asker;
use serde_json::Map;

use super::{AUTHORISATION, needs};

/// Everything that is handed in. The answers are those to questions that are shown.
pub(super) fn of(
    draft: &Draft,
    asker: &Asker<'_>,
    procedure: &Procedure,
    (answers, applicant, code): (Answers, Party, Code),
) -> Submission {
    let mut applicant = reachable(applicant, procedure, &answers);
    asker.complete(&mut applicant, &answers);
    let wanted = needs::needs(procedure, &answers);
    let filer = draft.filer.as_ref().map(|filer| filed_by(filer, draft));
    Submission {
        code,
        procedure: procedure.key.clone(),
        agency: draft.agency.clone(),
        reception: draft.reception.clone(),
        channel: Channel::Online,
        applicant,
        filer,
        papers: needs::handed_in(&wanted, draft),
        answers,
        paper_names: names(draft),
        return_way: draft.return_way.clone().unwrap_or(ReturnWay::Electronic),
        post_address: match draft.return_way {
            Some(ReturnWay::Post) => draft.post_address.clone(),
            _ => String::new(),
        },
    }
}

fn filed_by(filer: &Authorised, draft: &Draft) -> (Party, Filer) {
    let files = draft.files_of(AUTHORISATION);
    let digest = files.first().and_then(|paper| paper.file.clone());
    let authorisation = digest.unwrap_or_else(|| filer.authorisation.clone());
    let person = filer.party.person.clone();
    (
        filer.party.clone(),
        Filer {
            person,
            authorisation,
        },
    )
}

/// Telephone and e-mail as answered now are better than those of an old account.
fn reachable(mut party: Party, procedure: &Procedure, answers: &Json) -> Party {
    for question in procedure.form.questions() {
        let answer = answers.get(&question.id).and_then(Json::as_str);
        let Some(text) = answer.filter(|text| !text.is_empty()) else {
            continue;
        };
        match question.source.as_deref() {
            Some("applicant.phone") => party.phone = text.to_owned(),
            Some("applicant.email") => party.email = text.to_owned(),
            _ => {}
        }
    }
    party
}

/// What people called their files, by digest; private.
pub(super) fn names(draft: &Draft) -> Json {
    let named = draft.papers.iter().filter_map(|paper| {
        let digest = paper.file.clone()?;
        Some((digest, Json::from(paper.name.clone())))
    });
    Json::Object(named.collect::<Map<String, Json>>())
}
