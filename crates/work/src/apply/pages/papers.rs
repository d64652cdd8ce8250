//! The papers: which are needed, how each is given, uploaded and removed.
use askama::Template;
use axum::http::StatusCode;
use matters::dossier::PaperForm;
use matters::draft::{Draft, DraftPaper, FILES_MAX};
use matters::files::{self, Taken};
use web::ui::{Link, id_of};
use web::{Answer, FieldErrors, FormData, QueryData, Shell, Visit, render, render_with};

use super::{Opened, change, crumbs, to};
use crate::apply::doing::Doing;
use crate::apply::needs::{self, Need, Way};

/// Before the code in the name of a file's field.
const FIELD: &str = "paper:";

/// One uploaded file.
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) size: String,
    pub(super) href: String,
    /// What the "remove" button sends.
    pub(super) key: String,
}

struct SheetRow {
    field: String,
    name: String,
    hint: String,
    optional: bool,
    form: bool,
    show: bool,
    awaits_database: bool,
    files: Vec<FileRow>,
}

struct NeedRow {
    /// Set when one of several papers is enough.
    either: bool,
    sheets: Vec<SheetRow>,
}

#[derive(Template)]
#[template(path = "apply/pages/papers.html")]
struct PapersPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    action: String,
    overview: String,
    from: String,
    needs: Vec<NeedRow>,
    step: usize,
    steps: usize,
}

pub(super) async fn ask(
    Opened { doing, .. }: Opened,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    render(&page(
        &doing,
        (FieldErrors::new(), query.text("from")),
        shell,
    ))
}

pub(super) async fn sent(
    Opened {
        ground, doing, now, ..
    }: Opened,
    visit: Visit,
    mut form: FormData,
) -> Answer {
    let uploads = form.take_files();
    let (kept, mut errors) = files::keep_for(&ground, (&doing.draft.owner, now), uploads).await?;
    let full = doing.draft.papers.len() + kept.len() > FILES_MAX;
    let removed = form.filled("_remove").map(str::to_owned);
    let doing = change(&ground, &doing.draft, now, |draft| {
        for file in kept.iter().filter(|_| !full) {
            if let Some(code) = file.field.strip_prefix(FIELD) {
                attach_paper(draft, code, file);
            }
        }
        if let Some(removed) = &removed {
            remove_paper(draft, removed);
        }
    })
    .await?;
    if full {
        let text =
            format!("Một hồ sơ có nhiều nhất {FILES_MAX} tệp. Gộp các trang vào một tệp PDF.");
        errors.add("", text);
    }
    let stay = removed.or_else(|| form.filled("_upload").map(str::to_owned));
    if let (Some(stay), true) = (&stay, errors.is_empty()) {
        let stay = stay.strip_prefix(FIELD).unwrap_or(stay);
        let code = stay.split(':').next().unwrap_or_default();
        let from = if form.text("from") == "check" {
            "?from=check"
        } else {
            ""
        };
        return Ok(to(
            doing.url(&format!("papers{from}#{}", id_of(field_of(code))))
        ));
    }
    if stay.is_none() {
        add_lacking(&doing, &mut errors);
    }
    if !errors.is_empty() {
        let page = page(&doing, (errors, form.text("from")), Shell::new(&visit));
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    Ok(to(match form.text("from") {
        "check" => doing.url("check"),
        _ => doing.url("receive"),
    }))
}

fn add_lacking(doing: &Doing, errors: &mut FieldErrors) {
    let answers = doing.answers();
    let wanted = needs::needs(&doing.procedure, &answers);
    for paper in needs::lacking(&wanted, &doing.draft) {
        let field = field_of(&paper.code);
        if !errors.has(&field) {
            errors.add(field, format!("Chụp hoặc tải lên: {}", paper.name.vi));
        }
    }
}

/// Name of the field of a paper's files.
pub(super) fn field_of(code: &str) -> String {
    format!("{FIELD}{code}")
}

/// Adds an uploaded file to a draft; the same bytes for the same paper are one file.
pub(super) fn attach_paper(draft: &mut Draft, code: &str, file: &Taken) {
    let digest = Some(file.kept.digest.clone());
    let there = |paper: &DraftPaper| paper.code == code && paper.file == digest;
    if draft.papers.iter().any(there) {
        return;
    }
    draft.papers.push(DraftPaper {
        code: code.to_owned(),
        form: PaperForm::Electronic,
        count: 1,
        file: digest,
        name: file.name.clone(),
        size: file.kept.size,
    });
}

/// Takes a file away; `key` is `<code>:<digest>`.
pub(super) fn remove_paper(draft: &mut Draft, key: &str) {
    let Some((code, digest)) = key.split_once(':') else {
        return;
    };
    let gone = |paper: &DraftPaper| paper.code == code && paper.file.as_deref() == Some(digest);
    draft.papers.retain(|paper| !gone(paper));
}

/// The files of one paper, to be listed.
pub(super) fn rows_of(doing: &Doing, code: &str) -> Vec<FileRow> {
    let row = |paper: &DraftPaper| {
        let digest = paper.file.clone().unwrap_or_default();
        FileRow {
            name: paper.name.clone(),
            size: web::show::bytes(paper.size),
            href: doing.url(&format!("files/{digest}")),
            key: format!("{code}:{digest}"),
        }
    };
    doing.draft.files_of(code).into_iter().map(row).collect()
}

fn page(doing: &Doing, (errors, from): (FieldErrors, &str), shell: Shell) -> PapersPage {
    let answers = doing.answers();
    let wanted = needs::needs(&doing.procedure, &answers);
    let steps = doing.progress().len() + 3;
    PapersPage {
        shell,
        crumbs: crumbs(doing, "Giấy tờ"),
        errors,
        action: doing.url("papers"),
        overview: format!("/apply/{}", doing.draft.id),
        from: if from == "check" {
            "check".into()
        } else {
            String::new()
        },
        needs: wanted.iter().map(|need| need_row(doing, need)).collect(),
        step: steps - 2,
        steps,
    }
}

fn need_row(doing: &Doing, need: &Need<'_>) -> NeedRow {
    let sheet = |sheet: &needs::Sheet<'_>| SheetRow {
        field: field_of(&sheet.paper.code),
        name: sheet.paper.name.vi.clone(),
        hint: sheet.paper.hint.vi.clone(),
        optional: !need.mandatory,
        form: sheet.way == Way::Form,
        show: sheet.way == Way::Show,
        awaits_database: sheet.awaits_database,
        files: rows_of(doing, &sheet.paper.code),
    };
    NeedRow {
        either: need.sheets.len() > 1,
        sheets: need.sheets.iter().map(sheet).collect(),
    }
}
