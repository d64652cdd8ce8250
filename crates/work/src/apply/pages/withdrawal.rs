//! Rút hồ sơ: asked once more, with what it means and until when it is allowed.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use matters::Ground;
use matters::dossier::{Action, Command, Facts, Order, Refusal, may};
use web::ui::Link;
use web::{Answer, FieldErrors, Flash, FormData, Now, Redirect, Shell, Visit, render, render_with};

use super::{Who, ctx, dossier, refused};

#[derive(Template)]
#[template(path = "apply/pages/withdrawal.html")]
struct WithdrawalPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    code: String,
    name: String,
    refusal: String,
    reason: String,
}

pub(super) async fn ask(
    State(ground): State<Ground>,
    who: Who,
    Path(code): Path<String>,
    shell: Shell,
) -> Answer {
    let (_, dossier) = dossier(&ground, &who, &code).await?;
    let refusal = may(&who.viewer, Action::Withdraw, &Facts::of(&dossier)).err();
    let refusal = match dossier.decided_at {
        Some(_) => Some(Refusal::AlreadyDecided),
        None => refusal,
    };
    let known = ground.catalogue().get(&dossier.procedure);
    let name = known
        .map(|procedure| procedure.name.vi.clone())
        .unwrap_or_default();
    render(&page(shell, (&code, name), refusal, String::new()))
}

pub(super) async fn sent(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    Path(code): Path<String>,
    visit: Visit,
    form: FormData,
) -> Answer {
    let (id, dossier) = dossier(&ground, &who, &code).await?;
    let reason = form.text("reason").to_owned();
    let command = Command::Withdraw {
        reason: reason.clone(),
    };
    let order = Order::new(&who.viewer, command);
    let handled = ground
        .order(&id, order, ctx(&who, now, form.command_id()?))
        .await;
    match refused(handled)? {
        Ok(_) => {
            let told = Flash::good("Bạn đã rút hồ sơ. Cơ quan dừng giải quyết.");
            Ok(Redirect::to(format!("/dossiers/{code}"))
                .with(told)
                .into_response())
        }
        Err(refusal) => {
            let known = ground.catalogue().get(&dossier.procedure);
            let name = known
                .map(|procedure| procedure.name.vi.clone())
                .unwrap_or_default();
            let page = page(Shell::new(&visit), (&code, name), Some(refusal), reason);
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn page(
    shell: Shell,
    (code, name): (&str, String),
    refusal: Option<Refusal>,
    reason: String,
) -> WithdrawalPage {
    WithdrawalPage {
        shell,
        crumbs: vec![
            Link::new("/dossiers", "Hồ sơ của tôi"),
            Link::new(format!("/dossiers/{code}"), code),
            Link::new("", "Rút hồ sơ"),
        ],
        errors: FieldErrors::new(),
        code: code.to_owned(),
        name,
        refusal: refusal
            .map(|refusal| refusal.sentence("vi"))
            .unwrap_or_default(),
        reason,
    }
}
