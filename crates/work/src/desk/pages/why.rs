//! Before an officer who has no work on a dossier reads it: the page that asks why, and the answer,
//! which the applicant sees. What people wrote stands on neither.
//! Does not know: who is asked (`matters::dossier::asks_why`).
use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Failure;
use matters::dossier::{Command, LookReason, Order, Refusal};
use web::ui::{Choice, Tag};
use web::{Answer, FieldErrors, FormData, Problem, Redirect, Shell};

use super::acts::Ask;
use super::dossier::Fault;
use super::search::status;
use crate::desk::sheet::Sheet;
use crate::desk::words::say;

/// What was said so far.
#[derive(Default)]
pub(super) struct Said {
    reason: String,
    text: String,
    /// Why an act was refused that was tried before; what was typed with it.
    refusal: String,
    typed: Vec<String>,
}

impl Said {
    /// Nothing yet, but perhaps an act that went wrong.
    pub(super) fn after(fault: Option<Fault<'_>>) -> Self {
        let Some(fault) = fault else {
            return Self::default();
        };
        let told = fault.errors.items().first().map(|(_, told)| told.clone());
        Self {
            typed: fault.typed.words(),
            refusal: match fault.refusal.is_empty() {
                true => told.unwrap_or_default(),
                false => fault.refusal,
            },
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "desk/pages/why.html")]
struct WhyPage<'a> {
    shell: Shell,
    code: String,
    procedure: String,
    status: Tag,
    reasons: Vec<Choice>,
    said: &'a Said,
    errors: FieldErrors,
}

/// Asks why.
pub(super) fn page(ask: &Ask, sheet: &Sheet, said: &Said, errors: FieldErrors) -> Answer {
    let reasons = LookReason::ALL.iter().map(|reason| {
        let name = reason.name();
        Choice::new(name, say(&format!("look_reason.{name}")))
    });
    let code = match errors.is_empty() && said.refusal.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = WhyPage {
        shell: Shell::new(&ask.asked.visit),
        code: sheet.code(),
        procedure: sheet.procedure.name.vi.clone(),
        status: status(sheet.dossier.phase),
        reasons: reasons.collect(),
        said,
        errors,
    };
    web::render_with(code, &page)
}

/// Keeps why, and shows the dossier.
pub(super) async fn sent(ask: Ask, form: FormData) -> Answer {
    let sheet = ask.sheet().await?;
    let said = Said {
        reason: form.text("reason").to_owned(),
        text: form.text("text").to_owned(),
        ..Said::default()
    };
    let mut errors = FieldErrors::new();
    let Some(reason) = LookReason::from_name(&said.reason) else {
        errors.add("reason", say("wrong.look_reason"));
        return page(&ask, &sheet, &said, errors);
    };
    let text = said.text.clone();
    let order = Order::new(&ask.asked.viewer, Command::Look { reason, text });
    let ctx = ask.asked.ctx(&sheet.dossier, form.command_id()?.to_owned());
    match ask.room.ground.order(&sheet.id, order, ctx).await {
        Ok(_) => {
            let code = sheet.code();
            Ok(Redirect::to(format!("/desk/dossiers/{code}")).into_response())
        }
        Err(Failure::Refused(why)) => {
            let (field, key) = match why {
                Refusal::ReasonMissing => ("text", "wrong.look_text"),
                Refusal::TooLong => ("text", "wrong.look_long"),
                _ => return Err(Problem::NotFound),
            };
            errors.add(field, say(key));
            page(&ask, &sheet, &said, errors)
        }
        Err(Failure::Trouble(cause)) => Err(Problem::trouble(cause)),
    }
}
