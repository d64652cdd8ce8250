//! Names of officers and agencies for one page, read once. Does not know: rights.
use std::collections::BTreeMap;

use facts::agency::{Officer, Right};
use jiff::Timestamp;
use kernel::Trouble;
use matters::Ground;
use web::ui::Choice;

use super::words::say;

/// The actor of entries that a timer caused.
const WORKER: &str = "system";

/// Who is who on one page.
#[derive(Debug, Default)]
pub(super) struct Names {
    officers: BTreeMap<String, String>,
    agencies: BTreeMap<String, String>,
}

impl Names {
    /// The agencies of today and the officers of these ids; ids of nobody are left out.
    pub(super) async fn read(
        ground: &Ground,
        mut officers: Vec<String>,
        now: Timestamp,
    ) -> Result<Self, Trouble> {
        let mut names = Self::default();
        for agency in ground.offices.agencies(now).await? {
            names
                .agencies
                .insert(agency.id.as_str().to_owned(), agency.name);
        }
        officers.retain(|id| !id.is_empty());
        officers.sort_unstable();
        officers.dedup();
        for Officer { id, name, .. } in ground.offices.officers_of(&officers).await? {
            names.officers.insert(id, name);
        }
        Ok(names)
    }

    /// The officer's name; the id when there is none.
    pub(super) fn officer<'a>(&'a self, id: &'a str) -> &'a str {
        self.officers.get(id).map_or(id, String::as_str)
    }

    /// The officer's name, if it is one.
    pub(super) fn known_officer(&self, id: &str) -> Option<&str> {
        self.officers.get(id).map(String::as_str)
    }

    /// The agency's name; the id when there is none.
    pub(super) fn agency<'a>(&'a self, id: &'a str) -> &'a str {
        self.agencies.get(id).map_or(id, String::as_str)
    }

    /// All agencies but one, to choose from.
    pub(super) fn other_agencies(&self, own: &str) -> Vec<Choice> {
        let others = self.agencies.iter().filter(|(id, _)| *id != own);
        others.map(|(id, name)| Choice::new(id, name)).collect()
    }
}

/// Who of the agency may be given work that needs one of these rights on a dossier of the
/// procedure: name and title.
pub(super) async fn candidates(
    ground: &Ground,
    (agency, procedure): (&str, &str),
    rights: &[Right],
    now: Timestamp,
) -> Result<Vec<Choice>, Trouble> {
    let mut found: Vec<Choice> = Vec::new();
    for right in rights {
        let able = ground
            .offices
            .able((agency, *right, procedure), now)
            .await?;
        for (officer, position) in able {
            if !found.iter().any(|choice| choice.value == officer.id) {
                let label = format!("{} – {}", officer.name, position.title);
                found.push(Choice::new(officer.id, label));
            }
        }
    }
    Ok(found)
}

/// The label of whoever acted: an officer, the system, or the applicant.
pub(super) fn actor(names: &Names, id: &str, office: &str) -> String {
    match names.known_officer(id) {
        Some(name) => name.to_owned(),
        None if id == WORKER => say("who.system"),
        None if office.is_empty() => say("who.applicant"),
        None => id.to_owned(),
    }
}
