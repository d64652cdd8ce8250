//! What waits at the counter, as lines that say in a glance what it is, how long it has and what to
//! press. Pure.
//! Does not know: where the lines come from, HTML.

use facts::calendar::Calendar;
use jiff::Timestamp;
use matters::dossier::views::Line;
use matters::dossier::{Phase, dong};
use web::ui::Tag;
use web::{Tone, show};

/// The counter is alerted when an online dossier has waited so long: 02 of the 08 working hours in
/// which it must be answered (NQ 66.7/2025/NQ-CP).
const REMINDER_MINUTES: i64 = 2 * 60;

/// One waiting thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Dossier code.
    pub code: String,
    /// Applicant.
    pub name: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Name of the procedure.
    pub procedure: String,
    /// The competent agency, when it is not the counter's own; otherwise empty.
    pub elsewhere: String,
    /// How long it has, how much it is.
    pub clock: String,
    /// The moment behind it.
    pub moment: String,
    /// How urgent or in which way.
    pub tags: Vec<Tag>,
    /// Where to do it.
    pub href: String,
    /// What to press.
    pub act: &'static str,
}

/// A line with what every queue shows. `procedure` is its name.
pub(super) fn row(line: &Line, procedure: &str) -> Row {
    Row {
        code: line.code.clone(),
        name: line.applicant_name.clone(),
        phone: line.applicant_phone.clone(),
        procedure: procedure.to_owned(),
        ..Row::default()
    }
}

impl Row {
    /// An online dossier before reception: the 08 working hours, and the alert after 02.
    pub fn for_reception(mut self, line: &Line, calendar: &Calendar, now: Timestamp) -> Self {
        let waited = calendar.working_minutes(line.submitted_at, now);
        let tag = match (now > line.reception_due_at, waited >= REMINDER_MINUTES) {
            (true, _) => Tag::new(Tone::Bad, "Quá 08 giờ"),
            (false, true) => Tag::new(Tone::Warn, "Đã chờ quá 02 giờ"),
            (false, false) => Tag::new(Tone::Info, "Mới đến"),
        };
        self.clock = clock(calendar, now, line.reception_due_at);
        self.moment = format!("Trước {}", show::moment(line.reception_due_at));
        self.tags = vec![tag];
        self.href = format!("/counter/reception/{}", line.code);
        self.act = "Xem và tiếp nhận";
        self
    }

    /// A supplement that came: the clock stands until it is looked at.
    pub fn for_supplement(mut self, line: &Line, calendar: &Calendar, now: Timestamp) -> Self {
        let waited = calendar.working_minutes(line.changed_at, now);
        self.clock = format!("chờ {}", duration(waited));
        self.moment = format!("Nhận {}", show::moment(line.changed_at));
        self.tags = match waited >= REMINDER_MINUTES {
            true => vec![Tag::new(Tone::Warn, "Đã chờ quá 02 giờ")],
            false => vec![Tag::new(Tone::Info, "Mới bổ sung")],
        };
        self.href = format!("/counter/reception/{}", line.code);
        self.act = "Kiểm tra bổ sung";
        self
    }

    /// A result that waits to be handed over.
    pub fn for_return(mut self, line: &Line) -> Self {
        let late = line.overdue || line.unlawful;
        self.clock = match line.due_at {
            Some(due) => format!("hẹn {}", show::moment(due)),
            None => String::new(),
        };
        self.moment = match line.finished_at {
            Some(at) => format!("Có kết quả {}", show::moment(at)),
            None => String::new(),
        };
        if late {
            self.tags
                .push(Tag::new(Tone::Bad, "Trễ hẹn, xin lỗi người nhận"));
        }
        if owed(line) > 0 {
            self.tags.push(Tag::new(
                Tone::Warn,
                format!("Chưa thu {} đ", dong(owed(line))),
            ));
        }
        self.href = format!("/counter/return/{}", line.code);
        self.act = "Trả kết quả";
        self
    }

    /// Money that has not come.
    pub fn for_fee(mut self, line: &Line) -> Self {
        self.clock = format!("{} đ", dong(owed(line).abs()));
        self.moment = format!("Nộp hồ sơ {}", show::moment(line.submitted_at));
        self.tags = match line.phase {
            Phase::FeeDue => vec![Tag::new(Tone::Warn, "Hồ sơ đang chờ tiền")],
            Phase::Released => vec![Tag::new(Tone::Warn, "Kết quả đang chờ")],
            _ => Vec::new(),
        };
        self.act = "Thu phí";
        if owed(line) < 0 {
            self.tags.push(Tag::new(Tone::Info, "Phải hoàn lại"));
            self.act = "Hoàn phí";
        }
        self.href = format!("/counter/fees/{}", line.code);
        self
    }
}

/// What is still to be paid, whole đồng; nothing more once the dossier is over. Below zero what is
/// to be paid back.
pub(super) fn owed(line: &Line) -> i64 {
    let open = line.fee_due - line.fee_paid;
    match line.phase.is_terminal() {
        true => open.min(0),
        false => open,
    }
}

/// `còn 3 giờ 20 phút`, or `quá 1 giờ 05 phút`, in working time.
pub(super) fn clock(calendar: &Calendar, now: Timestamp, due: Timestamp) -> String {
    match now <= due {
        true => format!("còn {}", duration(calendar.working_minutes(now, due))),
        false => format!("quá {}", duration(calendar.working_minutes(due, now))),
    }
}

/// Working minutes in words.
pub(super) fn duration(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} phút làm việc"),
        (hours, 0) => format!("{hours} giờ làm việc"),
        (hours, minutes) => format!("{hours} giờ {minutes:02} phút làm việc"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(0), "0 phút làm việc");
        assert_eq!(duration(120), "2 giờ làm việc");
        assert_eq!(duration(185), "3 giờ 05 phút làm việc");
    }
}
