//! The person for whom somebody files, with the authorisation paper (uỷ quyền).
use askama::Template;
use axum::http::StatusCode;
use facts::people::Phone;
use matters::dossier::Party;
use matters::files;
use web::ui::Link;
use web::{Answer, Cut, FieldErrors, Problem, Shell, Visit, render, render_with};

use super::papers::{FileRow, attach_paper, field_of, remove_paper, rows_of};
use super::{Opened, change, crumbs, to};
use crate::apply::doing::Doing;
use crate::apply::{AUTHORISATION, applicant};

#[derive(Template)]
#[template(path = "apply/pages/person.html")]
struct PersonPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    action: String,
    field: String,
    party: Party,
    files: Vec<FileRow>,
}

pub(super) async fn ask(Opened { doing, .. }: Opened, shell: Shell) -> Answer {
    if doing.draft.filer.is_none() {
        return Err(Problem::NotFound);
    }
    render(&page(&doing, FieldErrors::new(), shell))
}

pub(super) async fn sent(
    Opened {
        ground, doing, now, ..
    }: Opened,
    visit: Visit,
    Cut(mut form): Cut,
) -> Answer {
    if doing.draft.filer.is_none() {
        return Err(Problem::NotFound);
    }
    let uploads = form.take_files();
    let (kept, upload_faults) =
        files::keep_for(&ground, (&doing.draft.owner, now), uploads).await?;
    let (party, mut errors) = applicant::read(&form);
    errors.add_all(&form.faults());
    let removed = form.filled("_remove").map(str::to_owned);
    let doing = change(&ground, &doing.draft, now, |draft| {
        draft.applicant = party.clone();
        for file in &kept {
            attach_paper(draft, AUTHORISATION, file);
        }
        if let Some(removed) = &removed {
            remove_paper(draft, removed);
        }
    })
    .await?;
    if removed.is_some() && upload_faults.is_empty() {
        return Ok(to(doing.url("person")));
    }
    for (field, message) in upload_faults.items() {
        errors.add(field.clone(), message.clone());
    }
    if doing.draft.files_of(AUTHORISATION).is_empty() && upload_faults.is_empty() {
        errors.add(field_of(AUTHORISATION), "Chụp hoặc tải lên giấy uỷ quyền");
    }
    if !errors.is_empty() {
        let page = page(&doing, errors, Shell::new(&visit));
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let first = doing
        .progress()
        .first()
        .map(|part| format!("form/{}", part.id));
    Ok(to(doing.url(&first.unwrap_or_else(|| "papers".to_owned()))))
}

fn page(doing: &Doing, errors: FieldErrors, shell: Shell) -> PersonPage {
    PersonPage {
        shell,
        crumbs: crumbs(doing, "Người bạn nộp thay"),
        errors,
        action: doing.url("person"),
        field: field_of(AUTHORISATION),
        party: Party {
            phone: Phone::shown(&doing.draft.applicant.phone),
            ..doing.draft.applicant.clone()
        },
        files: rows_of(doing, AUTHORISATION),
    }
}
