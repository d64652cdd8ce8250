//! One agency's calendar as a table: for every day of the loaded years what it is, its sessions,
//! and the working days and working minutes before it. Built once, then only read.
//! Does not know: limits, TOML, where the days come from.
use super::files::{Holidays, Sessions};
use super::note::{DayKind, Mark};
use super::{CalendarError, VIETNAM};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

const SECONDS_A_DAY: i64 = 86_400;
const VIETNAM_AHEAD_SECONDS: i64 = 7 * 3_600;
pub(super) const DAY_END_MINUTE: u32 = 24 * 60;

/// One agency's calendar: sessions per weekday with validity dates, public holidays and swap days.
#[derive(Debug, Clone)]
pub struct Calendar {
    name: Mark,
    first_epoch_day: i64,
    days: Vec<Day>,
    working: Vec<u32>,
    minutes_total: u32,
}

/// One day of the table.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub date: Date,
    pub kind: DayKind,
    pub hours: Sessions,
    pub minutes_before: u32,
    pub working_before: u32,
}

/// A minute of Vietnamese wall time: the day's place in the table and the minute within the day (0
/// to 1440). Receipts and due moments are reckoned to the minute, as the receipt (mẫu 01) prints
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Minute {
    pub day: usize,
    pub minute: u32,
}

impl Day {
    pub(super) fn is_working(&self) -> bool {
        !self.hours.is_empty()
    }

    /// The minute at which the last session ends; the start of the day on a day off.
    pub(super) fn end_minute(&self) -> u32 {
        self.hours.last().map_or(0, |session| session.1)
    }

    fn worked_before(&self, minute: u32) -> u32 {
        let worked = |session: &(u32, u32)| minute.clamp(session.0, session.1) - session.0;
        self.hours.iter().map(worked).sum()
    }
}

impl Calendar {
    /// Lays out the table; `hours_on` gives the sessions that the agency has on a date for a
    /// weekday of that other date (the two differ on swap days, which are worked like the day they
    /// stand for).
    pub(super) fn build(
        name: Mark,
        holidays: &Holidays,
        hours_on: impl Fn(Date, Date) -> Sessions,
    ) -> Calendar {
        let first = Date::constant(holidays.first_year, 1, 1);
        let mut calendar = Calendar {
            name,
            first_epoch_day: epoch_day(first),
            days: Vec::new(),
            working: Vec::new(),
            minutes_total: 0,
        };
        for date in first
            .series(1.day())
            .take_while(|date| date.year() <= holidays.last_year)
        {
            let (kind, hours) = match holidays.days.get(&date) {
                Some(kind @ DayKind::SwapWorked { off, .. }) => {
                    (kind.clone(), hours_on(date, *off))
                }
                Some(kind) => (kind.clone(), Sessions::default()),
                None => match hours_on(date, date) {
                    hours if hours.is_empty() => (DayKind::WeeklyRest, hours),
                    hours => (DayKind::Working, hours),
                },
            };
            calendar.push(date, kind, hours);
        }
        calendar
    }

    fn push(&mut self, date: Date, kind: DayKind, hours: Sessions) {
        let working_before = self.working.len() as u32;
        let minutes_before = self.minutes_total;
        let day = Day {
            date,
            kind,
            hours,
            minutes_before,
            working_before,
        };
        self.minutes_total += day.worked_before(DAY_END_MINUTE);
        if day.is_working() {
            self.working.push(self.days.len() as u32);
        }
        self.days.push(day);
    }

    /// The calendar's name in both languages, and what of it is to be verified.
    pub fn name(&self) -> &Mark {
        &self.name
    }

    /// First and last year for which holidays are loaded.
    pub fn years(&self) -> (i16, i16) {
        let year = |day: Option<&Day>| day.map_or(0, |day| day.date.year());
        (year(self.days.first()), year(self.days.last()))
    }

    /// Does this agency work on that day? False outside the loaded years.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.find(date)
            .is_some_and(|index| self.days[index].is_working())
    }

    /// What the day is: working, a weekly rest day, a holiday by name … `None` outside the loaded
    /// years.
    pub fn kind_of(&self, date: Date) -> Option<&DayKind> {
        self.find(date).map(|index| &self.days[index].kind)
    }

    /// The sessions of the day as (from, to); empty on a day off and outside the loaded years.
    pub fn sessions_on(&self, date: Date) -> Vec<(Time, Time)> {
        let hours = self.find(date).map(|index| &*self.days[index].hours);
        let time = |minute: u32| Time::midnight() + i64::from(minute).minutes();
        hours
            .unwrap_or_default()
            .iter()
            .map(|session| (time(session.0), time(session.1)))
            .collect()
    }

    /// The end of the last session of that day; `None` on a day off and outside the loaded years.
    pub fn end_of_day(&self, date: Date) -> Option<Timestamp> {
        let day = self
            .find(date)
            .filter(|index| self.days[*index].is_working())?;
        Some(self.timestamp(Minute {
            day,
            minute: self.days[day].end_minute(),
        }))
    }

    /// Working minutes between two instants, each taken at its full minute; negative when `to` is
    /// earlier. What lies outside the loaded years counts nothing. Additive: splitting an interval
    /// changes nothing.
    pub fn working_minutes(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.minutes_until(to) - self.minutes_until(from)
    }

    fn minutes_until(&self, at: Timestamp) -> i64 {
        match self.minute_of(at) {
            Ok(minute) => i64::from(self.worked_until(minute)),
            Err(_) if epoch_minutes(at).0 < self.first_epoch_day => 0,
            Err(_) => i64::from(self.minutes_total),
        }
    }

    /// Working minutes from the start of the table until that minute.
    pub(super) fn worked_until(&self, at: Minute) -> u32 {
        let day = &self.days[at.day];
        day.minutes_before + day.worked_before(at.minute)
    }

    /// The earliest minute at which that many working minutes (at least one) have passed since the
    /// start.
    pub(super) fn minute_after(&self, worked: u32) -> Result<Minute, CalendarError> {
        if worked > self.minutes_total {
            return Err(self.outside());
        }
        let day = self
            .days
            .partition_point(|day| day.minutes_before < worked)
            .saturating_sub(1);
        let mut left = worked - self.days[day].minutes_before;
        for (from, to) in self.days[day].hours.iter().copied() {
            if left <= to - from {
                return Ok(Minute {
                    day,
                    minute: from + left,
                });
            }
            left -= to - from;
        }
        Err(self.outside())
    }

    /// The end of the n-th working day after that day (n from 1).
    pub(super) fn nth_working_after(&self, day: usize, n: u32) -> Result<Minute, CalendarError> {
        let through = self.days[day].working_before + u32::from(self.days[day].is_working());
        self.end_of_working(through as usize + n as usize - 1)
    }

    /// The end of the first working day from that place in the table on, which may lie beyond it.
    pub(super) fn working_from(&self, day: usize) -> Result<Minute, CalendarError> {
        let day = self.days.get(day).ok_or_else(|| self.outside())?;
        self.end_of_working(day.working_before as usize)
    }

    fn end_of_working(&self, nth: usize) -> Result<Minute, CalendarError> {
        let day = *self.working.get(nth).ok_or_else(|| self.outside())? as usize;
        Ok(Minute {
            day,
            minute: self.days[day].end_minute(),
        })
    }

    pub(super) fn day(&self, index: usize) -> &Day {
        &self.days[index]
    }

    /// The minute in the table; refused outside the loaded years.
    pub(super) fn minute_of(&self, at: Timestamp) -> Result<Minute, CalendarError> {
        let (day, minute) = epoch_minutes(at);
        match usize::try_from(day - self.first_epoch_day) {
            Ok(day) if day < self.days.len() => Ok(Minute { day, minute }),
            _ => Err(self.outside()),
        }
    }

    pub(super) fn timestamp(&self, at: Minute) -> Timestamp {
        let day = self.first_epoch_day + at.day as i64;
        let second = day * SECONDS_A_DAY + i64::from(at.minute) * 60 - VIETNAM_AHEAD_SECONDS;
        Timestamp::from_second(second).expect("loaded years lie within what a Timestamp holds")
    }

    /// The day's place in the table.
    pub(super) fn find(&self, date: Date) -> Option<usize> {
        let index = usize::try_from(epoch_day(date) - self.first_epoch_day).ok()?;
        (index < self.days.len()).then_some(index)
    }

    pub(super) fn outside(&self) -> CalendarError {
        let (first, last) = self.years();
        CalendarError::OutsideYears { first, last }
    }

    /// How many working days the year has in this calendar.
    pub(super) fn working_days_in(&self, year: i16) -> usize {
        self.days
            .iter()
            .filter(|day| day.date.year() == year && day.is_working())
            .count()
    }
}

/// Days since 1970-01-01, and the minute of the day, in Vietnam.
fn epoch_minutes(at: Timestamp) -> (i64, u32) {
    let local = at.as_second() + VIETNAM_AHEAD_SECONDS;
    (
        local.div_euclid(SECONDS_A_DAY),
        (local.rem_euclid(SECONDS_A_DAY) / 60) as u32,
    )
}

fn epoch_day(date: Date) -> i64 {
    match VIETNAM.to_timestamp(date.at(0, 0, 0, 0)) {
        Ok(midnight) => epoch_minutes(midnight).0,
        Err(_) if date.year() < 0 => i64::MIN / 2,
        Err(_) => i64::MAX / 2,
    }
}
