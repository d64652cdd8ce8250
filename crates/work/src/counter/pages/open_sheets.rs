//! The sheets that are open at a counter: the officer's own, those of colleagues, and the page for
//! whoever has as many as there may be.
//! Does not know: what stands on a sheet.

use super::Clerk;
use crate::counter::drafts::{self, OF_OFFICER_MAX, Open};
use askama::Template;
use axum::http::StatusCode;
use facts::agency::Right;
use matters::Ground;
use web::{Answer, Problem, Shell, render_with};

/// One open sheet.
pub(super) struct SheetRow {
    pub href: String,
    pub name: String,
    pub procedure: String,
    pub changed: String,
}

/// The open sheets of the officer's counters, the last touched first.
#[derive(Default)]
pub(super) struct OpenSheets {
    pub own: Vec<SheetRow>,
    pub of_others: Vec<SheetRow>,
}

impl OpenSheets {
    /// Those on which something stands.
    pub async fn read(ground: &Ground, clerk: &Clerk) -> Result<Self, Problem> {
        let mut sheets = Self::default();
        for agency in clerk.viewer.agencies_with(Right::Intake) {
            for open in drafts::of_counter(ground, agency, clerk.now).await? {
                if open.filled.is_empty() {
                    continue;
                }
                let list = match open.filled.sheet.opened_by == clerk.subject {
                    true => &mut sheets.own,
                    false => &mut sheets.of_others,
                };
                list.push(row(ground, open));
            }
        }
        Ok(sheets)
    }
}

fn row(ground: &Ground, open: Open) -> SheetRow {
    let procedure = ground.catalogue().get(&open.draft.procedure);
    SheetRow {
        href: format!("/counter/intake/{}", open.draft.id),
        name: open.draft.applicant.name,
        procedure: procedure.map(|one| one.name.vi.clone()).unwrap_or_default(),
        changed: web::show::moment(open.draft.updated_at),
    }
}

#[derive(Template)]
#[template(path = "counter/pages/open_sheets.html")]
struct FullPage {
    shell: Shell,
    most: usize,
    sheets: Vec<SheetRow>,
    /// The officer has fewer; the whole counter is full.
    of_others: Vec<SheetRow>,
}

/// The page for whoever has as many as there may be: which they are, to go on with or to drop.
pub(super) async fn full(ground: &Ground, clerk: &Clerk) -> Answer {
    let sheets = OpenSheets::read(ground, clerk).await?;
    let own_full = sheets.own.len() >= OF_OFFICER_MAX;
    let page = FullPage {
        most: OF_OFFICER_MAX,
        sheets: sheets.own,
        of_others: match own_full {
            true => Vec::new(),
            false => sheets.of_others,
        },
        shell: clerk.shell(),
    };
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
