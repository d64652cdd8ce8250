//! From receipt and limit to the due moment, and the note for each day on the way.
//! Does not know: stops of the clock (`stops.rs`), wording (`note.rs`).
use super::note::{DayNote, Verdict};
use super::table::Minute;
use super::{Calendar, CalendarError, Due, Limit};
use jiff::civil::Time;
use jiff::{Timestamp, ToSpan};

impl Calendar {
    /// When a dossier received then is due, and why: one note per day counted or skipped.
    ///
    /// Limits in days end with the last session of their last day. A dossier sent back for a
    /// supplement whose time starts anew (RESTART, the default) is due as if received when the
    /// supplement was complete: call this with that moment. When the clock resumes instead, see
    /// [`Calendar::due_after_stops`].
    ///
    /// # Errors
    /// [`CalendarError`] when the limit is empty, too long, or touches a year that is not loaded.
    pub fn due(&self, received: Timestamp, limit: &Limit) -> Result<Due, CalendarError> {
        let start = self.minute_of(received)?;
        let due = self.land(start, limit)?;
        Ok(self.due_from(due, self.notes(start, due, limit)))
    }

    /// The due moment alone, for those who reckon many: same answer as [`Calendar::due`] without
    /// the notes.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn due_at(&self, received: Timestamp, limit: &Limit) -> Result<Timestamp, CalendarError> {
        let due = self.land(self.minute_of(received)?, limit)?;
        Ok(self.timestamp(due))
    }

    pub(super) fn due_from(&self, due: Minute, why: Vec<DayNote>) -> Due {
        Due {
            at: self.timestamp(due),
            day: self.day(due.day).date,
            why,
        }
    }

    pub(super) fn land(&self, start: Minute, limit: &Limit) -> Result<Minute, CalendarError> {
        limit.check()?;
        match *limit {
            Limit::WorkingDays(days) => self.nth_working_after(start.day, days),
            Limit::WorkingMinutes(minutes) => self.minute_after(self.worked_until(start) + minutes),
            Limit::CalendarDays(_) | Limit::Months(_) => {
                self.working_from(self.last_day(start.day, limit)?)
            }
            Limit::SameDay { cutoff } if self.in_time_today(start, cutoff) => {
                self.working_from(start.day)
            }
            Limit::SameDay { .. } => self.nth_working_after(start.day, 1),
        }
    }

    /// The last day of a limit in calendar days or months, before it is moved off a day off.
    pub(super) fn last_day(&self, start: usize, limit: &Limit) -> Result<usize, CalendarError> {
        match *limit {
            Limit::Months(months) => {
                let first = self.day(start).date;
                let last = first.checked_add(i64::from(months).months());
                last.ok()
                    .and_then(|date| self.find(date))
                    .ok_or_else(|| self.outside())
            }
            Limit::CalendarDays(days) => Ok(start + days as usize),
            _ => Ok(start),
        }
    }

    /// Received on a working day, not later than the cut-off and not later than the last session's
    /// end.
    fn in_time_today(&self, start: Minute, cutoff: Option<Time>) -> bool {
        let day = self.day(start.day);
        let cutoff = cutoff.map_or(day.end_minute(), |time| {
            (time.hour() as u32 * 60 + time.minute() as u32).min(day.end_minute())
        });
        day.is_working() && start.minute <= cutoff
    }

    fn notes(&self, start: Minute, due: Minute, limit: &Limit) -> Vec<DayNote> {
        match limit {
            Limit::WorkingDays(_) => self.day_notes(start.day, due.day),
            Limit::WorkingMinutes(_) => self.minute_notes(start, due),
            Limit::CalendarDays(_) | Limit::Months(_) => {
                let last = self.last_day(start.day, limit).unwrap_or(due.day);
                self.calendar_notes(start.day, last, due.day)
            }
            Limit::SameDay { .. } => self.same_day_notes(start, due),
        }
    }

    fn day_notes(&self, start: usize, due: usize) -> Vec<DayNote> {
        let mut counted = 0;
        let mut verdict_of = |index: usize| {
            if index == start {
                return Verdict::Received;
            }
            if !self.day(index).is_working() {
                return Verdict::Skipped;
            }
            counted += 1;
            Verdict::WorkingDay(counted)
        };
        (start..=due)
            .map(|index| self.note(index, verdict_of(index)))
            .collect()
    }

    fn calendar_notes(&self, start: usize, last: usize, due: usize) -> Vec<DayNote> {
        let verdict_of = |index: usize| match index {
            index if index == start => Verdict::Received,
            index if index <= last => Verdict::CalendarDay((index - start) as u32),
            index if index == due => Verdict::MovedHere,
            _ => Verdict::Skipped,
        };
        (start..=due)
            .map(|index| self.note(index, verdict_of(index)))
            .collect()
    }

    fn minute_notes(&self, start: Minute, due: Minute) -> Vec<DayNote> {
        let verdict_of = |index: usize| {
            let minutes = self.worked_on(index, start, due);
            match self.day(index).is_working() {
                true => Verdict::WorkingMinutes(minutes),
                false => Verdict::Skipped,
            }
        };
        (start.day..=due.day)
            .map(|index| self.note(index, verdict_of(index)))
            .collect()
    }

    fn same_day_notes(&self, start: Minute, due: Minute) -> Vec<DayNote> {
        let first = match self.day(start.day).is_working() {
            _ if start.day == due.day => Verdict::SameDay,
            true => Verdict::CutOffPassed,
            false => Verdict::Received,
        };
        let verdict_of = |index: usize| match index {
            index if index == start.day => first,
            index if index == due.day => Verdict::MovedHere,
            _ => Verdict::Skipped,
        };
        (start.day..=due.day)
            .map(|index| self.note(index, verdict_of(index)))
            .collect()
    }

    /// Working minutes of that day between the two moments.
    pub(super) fn worked_on(&self, index: usize, from: Minute, to: Minute) -> u32 {
        let first = Minute {
            day: index,
            minute: 0,
        }
        .max(from);
        let last = Minute {
            day: index,
            minute: super::table::DAY_END_MINUTE,
        }
        .min(to);
        if last <= first {
            0
        } else {
            self.worked_until(last) - self.worked_until(first)
        }
    }

    pub(super) fn note(&self, index: usize, verdict: Verdict) -> DayNote {
        let day = self.day(index);
        DayNote {
            day: day.date,
            verdict,
            kind: day.kind.clone(),
        }
    }
}
