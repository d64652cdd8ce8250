//! The list of unfinished applications, and one of them with all its parts.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::procedure::Channel;
use matters::Ground;
use matters::draft::{self, DAYS_KEPT};
use web::ui::{Link, Tag, Task};
use web::{Answer, Flash, Now, Problem, Redirect, Shell, Tone, render};

use super::{Opened, Who, crumbs, to};
use crate::apply::doing::{self, Doing};

struct Row {
    id: String,
    name: String,
    changed: String,
    supplement: bool,
}

#[derive(Template)]
#[template(path = "apply/pages/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    days_kept: i64,
}

#[derive(Template)]
#[template(path = "apply/pages/overview.html")]
struct OverviewPage {
    shell: Shell,
    crumbs: Vec<Link>,
    name: String,
    agency: String,
    limit: String,
    tasks: Vec<Task>,
    complete: bool,
    next: String,
    begun: bool,
    delete: String,
    days_kept: i64,
}

pub(super) async fn list(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    shell: Shell,
) -> Answer {
    let owner = draft::owner(&who.viewer).ok_or(Problem::Forbidden)?;
    let drafts = draft::list(ground.db(), &owner, now).await?;
    let row = |draft: draft::Draft| Row {
        name: match ground.catalogue().get(&draft.procedure) {
            Some(procedure) => procedure.name.vi.clone(),
            None => draft.procedure.code.clone(),
        },
        changed: web::show::moment(draft.updated_at),
        supplement: !draft.dossier.is_empty(),
        id: draft.id,
    };
    render(&ListPage {
        shell,
        rows: drafts.into_iter().map(row).collect(),
        days_kept: DAYS_KEPT,
    })
}

pub(super) async fn show(opened: Opened, shell: Shell) -> Answer {
    let Opened {
        ground, who, doing, ..
    } = opened;
    if !doing.draft.dossier.is_empty() {
        let dossier = doing::dossier(&ground, &who.viewer, &doing.draft.dossier).await?;
        let dossier = dossier.ok_or(Problem::NotFound)?;
        return Ok(to(format!("/dossiers/{}/supplement", dossier.code)));
    }
    let open_parts = doing.open_parts();
    let complete = open_parts.is_empty();
    let next = open_parts.first().map(|(page, _)| page.clone());
    render(&OverviewPage {
        shell,
        crumbs: crumbs(&doing, ""),
        name: doing.procedure.name.vi.clone(),
        agency: doing.agency_name(),
        limit: doing.procedure.plain.how_long.vi.clone(),
        tasks: tasks(&doing, complete),
        complete,
        next: next.unwrap_or_else(|| doing.url("check")),
        begun: !doing.draft.visited.is_empty(),
        delete: doing.url("delete"),
        days_kept: DAYS_KEPT,
    })
}

fn tasks(doing: &Doing, complete: bool) -> Vec<Task> {
    let task = |page: String, label: &str, tag: Tag| Task {
        href: doing.url(&page),
        label: label.to_owned(),
        hint: String::new(),
        tag,
    };
    let done = || Tag::new(Tone::Good, "Đã xong");
    let open = || Tag::new(Tone::Quiet, "Chưa làm");
    let begun = || Tag::new(Tone::Info, "Đang làm");
    let mut tasks = Vec::new();
    if doing.draft.filer.is_some() {
        let tag = if doing.person_complete() {
            done()
        } else {
            open()
        };
        tasks.push(task("person".into(), "Người bạn nộp thay", tag));
    }
    for part in doing.progress() {
        let visited = doing.draft.visited.contains(&part.id);
        let tag = match (part.complete, visited) {
            (true, true) => done(),
            (true, false) => Tag::new(Tone::Info, "Đã điền sẵn"),
            (false, true) => begun(),
            (false, false) => open(),
        };
        tasks.push(task(format!("form/{}", part.id), &part.title, tag));
    }
    // Which papers are needed is certain only when the questions are answered.
    let certain = doing.progress().iter().all(|part| part.complete);
    let tag = match (
        certain && doing.papers_complete(),
        doing.draft.papers.is_empty(),
    ) {
        (true, _) => done(),
        (false, true) => open(),
        (false, false) => begun(),
    };
    tasks.push(task("papers".into(), "Giấy tờ", tag));
    let tag = if doing.draft.return_way.is_some() {
        done()
    } else {
        open()
    };
    tasks.push(task("receive".into(), "Nhận kết quả", tag));
    let mut last = task(
        "check".into(),
        "Kiểm tra và nộp",
        match complete {
            true => Tag::new(Tone::Info, "Sẵn sàng"),
            false => Tag::new(Tone::Quiet, "Làm sau cùng"),
        },
    );
    if let (Some(cost), true) = (cost(doing), complete) {
        last.hint = cost;
    }
    tasks.push(last);
    tasks
}

fn cost(doing: &Doing) -> Option<String> {
    let lines = doing.procedure.fees(Channel::Online, &doing.answers());
    let sum: i64 = lines.iter().map(|line| line.amount).sum();
    Some(match sum {
        0 => "Không mất tiền".to_owned(),
        sum => format!("Phí, lệ phí: {}", web::show::dong(sum)),
    })
}

pub(super) async fn delete(
    State(ground): State<Ground>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let owner = draft::owner(&who.viewer).ok_or(Problem::Forbidden)?;
    ground.db().write(vec![draft::delete(&id, &owner)]).await?;
    let told = Flash::good("Đã xoá hồ sơ làm dở.");
    Ok(Redirect::to("/apply").with(told).into_response())
}
