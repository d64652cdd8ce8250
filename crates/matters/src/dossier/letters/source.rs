//! Everything a letter may draw from: the dossier, its entries, what people wrote, and the names of
//! agencies and officers.
//! Does not know: which letter is made.

use super::LANGUAGE;
use crate::dossier::Law;
use crate::dossier::events::Event;
use crate::dossier::fold::evolve;
use crate::dossier::state::{Dossier, State};
use crate::dossier::words::label;
use facts::agency::Offices;
use facts::people::Phone;
use kernel::{Entry, Journal, Trouble};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What letters are made from.
#[derive(Debug, Clone)]
pub struct Source {
    /// As it stands now.
    pub dossier: Dossier,
    /// Everything that happened.
    pub entries: Vec<Entry<Event>>,
    /// What people wrote, by digest; erased documents are absent.
    pub documents: BTreeMap<String, Json>,
    /// Agency by identifier: its name and the name of the one above it.
    pub agencies: BTreeMap<String, (String, String)>,
    /// Names of officers by id.
    pub officers: BTreeMap<String, String>,
    /// Where the QR code leads.
    pub lookup_url: String,
    /// The applicant as a letter shows them.
    pub applicant: Json,
    /// The authorised filer, or null.
    pub filer: Json,
}

impl Source {
    /// Folds the entries and keeps what letters need; `None` when nothing was submitted.
    #[must_use]
    pub fn new(
        entries: Vec<Entry<Event>>,
        documents: BTreeMap<String, Json>,
        lookup_url: String,
    ) -> Option<Self> {
        let dossier = entries.iter().fold(State::default(), evolve).dossier?;
        let first = entries.first()?;
        let submitted = first
            .private
            .as_ref()
            .and_then(|digest| documents.get(digest));
        let party = |name: &str| submitted.map_or(Json::Null, |document| person(&document[name]));
        let (applicant, filer) = (party("applicant"), party("filer"));
        Some(Self {
            dossier: Arc::unwrap_or_clone(dossier),
            applicant: if applicant.is_null() {
                json!({ "name": "" })
            } else {
                applicant
            },
            filer,
            entries,
            documents,
            agencies: BTreeMap::new(),
            officers: BTreeMap::new(),
            lookup_url,
        })
    }

    /// The same as it stood after the entry at this place: what was handed in or changed later is
    /// not in it.
    pub(super) fn as_of(&self, at: usize) -> Self {
        let entries = self.entries[..=at].to_vec();
        let dossier = entries.iter().fold(State::default(), evolve).dossier;
        Self {
            dossier: dossier.map_or_else(|| self.dossier.clone(), Arc::unwrap_or_clone),
            entries,
            ..self.clone()
        }
    }

    /// Loads it from the journal and the offices. `lookup` is the address before the code.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn load(
        journal: &Journal,
        law: &Law,
        offices: &Offices,
        at: (&str, &str),
    ) -> Result<Option<Self>, Trouble> {
        let (id, lookup) = at;
        let whole = journal.whole(law, id).await?;
        let (entries, documents) = (whole.entries, whole.private);
        let Some(mut source) = Self::new(entries, documents, String::new()) else {
            return Ok(None);
        };
        source.lookup_url = format!("{lookup}{}", source.dossier.code);
        source.name(offices).await?;
        Ok(Some(source))
    }

    async fn name(&mut self, offices: &Offices) -> Result<(), Trouble> {
        let dossier = &self.dossier;
        let mut agencies: BTreeSet<String> = dossier.consulted.iter().cloned().collect();
        agencies.extend([&dossier.agency, &dossier.reception_agency].map(Clone::clone));
        agencies.insert(dossier.return_agency().to_owned());
        for id in agencies {
            let Some(agency) = offices.agency(&id).await? else {
                continue;
            };
            let above = match &agency.parent {
                Some(parent) => offices.agency(&parent.to_string()).await?,
                None => None,
            };
            let above = above.map(|agency| agency.name).unwrap_or_default();
            self.agencies.insert(id, (agency.name, above));
        }
        let actors: BTreeSet<String> = self.entries.iter().map(|e| e.actor.clone()).collect();
        let tasks = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::TaskAssigned { officer, .. } => Some(officer.clone()),
            _ => None,
        });
        let ids: BTreeSet<String> = actors.into_iter().chain(tasks).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        for officer in offices.officers_of(&ids).await? {
            self.officers.insert(officer.id, officer.name);
        }
        Ok(())
    }

    /// What people wrote with an entry; null when nothing, or when it was erased.
    #[must_use]
    pub fn document(&self, entry: &Entry<Event>) -> Json {
        let found = entry
            .private
            .as_ref()
            .and_then(|digest| self.documents.get(digest));
        found.cloned().unwrap_or_default()
    }

    pub(super) fn agency(&self, id: &str) -> Json {
        let (name, superior) = self.agencies.get(id).cloned().unwrap_or_default();
        let name = if name.is_empty() { id.to_owned() } else { name };
        json!({ "name": name, "superior": superior })
    }

    pub(super) fn agency_name(&self, id: &str) -> String {
        let known = self.agencies.get(id).map(|(name, _)| name.clone());
        known.unwrap_or_else(|| id.to_owned())
    }

    /// The officer's name; empty when nobody of that name is known (a citizen, the clock).
    pub(super) fn officer(&self, id: &str) -> String {
        self.officers.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn signer(&self, id: &str) -> Json {
        let title = label("letter", "head", LANGUAGE);
        json!({ "title": title, "name": self.officer(id) })
    }
}

/// The fields of a party that papers show; null for nobody.
fn person(party: &Json) -> Json {
    if !party.is_object() {
        return Json::Null;
    }
    let field = |name: &str| party[name].as_str().unwrap_or_default();
    json!({
        "name": field("name"),
        "personal_id": field("personal_id"),
        "address": field("address"),
        "phone": Phone::shown(field("phone")),
        "email": field("email"),
    })
}
