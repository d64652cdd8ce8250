//! The pages of the door: sign in with password and code, sign out.
//! Does not know: how a password or code is checked.
mod account;
mod administer;
mod card;
mod one_time;
mod outcome;
mod paper;
pub(super) mod people;
mod register;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use web::{
    Access, Answer, FieldErrors, Flash, FormData, Kind, Problem, QueryData, Redirect, Routes,
    Shell, Tone, Visit, render, render_with,
};

use self::outcome::{client, entered, explain, explain_code};
use super::words::word;
use super::{Begun, Credentials, Entered, Failure, Identity, Refusal, second_step};

/// Who looks at cards, and whom people hand dossiers to.
const INTAKE: Access = Access::OfficerWith("intake");
/// Who makes and closes accounts; the pages ask of which agency.
const ADMINISTER: Access = Access::OfficerWith("administer");

/// The URLs of this room.
pub fn routes(identity: Identity) -> Routes {
    let (public, signed) = (Access::Public, Access::SignedIn);
    Routes::over(identity)
        .get("/sign-in", public, citizen_door)
        .post("/sign-in", public, citizen_enters)
        .get("/sign-in/officer", public, officer_door)
        .post("/sign-in/officer", public, officer_enters)
        .post("/sign-in/code", public, code_given)
        .post("/sign-in/enrol", public, device_enrolled)
        .post("/sign-out", signed, signed_out)
        .get("/register", public, register::person_form)
        .post("/register", public, register::person_registers)
        .get(
            "/register/organisation",
            public,
            register::organisation_form,
        )
        .post(
            "/register/organisation",
            public,
            register::organisation_registers,
        )
        .get("/account", signed, account::page)
        .post("/account/sessions/end", signed, account::session_ended)
        .post(
            "/account/sessions/end-others",
            signed,
            account::others_ended,
        )
        .get("/account/password", signed, account::password_form)
        .post("/account/password", signed, account::password_changed)
        .get("/account/second-step", signed, account::second_step_form)
        .post("/account/second-step", signed, account::second_step_begun)
        .get("/account/code", public, one_time::page)
        .post("/account/code", public, one_time::code_given)
        .post("/account/code/use", public, one_time::code_used)
        .get("/counter/code", INTAKE, card::page)
        .post("/counter/code", INTAKE, card::found)
        .post("/counter/code/print", INTAKE, card::printed)
        .post("/counter/code/letter", INTAKE, card::letter)
        .get("/administer", ADMINISTER, administer::list)
        .get("/administer/{officer}", ADMINISTER, administer::show)
        .post(
            "/administer/{officer}/open",
            ADMINISTER,
            administer::account_made,
        )
        .post(
            "/administer/{officer}/code",
            ADMINISTER,
            administer::code_printed,
        )
        .post(
            "/administer/{officer}/close",
            ADMINISTER,
            administer::closed,
        )
        .post(
            "/administer/{officer}/reopen",
            ADMINISTER,
            administer::reopened,
        )
        .post(
            "/administer/{officer}/letter",
            ADMINISTER,
            administer::letter,
        )
        .done()
}

#[derive(Template)]
#[template(path = "identity/pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    officer: bool,
    login: String,
    next: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/code.html")]
struct CodePage {
    shell: Shell,
    step: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/enrol.html")]
struct EnrolPage {
    shell: Shell,
    step: String,
    qr: String,
    secret: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    tone: Tone,
    codes: Vec<String>,
    next: String,
}

async fn citizen_door(query: QueryData, visit: Visit, shell: Shell) -> Answer {
    door(Kind::Citizen, query, visit, shell)
}

async fn officer_door(query: QueryData, visit: Visit, shell: Shell) -> Answer {
    door(Kind::Officer, query, visit, shell)
}

/// Somebody who is in already is sent on.
fn door(kind: Kind, QueryData(query): QueryData, visit: Visit, shell: Shell) -> Answer {
    let next = query.text("next").to_owned();
    if visit.signed().is_some_and(|signed| signed.kind == kind) {
        return Ok(Redirect::to(arrival(&visit, kind, &next)).into_response());
    }
    let (officer, login) = (kind == Kind::Officer, String::new());
    render(&SignInPage {
        shell,
        officer,
        login,
        next,
        errors: FieldErrors::new(),
    })
}

/// Where somebody goes who has come in.
fn arrival(visit: &Visit, kind: Kind, next: &str) -> String {
    let path = if next.is_empty() {
        visit.site().sign_in.home(kind)
    } else {
        next
    };
    web::local_path(path).to_owned()
}

async fn citizen_enters(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    enters(&identity, Kind::Citizen, (&visit, &headers), &form).await
}

async fn officer_enters(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    enters(&identity, Kind::Officer, (&visit, &headers), &form).await
}

async fn enters(
    identity: &Identity,
    door: Kind,
    (visit, headers): (&Visit, &HeaderMap),
    form: &FormData,
) -> Answer {
    let officer = door == Kind::Officer;
    let mut errors = FieldErrors::new();
    if !form.has("login") || form.text("login").is_empty() {
        let missing = if officer {
            "officer_login_missing"
        } else {
            "login_missing"
        };
        errors.add("login", word(missing));
    }
    if form.text("password").is_empty() {
        errors.add("password", word("password_missing"));
    }
    let next = arrival(visit, door, form.text("next"));
    let given = Credentials {
        door,
        login: form.text("login"),
        password: form.text("password"),
        next_path: &next,
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if errors.is_empty() {
        match identity
            .enter(&given, &client(visit, headers), visit.now())
            .await
        {
            Ok(Entered::Begun(begun)) => return Ok(arrived(visit, begun)),
            Ok(Entered::Code { step }) => {
                let shell = Shell::new(visit);
                return render(&CodePage {
                    shell,
                    step,
                    errors,
                });
            }
            Ok(Entered::Enrol { step }) => {
                return enrol_page(identity, visit, step, FieldErrors::new()).await;
            }
            Err(failure) => status = explain(failure, "login", &mut errors, visit.now())?,
        }
    }
    let shell = Shell::new(visit);
    let (login, next) = (form.text("login").to_owned(), form.text("next").to_owned());
    render_with(
        status,
        &SignInPage {
            shell,
            officer,
            login,
            next,
            errors,
        },
    )
}

fn arrived(visit: &Visit, begun: Begun) -> Response {
    let way = Redirect::to(&begun.next_path).into_response();
    entered(visit, way, begun)
}

/// The page with the QR code of the device that a step is about.
async fn enrol_page(
    identity: &Identity,
    visit: &Visit,
    step: String,
    errors: FieldErrors,
) -> Answer {
    let (found, account) = identity.step(&step, visit.now()).await?;
    let device = found.totp_secret.unwrap_or_default();
    let service = &visit.site().brand.name;
    let address = second_step::enrolment_address(&device, service, &account.login);
    let drawn = print::qr_svg(&address)?;
    let qr = drawn.find("<svg").map_or("", |at| &drawn[at..]).to_owned();
    let secret = second_step::secret_in_groups(&device);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shell = Shell::new(visit);
    render_with(
        status,
        &EnrolPage {
            shell,
            step,
            qr,
            secret,
            errors,
        },
    )
}

async fn code_given(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let step = form.text("step").to_owned();
    let mut errors = FieldErrors::new();
    if form.text("code").is_empty() {
        errors.add("code", word("code_missing"));
        let shell = Shell::new(&visit);
        return render_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &CodePage {
                shell,
                step,
                errors,
            },
        );
    }
    let client = client(&visit, &headers);
    match identity
        .enter_code(&step, form.text("code"), &client, visit.now())
        .await
    {
        Ok(begun) => Ok(arrived(&visit, begun)),
        Err(Failure::Refusal(Refusal::StepOver)) => Ok(start_again()),
        Err(failure) => {
            let status = explain_code(failure, &mut errors, visit.now())?;
            let shell = Shell::new(&visit);
            render_with(
                status,
                &CodePage {
                    shell,
                    step,
                    errors,
                },
            )
        }
    }
}

async fn device_enrolled(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    form: FormData,
) -> Answer {
    let step = form.text("step").to_owned();
    let client = client(&visit, &headers);
    match identity
        .enrol(&step, form.text("code"), &client, visit.now())
        .await
    {
        Ok(begun) => {
            let page = RecoveryPage {
                shell: Shell::new(&visit),
                tone: Tone::Good,
                codes: begun.recovery_codes.clone(),
                next: begun.next_path.clone(),
            };
            Ok(entered(&visit, render(&page)?, begun))
        }
        Err(Failure::Refusal(Refusal::StepOver)) => Ok(start_again()),
        Err(failure) => {
            let mut errors = FieldErrors::new();
            explain_code(failure, &mut errors, visit.now())?;
            enrol_page(&identity, &visit, step, errors).await
        }
    }
}

fn start_again() -> Response {
    Redirect::to("/sign-in")
        .with(Flash::warn(word("step_over")))
        .into_response()
}

async fn signed_out(State(identity): State<Identity>, visit: Visit) -> Answer {
    let signed = visit.signed().ok_or(Problem::SignInNeeded)?;
    identity
        .end_session(&signed.session_id, &signed.session_id, visit.now())
        .await?;
    let home = Redirect::to("/").with(Flash::good(word("signed_out")));
    Ok(home.end_session().into_response())
}
