//! An open draft with everything its pages need: procedure, agency, questions.
//! Does not know: HTTP.
use std::sync::Arc;

use facts::agency::{Agency, Viewer};
use facts::people::{Person, views};
use facts::procedure::{Form, Procedure};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Json, Trouble};
use matters::Ground;
use matters::dossier::{Action, Dossier, Facts, day_of, may};
use matters::draft::{self, Draft};
use matters::questions::{Asker, Progress};

use super::{AUTHORISATION, agencies, applicant, needs};

/// A draft being written.
pub(super) struct Doing {
    pub(super) draft: Draft,
    pub(super) procedure: Arc<Procedure>,
    pub(super) agency: Option<Agency>,
    pub(super) today: Date,
    province: String,
    places: Arc<facts::place::Places>,
}

/// What stands behind the address of a draft.
pub(super) enum Found {
    /// The draft.
    Draft(Box<Doing>),
    /// It became the dossier of this id.
    Dossier(String),
    /// Nothing that this person may see.
    Nothing,
}

/// Opens a draft of this viewer.
pub(super) async fn open(
    ground: &Ground,
    viewer: &Viewer,
    id: &str,
    now: Timestamp,
) -> Result<Found, Trouble> {
    let Some(owner) = draft::owner(viewer) else {
        return Ok(Found::Nothing);
    };
    if let Some(draft) = draft::load(ground.db(), id, &owner, now).await? {
        let doing = Doing::new(ground, draft, now).await?;
        return Ok(doing.map_or(Found::Nothing, |doing| Found::Draft(Box::new(doing))));
    }
    Ok(match ground.begun_from(id).await? {
        Some((id, dossier)) if sees(viewer, &dossier) => Found::Dossier(id),
        _ => Found::Nothing,
    })
}

/// The dossier `id`, if the viewer may see it.
pub(super) async fn dossier(
    ground: &Ground,
    viewer: &Viewer,
    id: &str,
) -> Result<Option<Dossier>, Trouble> {
    let (state, _) = ground.journal.load(&*ground.law, id).await?;
    let dossier = state.dossier.map(Arc::unwrap_or_clone);
    Ok(dossier.filter(|dossier| sees(viewer, dossier)))
}

fn sees(viewer: &Viewer, dossier: &Dossier) -> bool {
    may(viewer, Action::View, &Facts::of(dossier)).is_ok()
}

impl Doing {
    /// With the version of the procedure that holds today: a draft moves on with the law, a dossier
    /// not.
    pub(super) async fn new(
        ground: &Ground,
        mut draft: Draft,
        now: Timestamp,
    ) -> Result<Option<Doing>, Trouble> {
        let today = day_of(now);
        let key = &draft.procedure;
        let catalogue = ground.catalogue();
        let in_force = catalogue
            .find(&key.code, &key.case, key.level, today)
            .filter(|_| draft.dossier.is_empty());
        let Some(procedure) = in_force.or_else(|| catalogue.get(key)).cloned() else {
            return Ok(None);
        };
        draft.procedure = procedure.key.clone();
        let agency = ground.offices.agency(&draft.agency).await?;
        let places = Arc::clone(&ground.places);
        let province = agency
            .as_ref()
            .map(|agency| agencies::province(agency, &places, now));
        Ok(Some(Doing {
            draft,
            procedure,
            agency,
            today,
            province: province.unwrap_or_default(),
            places,
        }))
    }

    pub(super) fn form(&self) -> &Form {
        &self.procedure.form
    }

    pub(super) fn asker(&self) -> Asker<'_> {
        Asker {
            form: &self.procedure.form,
            places: &self.places,
            today: self.today,
            province: &self.province,
        }
    }

    /// The answers to what is shown.
    pub(super) fn answers(&self) -> Json {
        self.asker().kept(&self.draft.answers)
    }

    /// Where the post delivers, if it does: as was said, else where the applicant lives.
    pub(super) fn delivered_to(&self) -> String {
        match self.draft.delivered_to() {
            "" => self.asker().applicant_address(&self.answers()),
            told => told.to_owned(),
        }
    }

    pub(super) fn progress(&self) -> Vec<Progress> {
        self.asker().progress(&self.draft.answers)
    }

    pub(super) fn agency_name(&self) -> String {
        self.agency
            .as_ref()
            .map(|agency| agency.name.clone())
            .unwrap_or_default()
    }

    pub(super) fn url(&self, page: &str) -> String {
        format!("/apply/{}/{page}", self.draft.id)
    }

    /// The page after this one: section by section, then papers, receiving, check.
    pub(super) fn after(&self, section: &str) -> String {
        if !self.draft.dossier.is_empty() {
            return format!("/apply/{}", self.draft.id);
        }
        let progress = self.progress();
        let at = progress.iter().position(|one| one.id == section);
        match at.and_then(|at| progress.get(at + 1)) {
            Some(next) => self.url(&format!("form/{}", next.id)),
            None => self.url("papers"),
        }
    }

    /// The person for whom the viewer files is named rightly, and the authorisation is there.
    pub(super) fn person_complete(&self) -> bool {
        let authorised = !self.draft.files_of(AUTHORISATION).is_empty();
        let named = || applicant::faults(&self.draft.applicant).is_empty();
        self.draft.filer.is_none() || (authorised && named())
    }

    pub(super) fn papers_complete(&self) -> bool {
        self.papers_complete_for(&self.answers())
    }

    fn papers_complete_for(&self, answers: &Json) -> bool {
        let wanted = needs::needs(&self.procedure, answers);
        needs::lacking(&wanted, &self.draft).is_empty()
    }

    /// Whether something lacks beside answers that passed the check of the whole form.
    pub(super) fn lacks_beside(&self, answers: &Json) -> bool {
        let draft = &self.draft;
        !self.person_complete() || !self.papers_complete_for(answers) || draft.return_way.is_none()
    }

    /// Parts that still lack, as (address, name).
    pub(super) fn open_parts(&self) -> Vec<(String, String)> {
        let mut open = Vec::new();
        let mut note = |complete: bool, page: &str, label: &str| {
            if !complete {
                open.push((self.url(page), label.to_owned()));
            }
        };
        note(self.person_complete(), "person", "Người bạn nộp thay");
        for part in self.progress() {
            note(part.complete, &format!("form/{}", part.id), &part.title);
        }
        note(self.papers_complete(), "papers", "Giấy tờ");
        note(self.draft.return_way.is_some(), "receive", "Nhận kết quả");
        open
    }
}

/// Who has signed in: as the account says; of one that was confirmed, as the office has it on file.
/// What they file stands under the id of their account, where it stays theirs.
pub(super) async fn person(ground: &Ground, viewer: &Viewer) -> Result<Option<Person>, Trouble> {
    let Viewer::Citizen {
        person,
        confirmed_as,
    } = viewer
    else {
        return Ok(None);
    };
    let Some(own) = views::by_id(ground.db(), person).await? else {
        return Ok(None);
    };
    let on_file = match confirmed_as {
        Some(id) => views::by_id(ground.db(), id).await?,
        None => None,
    };
    Ok(Some(match on_file {
        None => own,
        Some(on_file) => Person {
            id: own.id,
            phone: own.phone.or(on_file.phone),
            email: own.email.or(on_file.email),
            ..on_file
        },
    }))
}
