//! All procedures of a content folder: loading with every fault reported, finding by code, case,
//! level and day, searching without diacritics.
//! Does not know: how a single file is read (`folder`), who searches.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::folder;
use super::key::{self, Level, ProcedureKey};
use super::model::{Procedure, PublicationStatus};
use crate::content::ContentError;
use crate::fold::fold;

/// A search text longer than this says nothing more.
const SEARCH_CHARS_MAX: usize = 200;

/// Every version of every procedure, immutable once loaded.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    versions: BTreeMap<ProcedureKey, Arc<Procedure>>,
    /// Folded texts to search, per key: name, then other words.
    words: BTreeMap<ProcedureKey, Searched>,
    life_events: Vec<super::form::ChoiceOption>,
}

#[derive(Debug, Clone)]
struct Searched {
    name: String,
    rest: String,
}

impl Catalogue {
    /// Reads `content_dir/procedures/` with the lists and letters beside it. All faults of all
    /// files are reported together, sorted by file and line.
    pub fn load(content_dir: &Path) -> Result<Catalogue, Vec<ContentError>> {
        let mut faults = Vec::new();
        let lists = folder::lists(content_dir, &mut faults);
        let shared = folder::Shared::read(content_dir, &lists, &mut faults);
        let mut found: Vec<Procedure> = Vec::new();
        for folder in folder::folders(&content_dir.join("procedures"), &mut faults) {
            found.extend(folder::read_all(&folder, &shared, &mut faults));
        }
        overlaps(&found, &mut faults);
        if !faults.is_empty() {
            faults.sort();
            faults.dedup();
            return Err(faults);
        }
        let mut catalogue = Catalogue {
            life_events: lists.get("life_events").cloned().unwrap_or_default(),
            ..Catalogue::default()
        };
        for procedure in found {
            let key = procedure.key.clone();
            catalogue.words.insert(key.clone(), searched(&procedure));
            catalogue.versions.insert(key, Arc::new(procedure));
        }
        Ok(catalogue)
    }

    /// The version that new dossiers start with on a day. Drafts and repealed versions are not
    /// found.
    pub fn find(&self, code: &str, case: &str, level: Level, on: Date) -> Option<&Arc<Procedure>> {
        let code = key::code(code).ok()?;
        self.published(on).find(|procedure| {
            let key = &procedure.key;
            key.code == code && key.case == case && key.level == level
        })
    }

    /// Exactly this version, whatever its dates: a dossier keeps the version that it started with.
    pub fn get(&self, key: &ProcedureKey) -> Option<&Arc<Procedure>> {
        self.versions.get(key)
    }

    /// Every version, also old ones and drafts, in the order of keys.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.versions.values()
    }

    /// What is offered on a day.
    pub fn published(&self, on: Date) -> impl Iterator<Item = &Arc<Procedure>> {
        self.versions.values().filter(move |procedure| {
            procedure.status == PublicationStatus::Published && procedure.holds_on(on)
        })
    }

    /// Life events in the order of the list, for the front page of the portal.
    pub fn life_events(&self) -> &[super::form::ChoiceOption] {
        &self.life_events
    }

    /// What is offered on a day and matches all words, best first: the code, then words in the
    /// name, then in its plain description. Case, diacritics and the place of a tone mark do not
    /// matter. An empty text gives everything.
    pub fn search(&self, text: &str, on: Date) -> Vec<&Arc<Procedure>> {
        let text: String = text.chars().take(SEARCH_CHARS_MAX).collect();
        let text = fold(&text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut hits: Vec<(u32, &Arc<Procedure>)> = Vec::new();
        for procedure in self.published(on) {
            let searched = self.words.get(&procedure.key);
            let score = searched.and_then(|searched| score(searched, &procedure.key, &words));
            if let Some(score) = score {
                hits.push((score, procedure));
            }
        }
        hits.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
        hits.into_iter().map(|(_, procedure)| procedure).collect()
    }
}

impl Procedure {
    /// Whether new dossiers start under this version on a day.
    pub fn holds_on(&self, on: Date) -> bool {
        self.key.version <= on && self.valid_to.is_none_or(|to| on <= to)
    }
}

fn searched(procedure: &Procedure) -> Searched {
    let plain = &procedure.plain;
    let mut rest = vec![procedure.name.en.clone(), procedure.case_name.vi.clone()];
    rest.extend(plain.search.iter().cloned());
    rest.extend([
        plain.what.vi.clone(),
        plain.what.en.clone(),
        procedure.field.name.vi.clone(),
    ]);
    rest.extend(
        procedure
            .results
            .iter()
            .map(|result| result.name.vi.clone()),
    );
    Searched {
        name: fold(&procedure.name.vi),
        rest: fold(&rest.join(" ")),
    }
}

/// `None` when some word is nowhere. A whole word counts more than a part of one.
fn score(searched: &Searched, key: &ProcedureKey, words: &[&str]) -> Option<u32> {
    let mut total = 0;
    for word in words {
        let whole = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|w| w == *word)
        };
        total += match () {
            () if key.code == *word => 100,
            () if whole(&searched.name) => 10,
            () if searched.name.contains(word) => 6,
            () if whole(&searched.rest) => 4,
            () if searched.rest.contains(word) || key.code.starts_with(word) => 2,
            () => return None,
        };
    }
    let phrase = words.join(" ");
    if words.len() > 1 && searched.name.contains(&phrase) {
        total += 20;
    } else if words.len() > 1 && searched.rest.contains(&phrase) {
        total += 8;
    }
    Some(total)
}

/// Two versions of the same code, case and level may not hold on the same day.
fn overlaps(found: &[Procedure], faults: &mut Vec<ContentError>) {
    let mut sorted: Vec<&Procedure> = found.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| a.folder.cmp(&b.folder)));
    for pair in sorted.windows(2) {
        let [earlier, later] = pair else { continue };
        let same = earlier.key.code == later.key.code
            && earlier.key.case == later.key.case
            && earlier.key.level == later.key.level;
        let open = earlier.valid_to.is_none_or(|to| to >= later.key.version);
        if same && open {
            let file: PathBuf = later.folder.join("procedure.toml");
            let message = format!(
                "{} holds on the same days as {}; close the older one with `valid_to`",
                later.key, earlier.key
            );
            faults.push(ContentError::of_file(&file, message));
        }
    }
}
