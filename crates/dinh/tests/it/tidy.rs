//! The rules of the house, read from its text: who knows whom, where SQL, HTTP and the clock may
//! stand, how long things may be, which words are banned, and whether the documents still tell the
//! truth.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Lines of a function, of a file without its tests, and columns of a line.
const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 400;
const COLUMNS_MAX: usize = 100;

/// Floors and what each may know of the house (DESIGN: who may know whom).
const FLOORS: [(&str, &[&str]); 14] = [
    // No floors, but what is thrown at the house and held against it: they must know none of it.
    ("storm", &[]),
    ("yardstick", &[]),
    ("kernel", &[]),
    ("process", &[]),
    ("text", &[]),
    ("print", &["text"]),
    ("courier", &["kernel"]),
    ("web", &["kernel", "text"]),
    ("facts", &["kernel", "process", "text"]),
    (
        "matters",
        &["kernel", "process", "text", "print", "web", "facts"],
    ),
    (
        "work",
        &[
            "kernel", "process", "text", "print", "web", "facts", "matters",
        ],
    ),
    (
        "outside",
        &[
            "kernel", "courier", "process", "text", "print", "web", "facts", "matters", "work",
        ],
    ),
    (
        "windows",
        &[
            "kernel", "process", "text", "print", "web", "facts", "matters", "work", "outside",
        ],
    ),
    (
        "dinh",
        &[
            "kernel", "courier", "process", "text", "print", "web", "facts", "matters", "work",
            "outside", "windows",
        ],
    ),
];

/// Rooms of one floor that may name another, with the reason.
const NEIGHBOURS: [(&str, &str, &str); 9] = [
    ("facts/agency", "place", "an agency stands in a place"),
    ("facts/people", "place", "a person lives in a place"),
    (
        "facts/procedure",
        "calendar",
        "a time limit is written in the calendar's notation",
    ),
    ("facts/procedure", "agency", "a step names a right"),
    (
        "facts/procedure",
        "place",
        "an address question checks its codes",
    ),
    (
        "facts/procedure",
        "people",
        "an answer is somebody's name, number, telephone or birth",
    ),
    (
        "matters/draft",
        "dossier",
        "a draft keeps what a submission takes",
    ),
    (
        "matters/questions",
        "dossier",
        "whoever files is compared with what a form asked",
    ),
    (
        "matters/retention",
        "draft",
        "its tests name a file in a draft",
    ),
];

/// Words that say nothing in a path.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "services", "helpers", "misc"];

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the repository")
}

pub(super) struct File {
    /// Path from the repository's root.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    /// The text before the file's own tests. A line that only names a file of tests (`mod tests;`)
    /// may stand at the top: what comes after it is code.
    fn code(&self) -> &str {
        let own = ["#[cfg(test)]\nmod tests {", "#[cfg(test)]\npub mod tests {"];
        let begins = own.iter().filter_map(|begin| self.text.find(begin));
        let end = begins.min().unwrap_or(self.text.len());
        &self.text[..end]
    }

    fn crate_name(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or("")
    }

    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.contains("/tests.rs")
            || self.path.contains("/benches/")
            || self.path.contains("/examples/")
    }
}

pub(super) fn files(folder: &str, ending: &str) -> Vec<File> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && name != "target" && name != "node_modules" && name != ".git" {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    let wanted = found
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending));
    wanted
        .map(|path| File {
            text: std::fs::read_to_string(&path).unwrap_or_default(),
            path: path
                .strip_prefix(&root)
                .expect("inside")
                .to_string_lossy()
                .into_owned(),
        })
        .collect()
}

pub(super) fn rust() -> Vec<File> {
    files("crates", ".rs")
        .into_iter()
        .filter(|file| !file.path.contains("/target/"))
        .collect()
}

/// Fails with every fault at once, so that one run is enough to mend them all.
pub(super) fn none(faults: Vec<String>) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn lines_functions_and_files_stay_short() {
    let mut faults = Vec::new();
    for file in rust() {
        for (number, line) in file.text.lines().enumerate() {
            if line.chars().count() > COLUMNS_MAX {
                faults.push(format!(
                    "{}:{}: more than 100 columns",
                    file.path,
                    number + 1
                ));
            }
        }
        let lines = file.code().lines().count();
        if lines > FILE_LINES_MAX && !file.is_test() {
            faults.push(format!("{}: {lines} lines", file.path));
        }
        // A test is a story and may be as long as it needs.
        if !file.is_test() {
            faults.extend(long_functions(&file));
        }
    }
    none(faults);
}

/// rustfmt closes a function on a line with the indentation of its `fn`.
fn long_functions(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let lines: Vec<&str> = file.text.lines().collect();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let is_function = trimmed.starts_with("fn ") || trimmed.contains(" fn ");
        if !is_function || trimmed.starts_with("//") || trimmed.ends_with(';') {
            continue;
        }
        let indent = line.len() - trimmed.len();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines[start..]
            .iter()
            .position(|l| **l == closing)
            .unwrap_or(0);
        if end + 1 > FUNCTION_LINES_MAX {
            faults.push(format!(
                "{}:{}: a function of {} lines",
                file.path,
                start + 1,
                end + 1
            ));
        }
    }
    faults
}

#[test]
fn every_file_opens_with_what_it_is() {
    let unsaid = rust()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "));
    none(
        unsaid
            .map(|file| format!("{}: begins without `//!`", file.path))
            .collect(),
    );
}

#[test]
fn no_folder_or_file_has_an_empty_name() {
    let mut faults = Vec::new();
    for file in files(".", "") {
        let empty = |part: &&str| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"));
        if let Some(part) = file.path.split('/').find(empty) {
            faults.push(format!("{}: {part:?} says nothing", file.path));
        }
    }
    none(faults);
}

#[test]
fn floors_know_only_lower_floors() {
    let mut faults = Vec::new();
    for (floor, allowed) in FLOORS {
        let path = root().join("crates").join(floor).join("Cargo.toml");
        let text = std::fs::read_to_string(&path).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let known = manifest["dependencies"]
            .as_table()
            .cloned()
            .unwrap_or_default();
        for name in known.keys() {
            let is_floor = FLOORS.iter().any(|(floor, _)| floor == name);
            if is_floor && !allowed.contains(&name.as_str()) {
                faults.push(format!("{floor} knows {name}"));
            }
        }
    }
    none(faults);
}

#[test]
fn rooms_of_one_floor_do_not_know_each_other() {
    let mut faults = Vec::new();
    for floor in ["facts", "matters", "work", "outside", "windows"] {
        let folder = root().join("crates").join(floor).join("src");
        let rooms: Vec<String> = std::fs::read_dir(folder)
            .expect("a floor")
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        for file in files(&format!("crates/{floor}/src"), ".rs") {
            let Some(own) = file
                .path
                .split('/')
                .nth(3)
                .filter(|r| rooms.iter().any(|x| x == r))
            else {
                continue;
            };
            for other in rooms.iter().filter(|other| *other != own) {
                let path = format!("crate::{other}");
                let room = format!("{floor}/{own}");
                let excused = NEIGHBOURS.iter().any(|(a, b, _)| *a == room && b == other);
                let named = file.code().lines().any(|line| {
                    line.split(&path)
                        .skip(1)
                        .any(|rest| !rest.starts_with(char::is_alphanumeric))
                });
                if named && !excused {
                    faults.push(format!("{}: knows {path}", file.path));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn sql_http_and_the_clock_stand_where_they_belong() {
    let sql = [
        "\"SELECT ",
        "\"INSERT INTO",
        "\"UPDATE ",
        "\"DELETE FROM",
        "\"WITH ",
    ];
    let clock = ["Timestamp::now", "SystemTime::now", "Zoned::now"];
    let stopwatch = ["Instant::now"];
    let network = [
        "TcpStream::connect",
        "hyper_util::client",
        "reqwest::",
        "lettre::",
    ];
    let mut faults = Vec::new();
    for file in rust().iter().filter(|file| !file.is_test()) {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let floor = file.crate_name();
        let in_views = name == "views.rs" || file.path.contains("/views/") || floor == "kernel";
        let in_building = matches!(floor, "dinh" | "web" | "storm" | "yardstick");
        let in_pages = name == "pages.rs" || file.path.contains("/pages/");
        let mut forbid = |needles: &[&str], allowed: bool, what: &str| {
            for (number, line) in file.code().lines().enumerate() {
                let comment = line.trim_start().starts_with("//");
                if !allowed && !comment && needles.iter().any(|needle| line.contains(needle)) {
                    faults.push(format!("{}:{}: {what}", file.path, number + 1));
                }
            }
        };
        forbid(&sql, in_views, "SQL outside views.rs");
        forbid(
            &["axum::"],
            in_pages || floor == "web" || floor == "dinh",
            "axum outside pages",
        );
        forbid(&clock, in_building, "the clock outside the building");
        // A database's driver may see how long something takes; no fact follows from it.
        forbid(
            &stopwatch,
            in_building || file.path.contains("kernel/src/db/"),
            "a stopwatch outside the building",
        );
        forbid(
            &network,
            matches!(floor, "dinh" | "storm" | "yardstick" | "courier"),
            "a network client outside the courier",
        );
    }
    none(faults);
}

#[test]
fn nothing_is_left_open_or_unwrapped() {
    let open = ["todo!(", "unimplemented!(", "TODO", "FIXME", "dbg!("];
    let mut faults = Vec::new();
    for file in rust() {
        if file.path.ends_with("it/tidy.rs") {
            continue;
        }
        for (number, line) in file.code().lines().enumerate() {
            let place = format!("{}:{}", file.path, number + 1);
            if let Some(word) = open.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{place}: {word}"));
            }
            if line.contains(".unwrap()") && !file.is_test() && !line.trim().starts_with("//") {
                faults.push(format!("{place}: .unwrap()"));
            }
        }
    }
    none(faults);
}

#[test]
fn every_template_and_migration_is_used() {
    let sources: String = rust()
        .iter()
        .chain(&files("crates", ".html"))
        .fold(String::new(), |all, file| all + file.text.as_str());
    let mut faults = Vec::new();
    for file in files("crates", ".html")
        .iter()
        .chain(&files("crates", ".sql"))
    {
        let name = file.path.rsplit('/').next().unwrap_or("");
        if !sources.contains(name) {
            faults.push(format!("{}: nobody names it", file.path));
        }
    }
    none(faults);
}

/// Our pages are sent with a policy that allows no inline script and no inline style.
#[test]
fn templates_have_no_inline_style_or_script() {
    let inline = [
        "style=\"",
        "<style",
        "<script>",
        " onclick=",
        " onchange=",
        "javascript:",
    ];
    let mut faults = Vec::new();
    for file in files("crates", ".html") {
        let found = inline.iter().filter(|word| file.text.contains(**word));
        faults.extend(found.map(|word| format!("{}: {word}", file.path)));
    }
    none(faults);
}

/// A browser takes no more than the server does, and says so while somebody types.
#[test]
fn every_field_that_is_typed_in_says_how_long_it_may_be() {
    let chosen = ["hidden", "checkbox", "radio", "file", "date", "month"];
    let mut faults = Vec::new();
    for file in files("crates", ".html") {
        let tags = file.text.split('<').skip(1);
        for tag in tags.filter(|tag| tag.starts_with("input") || tag.starts_with("textarea")) {
            let is_chosen = |kind: &&str| tag.contains(&format!("type=\"{kind}\""));
            let is_typed = !chosen.iter().any(is_chosen) && !tag.contains(" readonly");
            if is_typed && !tag.contains("maxlength=") {
                faults.push(format!(
                    "{}: <{}",
                    file.path,
                    tag.lines().next().unwrap_or("")
                ));
            }
        }
    }
    none(faults);
}

/// What people upload or type can never become a command of the system.
#[test]
fn the_program_starts_no_other() {
    let mut faults = Vec::new();
    for file in rust().iter().filter(|file| !file.is_test()) {
        // The storm starts servers to break them; it is no part of one.
        let of_the_server = file.path.contains("/src/") && file.crate_name() != "storm";
        if of_the_server && file.code().contains("process::Command") {
            faults.push(file.path.clone());
        }
    }
    none(faults);
}

/// Every sentence stands in both languages, with the same gaps to fill.
#[test]
fn words_stand_in_both_languages() {
    let vietnamese = files("crates", "words.vi.toml");
    assert!(vietnamese.len() > 5, "the words files are not found");
    let mut faults = Vec::new();
    for file in &vietnamese {
        let path = file.path.replace("words.vi.toml", "words.en.toml");
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else {
            faults.push(format!("{path}: missing"));
            continue;
        };
        let (vi, en) = (gaps(&file.text), gaps(&text));
        let differ = |(key, gaps): &(&String, &Vec<String>)| en.get(*key) != Some(*gaps);
        faults.extend(
            vi.iter()
                .filter(differ)
                .map(|(key, _)| format!("{path}: {key}")),
        );
        let idle = en.keys().filter(|key| !vi.contains_key(*key));
        faults.extend(idle.map(|key| format!("{path}: {key} is not Vietnamese")));
    }
    assert_eq!(vietnamese.len(), files("crates", "words.en.toml").len());
    none(faults);
}

/// The gaps (`{due}`) of each sentence, by its dotted key.
fn gaps(text: &str) -> BTreeMap<String, Vec<String>> {
    fn walk(key: &str, value: &toml::Value, found: &mut BTreeMap<String, Vec<String>>) {
        match value {
            toml::Value::Table(inner) => {
                for (name, value) in inner {
                    walk(&format!("{key}.{name}"), value, found);
                }
            }
            other => {
                let text = other.to_string();
                let parts = text
                    .split('{')
                    .skip(1)
                    .filter_map(|part| part.split_once('}'));
                let mut gaps: Vec<String> = parts.map(|(name, _)| name.to_owned()).collect();
                gaps.sort();
                found.insert(key.to_owned(), gaps);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(
        "",
        &toml::Value::Table(text.parse().expect("TOML")),
        &mut found,
    );
    found
}

/// Whoever reads the repository can open every paper of ours that it names.
#[test]
fn papers_that_are_named_are_here() {
    let mut all = rust();
    for ending in [".md", ".toml", ".html"] {
        all.extend(files("crates", ending));
        all.extend(files("content", ending));
        all.extend(files("docs", ending));
    }
    let here: Vec<String> = ["content", "docs", "crates", "bench", "web-tests"]
        .iter()
        .flat_map(|folder| files(folder, ".md"))
        .map(|file| file.path)
        .collect();
    let mut faults = Vec::new();
    for file in all {
        for (at, _) in file.text.match_indices(".md") {
            let name = file.text[..at]
                .rsplit(|c: char| !c.is_ascii_uppercase())
                .next();
            let name = name.filter(|name| name.len() > 2).unwrap_or("README");
            let path = format!("{name}.md");
            let beside = here.iter().any(|one| one.ends_with(&format!("/{path}")));
            if !beside && !root().join(&path).exists() {
                faults.push(format!("{}: {name}.md", file.path));
            }
        }
    }
    none(faults);
}

#[test]
fn the_glossary_bans_its_synonyms() {
    let text = std::fs::read_to_string(root().join("GLOSSARY.md")).expect("GLOSSARY.md");
    let mut banned = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let Some(never) = cells
            .get(4)
            .filter(|cell| !cell.is_empty() && **cell != "Never")
        else {
            continue;
        };
        for word in never
            .split(',')
            .map(str::trim)
            .filter(|w| w.chars().all(char::is_alphabetic))
        {
            banned.insert(word.to_lowercase(), cells[2].to_owned());
        }
    }
    assert!(banned.len() > 10, "the glossary has lost its fourth column");
    let mut faults = Vec::new();
    for file in rust().iter().filter(|file| !file.is_test()) {
        for (number, line) in file.code().lines().enumerate() {
            let Some(name) = defined_name(line) else {
                continue;
            };
            for word in words_of(name) {
                if let Some(right) = banned.get(&word) {
                    let place = format!("{}:{}", file.path, number + 1);
                    faults.push(format!("{place}: {name}: not {word} but {right}"));
                }
            }
        }
    }
    none(faults);
}

/// The name of a public type that this line defines.
fn defined_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let kinds = [
        "pub struct ",
        "pub enum ",
        "pub trait ",
        "pub mod ",
        "pub type ",
    ];
    let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// `DossierCode` and `dossier_code` are both `dossier`, `code`.
fn words_of(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            spaced.push(' ');
        }
        let _ = write!(spaced, "{}", if letter == '_' { ' ' } else { letter });
    }
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

#[test]
fn every_dependency_has_its_line() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let declared = manifest["workspace"]["dependencies"]
        .as_table()
        .expect("dependencies");
    let page = std::fs::read_to_string(root().join("docs/dependencies.md")).expect("the page");
    let used: BTreeSet<String> = files("crates", "Cargo.toml")
        .iter()
        .flat_map(|file| {
            let table: toml::Table = file.text.parse().expect("TOML");
            let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
            let names = sections
                .iter()
                .filter_map(|section| table.get(*section)?.as_table());
            names
                .flat_map(|list| list.keys().cloned())
                .collect::<Vec<_>>()
        })
        .collect();
    let mut faults = Vec::new();
    for name in declared
        .keys()
        .filter(|name| !FLOORS.iter().any(|(floor, _)| floor == name))
    {
        if !page.contains(&format!("| `{name}` |")) {
            faults.push(format!("docs/dependencies.md has no line for {name}"));
        }
        if !used.contains(name) {
            faults.push(format!("Cargo.toml declares {name}, which nobody uses"));
        }
    }
    none(faults);
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut numbers: Vec<usize> = files("docs/decisions", ".md")
        .iter()
        .filter_map(|file| file.path.rsplit('/').next()?.get(..4)?.parse().ok())
        .collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=numbers.len()).collect::<Vec<_>>(),
        "docs/decisions"
    );
    assert!(!numbers.is_empty());
}

/// The title may be a sentence of ours; who searches needs the words of the trade.
#[test]
fn every_decision_says_in_technical_words_what_it_is() {
    let mut faults = Vec::new();
    for file in files("docs/decisions", ".md") {
        let subtitle = file.text.lines().nth(2).unwrap_or("");
        let is_page = !file.path.ends_with("README.md");
        if is_page && !(subtitle.starts_with('*') && subtitle.ends_with('*')) {
            faults.push(format!("{}: no subtitle under its title", file.path));
        }
    }
    none(faults);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for file in files(".", ".md") {
        let folder = root().join(&file.path);
        let folder = folder.parent().expect("a folder");
        for link in file
            .text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let path = link.split('#').next().unwrap_or("");
            let outside = path.contains("://") || path.starts_with("mailto:") || path.is_empty();
            if !outside && !folder.join(path).exists() {
                faults.push(format!("{}: {link} leads nowhere", file.path));
            }
        }
    }
    none(faults);
}
