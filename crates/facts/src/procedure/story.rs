//! Journeys in words: who does what, and what comes of it. Documentation for people, and a test
//! that the checker runs through the rules of the dossier. The grammar is told in
//! `content/procedures/README.md`.
//! Does not know: whether an outcome is true; the runner in the house decides that.
//!
//! ```text
//! == Cha mẹ nộp ở nhà, nhận giấy trong ngày
//! An is citizen
//! Hoa is intake
//! 2026-11-23 09:00  An   submits  sample; child_name = "Lê An"  → status 1
//! 09:20             Hoa  accepts                                → status 2, due 2026-11-23
//! 09:30             Hoa  accepts                                ✗ already accepted
//! ```
use jiff::civil::{Date, DateTime, Time};
use serde_json::Value as Json;

/// A journey longer than this is a novel.
const LINES_MAX: usize = 400;
/// Longest line that we read.
const LINE_CHARS_MAX: usize = 1_000;

/// One journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// The heading.
    pub title: String,
    /// Line of the heading, the first is 1.
    pub line: usize,
    /// Who takes part, and with which right; `citizen` for people who apply.
    pub actors: Vec<(String, String)>,
    /// What happens, in order.
    pub acts: Vec<StoryAct>,
}

/// One act of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryAct {
    /// Line in the file, the first is 1.
    pub line: usize,
    /// When, in Vietnam's civil time. Lines without a date keep the date of the line above.
    pub at: DateTime,
    /// Who.
    pub actor: String,
    /// Does what: one of `VERBS`.
    pub verb: String,
    /// With which words: a reason, a step, or for `submits` nothing.
    pub object: String,
    /// For `submits` and `supplements`: the answers that differ from `sample.json`, path and value.
    pub answers: Vec<(String, Json)>,
    /// What comes of it.
    pub outcome: Outcome,
}

/// What comes of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is claimed.
    Unsaid,
    /// It happens, and these facts hold after: `status 2`, `due 2026-11-23`, `fee 75000`, `step
    /// appraise`.
    Facts(Vec<String>),
    /// It is refused, with the refusal in words.
    Refused(String),
}

/// What an actor can do. The runner gives each verb its meaning.
pub const VERBS: [&str; 18] = [
    "submits",
    "accepts",
    "refuses",
    "asks",
    "supplements",
    "pays",
    "assigns",
    "appraises",
    "consults",
    "answers",
    "endorses",
    "approves",
    "returns",
    "issues",
    "delivers",
    "withdraws",
    "stops",
    "extends",
];

/// A fault of a story with its line.
pub(super) type Fault = (usize, String);

/// Reads all journeys of a `story.txt`; every fault is reported with its line.
pub(super) fn read(text: &str) -> (Vec<Story>, Vec<Fault>) {
    let mut reader = Reader::default();
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        if line > LINES_MAX || raw.chars().count() > LINE_CHARS_MAX {
            reader.fault(line, "the story is too long");
            break;
        }
        reader.take(line, raw.trim());
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    stories: Vec<Story>,
    faults: Vec<Fault>,
    date: Option<Date>,
}

impl Reader {
    fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.faults.push((line, message.into()));
    }

    fn take(&mut self, line: usize, text: &str) {
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        if let Some(title) = text.strip_prefix("==") {
            self.date = None;
            self.stories.push(Story {
                title: title.trim().to_string(),
                line,
                actors: Vec::new(),
                acts: Vec::new(),
            });
            return;
        }
        if self.stories.is_empty() {
            return self.fault(line, "a story begins with a heading: == What it shows");
        }
        if let Some((name, right)) = text.split_once(" is ")
            && !name.contains("  ")
            && !right.trim().contains(' ')
        {
            let actor = (name.trim().to_string(), right.trim().to_string());
            return self.story(|story| story.actors.push(actor));
        }
        match self.act(line, text) {
            Ok(act) => self.story(|story| story.acts.push(act)),
            Err(message) => self.fault(line, message),
        }
    }

    fn story(&mut self, change: impl FnOnce(&mut Story)) {
        if let Some(story) = self.stories.last_mut() {
            change(story);
        }
    }

    fn act(&mut self, line: usize, text: &str) -> Result<StoryAct, String> {
        let (said, outcome) = outcome(text);
        let mut columns = columns(said).into_iter();
        let moment = columns.next().ok_or("an act begins with a time")?;
        let at = self.moment(moment)?;
        let actor = columns
            .next()
            .ok_or("who does it? (columns are set apart by two spaces)")?;
        let verb = columns
            .next()
            .ok_or("does what? (columns are set apart by two spaces)")?;
        if !VERBS.contains(&verb) {
            return Err(format!(
                "unknown verb `{verb}` (allowed: {})",
                VERBS.join(", ")
            ));
        }
        let known = self
            .stories
            .last()
            .is_some_and(|s| s.actors.iter().any(|(n, _)| n == actor));
        if !known {
            return Err(format!(
                "who is `{actor}`? Say it first: {actor} is citizen"
            ));
        }
        let object = columns.next().unwrap_or_default();
        if let Some(extra) = columns.next() {
            return Err(format!("`{extra}` is one column too many"));
        }
        let answers = if object.starts_with("sample") {
            overrides(object)?
        } else {
            Vec::new()
        };
        Ok(StoryAct {
            line,
            at,
            actor: actor.to_string(),
            verb: verb.to_string(),
            object: object.trim_matches('"').to_string(),
            answers,
            outcome,
        })
    }

    fn moment(&mut self, text: &str) -> Result<DateTime, String> {
        let wrong = || format!("`{text}` is not a time (expected 2026-11-23 09:00, later 09:20)");
        let time = match text.split_once(' ') {
            Some((date, time)) => {
                self.date = Some(date.parse().map_err(|_| wrong())?);
                time.trim()
            }
            None => text,
        };
        let time: Time = Time::strptime("%H:%M", time).map_err(|_| wrong())?;
        let date = self
            .date
            .ok_or("the first act of a story says its date: 2026-11-23 09:00")?;
        Ok(date.to_datetime(time))
    }

    fn finish(mut self) -> (Vec<Story>, Vec<Fault>) {
        if self.stories.is_empty() && self.faults.is_empty() {
            self.fault(1, "no story: begin with a heading, == What it shows");
        }
        let empty: Vec<usize> = self
            .stories
            .iter()
            .filter(|s| s.acts.is_empty())
            .map(|s| s.line)
            .collect();
        for line in empty {
            self.fault(line, "a story without an act");
        }
        (self.stories, self.faults)
    }
}

fn columns(text: &str) -> Vec<&str> {
    text.split("  ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

fn outcome(text: &str) -> (&str, Outcome) {
    if let Some((said, refusal)) = text.split_once('✗') {
        return (said, Outcome::Refused(refusal.trim().to_string()));
    }
    let Some((said, facts)) = text.split_once('→') else {
        return (text, Outcome::Unsaid);
    };
    let facts = facts
        .split(',')
        .map(|fact| fact.trim().to_string())
        .collect();
    (said, Outcome::Facts(facts))
}

/// `sample; child_name = "Lê An"; copies = 2` → the answers that differ.
fn overrides(object: &str) -> Result<Vec<(String, Json)>, String> {
    let mut answers = Vec::new();
    for part in object.split(';').skip(1) {
        let (path, value) = part
            .split_once('=')
            .ok_or_else(|| format!("`{}` is not path = value", part.trim()))?;
        let value = serde_json::from_str(value.trim())
            .map_err(|_| format!("`{}` is not a JSON value (text in \"…\")", value.trim()))?;
        answers.push((path.trim().to_string(), value));
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# note\n== Một\nAn is citizen\nHoa is intake\n\
        2026-11-23 09:00  An   submits  sample; child_name = \"Lê An\"; copies = 2  → status 1\n\
        09:20             Hoa  accepts                      → status 2, due 2026-11-23\n\
        09:30             Hoa  accepts                      ✗ already accepted\n";

    #[test]
    fn a_story_is_read() {
        let (stories, faults) = read(GOOD);
        assert_eq!(faults, []);
        let acts = &stories[0].acts;
        assert_eq!(acts.len(), 3);
        assert_eq!(acts[0].answers[1], ("copies".into(), Json::from(2)));
        assert_eq!(acts[1].at.to_string(), "2026-11-23T09:20:00");
        assert_eq!(acts[2].outcome, Outcome::Refused("already accepted".into()));
    }

    #[test]
    fn each_fault_has_its_line() {
        let text = "== Một\nAn is citizen\n09:00  An  submits\n2026-11-23 09:00  An  dances\n\
                    2026-11-23 09:00  Bo  submits\n";
        let (_, faults) = read(text);
        let lines: Vec<usize> = faults.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5, 1]);
    }
}
