//! Broken content: each fault is reported with its file and line, all in one go, and nothing
//! panics.
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::contents::content;
use crate::agency::Right;
use crate::procedure::Catalogue;
use crate::procedure::read_rules::ROLES;

const FOLDER: &str = "procedures/1.014027-social-pension";

const NOISE: &str = "(\\[\\[?(step|fee|paper|question)\\]?\\]|[a-z_]{1,8} = |\\{|\"|\n|.){0,40}";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A content folder with one good procedure, small enough to break.
fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in ["lists", "letters", FOLDER] {
        copy(&content().join(part), &dir.path().join(part));
    }
    dir
}

/// The same file with changes; each text must stand there exactly once.
fn change(dir: &Path, file: &str, changes: &[(&str, &str)]) {
    let path = dir.join(FOLDER).join(file);
    let mut text = fs::read_to_string(&path).unwrap();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(path, text).unwrap();
}

fn faults(dir: &Path) -> Vec<String> {
    let found = Catalogue::load(dir).err().unwrap_or_default();
    let root = format!("{}/", dir.join(FOLDER).display());
    found
        .iter()
        .map(|fault| fault.to_string().replace(&root, ""))
        .collect()
}

/// Changes one file and shows what is reported.
pub(super) fn broken(file: &str, changes: &[(&str, &str)]) -> String {
    let dir = world();
    change(dir.path(), file, changes);
    faults(dir.path()).join("\n")
}

#[test]
fn the_copy_is_good_before_it_is_broken() {
    assert_eq!(faults(world().path()), Vec::<String>::new());
}

#[test]
fn every_fault_of_a_procedure_is_reported_at_its_line() {
    let shown = broken(
        "procedure.toml",
        &[
            ("code = \"1.014027\"", "code = \"4.01\""),
            ("level = \"commune\"", "level = \"district\""),
            ("life_event = \"older_people\"", "life_event = 7"),
            ("applicants = [\"citizen\"]", "applicants = [\"everybody\"]"),
            ("[plain]", "colour = \"red\"\n[plain]"),
        ],
    );
    let expected = "\
procedure.toml:2: `4.01` is not a procedure code (expected like 1.001193)
procedure.toml:4: level: `district` is not a level (allowed: province, commune)
procedure.toml:9: `life_event` must be text in \"…\", this is integer
procedure.toml:10: applicants: unknown `everybody` \
(allowed: citizen, organisation, household, agency, foreigner)
procedure.toml:13: unknown key `colour` (allowed: applicants, case, case_name, channel, code, \
conditions, decision, fee, field, legal_basis, letters, level, life_event, name, paper, payment, \
plain, result, same_matter, status, status_words, step, supplement, to_verify, valid_from, \
valid_to)";
    assert_eq!(shown, expected);
}

#[test]
fn steps_papers_and_limits_are_checked() {
    let shown = broken(
        "procedure.toml",
        &[
            ("role = \"endorse\"", "role = \"mayor\""),
            ("duration = \"5wd\"", "duration = \"soon\""),
            (
                "may_return_to = [\"appraise\", \"endorse\"]",
                "may_return_to = [\"issue\"]",
            ),
            ("code = \"identity\"", "code = \"request\""),
        ],
    );
    for expected in [
        "procedure.toml:52: paper `request` is there twice",
        "procedure.toml:70: duration: ",
        "procedure.toml:75: role: unknown `mayor` (allowed: intake, assign, appraise,",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    let shown = broken(
        "procedure.toml",
        &[(
            "may_return_to = [\"appraise\", \"endorse\"]",
            "may_return_to = [\"issue\"]",
        )],
    );
    assert_eq!(
        shown,
        "procedure.toml:78: may_return_to `issue` is not an earlier step"
    );
}

#[test]
fn names_in_conditions_and_letters_must_exist() {
    let shown = broken(
        "procedure.toml",
        &[
            (
                "digitise = false",
                "digitise = false\nwhen = \"poverty = 1\"",
            ),
            (
                "[supplement]",
                "[letters]\nresult = \"diploma\"\n[supplement]",
            ),
        ],
    );
    let expected = "\
procedure.toml:55: when: nothing is called `poverty` here (a question asked before)
procedure.toml:62: result: no letter `diploma` (letters/diploma.typ here or in content/letters)";
    assert_eq!(shown, expected);
}

#[test]
fn forms_are_checked() {
    let shown = broken(
        "form.toml",
        &[
            ("id = \"person_sex\"", "id = \"person_name\""),
            ("list = \"ethnicities\"", "list = \"tribes\""),
            ("when = \"has_pension\"", "when = \"has_pension and and\""),
            ("value = \"near_poor\"", "value = \"poor\""),
            ("kind = \"money\"", "kind = \"coins\""),
            (
                "source = \"applicant.phone\"",
                "source = \"applicant.shoe_size\"",
            ),
        ],
    );
    for expected in [
        "form.toml:21: question `person_name` is there twice",
        "form.toml:28: list: unknown `tribes` (allowed: countries, ethnicities, life_events,",
        "form.toml:43: source: unknown `applicant.shoe_size` (allowed: applicant.name,",
        "form.toml:57: kind: unknown `coins` (allowed: personal_id,",
        "form.toml:60: when: ",
        "form.toml:70: option `poor` is there twice",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}

#[test]
fn stories_and_samples_are_checked() {
    let shown = broken(
        "story.txt",
        &[
            ("Hoa   accepts", "Hoa   dances"),
            ("sample; pay_by", "sample; pay_how"),
        ],
    );
    assert!(
        shown.contains("story.txt:6: unknown verb `dances`"),
        "{shown}"
    );
    assert!(
        shown.contains("story.txt:11: `pay_how` is no question of the form"),
        "{shown}"
    );
    let shown = broken(
        "sample.json",
        &[("\"household\": \"other\"", "\"household\": \"rich\"")],
    );
    assert_eq!(
        shown,
        "sample.json:1: household: Your household: choose one of the options"
    );
    let dir = world();
    fs::remove_file(dir.path().join(FOLDER).join("story.txt")).unwrap();
    assert_eq!(faults(dir.path()), ["story.txt:1: the file is missing"]);
}

#[test]
fn a_new_version_needs_the_old_one_closed() {
    let dir = world();
    let version = dir.path().join(FOLDER).join("versions/2027-01-01");
    fs::create_dir_all(&version).unwrap();
    let text = fs::read_to_string(dir.path().join(FOLDER).join("procedure.toml")).unwrap();
    let later = text.replace("valid_from = 2026-07-01", "valid_from = 2027-01-01");
    fs::write(
        version.join("procedure.toml"),
        later.replace("\"10wd\"", "\"9wd\""),
    )
    .unwrap();
    let shown = faults(dir.path());
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(
        shown[0].contains("close the older one with `valid_to`"),
        "{shown:?}"
    );
    let closed = [(
        "valid_from = 2026-07-01",
        "valid_from = 2026-07-01\nvalid_to = 2026-12-31",
    )];
    change(dir.path(), "procedure.toml", &closed);
    let catalogue = Catalogue::load(dir.path()).unwrap();
    let limit = |day: &str| {
        let day = day.parse().unwrap();
        let found = catalogue.find("1.014027", "default", super::super::Level::Commune, day);
        found.map(|p| p.channels[0].limit.legal.to_string())
    };
    assert_eq!(limit("2026-12-31").as_deref(), Some("10wd"));
    assert_eq!(limit("2027-01-01").as_deref(), Some("9wd"));
}

#[test]
fn roles_are_the_rights_of_positions() {
    assert_eq!(ROLES, Right::ALL.map(Right::as_str));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any text, and any cut or doubled piece of a good file, is read or refused without a panic.
    #[test]
    fn arbitrary_toml_never_panics(
        noise in NOISE,
        cut in 0usize..6000,
        length in 0usize..400,
        form in any::<bool>(),
    ) {
        let dir = world();
        let file = if form { "form.toml" } else { "procedure.toml" };
        let path = dir.path().join(FOLDER).join(file);
        let mut chars: Vec<char> = fs::read_to_string(&path).unwrap().chars().collect();
        let start = cut.min(chars.len());
        let end = (start + length).min(chars.len());
        chars.splice(start..end, noise.chars());
        fs::write(&path, chars.into_iter().collect::<String>()).unwrap();
        let _ = Catalogue::load(dir.path());
        fs::write(&path, &noise).unwrap();
        let _ = Catalogue::load(dir.path());
        fs::write(dir.path().join(FOLDER).join("story.txt"), &noise).unwrap();
        let _ = Catalogue::load(dir.path());
    }
}
