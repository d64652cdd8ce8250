//! The signed-in person's own account: sessions, password, second step.
//! Does not know: anybody else's account.
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use web::show::moment;
use web::{
    Answer, FieldErrors, Flash, FormData, Problem, Redirect, Shell, Visit, render, render_with,
};

use super::super::proofs::PasswordChange;
use super::super::words::{self, word};
use super::super::{Failure, Identity, Refusal, Session};
use super::register::check_passwords;
use super::{client, enrol_page, entered, explain};

#[derive(Template)]
#[template(path = "identity/pages/account.html")]
struct AccountPage {
    shell: Shell,
    login: String,
    created: String,
    password_changed: String,
    sessions: Vec<SessionRow>,
    has_device: bool,
    codes_left: i64,
    /// Of people and organisations: whether the office has seen the card.
    confirmation: &'static str,
}

struct SessionRow {
    id: String,
    device: String,
    address: String,
    created: String,
    seen: String,
    here: bool,
}

impl SessionRow {
    fn new(session: Session, here: &str) -> SessionRow {
        SessionRow {
            here: session.id == here,
            created: moment(session.created_at),
            seen: moment(session.seen_at),
            id: session.id,
            device: session.device,
            address: session.address,
        }
    }
}

#[derive(Template)]
#[template(path = "identity/pages/password.html")]
struct PasswordPage {
    shell: Shell,
    hint: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/device.html")]
struct DevicePage {
    shell: Shell,
    has_device: bool,
    errors: FieldErrors,
}

fn session_id(visit: &Visit) -> Result<&str, Problem> {
    visit
        .signed()
        .map(|signed| signed.session_id.as_str())
        .ok_or(Problem::SignInNeeded)
}

pub(super) async fn page(State(identity): State<Identity>, visit: Visit, shell: Shell) -> Answer {
    let here = session_id(&visit)?;
    let account = identity.account_of(here).await?;
    let sessions = identity.open_sessions(&account, visit.now()).await?;
    let codes_left = identity.recovery_codes_left(&account).await?;
    let confirmation = match identity.is_confirmed(&account).await? {
        None => "",
        Some(true) => "yes",
        Some(false) => "no",
    };
    render(&AccountPage {
        shell,
        login: account.login,
        created: moment(account.created_at),
        password_changed: moment(account.password_at),
        sessions: sessions
            .into_iter()
            .map(|one| SessionRow::new(one, here))
            .collect(),
        has_device: account.totp_secret.is_some(),
        codes_left,
        confirmation,
    })
}

pub(super) async fn session_ended(
    State(identity): State<Identity>,
    visit: Visit,
    form: FormData,
) -> Answer {
    identity
        .end_session(session_id(&visit)?, form.text("session"), visit.now())
        .await?;
    Ok(Redirect::to("/account")
        .with(Flash::good(word("session_ended")))
        .into_response())
}

pub(super) async fn others_ended(State(identity): State<Identity>, visit: Visit) -> Answer {
    identity
        .end_other_sessions(session_id(&visit)?, visit.now())
        .await?;
    Ok(Redirect::to("/account")
        .with(Flash::good(word("sessions_ended")))
        .into_response())
}

pub(super) async fn password_form(
    State(identity): State<Identity>,
    visit: Visit,
    shell: Shell,
) -> Answer {
    let account = identity.account_of(session_id(&visit)?).await?;
    let hint = words::password_hint(account.totp_secret.is_some());
    render(&PasswordPage {
        shell,
        hint,
        errors: FieldErrors::new(),
    })
}

pub(super) async fn password_changed(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let here = session_id(&visit)?;
    let mut errors = FieldErrors::new();
    check_passwords(&form, &mut errors);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if errors.is_empty() {
        let change = PasswordChange {
            old: form.text("old"),
            new: form.text("password"),
        };
        let client = client(&visit, &headers);
        match identity
            .change_password(here, &change, &client, visit.now())
            .await
        {
            Ok(begun) => {
                let back = Redirect::to("/account").with(Flash::good(word("password_changed")));
                return Ok(entered(&visit, back.into_response(), begun));
            }
            Err(failure) => status = explain_own(failure, &mut errors, &visit)?,
        }
    }
    let account = identity.account_of(here).await?;
    let hint = words::password_hint(account.totp_secret.is_some());
    let shell = Shell::new(&visit);
    render_with(
        status,
        &PasswordPage {
            shell,
            hint,
            errors,
        },
    )
}

pub(super) async fn second_step_form(
    State(identity): State<Identity>,
    visit: Visit,
    shell: Shell,
) -> Answer {
    let account = identity.account_of(session_id(&visit)?).await?;
    render(&DevicePage {
        shell,
        has_device: account.totp_secret.is_some(),
        errors: FieldErrors::new(),
    })
}

/// The password once more and a code of the present device, then the QR code of the new one.
pub(super) async fn second_step_begun(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let here = session_id(&visit)?;
    let given = (form.text("old"), form.text("code"));
    let client = client(&visit, &headers);
    let begun = identity.begin_other_device(here, given, &client, visit.now());
    match begun.await {
        Ok(step) => enrol_page(&identity, &visit, step, FieldErrors::new()).await,
        Err(failure) => {
            let mut errors = FieldErrors::new();
            let status = explain_own(failure, &mut errors, &visit)?;
            let account = identity.account_of(here).await?;
            let page = DevicePage {
                shell: Shell::new(&visit),
                has_device: account.totp_secret.is_some(),
                errors,
            };
            render_with(status, &page)
        }
    }
}

fn explain_own(
    failure: Failure,
    errors: &mut FieldErrors,
    visit: &Visit,
) -> Result<StatusCode, Problem> {
    match failure {
        Failure::Refusal(Refusal::NotRecognised) => {
            errors.add("old", word("old_password_wrong"));
            Ok(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Failure::Refusal(Refusal::DeviceNotProved) => explain(failure, "code", errors, visit.now()),
        Failure::Refusal(Refusal::Password(_)) => explain(failure, "password", errors, visit.now()),
        other => explain(other, "old", errors, visit.now()),
    }
}
