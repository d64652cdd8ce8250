//! `/console/report`: the report of a period (form II.06a/VPCP) as a page and as a print.
//! Does not know: how figures are counted; a spreadsheet (`download.rs`).
use askama::Template;
use axum::extract::State;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Trouble;
use matters::Ground;
use web::ui::{Choice, DateAnswer, Link, PeriodAnswer, PeriodWords};
use web::{Answer, FieldErrors, FormData, Problem, QueryData, Shell, show as shown};

use super::super::report::{COLUMNS, Figures, GROUPS, Report, Unbalanced};
use super::super::{period, views};
use super::{Asked, Room, Scope, behind};
use crate::console::words::say;

/// Which report.
pub(super) struct Wanted {
    /// One agency; empty: all that may be seen.
    pub(super) agency: String,
    /// A line a procedure, else a line an agency.
    by_procedure: bool,
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) errors: FieldErrors,
}

impl Wanted {
    /// What was asked for; this month of everything otherwise.
    pub(super) fn of(scope: &Scope, today: Date, query: &FormData) -> Result<Self, Problem> {
        let agency = query.text("agency").to_owned();
        if !agency.is_empty() && !scope.agencies.contains_key(&agency) {
            return Err(Problem::NotFound);
        }
        let words = PeriodWords {
            day: say("wrong", "day"),
            period: say("wrong", "period"),
        };
        let (PeriodAnswer { from, to }, errors) = PeriodAnswer::of(query, today, words);
        let one = scope.agencies.len() == 1 || !agency.is_empty();
        Ok(Self {
            by_procedure: one || query.text("by") == "procedure",
            agency,
            from,
            to,
            errors,
        })
    }

    pub(super) fn agencies(&self, scope: &Scope) -> Vec<String> {
        match self.agency.as_str() {
            "" => scope.ids(),
            one => vec![one.to_owned()],
        }
    }

    /// The report, or the lines that do not balance.
    pub(super) async fn read(
        &self,
        ground: &Ground,
        scope: &Scope,
    ) -> Result<Result<Report, Vec<Unbalanced>>, Trouble> {
        let (db, agencies) = (ground.lists(), self.agencies(scope));
        let (before, within) = (
            period::before(self.from),
            period::ranges(self.from, self.to),
        );
        let (before, within) = tokio::try_join!(
            views::sums(&db, &agencies, &before),
            views::sums(&db, &agencies, &within),
        )?;
        let report = Report::of(&before, &within);
        if let Err(lines) = &report {
            tracing::error!(
                ?lines,
                "the report does not balance: dinh rebuild counts again"
            );
        }
        Ok(report)
    }
}

struct Row {
    name: String,
    /// Where its own report is; empty for none.
    href: String,
    values: Vec<String>,
}

#[derive(Template)]
#[template(path = "console/pages/report.html")]
struct ReportPage {
    shell: Shell,
    errors: FieldErrors,
    title: String,
    head: String,
    agency: String,
    agencies: Vec<Choice>,
    by_procedure: bool,
    one_agency: bool,
    from: DateAnswer,
    to: DateAnswer,
    from_day: String,
    to_day: String,
    shown_from: String,
    shown_to: String,
    made: String,
    behind: String,
    periods: Vec<Link>,
    groups: Vec<(String, usize)>,
    columns: Vec<String>,
    rows: Vec<Row>,
    total: Vec<String>,
    unbalanced: Vec<Unbalanced>,
}

pub(super) async fn show(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let scope = Scope::of(ground, &asked).await?;
    let today = shown::local_date(asked.now);
    let wanted = Wanted::of(&scope, today, &query)?;
    let mut report = Ok(Report::default());
    if wanted.errors.is_empty() {
        report = wanted
            .read(ground, &scope)
            .await
            .map_err(Problem::trouble)?;
    }
    let behind = behind(ground, asked.now).await?;
    let (report, mut unbalanced) = match report {
        Ok(report) => (report, Vec::new()),
        Err(lines) => (Report::default(), lines),
    };
    for line in &mut unbalanced {
        line.agency = scope.name(&line.agency).to_owned();
    }
    let all = Choice::new("", scope.title());
    let each = scope.agencies.keys();
    let each = each.map(|id| Choice::new(id, scope.name(id)));
    web::render(&ReportPage {
        title: match wanted.agency.as_str() {
            "" => scope.title().to_owned(),
            one => scope.name(one).to_owned(),
        },
        head: say(
            "head",
            if wanted.by_procedure {
                "procedure"
            } else {
                "agency"
            },
        ),
        agencies: std::iter::once(all).chain(each).collect(),
        one_agency: scope.agencies.len() == 1,
        from: DateAnswer::from_date(wanted.from),
        to: DateAnswer::from_date(wanted.to),
        from_day: wanted.from.to_string(),
        to_day: wanted.to.to_string(),
        shown_from: shown::day(wanted.from),
        shown_to: shown::day(wanted.to),
        made: shown::moment(asked.now),
        behind,
        periods: periods(&wanted, today),
        groups: GROUPS
            .iter()
            .map(|(name, wide)| (say("group", name), *wide))
            .collect(),
        columns: COLUMNS
            .iter()
            .map(|(name, _)| say("column", name))
            .collect(),
        rows: rows(ground, &scope, &wanted, &report),
        total: values(&report.total()),
        unbalanced,
        agency: wanted.agency,
        by_procedure: wanted.by_procedure,
        errors: wanted.errors,
        shell: Shell::new(&asked.visit),
    })
}

fn rows(ground: &Ground, scope: &Scope, wanted: &Wanted, report: &Report) -> Vec<Row> {
    if wanted.by_procedure {
        let row = |(code, line): (&str, Figures)| Row {
            name: format!("{code} {}", procedure_name(ground, code)),
            href: String::new(),
            values: values(&line),
        };
        return report.by_procedure().into_iter().map(row).collect();
    }
    let row = |(id, line): (&str, Figures)| Row {
        name: scope.name(id).to_owned(),
        href: format!(
            "/console/report?agency={id}&from={}&to={}",
            wanted.from, wanted.to
        ),
        values: values(&line),
    };
    report.by_agency().into_iter().map(row).collect()
}

/// The name of the newest version of a procedure.
pub(super) fn procedure_name(ground: &Ground, code: &str) -> String {
    let versions = ground.catalogue().all();
    let newest = versions
        .filter(|procedure| procedure.key.code == code)
        .max_by(|one, other| one.key.version.cmp(&other.key.version));
    newest.map_or_else(String::new, |procedure| procedure.name.vi.clone())
}

fn values(line: &Figures) -> Vec<String> {
    let value = |(_, value): &(&str, fn(&Figures) -> i64)| shown::number(value(line));
    COLUMNS.iter().map(value).collect()
}

/// The periods that are asked for most.
fn periods(wanted: &Wanted, today: Date) -> Vec<Link> {
    let month = today.first_of_month();
    let quarter = quarter(today);
    let year = today.first_of_year();
    let until = |day: Date| day.yesterday().unwrap_or(day);
    let periods = [
        ("Tháng này", month, today),
        ("Tháng trước", month.saturating_sub(1.month()), until(month)),
        ("Quý này", quarter, today),
        (
            "Quý trước",
            quarter.saturating_sub(3.months()),
            until(quarter),
        ),
        ("Năm nay", year, today),
        ("Năm trước", year.saturating_sub(1.year()), until(year)),
    ];
    let link = |(name, from, to): (&str, Date, Date)| {
        let here = (from, to) == (wanted.from, wanted.to);
        let by = if wanted.by_procedure {
            "procedure"
        } else {
            "agency"
        };
        let agency = &wanted.agency;
        let href = format!("/console/report?agency={agency}&by={by}&from={from}&to={to}");
        Link::new(if here { String::new() } else { href }, name)
    };
    periods.into_iter().map(link).collect()
}

/// The first day of a day's quarter.
fn quarter(day: Date) -> Date {
    let months = i64::from((day.month() - 1) % 3);
    day.first_of_month().saturating_sub(months.months())
}
