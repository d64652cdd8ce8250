//! The clock stopped and resumed: a stop adds exactly the time for which it stood.
//! Does not know: which limits may be stopped, and why; that is the dossier's law.
use super::note::{DayNote, Verdict};
use super::table::Minute;
use super::{Calendar, CalendarError, Due, Limit, Stop};
use jiff::Timestamp;

/// One dossier has one supplement request and a handful of legal waits; more is a mistake of the
/// caller.
const STOPS_MAX: usize = 100;

/// A stop in table terms.
#[derive(Debug, Clone, Copy)]
struct Pause {
    from: Minute,
    to: Minute,
}

impl Calendar {
    /// The due moment when the clock resumes (RESUME) after each stop.
    ///
    /// Limits in working time and in working days move by exactly the working minutes of the
    /// stops, so a limit in days may then end within a day. Limits in calendar days and months
    /// move by the calendar days of the stops and again end on a working day. A stop that begins
    /// when the limit has already ended adds nothing; stops may overlap and come in any order.
    ///
    /// # Errors
    /// As [`Calendar::due`], and for stops that run backwards or are too many.
    pub fn due_after_stops(
        &self,
        received: Timestamp,
        limit: &Limit,
        stops: &[Stop],
    ) -> Result<Due, CalendarError> {
        if stops.is_empty() {
            return self.due(received, limit);
        }
        let start = self.minute_of(received)?;
        let pauses = self.pauses(start, stops)?;
        let due = match limit {
            Limit::CalendarDays(_) | Limit::Months(_) => {
                self.land_in_days(start, limit, &pauses)?
            }
            _ => self.land_in_minutes(start, limit, &pauses)?,
        };
        Ok(self.due_from(due, self.stopped_notes(start, due, limit, &pauses)))
    }

    /// The stops in order, without what lies before the receipt, overlapping ones merged.
    fn pauses(&self, start: Minute, stops: &[Stop]) -> Result<Vec<Pause>, CalendarError> {
        if stops.len() > STOPS_MAX {
            return Err(CalendarError::TooManyStops { most: STOPS_MAX });
        }
        let mut pauses: Vec<Pause> = Vec::with_capacity(stops.len());
        let mut ordered = stops.to_vec();
        ordered.sort_by_key(|stop| stop.from);
        for stop in ordered {
            if stop.to < stop.from {
                return Err(CalendarError::StopBackwards);
            }
            let from = self.minute_of(stop.from)?.max(start);
            let to = self.minute_of(stop.to)?.max(start);
            match pauses.last_mut() {
                Some(before) if from <= before.to => before.to = before.to.max(to),
                _ => pauses.push(Pause { from, to }),
            }
        }
        Ok(pauses)
    }

    fn land_in_minutes(
        &self,
        start: Minute,
        limit: &Limit,
        pauses: &[Pause],
    ) -> Result<Minute, CalendarError> {
        let mut due = self.land(start, limit)?;
        let mut worked = self.worked_until(due);
        for pause in pauses {
            if pause.from >= due {
                break;
            }
            worked += self.worked_until(pause.to) - self.worked_until(pause.from);
            due = self.minute_after(worked)?;
        }
        Ok(due)
    }

    fn land_in_days(
        &self,
        start: Minute,
        limit: &Limit,
        pauses: &[Pause],
    ) -> Result<Minute, CalendarError> {
        let mut last = self.last_day(start.day, limit)?;
        let mut due = self.land(start, limit)?;
        for pause in pauses {
            if pause.from >= due {
                break;
            }
            last += pause.to.day - pause.from.day;
            due = self.working_from(last)?;
        }
        Ok(due)
    }

    /// One note a day: how much of it counted, how much of it the clock stood.
    fn stopped_notes(
        &self,
        start: Minute,
        due: Minute,
        limit: &Limit,
        pauses: &[Pause],
    ) -> Vec<DayNote> {
        let verdict_of = |index: usize| {
            let worked = self.worked_on(index, start, due);
            let stopped: u32 = pauses
                .iter()
                .map(|pause| self.worked_on(index, pause.from, pause.to.min(due)))
                .sum();
            let within = |pause: &Pause| pause.from.day < index && index <= pause.to.day;
            let by_days = matches!(limit, Limit::CalendarDays(_) | Limit::Months(_));
            match self.day(index).is_working() {
                _ if by_days && pauses.iter().any(within) => Verdict::Stopped(stopped),
                _ if by_days && index == start.day => Verdict::Received,
                _ if by_days => Verdict::Counted,
                false => Verdict::Skipped,
                true if stopped > 0 => Verdict::PartlyStopped {
                    counted: worked - stopped,
                    stopped,
                },
                true => Verdict::WorkingMinutes(worked),
            }
        };
        (start.day..=due.day)
            .map(|index| self.note(index, verdict_of(index)))
            .collect()
    }
}
