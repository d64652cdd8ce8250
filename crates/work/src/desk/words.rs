//! The sentences of this room, by dotted key (`deed.acceptance.title`), and the labels of
//! limits and refusals. Does not know: where a sentence is shown.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use facts::calendar::Limit;
use matters::dossier::{Refusal, label};

static VI: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let table = include_str!("words.vi.toml").parse::<toml::Table>();
    let table = table.expect("the words file is part of the program and a test reads it");
    let mut flat = BTreeMap::new();
    flatten("", &table, &mut flat);
    flat
});

fn flatten(prefix: &str, table: &toml::Table, flat: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => flatten(&format!("{prefix}{key}."), inner, flat),
            other => {
                let text = other.as_str().unwrap_or_default();
                flat.insert(format!("{prefix}{key}"), text.to_owned());
            }
        }
    }
}

/// The sentence of a key, if the words file has it.
pub(super) fn known(key: &str) -> Option<&'static str> {
    VI.get(key).map(String::as_str)
}

/// The sentence of a key, of this room or a label of the dossier's (`phase.submitted`); the
/// name itself shows a gap to whoever looks.
pub(super) fn say(key: &str) -> String {
    match (known(key), key.split_once('.')) {
        (Some(sentence), _) => sentence.to_owned(),
        (None, Some((section, name))) => label(section, name, "vi").to_owned(),
        (None, None) => key.to_owned(),
    }
}

/// The sentence with each `{name}` replaced by its value.
pub(super) fn fill(key: &str, values: &[(&str, &str)]) -> String {
    let sentence = say(key);
    values.iter().fold(sentence, |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// A limit as people read it.
pub(super) fn limit(limit: &Limit) -> String {
    let (key, amount) = match *limit {
        Limit::WorkingDays(days) => ("limit.wd", days.to_string()),
        Limit::WorkingMinutes(minutes) => ("limit.wh", hours(minutes)),
        Limit::CalendarDays(days) => ("limit.cd", days.to_string()),
        Limit::Months(months) => ("limit.mo", months.to_string()),
        Limit::SameDay { cutoff: None } => return say("limit.same_day"),
        Limit::SameDay { cutoff: Some(time) } => {
            let time = format!("{:02}:{:02}", time.hour(), time.minute());
            return fill("limit.same_day_until", &[("time", &time)]);
        }
    };
    fill(key, &[("n", &amount)])
}

/// Minutes as hours with at most one digit behind the comma.
fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60 * 10 / 60) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole},{tenth}"),
    }
}

/// How codes in a refusal are read out: papers, steps and officers by their names.
pub(super) trait Spell {
    /// The value of the placeholder `name` as people know it; `None` leaves it as it is.
    fn spell(&self, name: &str, value: &str) -> Option<String>;
}

/// Why not, as a sentence, with papers, steps and officers by their names.
pub(super) fn refusal(refusal: &Refusal, spelling: &dyn Spell) -> String {
    if let Refusal::WrongPhase { .. } = refusal {
        return refusal.sentence("vi");
    }
    let details = refusal.details().into_iter();
    let details: Vec<(&str, String)> = details
        .map(|(name, value)| (name, spelling.spell(name, &value).unwrap_or(value)))
        .collect();
    let values: Vec<(&str, &str)> = details.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fill(&format!("refusal.{}", refusal.name()), &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::deed::Deed;
    use matters::dossier::Event;

    #[test]
    fn every_event_and_deed_has_words() {
        for kind in Event::KINDS {
            assert!(known(&format!("event.{kind}")).is_some(), "{kind}");
        }
        for (deed, path, _) in Deed::table() {
            let slug = deed.slug();
            assert!(path.ends_with(slug));
            for key in [
                format!("done.{slug}"),
                deed.key("title"),
                deed.key("button"),
            ] {
                assert!(known(&key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn limits_are_read_out() {
        let read = |text: &str| limit(&text.parse().expect("a limit"));
        assert_eq!(read("3wd"), "3 ngày làm việc");
        assert_eq!(read("0.5wd"), "4 giờ làm việc");
        assert_eq!(read("1.5wh"), "1,5 giờ làm việc");
        assert_eq!(read("same-day@15:00"), "trong ngày nếu nhận trước 15:00");
    }
}
