//! Making an account: a citizen with the personal number, an organisation with its tax code.
//! Does not know: whether the number is free; the room says so, without saying why.
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use facts::people::{NameFault, OrganisationName, PersonName, PersonalId};
use facts::people::{Phone, PhoneFault, TaxCode, tidy_name};
use web::ui::DateAnswer;
use web::{
    Answer, Cut, FieldErrors, Flash, FormData, Kind, Redirect, Shell, Visit, render, render_with,
};

use super::super::words::word;
use super::super::{Account, Failure, Identity, NewOrganisation, NewPerson, Refusal};
use super::card::birth_in;
use super::{arrival, client, entered, explain};

#[derive(Template)]
#[template(path = "identity/pages/register.html")]
struct RegisterPage {
    shell: Shell,
    organisation: bool,
    number: String,
    name: String,
    birth: DateAnswer,
    phone: String,
    errors: FieldErrors,
}

impl RegisterPage {
    fn empty(shell: Shell, organisation: bool) -> RegisterPage {
        RegisterPage {
            shell,
            organisation,
            number: String::new(),
            name: String::new(),
            birth: DateAnswer::default(),
            phone: String::new(),
            errors: FieldErrors::new(),
        }
    }

    fn again(shell: Shell, organisation: bool, form: &FormData) -> RegisterPage {
        let number = if organisation {
            "tax_code"
        } else {
            "personal_id"
        };
        RegisterPage {
            number: form.text(number).to_owned(),
            name: form.text("name").to_owned(),
            birth: DateAnswer::of(form, "birth"),
            phone: form.text("phone").to_owned(),
            ..RegisterPage::empty(shell, organisation)
        }
    }
}

pub(super) async fn person_form(shell: Shell) -> Answer {
    render(&RegisterPage::empty(shell, false))
}

pub(super) async fn organisation_form(shell: Shell) -> Answer {
    render(&RegisterPage::empty(shell, true))
}

pub(super) async fn person_registers(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    Cut(form): Cut,
) -> Answer {
    let mut errors = form.faults();
    let number = form.text("personal_id").parse::<PersonalId>();
    if number.is_err() {
        errors.add("personal_id", word("personal_id_wrong"));
    }
    let name = form.text("name").parse::<PersonName>();
    check_name(name.as_ref().err(), word("name_missing"), &mut errors);
    let today = web::show::local_date(visit.now());
    let birth = birth_in(&DateAnswer::of(&form, "birth"));
    match birth.map(|birth| birth.check_birth(today)) {
        Some(Ok(())) => {}
        Some(Err(fault)) => errors.add("birth", fault.vi()),
        None => errors.add("birth", word("birth_wrong")),
    }
    check_phone(&form, &mut errors);
    check_passwords(&form, &mut errors);
    let client = client(&visit, &headers);
    let made = match (number, birth, errors.is_empty()) {
        (Ok(personal_id), Some(birth), true) => {
            let name = tidy_name(form.text("name"));
            let phone = form.filled("phone").map(Phone::kept);
            let new = NewPerson {
                personal_id,
                name,
                birth,
                phone,
            };
            let password = form.text("password");
            Some(
                identity
                    .register_person(new, password, &client, visit.now())
                    .await,
            )
        }
        _ => None,
    };
    match made {
        Some(Ok(account)) => welcome(&identity, &account, (&visit, &headers)).await,
        Some(Err(failure)) => shown_again(failure, &visit, &form, errors, false),
        None => again(&visit, &form, errors, false),
    }
}

pub(super) async fn organisation_registers(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
    Cut(form): Cut,
) -> Answer {
    let mut errors = form.faults();
    let code = form.text("tax_code").parse::<TaxCode>();
    if code.is_err() {
        errors.add("tax_code", word("tax_code_wrong"));
    }
    let name = form.text("name").parse::<OrganisationName>();
    check_name(
        name.as_ref().err(),
        word("organisation_name_missing"),
        &mut errors,
    );
    check_phone(&form, &mut errors);
    check_passwords(&form, &mut errors);
    let client = client(&visit, &headers);
    let made = match (code, errors.is_empty()) {
        (Ok(tax_code), true) => {
            let name = tidy_name(form.text("name"));
            let phone = form.filled("phone").map(Phone::kept);
            let new = NewOrganisation {
                tax_code,
                name,
                phone,
            };
            let password = form.text("password");
            Some(
                identity
                    .register_organisation(new, password, &client, visit.now())
                    .await,
            )
        }
        _ => None,
    };
    match made {
        Some(Ok(account)) => welcome(&identity, &account, (&visit, &headers)).await,
        Some(Err(failure)) => shown_again(failure, &visit, &form, errors, true),
        None => again(&visit, &form, errors, true),
    }
}

/// What is wrong with a name; `missing` when there is none.
pub(super) fn check_name(fault: Option<&NameFault>, missing: &str, errors: &mut FieldErrors) {
    match fault {
        None => {}
        Some(NameFault::Missing) => errors.add("name", missing),
        Some(fault) => errors.add("name", fault.vi()),
    }
}

/// A telephone number may be left out, and is one where it is not.
fn check_phone(form: &FormData, errors: &mut FieldErrors) {
    let wrong = |text: &str| text.parse::<Phone>().is_err();
    if form.filled("phone").is_some_and(wrong) {
        errors.add("phone", PhoneFault.vi());
    }
}

/// The two passwords are the same and not empty; their quality is the room's question.
pub(super) fn check_passwords(form: &FormData, errors: &mut FieldErrors) {
    if form.text("password").is_empty() {
        errors.add("password", word("password_missing"));
    } else if form.text("password") != form.text("again") {
        errors.add("again", word("password_differs"));
    }
}

async fn welcome(
    identity: &Identity,
    account: &Account,
    (visit, headers): (&Visit, &HeaderMap),
) -> Answer {
    let client = client(visit, headers);
    let begun = identity.begin(account, &client, visit.now()).await?;
    let home = Redirect::to(arrival(visit, Kind::Citizen, ""));
    let home = home.with(Flash::good(word("registered")));
    Ok(entered(visit, home.into_response(), begun))
}

fn shown_again(
    failure: Failure,
    visit: &Visit,
    form: &FormData,
    mut errors: FieldErrors,
    organisation: bool,
) -> Answer {
    let field = match (&failure, organisation) {
        (Failure::Refusal(Refusal::Password(_)), _) => "password",
        (_, true) => "tax_code",
        (_, false) => "personal_id",
    };
    explain(failure, field, &mut errors, visit.now())?;
    again(visit, form, errors, organisation)
}

fn again(visit: &Visit, form: &FormData, errors: FieldErrors, organisation: bool) -> Answer {
    let page = RegisterPage::again(Shell::new(visit), organisation, form);
    render_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &RegisterPage { errors, ..page },
    )
}
