//! `/console/report.csv`: the report as a table for a spreadsheet, a line an agency and procedure.
//! A report that does not balance is not given.
//! Does not know: which report (`report.rs` reads that from the address).
use axum::extract::State;
use futures_util::stream;
use web::{Answer, Problem, QueryData, csv, show as shown};

use super::super::report::{COLUMNS, Figures, GROUPS};
use super::report::{Wanted, procedure_name};
use super::{Asked, Room, Scope};
use crate::console::words::say;

pub(super) async fn download(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let scope = Scope::of(ground, &asked).await?;
    let wanted = Wanted::of(&scope, shown::local_date(asked.now), &query)?;
    if !wanted.errors.is_empty() {
        return Err(Problem::Refused(say("wrong", "period")));
    }
    let report = wanted
        .read(ground, &scope)
        .await
        .map_err(Problem::trouble)?;
    let report = report.map_err(|_| Problem::Refused(say("wrong", "unbalanced")))?;
    let mut lines = vec![Ok::<_, std::io::Error>(head())];
    for ((agency, procedure), line) in &report.lines {
        let name = procedure_name(ground, procedure);
        lines.push(Ok(written([scope.name(agency), procedure, &name], line)));
    }
    let total = say("head", "total");
    lines.push(Ok(written([&total, "", ""], &report.total())));
    let file = format!("bao-cao-{}-{}.csv", wanted.from, wanted.to);
    Ok(csv::download(&file, stream::iter(lines)))
}

/// `Tiếp nhận: Trực tuyến`: a spreadsheet has one line of heads.
fn head() -> String {
    let heads = ["agency", "procedure_code", "procedure"].map(|name| say("head", name));
    let groups = GROUPS
        .iter()
        .flat_map(|(name, wide)| std::iter::repeat_n(name, *wide));
    let columns = COLUMNS.iter().zip(groups);
    let columns = columns
        .map(|((column, _), group)| format!("{}: {}", say("group", group), say("column", column)));
    let all: Vec<String> = heads.into_iter().chain(columns).collect();
    csv::line(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

fn written(names: [&str; 3], line: &Figures) -> String {
    let values = COLUMNS.map(|(_, value)| value(line).to_string());
    let all = names.into_iter().chain(values.iter().map(String::as_str));
    csv::line(&all.collect::<Vec<_>>())
}
