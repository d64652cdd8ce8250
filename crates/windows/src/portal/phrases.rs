//! The small words of the portal, from `words.vi.toml`: limits, channels, levels, sources of
//! papers, statuses.
//! Does not know: pages; whole sentences of a page stand in its template.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use facts::calendar::Limit;
use facts::procedure::{ApplicantKind, Channel, FeeKind, Issuer, Level, PaperSource};
use matters::dossier::{ExternalStatus, PaperForm, PayMethod};
use web::Tone;
use web::ui::Tag;

type Table = BTreeMap<String, BTreeMap<String, String>>;

static WORDS: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("words.vi.toml")).expect("a test reads the words file")
});

/// Minutes of a working hour.
const HOUR: u32 = 60;

/// The phrase of a name, or the name itself where nobody wrote one.
pub(super) fn say(group: &str, name: &str) -> String {
    let found = WORDS.get(group).and_then(|words| words.get(name));
    found.map_or_else(|| name.to_owned(), Clone::clone)
}

/// The phrase with its blanks filled.
pub(super) fn fill(group: &str, name: &str, blanks: &[(&str, &str)]) -> String {
    let mut text = say(group, name);
    for (blank, value) in blanks {
        text = text.replace(&format!("{{{blank}}}"), value);
    }
    text
}

/// A time limit: "3 ngày làm việc".
pub(super) fn limit(limit: &Limit) -> String {
    match limit {
        Limit::WorkingDays(days) => fill("limit", "working_days", &[("n", &days.to_string())]),
        Limit::WorkingMinutes(minutes) => {
            fill("limit", "working_hours", &[("n", &hours(*minutes))])
        }
        Limit::CalendarDays(days) => fill("limit", "calendar_days", &[("n", &days.to_string())]),
        Limit::Months(months) => fill("limit", "months", &[("n", &months.to_string())]),
        Limit::SameDay { cutoff: None } => say("limit", "same_day"),
        Limit::SameDay {
            cutoff: Some(cutoff),
        } => {
            let time = match cutoff.minute() {
                0 => cutoff.hour().to_string(),
                minute => format!("{}:{minute:02}", cutoff.hour()),
            };
            fill("limit", "same_day_cutoff", &[("time", &time)])
        }
    }
}

/// The same in two or three words, for a key figure.
pub(super) fn limit_short(time: &Limit) -> String {
    match time {
        Limit::SameDay { .. } => say("limit", "same_day_short"),
        other => limit(other),
    }
}

/// A limit written as text (`0.5wd`), as processes keep it.
pub(super) fn limit_text(text: &str) -> String {
    text.parse()
        .map_or_else(|_| text.to_owned(), |found| limit(&found))
}

fn hours(minutes: u32) -> String {
    let (whole, rest) = (minutes / HOUR, minutes % HOUR);
    match rest * 100 / HOUR {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole},{}", part / 10),
        part => format!("{whole},{part:02}"),
    }
}

/// Working time gone by: whole working days from one day on, else hours, else less than an hour.
pub(super) fn working_time(minutes: i64) -> String {
    /// Minutes of a working day.
    const DAY: i64 = 8 * 60;
    match minutes {
        m if m >= DAY => fill("limit", "working_days", &[("n", &(m / DAY).to_string())]),
        m if m >= 60 => fill("limit", "working_hours", &[("n", &(m / 60).to_string())]),
        _ => say("limit", "under_an_hour"),
    }
}

pub(super) fn channel(channel: Channel) -> String {
    say("channel", channel.as_str())
}

pub(super) fn level(level: Level) -> String {
    say("level", level.as_str())
}

pub(super) fn applicant(kind: ApplicantKind) -> String {
    let name = match kind {
        ApplicantKind::Citizen => "citizen",
        ApplicantKind::Organisation => "organisation",
        ApplicantKind::Household => "household",
        ApplicantKind::Agency => "agency",
        ApplicantKind::Foreigner => "foreigner",
    };
    say("applicant", name)
}

pub(super) fn fee_kind(kind: FeeKind) -> String {
    let name = match kind {
        FeeKind::Fee => "fee",
        FeeKind::Levy => "levy",
    };
    say("fee", name)
}

pub(super) fn issuer(issuer: Issuer) -> String {
    let name = match issuer {
        Issuer::Central => "central",
        Issuer::ProvincialCouncil => "provincial_council",
    };
    say("issuer", name)
}

pub(super) fn source(source: PaperSource) -> String {
    let name = match source {
        PaperSource::Form => "form",
        PaperSource::Database => "database",
        PaperSource::Store => "store",
        PaperSource::Upload => "upload",
        PaperSource::ShowOnly => "show_only",
    };
    say("source", name)
}

pub(super) fn paper_form(form: PaperForm) -> String {
    let name = match form {
        PaperForm::Original => "original",
        PaperForm::Copy => "copy",
        PaperForm::Electronic => "electronic",
        PaperForm::Data => "data",
        PaperForm::Shown => "shown",
        PaperForm::ToShow => "to_show",
    };
    say("paper_form", name)
}

pub(super) fn pay_method(method: PayMethod) -> String {
    let name = match method {
        PayMethod::Cash => "cash",
        PayMethod::Transfer => "transfer",
        PayMethod::Online => "online",
    };
    say("pay_method", name)
}

/// The national name of a status.
pub(super) fn status(status: ExternalStatus) -> String {
    say("status", status.name())
}

/// The status as a coloured word; a late one is red, whatever it is.
pub(super) fn status_tag(status: ExternalStatus, overdue: bool) -> Tag {
    use ExternalStatus as Status;
    let ended = matches!(
        status,
        Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Delivered
            | Status::Released
    );
    if overdue && !ended {
        return Tag::new(Tone::Bad, say("status", "overdue"));
    }
    let tone = match status {
        Status::Registered | Status::Accepted | Status::InProgress => Tone::Info,
        Status::SupplementAsked | Status::FeeDue => Tone::Warn,
        Status::Released | Status::Delivered => Tone::Good,
        Status::Refused | Status::Withdrawn | Status::Stopped => Tone::Quiet,
    };
    Tag::new(tone, self::status(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_people_say_them() {
        for (text, words) in [
            ("3wd", "3 ngày làm việc"),
            ("8wh", "8 giờ làm việc"),
            ("0.25wh", "0,25 giờ làm việc"),
            ("1.5wh", "1,5 giờ làm việc"),
            ("15cd", "15 ngày"),
            ("1mo", "1 tháng"),
            ("same-day", "trong ngày làm việc"),
            (
                "same-day@15:00",
                "trong ngày; nộp sau 15 giờ thì ngày làm việc tiếp theo",
            ),
        ] {
            assert_eq!(limit_text(text), words);
        }
        assert_eq!(working_time(15), "chưa đến 1 giờ làm việc");
        assert_eq!(working_time(600), "1 ngày làm việc");
    }

    #[test]
    fn every_status_has_a_name() {
        for one in ExternalStatus::ALL {
            assert_ne!(status(one), one.name());
        }
    }
}
