//! `/console`: today in figures, the last weeks, and each agency in a line.
//! Does not know: how figures are counted.
use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Trouble;
use web::ui::Figure;
use web::{Answer, Problem, Shell, Tone, show as shown};

use super::super::chart::{self, Chart, Week};
use super::super::count::{Count, Counts};
use super::super::{period, views};
use super::{Asked, Room, Scope, behind};
use crate::console::words::say;

/// Weeks of the trend, this one included.
const WEEKS: i64 = 8;
/// Agencies with a line of their own; the report has all of them.
const LINES_MAX: usize = 200;

/// What stands on the page for all agencies together, or for one.
#[derive(Debug, Clone, Copy, Default)]
struct Today {
    now: Counts,
    day: Counts,
    month: Counts,
}

/// An agency in a line.
struct Line {
    id: String,
    name: String,
    received: String,
    due: String,
    open: String,
    late: i64,
    waiting_late: i64,
    on_time: String,
}

#[derive(Template)]
#[template(path = "console/pages/dashboard.html")]
struct DashboardPage {
    shell: Shell,
    title: String,
    date: String,
    updated: String,
    behind: String,
    figures: Vec<Figure>,
    weeks: Vec<Week>,
    chart: Chart,
    lines: Vec<Line>,
    any: bool,
}

pub(super) async fn show(State(room): State<Room>, asked: Asked) -> Answer {
    let ground = &room.ground;
    let scope = Scope::of(ground, &asked).await?;
    let today = shown::local_date(asked.now);
    let ids = scope.ids();
    let db = ground.lists();
    let (agencies, weeks, behind) = tokio::join!(
        by_agency(&db, &ids, today),
        weeks(&db, &ids, today),
        behind(ground, asked.now),
    );
    let agencies = agencies.map_err(Problem::trouble)?;
    let weeks = weeks.map_err(Problem::trouble)?;
    let all = agencies.values().fold(Today::default(), Today::and);
    web::render(&DashboardPage {
        title: scope.title().to_owned(),
        date: shown::day(today),
        updated: shown::clock(asked.now),
        behind: behind?,
        figures: figures(&scope, &all),
        chart: Chart::of(&weeks),
        any: weeks.iter().any(|week| week.received + week.done > 0)
            || agencies.values().any(|one| !one.is_empty()),
        weeks,
        lines: lines(&scope, &agencies),
        shell: Shell::new(&asked.visit),
    })
}

async fn by_agency(
    db: &kernel::Database,
    ids: &[String],
    today: Date,
) -> Result<BTreeMap<String, Today>, Trouble> {
    let (day, month) = (period::of_day(today), period::of_month(today));
    let rows = views::of_agencies(db, ids, &[period::ALL_TIME, month, day]).await?;
    let mut all: BTreeMap<String, Today> = BTreeMap::new();
    for ((agency, row), counts) in rows {
        let one = all.entry(agency).or_default();
        match row {
            period::ALL_TIME => one.now = counts,
            row if row == day => one.day = counts,
            _ => one.month = counts,
        }
    }
    Ok(all)
}

async fn weeks(db: &kernel::Database, ids: &[String], today: Date) -> Result<Vec<Week>, Trouble> {
    let last = period::monday(today);
    let mondays = (0..WEEKS).rev().map(|ago| last.saturating_sub(ago.weeks()));
    let mondays: Vec<Date> = mondays.collect();
    let first = mondays.first().copied().unwrap_or(last);
    let range = (period::of_week(first), period::of_week(last));
    let rows = views::by_period(db, ids, range).await?;
    let week = |monday: Date| {
        let counts = rows.get(&period::of_week(monday));
        let counts = counts.copied().unwrap_or_default();
        Week {
            name: format!("{:02}/{:02}", monday.day(), monday.month()),
            received: counts.sum(&Count::RECEIVED),
            done: counts.sum(&Count::DONE),
        }
    };
    Ok(mondays.into_iter().map(week).collect())
}

impl Today {
    fn and(mut self, more: &Today) -> Self {
        self.now += &more.now;
        self.day += &more.day;
        self.month += &more.month;
        self
    }

    fn received(&self) -> i64 {
        self.day.sum(&Count::RECEIVED)
    }

    fn open(&self) -> i64 {
        self.now.sum(&[Count::Open, Count::OpenLate])
    }

    fn in_time(&self) -> i64 {
        self.month.sum(&[Count::Early, Count::OnTime])
    }

    fn done(&self) -> i64 {
        self.month.sum(&Count::DONE)
    }

    /// `97,3 %`; nothing while nothing is done.
    fn on_time(&self) -> Option<String> {
        let done = self.done();
        (done > 0).then(|| {
            let tenths = self.in_time() * 1_000 / done;
            match tenths % 10 {
                0 => format!("{}\u{a0}%", tenths / 10),
                part => format!("{},{part}\u{a0}%", tenths / 10),
            }
        })
    }

    fn is_empty(&self) -> bool {
        self.open() + self.received() + self.done() == 0 && self.now.sum(&Count::STANDING) == 0
    }
}

fn figures(scope: &Scope, all: &Today) -> Vec<Figure> {
    // Lists show what somebody may see by their post: links lead there only where it is all of it.
    let lists = scope.agencies.keys().all(|id| scope.own.contains(id));
    let link = |href: &str| {
        if lists {
            href.to_owned()
        } else {
            String::new()
        }
    };
    let number = |name: &str, value: i64, tone: Tone| Figure {
        value: shown::number(value),
        label: say("figure", name),
        tone,
        ..Figure::default()
    };
    let worry = |value: i64, tone: Tone| if value > 0 { tone } else { Tone::Good };
    let (late, waits) = (all.now[Count::OpenLate], all.now[Count::WaitingLate]);
    let on_time = all.on_time();
    vec![
        number("received", all.received(), Tone::Quiet),
        Figure {
            note: say("figure", "due_open"),
            ..number("due", all.day[Count::Due], Tone::Quiet)
        },
        Figure {
            href: link("/desk/search?overdue=yes"),
            ..number("overdue", late, worry(late, Tone::Bad))
        },
        Figure {
            href: link("/desk/search?phase=submitted"),
            ..number("waiting_late", waits, worry(waits, Tone::Warn))
        },
        Figure {
            value: on_time.clone().unwrap_or_else(|| "–".to_owned()),
            note: match on_time {
                None => say("figure", "none_done"),
                Some(_) => format!(
                    "{}/{} {}",
                    shown::number(all.in_time()),
                    shown::number(all.done()),
                    say("figure", "month")
                ),
            },
            ..number("on_time", 0, Tone::Quiet)
        },
        Figure {
            note: format!(
                "{} {}",
                shown::number(all.now.sum(&[Count::Waiting, Count::WaitingLate])),
                say("figure", "waiting")
            ),
            ..number("open", all.open(), Tone::Quiet)
        },
    ]
}

/// Those with the most overdue dossiers first; agencies without any dossier are left out.
fn lines(scope: &Scope, agencies: &BTreeMap<String, Today>) -> Vec<Line> {
    let mut shown: Vec<(&String, &Today)> = agencies
        .iter()
        .filter(|(_, today)| !today.is_empty())
        .collect();
    shown.sort_by_key(|(_, today)| {
        let late = today.now[Count::OpenLate];
        std::cmp::Reverse((late, today.now[Count::WaitingLate], today.open()))
    });
    shown.truncate(LINES_MAX);
    let number = shown::number;
    let line = |(id, today): (&String, &Today)| Line {
        id: id.clone(),
        name: scope.name(id).to_owned(),
        received: number(today.received()),
        due: number(today.day[Count::Due]),
        open: number(today.open()),
        late: today.now[Count::OpenLate],
        waiting_late: today.now[Count::WaitingLate],
        on_time: today.on_time().unwrap_or_else(|| "–".to_owned()),
    };
    shown.into_iter().map(line).collect()
}
