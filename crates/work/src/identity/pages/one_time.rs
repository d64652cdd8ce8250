//! The page for whoever has a letter with a one-time code: the number or login and the code, then
//! the new password.
//! Does not know: who printed the code.
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use web::{
    Answer, FieldErrors, Flash, FormData, Kind, Redirect, Shell, Visit, render, render_with,
};

use super::super::account::Resets;
use super::super::codes::CodeGiven;
use super::super::words::{self, word};
use super::super::{Account, Entered, Failure, Identity, Refusal};
use super::register::check_passwords;
use super::{CodePage, arrival, client, enrol_page, entered, explain};

#[derive(Template)]
#[template(path = "identity/pages/one_time.html")]
struct OneTimePage {
    shell: Shell,
    login: String,
    code: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/one_time_set.html")]
struct SetPage {
    shell: Shell,
    name: String,
    login: String,
    code: String,
    sets_password: bool,
    sets_device: bool,
    hint: String,
    errors: FieldErrors,
}

impl SetPage {
    fn new(
        identity: &Identity,
        shell: Shell,
        (account, resets): (&Account, Resets),
        code: &str,
    ) -> SetPage {
        SetPage {
            shell,
            name: account.display_name.clone(),
            login: account.login.clone(),
            code: code.to_owned(),
            sets_password: resets.password(),
            sets_device: resets.device(),
            hint: words::password_of(identity.chars_min_after(account, resets)),
            errors: FieldErrors::new(),
        }
    }
}

pub(super) async fn page(shell: Shell) -> Answer {
    render(&OneTimePage {
        shell,
        login: String::new(),
        code: String::new(),
        errors: FieldErrors::new(),
    })
}

/// The number or login and the code; nothing is used up yet.
pub(super) async fn code_given(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let (login, code) = (form.text("login"), form.text("one_time"));
    let mut errors = FieldErrors::new();
    if login.is_empty() {
        errors.add("login", word("one_time_login_missing"));
    }
    if code.is_empty() {
        errors.add("one_time", word("one_time_missing"));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if errors.is_empty() {
        let client = client(&visit, &headers);
        match identity
            .code_holds((login, code), &client, visit.now())
            .await
        {
            Ok((account, resets)) => {
                let shell = Shell::new(&visit);
                return render(&SetPage::new(&identity, shell, (&account, resets), code));
            }
            Err(failure) => status = explain(failure, "one_time", &mut errors, visit.now())?,
        }
    }
    let page = OneTimePage {
        shell: Shell::new(&visit),
        login: login.to_owned(),
        code: code.to_owned(),
        errors,
    };
    render_with(status, &page)
}

/// The new password, or the present one: the code is used, and what follows is as after a sign-in.
pub(super) async fn code_used(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let pair = (form.text("login"), form.text("one_time"));
    let client = client(&visit, &headers);
    let holds = identity.code_holds(pair, &client, visit.now()).await;
    let (account, resets) = match holds {
        Ok(found) => found,
        Err(Failure::Refusal(Refusal::CodeNotRecognised)) => {
            let start = Redirect::to("/account/code");
            let sentence = words::refusal(&Refusal::CodeNotRecognised, visit.now());
            return Ok(start.with(Flash::warn(sentence)).into_response());
        }
        Err(failure) => return Err(failure.into()),
    };
    let mut errors = FieldErrors::new();
    if resets.password() {
        check_passwords(&form, &mut errors);
    } else if form.text("password").is_empty() {
        errors.add("password", word("password_missing"));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if errors.is_empty() {
        let given = CodeGiven {
            login: pair.0,
            code: pair.1,
            password: form.text("password"),
        };
        match identity.use_code(&given, &client, visit.now()).await {
            Ok(next) => return went_on(&identity, &visit, account.door, next).await,
            Err(Failure::Refusal(Refusal::NotRecognised)) => {
                errors.add("password", word("old_password_wrong"));
            }
            Err(failure) => status = explain(failure, "password", &mut errors, visit.now())?,
        }
    }
    let page = SetPage::new(&identity, Shell::new(&visit), (&account, resets), pair.1);
    render_with(status, &SetPage { errors, ..page })
}

async fn went_on(identity: &Identity, visit: &Visit, door: Kind, next: Entered) -> Answer {
    match next {
        Entered::Begun(begun) => {
            let home = Redirect::to(arrival(visit, door, ""));
            let home = home.with(Flash::good(word("code_used")));
            Ok(entered(visit, home.into_response(), begun))
        }
        Entered::Code { step } => render(&CodePage {
            shell: Shell::new(visit),
            step,
            errors: FieldErrors::new(),
        }),
        Entered::Enrol { step } => enrol_page(identity, visit, step, FieldErrors::new()).await,
    }
}
