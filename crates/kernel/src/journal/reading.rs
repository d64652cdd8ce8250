//! The ways of a read: states, histories, and all that was written of a stream; of one, or of many
//! with one question.
//! Does not know: what is decided on them.
use std::collections::{BTreeMap, HashMap};

use super::{Journal, Versions, folded, stream};
use crate::append::Sealed;
use crate::log::{self, ENTRY};
use crate::memory::Folded;
use crate::{Decide, Entry, Json, Row, Statement, Trouble, params};

/// Streams that are read with one question. The text of the question is the same for fewer.
const STREAMS_TOGETHER: usize = 64;

/// One stream with everything about it.
#[derive(Debug, Clone)]
pub struct Whole<D: Decide> {
    /// The fold.
    pub state: D::State,
    /// Its version (0: nothing happened yet).
    pub version: i64,
    /// What happened, oldest first.
    pub entries: Vec<Entry<D::Event>>,
    /// Documents of the vault by digest; those that were erased are missing.
    pub private: BTreeMap<String, Json>,
}

impl<D: Decide> Whole<D> {
    /// What happened with what was written; an erased document leaves its entry out.
    pub fn written(&self) -> impl Iterator<Item = (&D::Event, &Json)> + Clone {
        self.entries.iter().filter_map(|entry| {
            let document = self.private.get(entry.private.as_ref()?)?;
            Some((&entry.event, document))
        })
    }
}

impl Journal {
    /// The state of one stream and its version (0: nothing happened yet).
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn load<D: Decide>(&self, noun: &D, id: &str) -> Result<(D::State, i64), Trouble> {
        let now = self.fold(noun, id).await?;
        Ok((now.state, now.version))
    }

    /// The state of one stream as this node remembers it, without asking the database; what it
    /// does not remember it asks for.
    ///
    /// # Errors
    /// As [`Journal::load`].
    pub async fn remembered<D: Decide>(&self, noun: &D, id: &str) -> Result<D::State, Trouble> {
        match self.memory.get::<D::State>(&stream::<D>(id)) {
            Some(known) => Ok(known.state),
            None => Ok(self.fold(noun, id).await?.state),
        }
    }

    /// What the database holds: the remembered state and the entries after it.
    pub(super) async fn fold<D: Decide>(
        &self,
        noun: &D,
        id: &str,
    ) -> Result<Folded<D::State>, Trouble> {
        let stream = stream::<D>(id);
        let known = self.memory.get::<D::State>(&stream);
        let from = known.as_ref().map_or(1, |known| known.version + 1);
        let entries = self.entries::<D>(id, Versions(from, i64::MAX)).await?;
        let now = folded(noun, known, &entries);
        if !entries.is_empty() {
            self.memory.put(&stream, &now);
        }
        Ok(now)
    }

    /// Everything that happened on one stream, oldest first.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn history<D: Decide>(
        &self,
        _noun: &D,
        id: &str,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        self.entries::<D>(id, Versions(1, i64::MAX)).await
    }

    /// As [`Journal::history`] for many streams, by id; those on which nothing happened are
    /// missing.
    ///
    /// # Errors
    /// As [`Journal::history`].
    pub async fn histories<D: Decide>(
        &self,
        _noun: &D,
        ids: &[&str],
    ) -> Result<HashMap<String, Vec<Entry<D::Event>>>, Trouble> {
        self.together::<D>(ids, i64::MAX).await
    }

    /// States of these streams after their first entry or later, by id: what this node remembers,
    /// else the first entry. For what never changes after it.
    ///
    /// # Errors
    /// As [`Journal::history`].
    pub async fn begun<D: Decide>(
        &self,
        noun: &D,
        ids: &[&str],
    ) -> Result<HashMap<String, D::State>, Trouble> {
        let mut begun = HashMap::with_capacity(ids.len());
        let mut unknown = Vec::new();
        for id in ids {
            match self.memory.get::<D::State>(&stream::<D>(id)) {
                Some(known) => _ = begun.insert((*id).to_owned(), known.state),
                None => unknown.push(*id),
            }
        }
        for (id, entries) in self.together::<D>(&unknown, 1).await? {
            begun.insert(id, folded(noun, None, &entries).state);
        }
        Ok(begun)
    }

    /// Entries up to version `last` of these streams, by id.
    async fn together<D: Decide>(
        &self,
        ids: &[&str],
        last: i64,
    ) -> Result<HashMap<String, Vec<Entry<D::Event>>>, Trouble> {
        let mut found: HashMap<String, Vec<Entry<D::Event>>> = HashMap::new();
        for ids in ids.chunks(STREAMS_TOGETHER) {
            let places = ["?"; STREAMS_TOGETHER].join(", ");
            let sql = format!(
                "SELECT {ENTRY} FROM entries e WHERE e.version <= ? AND e.stream IN ({places})
                  ORDER BY e.stream, e.version"
            );
            // A short question names its last stream again.
            let ids = ids
                .iter()
                .chain(std::iter::repeat_n(&ids[ids.len() - 1], STREAMS_TOGETHER));
            let mut values = params![last];
            values.extend(ids.take(STREAMS_TOGETHER).map(|id| stream::<D>(id).into()));
            for row in self.db.query(Statement::new(sql, values)).await? {
                let entry: Entry<D::Event> = log::entry(&mut row.cells())?;
                found.entry(entry.id().to_owned()).or_default().push(entry);
            }
        }
        Ok(found)
    }

    pub(super) async fn entries<D: Decide>(
        &self,
        id: &str,
        Versions(first, last): Versions,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        let sql = format!(
            "SELECT {ENTRY} FROM entries e
              WHERE e.stream = ? AND e.version >= ? AND e.version <= ? ORDER BY e.version"
        );
        let asked = Statement::new(sql, params![stream::<D>(id), first, last]);
        let rows = self.db.query(asked).await?;
        let entry = |row: Row| log::entry(&mut row.cells());
        rows.into_iter().map(entry).collect()
    }

    /// Everything about one stream in one question: its entries and what of the vault they name.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn whole<D: Decide>(&self, noun: &D, id: &str) -> Result<Whole<D>, Trouble> {
        let sql = format!(
            "SELECT {ENTRY}, v.body
               FROM entries e LEFT JOIN vault v ON v.stream = e.stream AND v.digest = e.private
              WHERE e.stream = ? ORDER BY e.version"
        );
        let stream = stream::<D>(id);
        let rows = self.db.query(Statement::new(sql, params![&stream])).await?;
        let mut entries = Vec::with_capacity(rows.len());
        let mut private = BTreeMap::new();
        for row in rows {
            let mut cells = row.cells();
            let entry: Entry<D::Event> = log::entry(&mut cells)?;
            if let (Some(digest), Some(body)) = (&entry.private, cells.opt_string())
                && !private.contains_key(digest)
            {
                private.insert(digest.clone(), Sealed::open(&stream, digest, &body)?);
            }
            entries.push(entry);
        }
        let now = folded(noun, None, &entries);
        self.memory.put(&stream, &now);
        Ok(Whole {
            state: now.state,
            version: now.version,
            entries,
            private,
        })
    }

    /// What people wrote with an entry; `None` when they wrote nothing, or it was erased.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn private<E>(&self, entry: &Entry<E>) -> Result<Option<Json>, Trouble> {
        let sql = "SELECT body FROM vault WHERE stream = ? AND digest = ?";
        let Some(digest) = &entry.private else {
            return Ok(None);
        };
        let asked = Statement::new(sql, params![&entry.stream, digest]);
        let rows = self.db.query(asked).await?;
        rows.first()
            .map(|row| Sealed::open(&entry.stream, digest, row.text(0)))
            .transpose()
    }
}
