//! Why a day counts or not, as a value and as a sentence in Vietnamese and English. The sentences
//! stand in the words files beside this one.
//! Does not know: how the due moment was reckoned.
use jiff::civil::Date;
use serde::Deserialize;
use std::fmt::Display;
use std::sync::{Arc, LazyLock};

/// A name from content in both languages, with its legal basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// The legal text it rests on.
    pub basis: String,
    /// What must be checked before real use, as (Vietnamese, English); officers see it.
    pub to_verify: Option<(String, String)>,
}

/// What a day is in an agency's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// A day with sessions.
    Working,
    /// A weekday on which the agency has no sessions, as a rule Saturday and Sunday.
    WeeklyRest,
    /// A public holiday (Bộ luật Lao động Đ112).
    Holiday(Arc<Mark>),
    /// Off because that holiday fell on a weekly rest day (Bộ luật Lao động Đ111 khoản 3).
    Compensation(Arc<Mark>),
    /// A weekday made free; another day is worked for it.
    SwapOff {
        /// The day worked for it.
        worked: Date,
        /// The decision.
        mark: Arc<Mark>,
    },
    /// A rest day worked for a weekday made free.
    SwapWorked {
        /// The weekday made free.
        off: Date,
        /// The decision.
        mark: Arc<Mark>,
    },
}

/// What a day did to the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The day of receipt, which is not counted (Bộ luật Dân sự Đ147).
    Received,
    /// Counted as the n-th working day.
    WorkingDay(u32),
    /// Counted as the n-th calendar day.
    CalendarDay(u32),
    /// Working minutes counted on this day.
    WorkingMinutes(u32),
    /// Not counted.
    Skipped,
    /// The limit ended on a day off, or the cut-off was passed: this working day is the last one.
    MovedHere,
    /// Due on the day of receipt.
    SameDay,
    /// Received after the cut-off, so the next working day counts.
    CutOffPassed,
    /// The clock stood for these working minutes; nothing counted.
    Stopped(u32),
    /// Some minutes counted, and for some the clock stood.
    PartlyStopped {
        /// Working minutes counted.
        counted: u32,
        /// Working minutes for which the clock stood.
        stopped: u32,
    },
    /// Counted, in a limit of calendar days with stops.
    Counted,
}

/// One day on the way from the receipt to the due moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// The day in Vietnam.
    pub day: Date,
    /// What it did to the limit.
    pub verdict: Verdict,
    /// What it is in the agency's calendar.
    pub kind: DayKind,
}

impl DayKind {
    /// The holiday or decision behind the day, if any.
    pub fn mark(&self) -> Option<&Mark> {
        match self {
            DayKind::Working | DayKind::WeeklyRest => None,
            DayKind::Holiday(mark) | DayKind::Compensation(mark) => Some(mark),
            DayKind::SwapOff { mark, .. } | DayKind::SwapWorked { mark, .. } => Some(mark),
        }
    }
}

impl DayNote {
    /// The reason in Vietnamese, without the date.
    pub fn vi(&self) -> String {
        self.sentence(&VI, |mark| &mark.vi)
    }

    /// The reason in English, without the date.
    pub fn en(&self) -> String {
        self.sentence(&EN, |mark| &mark.en)
    }

    fn sentence(&self, words: &Words, name: fn(&Mark) -> &String) -> String {
        let mut sentence = self.verdict.sentence(&words.verdict);
        let kind = match &self.kind {
            DayKind::Working => words.kind.working.clone(),
            DayKind::WeeklyRest => words.kind.weekly_rest.clone(),
            DayKind::Holiday(mark) => fill(&words.kind.holiday, &[("name", name(mark))]),
            DayKind::Compensation(mark) => fill(&words.kind.compensation, &[("name", name(mark))]),
            DayKind::SwapOff { worked, .. } => fill(&words.kind.swap_off, &[("worked", worked)]),
            DayKind::SwapWorked { off, .. } => fill(&words.kind.swap_worked, &[("off", off)]),
        };
        if !kind.is_empty() {
            sentence.push_str("; ");
            sentence.push_str(&kind);
        }
        sentence
    }
}

impl Verdict {
    fn sentence(self, words: &VerdictWords) -> String {
        match self {
            Verdict::Received => words.received.clone(),
            Verdict::WorkingDay(n) => fill(&words.working_day, &[("n", &n)]),
            Verdict::CalendarDay(n) => fill(&words.calendar_day, &[("n", &n)]),
            Verdict::WorkingMinutes(m) => fill(&words.working_minutes, &[("minutes", &hours(m))]),
            Verdict::Skipped => words.skipped.clone(),
            Verdict::MovedHere => words.moved_here.clone(),
            Verdict::SameDay => words.same_day.clone(),
            Verdict::CutOffPassed => words.cut_off_passed.clone(),
            Verdict::Stopped(m) => fill(&words.stopped, &[("minutes", &hours(m))]),
            Verdict::PartlyStopped { counted, stopped } => fill(
                &words.partly_stopped,
                &[("counted", &hours(counted)), ("stopped", &hours(stopped))],
            ),
            Verdict::Counted => words.counted.clone(),
        }
    }
}

/// Minutes as `3:05`, which reads the same in both languages with `h` behind.
fn hours(minutes: u32) -> String {
    format!("{}h{:02}", minutes / 60, minutes % 60)
}

/// The sentence with each `{name}` replaced by its value.
pub(super) fn fill(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    values
        .iter()
        .fold(sentence.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), &value.to_string())
        })
}

/// All sentences of this room in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub weekdays: [String; 7],
    pub due: String,
    pub received: String,
    pub to_verify: String,
    verdict: VerdictWords,
    kind: KindWords,
    pub refusal: RefusalWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictWords {
    received: String,
    working_day: String,
    calendar_day: String,
    skipped: String,
    moved_here: String,
    same_day: String,
    cut_off_passed: String,
    working_minutes: String,
    stopped: String,
    partly_stopped: String,
    counted: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindWords {
    working: String,
    weekly_rest: String,
    holiday: String,
    compensation: String,
    swap_off: String,
    swap_worked: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusalWords {
    pub outside_years: String,
    pub empty: String,
    pub too_long: String,
    pub stop_backwards: String,
    pub too_many_stops: String,
}

pub(super) static VI: LazyLock<Words> = LazyLock::new(|| words(include_str!("words.vi.toml")));
pub(super) static EN: LazyLock<Words> = LazyLock::new(|| words(include_str!("words.en.toml")));

fn words(text: &str) -> Words {
    toml::from_str(text).expect("the words files are part of the program and a test reads both")
}
