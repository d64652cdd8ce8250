//! The buttons of the reception page: accept, ask for a supplement once, refuse, take a supplement
//! in or give it back.
//! Does not know: how the page is drawn, what the law allows.

use super::super::view::at_form;
use super::super::{Clerk, open, refused, standing};
use super::{Drawn, FREE_ITEMS, REASONS, Typed, page, whose};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::agency::Right;
use facts::procedure::Procedure;
use matters::Ground;
use matters::dossier::{Command, Order, RefuseReason, SupplementItem};
use web::{Answer, FieldErrors, Flash, FormData, Problem, Redirect};

pub(in crate::counter) async fn act(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let standing = standing(&ground, &clerk, &code).await?;
    let mut drawn = Drawn {
        errors: FieldErrors::new(),
        typed: Typed::read(&form),
        checked: form.all("checked").into_iter().map(str::to_owned).collect(),
        items: read_items(&standing.procedure, &form),
    };
    if drawn.typed.act == "refuse" && reason_of(&drawn.typed).is_none() {
        drawn.errors.add("reason", "Chọn lý do từ chối tiếp nhận");
        let opened = open(&ground, &clerk, &code).await?;
        return page(&ground, &clerk, &opened, drawn).await;
    }
    let asked = match whose::asked(&ground, &clerk, &code, &form).await? {
        Some(asked) => asked,
        None => command(&drawn).ok_or(Problem::BadRequest)?,
    };
    let order = Order::new(&clerk.viewer, asked.command);
    let office = clerk.office(&standing.dossier, Right::Intake);
    let ctx = clerk.ctx(office, form.command_id()?);
    match ground.order(&standing.id, order, ctx).await {
        Ok(_) => {
            let to = Redirect::to(format!("/counter/{}/{code}", asked.next));
            Ok(to.with(Flash::good(asked.said)).into_response())
        }
        Err(failure) => {
            drawn.errors = at_form(asked.field, &refused(failure)?, &standing.procedure);
            let opened = open(&ground, &clerk, &code).await?;
            page(&ground, &clerk, &opened, drawn).await
        }
    }
}

/// What a button asks for, what is said when it happened, and where the page goes on; the field at
/// which a refusal is shown.
pub(super) struct Asked {
    pub command: Command,
    pub said: &'static str,
    pub next: &'static str,
    pub field: &'static str,
}

fn command(drawn: &Drawn) -> Option<Asked> {
    let typed = &drawn.typed;
    let (command, said, field) = match typed.act.as_str() {
        "accept" => {
            let checked = drawn.checked.clone();
            (Command::Accept { checked }, "Đã tiếp nhận.", "papers")
        }
        "ask" => {
            let (items, contact) = (drawn.items.clone(), typed.contact.clone());
            let said = "Đã yêu cầu bổ sung. In mẫu 02 nếu người nộp cần bản giấy.";
            let second = None;
            (
                Command::AskSupplement {
                    items,
                    contact,
                    second,
                },
                said,
                "items",
            )
        }
        "refuse" => {
            let said = "Đã từ chối tiếp nhận. In mẫu 03 nếu người nộp cần bản giấy.";
            (refusal_of(typed), said, "text")
        }
        "take" => (
            Command::AcceptSupplement,
            "Đã tiếp nhận bổ sung.",
            "lacking",
        ),
        "give_back" => {
            let text = typed.lacking.clone();
            (
                Command::ReturnSupplement { text },
                "Đã báo người nộp phần còn thiếu.",
                "lacking",
            )
        }
        _ => return None,
    };
    let next = match &command {
        Command::Accept { .. } | Command::AcceptSupplement => "received",
        _ => "reception",
    };
    Some(Asked {
        command,
        said,
        next,
        field,
    })
}

/// The list as typed: ticked papers, and free lines with words in them.
fn read_items(procedure: &Procedure, form: &FormData) -> Vec<SupplementItem> {
    let mut list = Vec::new();
    for paper in &procedure.papers {
        let field = format!("paper.{}", paper.code);
        if form.has(&field) {
            let what = form
                .filled(&format!("what.{field}"))
                .unwrap_or(&paper.name.vi);
            list.push(SupplementItem {
                paper: Some(paper.code.clone()),
                what: what.to_owned(),
                why: form.text(&format!("why.{field}")).to_owned(),
            });
        }
    }
    for number in 0..FREE_ITEMS {
        if let Some(what) = form.filled(&format!("what.free.{number}")) {
            list.push(SupplementItem {
                paper: None,
                what: what.to_owned(),
                why: form.text(&format!("why.free.{number}")).to_owned(),
            });
        }
    }
    list
}

fn reason_of(typed: &Typed) -> Option<RefuseReason> {
    let found = REASONS.iter().find(|(name, _, _)| *name == typed.reason);
    found.map(|(_, reason, _)| *reason)
}

fn refusal_of(typed: &Typed) -> Command {
    Command::Refuse {
        reason: reason_of(typed).unwrap_or(RefuseReason::Other),
        text: typed.text.clone(),
        basis: typed.basis.clone(),
    }
}
