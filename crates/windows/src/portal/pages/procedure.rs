//! `/procedures/{code}`: one procedure in plain words, and its form as a published JSON Schema.
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use facts::procedure::Procedure;
use jiff::Timestamp;
use web::ui::Link;
use web::{Answer, FormData, Now, Problem, QueryData, Shell};

use super::super::guide::Guide;
use super::super::phrases;
use super::{Portal, today};

/// Characters of a code without the publishing body: `1.001193`.
const CODE_CHARS: usize = 8;

#[derive(Template)]
#[template(path = "portal/pages/procedure.html")]
struct ProcedurePage {
    shell: Shell,
    guide: Guide,
    cases: Vec<Case>,
    crumbs: Vec<Link>,
}

/// Another case or level of the same code.
struct Case {
    href: String,
    label: String,
    here: bool,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Path(code): Path<String>,
    Now(now): Now,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let all = of_code(&portal, &code, now);
    let procedure = chosen(&all, &query).ok_or(Problem::NotFound)?;
    let guide = Guide::of(procedure);
    let cases = match all.len() {
        1 => Vec::new(),
        _ => all.iter().map(|one| case(one, procedure)).collect(),
    };
    let crumbs = vec![
        Link::new("/", phrases::say("crumb", "home")),
        Link::new("/procedures", phrases::say("crumb", "procedures")),
        Link::new("", guide.name.clone()),
    ];
    web::render(&ProcedurePage {
        shell,
        guide,
        cases,
        crumbs,
    })
}

/// The form as JSON Schema, for whoever writes a program that applies.
pub(super) async fn schema(
    State(portal): State<Portal>,
    Path(code): Path<String>,
    Now(now): Now,
    QueryData(query): QueryData,
) -> Answer {
    let all = of_code(&portal, &code, now);
    let procedure = chosen(&all, &query).ok_or(Problem::NotFound)?;
    let text = serde_json::to_string_pretty(&procedure.form.schema())?;
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], text).into_response())
}

/// All cases and levels of a code that hold today; the publishing body after the code does not
/// matter.
fn of_code(portal: &Portal, code: &str, now: Timestamp) -> Vec<Arc<Procedure>> {
    let code = code.get(..CODE_CHARS).unwrap_or(code);
    let published = portal.ground.catalogue().published(today(now));
    let same = published.filter(|procedure| procedure.key.code == code);
    same.cloned().collect()
}

/// The case that the address names, or the first.
fn chosen<'a>(all: &'a [Arc<Procedure>], query: &FormData) -> Option<&'a Arc<Procedure>> {
    let (case, level) = (query.text("case"), query.text("level"));
    let fits = |procedure: &&Arc<Procedure>| {
        let key = &procedure.key;
        (case.is_empty() || key.case == case) && (level.is_empty() || key.level.as_str() == level)
    };
    all.iter().find(fits)
}

fn case(one: &Procedure, here: &Procedure) -> Case {
    let key = &one.key;
    let level = phrases::level(key.level);
    Case {
        href: format!(
            "/procedures/{}?case={}&level={}",
            key.code, key.case, key.level
        ),
        label: match one.case_name.vi.as_str() {
            "" => level,
            name => format!("{name} ({})", level.to_lowercase()),
        },
        here: *key == here.key,
    }
}
