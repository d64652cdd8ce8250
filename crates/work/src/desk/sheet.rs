//! One dossier opened at the desk: the fold, its history, what people wrote, and what this
//! officer may do. Whoever may not see it does not learn that it exists. Does not know: how it
//! is drawn.
use std::collections::BTreeMap;
use std::ops::Deref;

use facts::agency::Viewer;
use facts::calendar::{Calendar, Due, Stop};
use facts::procedure::Spelling;
use jiff::Timestamp;
use kernel::{Entry, Json, Trouble};
use matters::dossier::{Action, Event, Party, post_address};
use matters::{Ground, Standing};
use web::show;

/// A dossier as one officer may see it: how it stands, and how it came to that.
pub(super) struct Sheet {
    /// As it stands.
    standing: Standing,
    /// What happened, oldest first.
    pub history: Vec<Entry<Event>>,
    written: BTreeMap<String, Json>,
}

impl Deref for Sheet {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        &self.standing
    }
}

impl Sheet {
    /// The dossier of this code, if there is one that the viewer may see.
    pub(super) async fn open(
        ground: &Ground,
        viewer: &Viewer,
        code: &str,
    ) -> Result<Option<Sheet>, Trouble> {
        let Some(id) = Standing::id(ground, code).await? else {
            return Ok(None);
        };
        let whole = ground.journal.whole(&*ground.law, &id).await?;
        let Some(standing) = Standing::of(ground, viewer, (id, whole.state))? else {
            return Ok(None);
        };
        let written = match standing.may(Action::ViewPrivate) {
            true => whole.private,
            false => BTreeMap::new(),
        };
        Ok(Some(Sheet {
            standing,
            history: whole.entries,
            written,
        }))
    }

    /// What was written with an entry.
    pub(super) fn written(&self, entry: &Entry<Event>) -> Option<&Json> {
        self.written.get(entry.private.as_ref()?)
    }

    /// The words of an entry: reason, opinion, question; empty when there are none.
    pub(super) fn text(&self, entry: &Entry<Event>) -> String {
        let document = self.written(entry);
        let part = |name: &str| {
            let value = document.and_then(|document| document.get(name));
            value.and_then(Json::as_str).filter(|text| !text.is_empty())
        };
        let parts = [
            part("text"),
            part("note"),
            part("basis"),
            part("receiver"),
            part("address"),
            part("second"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// The applicant as they stand in the papers; only the id when it may not be read.
    pub(super) fn applicant(&self) -> Party {
        self.party("applicant").unwrap_or_default()
    }

    /// Who filed for them.
    pub(super) fn filer(&self) -> Option<Party> {
        self.party("filer")
    }

    fn party(&self, name: &str) -> Option<Party> {
        let first = self.history.first().and_then(|entry| self.written(entry))?;
        serde_json::from_value(first.get(name)?.clone()).ok()
    }

    /// The answers as they stand, supplements included.
    pub(super) fn answers(&self) -> Option<&Json> {
        let documents = self
            .history
            .iter()
            .rev()
            .filter_map(|entry| self.written(entry));
        let mut answers = documents.filter_map(|document| document.get("answers"));
        answers.find(|answers| answers.is_object())
    }

    /// The name that a file had when it was uploaded.
    pub(super) fn file_name(&self, digest: &str) -> Option<&str> {
        let documents = self
            .history
            .iter()
            .rev()
            .filter_map(|entry| self.written(entry));
        let mut names = documents.filter_map(|document| document.get("paper_names"));
        names.find_map(|names| names.get(digest).and_then(Json::as_str))
    }

    /// Where the post would deliver.
    pub(super) fn post_address(&self) -> Option<&str> {
        let history = self.history.iter();
        post_address(history.filter_map(|entry| Some((&entry.event, self.written(entry)?))))
    }

    /// The items of the last supplement request, as `(what, why)`.
    pub(super) fn asked_items(&self) -> Vec<(String, String)> {
        let asked = |entry: &&Entry<Event>| matches!(entry.event, Event::SupplementAsked { .. });
        let last = self.history.iter().rev().find(asked);
        let items = last.and_then(|entry| self.written(entry)?.get("items")?.as_array());
        let text = |item: &Json, name: &str| {
            item.get(name)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let items = items.map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .map(|item| (text(item, "what"), text(item, "why")))
            .collect()
    }

    /// What a consulted body was asked; empty when only the process asks.
    pub(super) fn question(&self, key: &str) -> String {
        let mut asked = self.history.iter().rev().filter(
            |entry| matches!(&entry.event, Event::ConsultAsked { task, .. } if task == key),
        );
        asked
            .next()
            .map(|entry| self.text(entry))
            .unwrap_or_default()
    }

    /// What a paper is called.
    pub(super) fn paper_name(&self, code: &str) -> String {
        self.procedure.paper_name(code).vi
    }

    /// The name of a step; its id when the procedure does not know it.
    pub(super) fn step_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.procedure
            .step(id)
            .map_or(id, |step| step.name.vi.as_str())
    }

    /// The name of a consulted body as the procedure calls it.
    pub(super) fn body_name(&self, id: &str) -> Option<&str> {
        let consultations = self
            .procedure
            .steps
            .iter()
            .filter_map(|s| s.consultation.as_ref());
        let mut bodies = consultations.flat_map(|consultation| &consultation.bodies);
        bodies
            .find(|body| body.id == id)
            .map(|body| body.name.vi.as_str())
    }

    /// How the promised moment was worked out, day by day; `None` before acceptance.
    pub(super) fn why(&self, calendar: &Calendar) -> Option<Due> {
        let term = self.dossier.term?;
        let stops = self.dossier.stops.iter();
        let stops: Vec<Stop> = stops
            .map(|(from, to)| Stop {
                from: *from,
                to: *to,
            })
            .collect();
        let limit = &self.procedure.limit(self.dossier.channel).promised;
        calendar.due_after_stops(term.received, limit, &stops).ok()
    }
}

/// How places are spelt on the day of `now`.
pub(super) fn with_spelling<T>(
    ground: &Ground,
    now: Timestamp,
    read: impl FnOnce(&Spelling<'_>) -> T,
) -> T {
    let today = show::local_date(now);
    let place = |code: &str| ground.places.name_of(code, today);
    read(&Spelling { place: &place })
}
