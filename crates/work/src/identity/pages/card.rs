//! The page at a counter for somebody who cannot get in any more, or has no account yet: the
//! officer looks at the card and prints a one-time code.
//! Does not know: how the code is used.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use facts::agency::{Right, Viewer};
use facts::people::{
    OrganisationName, Origin, PartialDate, Person, PersonKind, PersonName, tidy_name,
};
use kernel::Ctx;
use uuid::Uuid;
use web::ui::{Choice, DateAnswer};
use web::{Answer, FieldErrors, FormData, Problem, Shell, SignedIn, Visit, render, render_with};

use super::super::account::{Resets, Seen};
use super::super::card::{Found, Number, to_be_seen};
use super::super::registration::unconfirmed;
use super::super::words::{self, word};
use super::super::{Identity, Refusal};
use super::register::check_name;
use super::{explain, paper};

#[derive(Template)]
#[template(path = "identity/pages/card.html")]
struct CardPage {
    shell: Shell,
    number: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/card_check.html")]
struct CheckPage {
    shell: Shell,
    number: String,
    organisation: bool,
    known: Option<Known>,
    has_account: bool,
    closed: bool,
    name: String,
    birth: DateAnswer,
    resets: String,
    choices: Vec<Choice>,
    seen: Vec<Choice>,
    ticked: Vec<String>,
    errors: FieldErrors,
}

/// What is on file, to be held against the card.
struct Known {
    name: String,
    birth: String,
    sex: &'static str,
}

pub(super) async fn page(shell: Shell) -> Answer {
    render(&CardPage {
        shell,
        number: String::new(),
        errors: FieldErrors::new(),
    })
}

/// The number of the card: who that is, as on file, and what must be looked at.
pub(super) async fn found(
    State(identity): State<Identity>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let mut errors = FieldErrors::new();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match Number::read(form.text("number")) {
        None => errors.add("number", word("card_number_wrong")),
        Some(number) => {
            let officer = &asker.signed.subject;
            match identity.find_by_card(&number, officer, visit.now()).await {
                Ok(found) => {
                    return render(&CheckPage::new(Shell::new(&visit), &number, &found));
                }
                Err(failure) => status = explain(failure, "number", &mut errors, visit.now())?,
            }
        }
    }
    let page = CardPage {
        shell: Shell::new(&visit),
        number: form.text("number").to_owned(),
        errors,
    };
    render_with(status, &page)
}

/// The code, once all was looked at.
pub(super) async fn printed(
    State(identity): State<Identity>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let number = Number::read(form.text("number")).ok_or(Problem::BadRequest)?;
    let resets = Resets::read(form.text("resets")).ok_or(Problem::BadRequest)?;
    let officer = &asker.signed.subject;
    let found = identity.find_by_card(&number, officer, visit.now()).await?;
    let seen: Vec<Seen> = to_be_seen(number.kind())
        .into_iter()
        .filter(|one| form.all("seen").contains(&one.as_str()))
        .collect();
    let mut errors = FieldErrors::new();
    let person = match &found.person {
        Some(person) => Some(person.clone()),
        None => new_person(&number, &form, &visit, &mut errors),
    };
    if seen.len() < to_be_seen(number.kind()).len() {
        errors.add("seen", words::refusal(&Refusal::CardUnseen, visit.now()));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(person) = person.filter(|_| errors.is_empty()) {
        let ctx = Ctx {
            actor: officer.clone(),
            office: counter(&asker)?.to_owned(),
            now: visit.now(),
            command_id: form.command_id()?.to_owned(),
        };
        match identity.code_at_counter(person, (resets, &seen), ctx).await {
            Ok(given) => {
                let ways = paper::Ways {
                    letter: "/counter/code/letter".into(),
                    back: "/counter/code".into(),
                };
                return paper::page(&identity, &visit, given, ways);
            }
            Err(failure) => status = explain(failure, "seen", &mut errors, visit.now())?,
        }
    }
    let page = CheckPage::new(Shell::new(&visit), &number, &found);
    let page = CheckPage {
        name: form.text("name").to_owned(),
        birth: DateAnswer::of(&form, "birth"),
        resets: resets.as_str().to_owned(),
        ticked: form.all("seen").into_iter().map(str::to_owned).collect(),
        errors,
        ..page
    };
    render_with(status, &page)
}

/// The letter of the code that stands on the officer's page.
pub(super) async fn letter(
    State(identity): State<Identity>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let number = Number::read(form.text("login")).ok_or(Problem::BadRequest)?;
    let officer = &asker.signed.subject;
    let found = identity.find_by_card(&number, officer, visit.now()).await?;
    let account = found.account.ok_or(Problem::NotFound)?.account;
    let of = (&account, form.text("one_time"));
    paper::letter(&identity, of, (&asker, counter(&asker)?), visit.now()).await
}

/// The agency at whose counter the officer sits.
fn counter(asker: &SignedIn<Viewer>) -> Result<&str, Problem> {
    let counters = asker.viewer.agencies_with(Right::Intake);
    counters.first().copied().ok_or(Problem::Forbidden)
}

/// Somebody who is not on file, as the card says.
fn new_person(
    number: &Number,
    form: &FormData,
    visit: &Visit,
    errors: &mut FieldErrors,
) -> Option<Person> {
    let (typed, kind) = (form.text("name"), number.kind());
    let (fault, missing) = match kind {
        PersonKind::Citizen => (typed.parse::<PersonName>().err(), "name_missing"),
        PersonKind::Organisation => (
            typed.parse::<OrganisationName>().err(),
            "organisation_name_missing",
        ),
    };
    check_name(fault.as_ref(), word(missing), errors);
    let name = tidy_name(typed);
    let mut birth = None;
    if kind == PersonKind::Citizen {
        let today = web::show::local_date(visit.now());
        birth = birth_in(&DateAnswer::of(form, "birth"));
        match birth.map(|birth| birth.check_birth(today)) {
            Some(Ok(())) => {}
            Some(Err(fault)) => errors.add("birth", fault.vi()),
            None => errors.add("birth", word("birth_wrong")),
        }
    }
    let mut person = Person {
        id: Uuid::new_v4().to_string(),
        birth,
        origin: Origin::Office,
        ..unconfirmed(kind, &name, visit.now())
    };
    match number {
        Number::Personal(number) => person.personal_id = Some(number.clone()),
        Number::Tax(code) => person.tax_code = Some(code.clone()),
    }
    errors.is_empty().then_some(person)
}

/// A date of birth as far as the card has it: some have a year only.
pub(super) fn birth_in(typed: &DateAnswer) -> Option<PartialDate> {
    let parts = [&typed.day, &typed.month, &typed.year];
    let known = parts.into_iter().map(|part| part.trim());
    let known: Vec<&str> = known.skip_while(|part| part.is_empty()).collect();
    known.join("/").parse().ok()
}

impl CheckPage {
    fn new(shell: Shell, number: &Number, found: &Found) -> CheckPage {
        let account = found.account.as_ref();
        let with_device = account.is_some_and(|one| one.account.totp_secret.is_some());
        let offered = Resets::ALL
            .into_iter()
            .filter(|one| with_device || !one.device());
        let seen = to_be_seen(number.kind()).into_iter();
        CheckPage {
            shell,
            number: number.as_str().to_owned(),
            organisation: number.kind() == PersonKind::Organisation,
            known: found.person.as_ref().map(Known::new),
            has_account: account.is_some(),
            closed: account.is_some_and(|one| one.closed_at.is_some()),
            name: String::new(),
            birth: DateAnswer::default(),
            resets: Resets::Password.as_str().to_owned(),
            choices: offered
                .map(|one| Choice::new(one.as_str(), paper::does(one)))
                .collect(),
            seen: seen
                .map(|one| Choice::new(one.as_str(), words::seen(one)))
                .collect(),
            ticked: Vec::new(),
            errors: FieldErrors::new(),
        }
    }
}

impl Known {
    fn new(person: &Person) -> Known {
        use facts::people::Sex;
        Known {
            name: person.name.clone(),
            birth: person
                .birth
                .map(|birth| birth.to_string())
                .unwrap_or_default(),
            sex: match person.sex {
                Some(Sex::Male) => "Nam",
                Some(Sex::Female) => "Nữ",
                None => "",
            },
        }
    }
}
