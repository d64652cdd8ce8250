//! One procedure folder on disk → `Procedure`s: the first version in the folder itself, later ones
//! in
//! `versions/<date>/`. A version that has no form, sample, story or letter of its own uses those of
//! the first version.
//! Does not know: other folders, what any key means (`read_procedure`, `read_form`).
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::form::{ChoiceOption, Form};
use super::model::{Letters, Procedure};
use super::read_form::{self, Lists};
use super::read_procedure::{self, Written};
use super::reader::{FILE_BYTES_MAX, File};
use super::story::{self, Story};
use super::trial::Trial;
use super::words::Words;
use crate::content::ContentError;

type Faults = Vec<ContentError>;

/// A nation has about 6,000 procedures.
const FOLDERS_MAX: usize = 20_000;
/// The dossier statuses exchanged with the National Public Service Portal (TT 04/2025/TT-VPCP).
const STATUSES: usize = 10;

/// What all folders share.
pub(super) struct Shared<'l> {
    lists: &'l Lists,
    statuses: Vec<Words>,
    life_events: BTreeSet<String>,
    letters: PathBuf,
}

impl<'l> Shared<'l> {
    pub(super) fn read(content_dir: &Path, lists: &'l Lists, faults: &mut Faults) -> Self {
        let values = |name: &str| lists.get(name).map(Vec::as_slice).unwrap_or_default();
        let statuses: Vec<Words> = values("statuses")
            .iter()
            .map(|option| option.label.clone())
            .collect();
        if statuses.len() != STATUSES {
            let file = content_dir.join("lists/statuses.toml");
            faults.push(ContentError::of_file(
                &file,
                "must give words for statuses 1 to 10",
            ));
        }
        Self {
            lists,
            statuses,
            life_events: values("life_events")
                .iter()
                .map(|o| o.value.clone())
                .collect(),
            letters: content_dir.join("letters"),
        }
    }
}

/// The text of a file, or a fault.
fn text_of(file: &Path, faults: &mut Faults) -> Option<String> {
    let size = fs::metadata(file).map(|meta| meta.len()).unwrap_or(0);
    if size > FILE_BYTES_MAX {
        faults.push(ContentError::of_file(
            file,
            format!("more than {FILE_BYTES_MAX} bytes"),
        ));
        return None;
    }
    match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) => {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "the file is missing".to_string(),
                std::io::ErrorKind::InvalidData => "the file is not UTF-8 text".to_string(),
                _ => format!("cannot be read: {error}"),
            };
            faults.push(ContentError::of_file(file, why));
            None
        }
    }
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.path()).take(FOLDERS_MAX).collect();
    paths.sort();
    paths
}

/// The folders of `procedures/`, sorted.
pub(super) fn folders(dir: &Path, faults: &mut Faults) -> Vec<PathBuf> {
    if !dir.is_dir() {
        faults.push(ContentError::of_file(dir, "the folder is missing"));
    }
    entries(dir)
        .into_iter()
        .filter(|path| path.is_dir())
        .collect()
}

/// `content/lists/*.toml`: each `options = [{ value, vi, en }]`.
pub(super) fn lists(content_dir: &Path, faults: &mut Faults) -> Lists {
    let mut lists = Lists::new();
    for path in entries(&content_dir.join("lists")) {
        let Some(name) = path
            .file_name()
            .and_then(|n| n.to_str()?.strip_suffix(".toml"))
        else {
            continue;
        };
        if let Some(options) = list(&path, faults) {
            lists.insert(name.to_string(), options);
        }
    }
    lists
}

fn list(path: &Path, faults: &mut Faults) -> Option<Vec<ChoiceOption>> {
    let text = text_of(path, faults)?;
    let file = File::new(path, &text);
    let parsed = file.parse();
    let options = parsed.as_ref().map(|table| {
        let root = file.root(table);
        root.words("title");
        let options = read_form::options(root.tables("options"));
        root.done();
        options
    });
    faults.extend(file.into_faults());
    options
}

/// All versions in one folder. A version with faults is left out; its faults are reported.
pub(super) fn read_all(folder: &Path, shared: &Shared<'_>, faults: &mut Faults) -> Vec<Procedure> {
    let mut places = vec![folder.to_path_buf()];
    places.extend(
        entries(&folder.join("versions"))
            .into_iter()
            .filter(|path| path.is_dir()),
    );
    let read = |place: PathBuf| {
        let version = Version {
            first: folder,
            place: &place,
            shared,
        };
        version.read(faults)
    };
    places.into_iter().filter_map(read).collect()
}

struct Version<'v> {
    first: &'v Path,
    place: &'v Path,
    shared: &'v Shared<'v>,
}

impl Version<'_> {
    /// The file of this version, or that of the first version when it has none of its own.
    fn file(&self, name: &str) -> PathBuf {
        let own = self.place.join(name);
        if own.exists() {
            own
        } else {
            self.first.join(name)
        }
    }

    fn read(&self, faults: &mut Faults) -> Option<Procedure> {
        let before = faults.len();
        let form = self.form(faults);
        let written = self.written(form.as_ref(), faults);
        let (stories, story_file) = self.stories(faults);
        let sample = self.sample(faults);
        let (form, written) = form.zip(written)?;
        self.folder_name(&written, faults);
        let trial = Trial {
            written: &written,
            form: &form,
            stories: &stories,
        };
        if let Some(sample) = &sample {
            let toml = self.place.join("procedure.toml");
            trial.sample(sample, &self.file("sample.json"), faults);
            trial.conditions(sample, &toml, faults);
        }
        trial.story_names(&story_file, faults);
        let whole = faults.len() == before;
        let (sample, process) = sample.zip(written.process.clone())?;
        whole.then(|| self.procedure(written, form, (sample, stories), process))
    }

    fn form(&self, faults: &mut Faults) -> Option<Form> {
        let path = self.file("form.toml");
        let text = text_of(&path, faults)?;
        let file = File::new(&path, &text);
        let parsed = file.parse();
        let form = parsed
            .as_ref()
            .map(|table| read_form::read(file.root(table), self.shared.lists));
        let found = file.into_faults();
        let good = found.is_empty();
        faults.extend(found);
        let form = form.filter(|_| good)?;
        if let Some(fault) = form.schema_fault() {
            faults.push(ContentError::of_file(
                &path,
                format!("no schema can be made: {fault}"),
            ));
        }
        Some(form)
    }

    fn written(&self, form: Option<&Form>, faults: &mut Faults) -> Option<Written> {
        let path = self.place.join("procedure.toml");
        let text = text_of(&path, faults)?;
        let file = File::new(&path, &text);
        let parsed = file.parse();
        let names = form.map(|form| {
            let mut names = read_form::names(form);
            names.insert("channel".to_string());
            names
        });
        let written = parsed.as_ref().and_then(|table| {
            let root = file.root(table);
            let letters = root.table("letters");
            let written = read_procedure::read(file.root(table), names.as_ref())?;
            if !self.shared.life_events.contains(&written.life_event) {
                let known: Vec<&str> = self.shared.life_events.iter().map(String::as_str).collect();
                let known = known.join(", ");
                let message = format!(
                    "life_event: unknown `{}` (allowed: {known})",
                    written.life_event
                );
                root.fault_at("life_event", message);
            }
            if let Some(table) = letters {
                for (key, name) in self.unknown_letters(&written.letters) {
                    let message = format!(
                        "{key}: no letter `{name}` (letters/{name}.typ here or in content/letters)"
                    );
                    table.fault_at(&key, message);
                }
            }
            Some(written)
        });
        faults.extend(file.into_faults());
        written
    }

    fn unknown_letters(&self, letters: &Letters) -> Vec<(String, String)> {
        let mut named = vec![("result".to_string(), letters.result.clone())];
        named.extend(letters.replaced.iter().cloned());
        named.retain(|(_, name)| !name.is_empty() && self.letter(name).is_none());
        named
    }

    fn letter(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}.typ");
        let plain = !name.contains(['/', '\\']) && !name.contains("..");
        let own = self.file(&format!("letters/{file}"));
        [own, self.shared.letters.join(file)]
            .into_iter()
            .find(|path| plain && path.is_file())
    }

    fn sample(&self, faults: &mut Faults) -> Option<Json> {
        let path = self.file("sample.json");
        let text = text_of(&path, faults)?;
        match serde_json::from_str(&text) {
            Ok(sample) => Some(sample),
            Err(error) => {
                let message = format!("not JSON: {error}");
                faults.push(ContentError {
                    file: path,
                    line: error.line().max(1),
                    message,
                });
                None
            }
        }
    }

    fn stories(&self, faults: &mut Faults) -> (Vec<Story>, PathBuf) {
        let path = self.file("story.txt");
        let Some(text) = text_of(&path, faults) else {
            return (Vec::new(), path);
        };
        let (stories, found) = story::read(&text);
        for (line, message) in found {
            faults.push(ContentError {
                file: path.clone(),
                line,
                message,
            });
        }
        (stories, path)
    }

    /// The folder is called `<code>-<name>`, so that people find it.
    fn folder_name(&self, written: &Written, faults: &mut Faults) {
        let name = self
            .first
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let code = &written.key.code;
        if !name.starts_with(&format!("{code}-")) {
            let message = format!("the folder `{name}` must begin with `{code}-`");
            let file = self.place.join("procedure.toml");
            faults.push(ContentError::of_file(&file, message));
        }
    }

    fn procedure(
        &self,
        written: Written,
        form: Form,
        (sample, stories): (Json, Vec<Story>),
        process: process::Model,
    ) -> Procedure {
        let mut statuses = self.shared.statuses.clone();
        for (index, words) in written.statuses {
            if let Some(status) = statuses.get_mut(index) {
                *status = words;
            }
        }
        Procedure {
            result_letter: self.letter(&written.letters.result),
            key: written.key,
            name: written.name,
            case_name: written.case_name,
            field: written.field,
            life_event: written.life_event,
            status: written.status,
            valid_to: written.valid_to,
            decision: written.decision,
            legal_basis: written.legal_basis,
            applicants: written.applicants,
            conditions: written.conditions,
            plain: written.plain,
            channels: written.channels,
            papers: written.papers,
            fees: written.fees,
            supplement: written.supplement,
            payment: written.payment,
            form,
            steps: written.steps,
            process,
            letters: written.letters,
            results: written.results,
            statuses,
            to_verify: written.to_verify,
            same_matter: written.same_matter,
            sample,
            stories,
            folder: self.place.to_path_buf(),
        }
    }
}
