//! The stories of the stepper, what always holds for it, and what a model refuses.
//!
//! A story is a model in TOML, a line `---`, and then inputs on the left and effects on the right
//! of `→`. A line `vars {…}` sets what conditions see. `UPDATE=1 cargo test -p process` rewrites
//! the right-hand side.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::*;

#[derive(Deserialize)]
struct Written {
    steps: Model,
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stories");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn model_of(story: &str) -> Model {
    let (model, _) = story
        .split_once("\n---\n")
        .expect("a story has a line `---`");
    toml::from_str::<Written>(model)
        .unwrap_or_else(|error| panic!("{error}"))
        .steps
}

fn input_of(words: &[&str]) -> Input {
    let task = |name: &&str| TaskId::from(*name);
    match words {
        ["start"] => Input::Start,
        ["done", name] => Input::Done { task: task(name) },
        ["answered", name] => Input::Answered { task: task(name) },
        ["term-passed", name] => Input::TermPassed { task: task(name) },
        ["continue", step] => Input::Continue {
            step: (*step).to_owned(),
        },
        ["return", from, step] => Input::ReturnTo {
            from: (*from).to_owned(),
            step: (*step).to_owned(),
        },
        other => panic!("no such input: {other:?}"),
    }
}

fn said(effect: &Effect) -> String {
    match effect {
        Effect::Open {
            task,
            role,
            duration,
            term,
            ..
        } => match term {
            Some(term) => format!("open {task} for {role} within {term}"),
            None => format!("open {task} for {role} within {duration}"),
        },
        Effect::Close { task } => format!("close {task}"),
        Effect::Finished => "finished".to_owned(),
    }
}

fn outcome(model: &Model, state: &mut State, input: Input, vars: &Json) -> String {
    match step(model, state, input, vars) {
        Ok((next, effects)) => {
            *state = next;
            let said: Vec<String> = effects.iter().map(said).collect();
            if said.is_empty() {
                "nothing".to_owned()
            } else {
                said.join(", ")
            }
        }
        Err(misstep) => format!("✗ {misstep}"),
    }
}

fn told(story: &str) -> String {
    let model = model_of(story);
    let (head, lines) = story
        .split_once("\n---\n")
        .expect("a story has a line `---`");
    let mut told = format!("{head}\n---\n");
    let (mut state, mut vars) = (State::default(), json!({}));
    for line in lines.lines() {
        let left = line.split('→').next().unwrap_or_default().trim_end();
        if left.is_empty() || left.starts_with('#') {
            told += left;
        } else if let Some(values) = left.strip_prefix("vars ") {
            vars = serde_json::from_str(values).unwrap();
            told += left;
        } else {
            let words: Vec<&str> = left.split_whitespace().collect();
            let outcome = outcome(&model, &mut state, input_of(&words), &vars);
            told += &format!("{left:<36} → {outcome}");
        }
        told += "\n";
    }
    told
}

#[test]
fn stories_hold() {
    let paths = stories();
    assert!(!paths.is_empty());
    for path in paths {
        let story = fs::read_to_string(&path).unwrap();
        let told = told(&story);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, told).unwrap();
        } else {
            assert_eq!(told, story, "{} (UPDATE=1 rewrites it)", path.display());
        }
    }
}

/// Every refusal occurs in some story, except two that no content can bring about.
#[test]
fn every_refusal_has_a_story() {
    let all: String = stories()
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let refusals = [
        "the process has not started",
        "the process has already started",
        "the process is finished",
        "no open task",
        "it is answered, not done",
        "is no consultation",
        "the process is not at step",
        "has not passed",
        "may not return to",
        "does not apply here",
        "the condition of step",
    ];
    for refusal in refusals {
        assert!(all.contains(refusal), "no story shows: {refusal}");
    }
}

fn task(id: &str, may_return_to: &[&str]) -> Step {
    Step {
        id: id.to_owned(),
        name: Name {
            vi: format!("Bước {id}"),
            en: format!("Step {id}"),
        },
        role: "appraiser".to_owned(),
        duration: "1wd".to_owned(),
        kind: Kind::Task,
        when: None,
        may_return_to: may_return_to.iter().map(|id| (*id).to_owned()).collect(),
        act: "appraise".to_owned(),
    }
}

fn consult(id: &str, with: &[&str], silence: Silence) -> Step {
    let with = with.iter().map(|party| (*party).to_owned()).collect();
    Step {
        kind: Kind::Consult {
            with,
            term: "5wd".to_owned(),
            silence,
        },
        ..task(id, &["a"])
    }
}

#[test]
fn a_step_is_not_opened_more_often_than_the_limit() {
    let model = Model::new(vec![task("a", &[]), task("b", &["a"])]).unwrap();
    let (mut state, _) = step(&model, &State::default(), Input::Start, &json!({})).unwrap();
    for round in 1..=MAX_ROUNDS {
        let done = Input::Done {
            task: TaskId(format!("a#{round}")),
        };
        (state, _) = step(&model, &state, done, &json!({})).unwrap();
        let back = Input::ReturnTo {
            from: "b".to_owned(),
            step: "a".to_owned(),
        };
        match step(&model, &state, back, &json!({})) {
            Ok((next, _)) => state = next,
            Err(misstep) => {
                assert_eq!(
                    (round, misstep),
                    (MAX_ROUNDS, Misstep::TooManyRounds("a".to_owned()))
                );
            }
        }
    }
    let other = Model::new(vec![task("c", &[])]).unwrap();
    let misstep = step(
        &other,
        &state,
        Input::Continue {
            step: "b".to_owned(),
        },
        &json!({}),
    );
    assert_eq!(misstep, Err(Misstep::OtherModel("b".to_owned())));
}

#[test]
fn a_task_name_can_be_read_back() {
    let task = TaskId::from("consult/so-xay-dung#2");
    assert_eq!((task.step(), task.round()), ("consult", 2));
    assert_eq!(TaskId::from("nonsense").round(), 0);
}

fn refusals(steps: Vec<Step>) -> Vec<String> {
    let errors = Model::new(steps).expect_err("a broken model");
    errors.iter().map(ModelError::to_string).collect()
}

#[test]
fn a_broken_model_is_refused_with_every_error() {
    assert_eq!(
        refusals(vec![]),
        ["step 1: a process needs at least one step"]
    );
    let only_consultation = vec![Step {
        may_return_to: vec![],
        ..consult("a", &["x"], Silence::Wait)
    }];
    assert!(refusals(only_consultation)[0].contains("at least one task"));
    let many = (0..=MAX_STEPS)
        .map(|index| task(&format!("s{index}"), &[]))
        .collect();
    assert!(refusals(many)[0].contains("at most 64"));
    let broken = vec![
        task("a", &["a"]),
        Step {
            duration: String::new(),
            role: "two words".to_owned(),
            ..task("a", &["later"])
        },
        Step {
            when: Some("area >".to_owned()),
            ..task("Not Kebab", &[])
        },
        Step {
            may_return_to: vec![],
            ..consult("later", &["x", "x", "a/b"], Silence::Wait)
        },
        Step {
            name: Name {
                vi: " ".to_owned(),
                en: "e".to_owned(),
            },
            ..task("d--e", &[])
        },
    ];
    let expected = [
        "step 1: may_return_to `a` is not an earlier step",
        "step 2: id `a` is used by an earlier step",
        "step 2: role `two words` may not hold spaces, `/` or `#`",
        "step 2: duration is missing",
        "step 2: may_return_to `later` is not an earlier step",
        "step 3: id `Not Kebab` must be small letters, digits and single hyphens",
        "step 3: when: `area >`: cannot be read: it is not a FEEL expression; look for a missing \
         operator, bracket or quotation mark",
        "step 4: with names `x` twice",
        "step 4: with `a/b` may not hold spaces, `/` or `#`",
        "step 5: id `d--e` must be small letters, digits and single hyphens",
        "step 5: name.vi must have 1 to 120 characters",
    ];
    assert_eq!(refusals(broken), expected);
}

#[test]
fn a_model_is_the_same_in_toml_and_json() {
    for path in stories() {
        let model = model_of(&fs::read_to_string(&path).unwrap());
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&json).unwrap(), model);
        let toml = toml::to_string(&json!({ "steps": model })).unwrap();
        assert_eq!(toml::from_str::<Written>(&toml).unwrap().steps, model);
    }
    let misplaced = json!([{
        "id": "a", "name": {"vi": "A", "en": "A"}, "role": "r", "act": "a", "duration": "1wd",
        "term": "5wd",
    }]);
    let error = serde_json::from_value::<Model>(misplaced)
        .unwrap_err()
        .to_string();
    assert!(error.contains("belong to kind"), "{error}");
}

#[test]
fn the_picture_shows_every_step_and_is_safe() {
    let mut steps = vec![
        task("a", &[]),
        consult(
            "b",
            &["so-xay-dung", "a-very-long-name-of-an-agency", "c"],
            Silence::Consent,
        ),
        Step {
            when: Some("area > 1".to_owned()),
            ..task("c", &["a", "b"])
        },
    ];
    steps[0].name.vi =
        "Tiếp nhận <hồ sơ> & \"kiểm tra\" của người dân tại bộ phận một cửa".to_owned();
    let model = Model::new(steps).unwrap();
    let svg = model.draw();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    assert!(svg.contains("Tiếp nhận &lt;hồ sơ&gt; &amp; &quot;kiểm tra&quot;"));
    assert!(!svg.contains("<hồ"));
    assert_eq!(svg.matches("class=\"step\"").count(), 3);
    assert_eq!(svg.matches("class=\"party\"").count(), 3);
    assert_eq!(svg.matches("class=\"back\"").count(), 3);
    assert_eq!(svg.matches("class=\"around\"").count(), 1);
    for tag in ["g", "svg", "text", "title", "desc"] {
        let opened =
            svg.matches(&format!("<{tag} ")).count() + svg.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, svg.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    // A page allows no style but its own sheet, and no script: the picture must stand without.
    for inline in [" style=", "<style", "<script", " on", "href=", "url("] {
        assert!(!svg.contains(inline), "{inline}");
    }
    let role = |role: &str| format!("Vai {role}");
    let duration = |_: &str| "5 ngày làm việc".to_owned();
    let words = Words {
        title: "Quy trình",
        role: &role,
        duration: &duration,
    };
    let svg = model.draw_with(&words);
    assert!(svg.contains("<title>Quy trình</title>"));
    assert!(svg.contains("Vai appraiser · 5 ngày làm việc"));
}

fn any_model() -> impl Strategy<Value = Model> {
    let kind = prop_oneof![
        3 => Just(None),
        1 => Just(Some(Silence::Consent)),
        1 => Just(Some(Silence::Wait)),
    ];
    let condition = prop::option::of(prop::sample::select(vec!["x > 1", "y", "y and x < 3"]));
    let one = (kind, condition, any::<u8>());
    prop::collection::vec(one, 1..6).prop_map(|drafts| {
        let names = ["a", "b", "c", "d", "e", "f"];
        let mut steps = vec![task("a", &[])];
        for (index, (kind, condition, back)) in drafts.into_iter().enumerate() {
            let id = names[index + 1];
            let mut step = match kind {
                None => task(id, &[]),
                Some(silence) => consult(id, &["p", "q"], silence),
            };
            step.when = condition.map(str::to_owned);
            step.may_return_to = vec![names[back as usize % (index + 1)].to_owned()];
            steps.push(step);
        }
        Model::new(steps).unwrap()
    })
}

/// An input as numbers: what it means depends on what is open when it comes, so that most inputs
/// are allowed ones.
type Draft = (u8, u8, u8, i64, bool);

fn drafted(draft: Draft, model: &Model, state: &State) -> (Input, Json) {
    let (choice, which, other, x, y) = draft;
    let open = state.open.get(which as usize % state.open.len().max(1));
    let task = open.map_or(TaskId::from("b/p#1"), |open| open.task.clone());
    let here = match &state.stage {
        Stage::At(step) => step.clone(),
        _ => "a".to_owned(),
    };
    let target = model.steps()[other as usize % model.steps().len()]
        .id
        .clone();
    let input = match choice % 8 {
        0 => Input::Start,
        1 | 2 => Input::Done { task },
        3 => Input::Answered { task },
        4 | 5 => Input::TermPassed { task },
        6 => Input::Continue { step: here },
        _ => Input::ReturnTo {
            from: here,
            step: target,
        },
    };
    (input, json!({"x": x, "y": y}))
}

/// Opens and closes as a mail room would count them: each once.
#[derive(Default)]
struct Count {
    ever: HashSet<TaskId>,
    open: HashSet<TaskId>,
    finished: bool,
}

impl Count {
    fn take(&mut self, effect: &Effect) {
        assert!(!self.finished, "{effect:?} after the end");
        match effect {
            Effect::Open { task, .. } => {
                assert!(self.ever.insert(task.clone()), "{task} opened twice");
                self.open.insert(task.clone());
            }
            Effect::Close { task } => assert!(self.open.remove(task), "{task} was not open"),
            Effect::Finished => self.finished = true,
        }
    }

    fn agrees(&self, state: &State) {
        let open: HashSet<TaskId> = state.open.iter().map(|open| open.task.clone()).collect();
        assert_eq!((open.len(), &open), (state.open.len(), &self.open));
        assert_eq!(self.finished, state.stage == Stage::Finished);
        assert_eq!(matches!(state.stage, Stage::At(_)), !self.open.is_empty());
    }
}

proptest! {
    #[test]
    fn whatever_comes_tasks_are_opened_and_closed_once(
        model in any_model(),
        drafts in prop::collection::vec(any::<Draft>(), 1..40),
    ) {
        let mut state = State::default();
        let mut count = Count::default();
        let mut accepted = Vec::new();
        let first = (0u8, 0, 0, 0, false);
        for draft in std::iter::once(first).chain(drafts) {
            let (input, vars) = drafted(draft, &model, &state);
            let before = state.clone();
            match step(&model, &state, input.clone(), &vars) {
                Ok((next, effects)) => {
                    effects.iter().for_each(|effect| count.take(effect));
                    state = next;
                    accepted.push((input, vars));
                }
                Err(_) => prop_assert_eq!(&before, &state),
            }
            count.agrees(&state);
        }
        let replay = accepted.into_iter().fold(State::default(), |state, (input, vars)| {
            step(&model, &state, input, &vars).unwrap().0
        });
        prop_assert_eq!(&replay, &state);
        let written = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&written).unwrap(), state);
    }
}
