//! `/counter/people`: somebody stands at the counter with a card. The officer finds by its number
//! what is on file and which account claims it, compares, and confirms, undoes, corrects or closes.
//! Does not know: the rules (`matters::person`), how an account is entered.
mod acts;

use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use facts::agency::{Right, Viewer};
use facts::people::{self, Difference, Origin, Person, PersonKind, Sex};
use jiff::Timestamp;
use kernel::{Ctx, Failure};
use matters::Ground;
use matters::person::{self, Acting, Refusal, Seen};
use std::sync::Arc;
use web::show::moment;
use web::ui::Choice;
use web::{
    Access, Answer, FieldErrors, Flash, FormData, Problem, Redirect, Routes, Shell, SignedIn,
    Visit, render, render_with,
};

use super::super::{Account, Identity};

const INTAKE: Access = Access::OfficerWith("intake");
/// The longest number that is looked for: a tax code with its branch, written with spaces.
const NUMBER_CHARS_MAX: usize = 30;

/// What these pages stand on.
#[derive(Clone)]
struct Office {
    identity: Identity,
    ground: Ground,
}

/// The URLs at which an office deals with people and their accounts.
pub fn people_routes(identity: Identity, ground: Ground) -> Routes {
    Routes::over(Office { identity, ground })
        .get("/counter/people", INTAKE, ask)
        .post("/counter/people", INTAKE, find)
        .get("/counter/people/{id}", INTAKE, show)
        .post("/counter/people/{id}/confirmation", INTAKE, acts::confirmed)
        .post("/counter/people/{id}/undo", INTAKE, acts::undone)
        .post("/counter/people/{id}/correction", INTAKE, acts::corrected)
        .post("/counter/people/{id}/closure", INTAKE, acts::closed)
        .done()
}

#[derive(Template)]
#[template(path = "identity/pages/people_search.html")]
struct SearchPage {
    shell: Shell,
    number: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "identity/pages/people.html")]
struct PeoplePage {
    shell: Shell,
    errors: FieldErrors,
    name: String,
    number: String,
    is_organisation: bool,
    on_file: Option<Described>,
    accounts: Vec<Claim>,
    papers: Vec<Choice>,
    sexes: Vec<Choice>,
    typed: Typed,
}

/// A description as drawn.
struct Described {
    id: String,
    name: String,
    birth: String,
    sex: String,
    sex_words: &'static str,
    number: String,
    phone: String,
}

/// An account beside what is on file.
struct Claim {
    said: Described,
    opened: String,
    is_open: bool,
    confirmed: bool,
    /// It was made for the person on file: there is nothing to compare.
    is_on_file: bool,
    name_differs: bool,
    birth_differs: bool,
    sex_differs: bool,
    differs: bool,
}

/// What was typed into the form that went wrong.
#[derive(Default)]
struct Typed {
    id: String,
    seen: String,
    name: String,
    birth: String,
    sex: String,
    number: String,
    reason: String,
}

/// The officer, one request.
struct Clerk {
    viewer: Arc<Viewer>,
    subject: String,
    visit: Visit,
}

impl<S: Send + Sync> FromRequestParts<S> for Clerk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { signed, viewer } =
            SignedIn::<Viewer>::from_request_parts(parts, state).await?;
        let visit = Visit::from_request_parts(parts, state).await?;
        let subject = signed.subject;
        Ok(Self {
            viewer,
            subject,
            visit,
        })
    }
}

impl Clerk {
    fn now(&self) -> Timestamp {
        self.visit.now()
    }

    fn acting(&self, form: &FormData) -> Result<Acting<'_>, Problem> {
        let offices = self.viewer.agencies_with(Right::Intake);
        let office = offices.first().ok_or(Problem::Forbidden)?;
        Ok(Acting {
            by: &self.viewer,
            ctx: Ctx {
                actor: self.subject.clone(),
                office: (*office).to_owned(),
                now: self.now(),
                command_id: form.command_id()?.to_owned(),
            },
        })
    }
}

async fn ask(clerk: Clerk) -> Answer {
    let shell = Shell::new(&clerk.visit);
    let (number, errors) = (String::new(), FieldErrors::new());
    render(&SearchPage {
        shell,
        number,
        errors,
    })
}

/// By the number on the card, which stands in no address.
async fn find(State(office): State<Office>, clerk: Clerk, form: FormData) -> Answer {
    let typed: String = form.text("number").chars().take(NUMBER_CHARS_MAX).collect();
    let (number, found) = office.by_number(&typed).await?;
    if let Some(found) = found {
        let to = format!("/counter/people/{}", found.id);
        return Ok(Redirect::to(to).into_response());
    }
    let mut errors = FieldErrors::new();
    errors.add(
        "number",
        match number {
            true => "Chưa có ai với số này: không có trong sổ, cũng không có tài khoản.",
            false => "Nhập 12 chữ số trên thẻ căn cước, hoặc mã số thuế của tổ chức.",
        },
    );
    let page = SearchPage {
        shell: Shell::new(&clerk.visit),
        number: typed,
        errors,
    };
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn show(State(office): State<Office>, Path(id): Path<String>, clerk: Clerk) -> Answer {
    office
        .page(&clerk, &id, (FieldErrors::new(), Typed::default()))
        .await
}

impl Office {
    /// Whether the text is a number at all, and whose it is: on file before accounts.
    async fn by_number(&self, text: &str) -> Result<(bool, Option<Person>), Problem> {
        let db = self.ground.db();
        let personal = text.parse::<people::PersonalId>().ok();
        let tax = text.parse::<people::TaxCode>().ok();
        let mut number = None;
        if let Some(id) = &personal {
            if let Some(person) = people::views::by_personal_id(db, id).await? {
                return Ok((true, Some(person)));
            }
            number = Some(id.as_str());
        }
        if let Some(code) = &tax {
            if let Some(person) = people::views::by_tax_code(db, code).await? {
                return Ok((true, Some(person)));
            }
            number = number.or(Some(code.as_str()));
        }
        let Some(number) = number else {
            return Ok((false, None));
        };
        let accounts = people::views::claims(db, number).await?;
        Ok((true, accounts.into_iter().next()))
    }

    async fn person(&self, id: &str) -> Result<Person, Problem> {
        let person = people::views::by_id(self.ground.db(), id).await?;
        person
            .filter(|person| person.valid_to.is_none())
            .ok_or(Problem::NotFound)
    }

    /// Who is on file for this description: itself, whom the account was confirmed to be, or who
    /// has the number.
    async fn on_file(&self, person: &Person) -> Result<Option<Person>, Problem> {
        match &person.origin {
            Origin::Office => Ok(Some(person.clone())),
            Origin::Account {
                confirmed_as: Some(id),
            } => Ok(people::views::by_id(self.ground.db(), id).await?),
            Origin::Account { confirmed_as: None } => {
                Ok(person::on_file(&self.ground, person).await?)
            }
        }
    }

    /// Everything of one number: who is on file, and the accounts that say they are it.
    async fn page(&self, clerk: &Clerk, id: &str, (errors, typed): (FieldErrors, Typed)) -> Answer {
        let person = self.person(id).await?;
        let on_file = self.on_file(&person).await?;
        let mut accounts = Vec::new();
        if let Some(known) = &on_file
            && let Some(account) = self.identity.account_of_subject(&known.id).await?
        {
            accounts.push(claim(known, on_file.as_ref(), Some(&account)));
        }
        for said in self.claims(&person, on_file.as_ref()).await? {
            let account = self.identity.account_of_subject(&said.id).await?;
            accounts.push(claim(&said, on_file.as_ref(), account.as_ref()));
        }
        let status = match errors.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let shown = on_file.as_ref().unwrap_or(&person);
        let page = PeoplePage {
            shell: Shell::new(&clerk.visit),
            errors,
            name: shown.name.clone(),
            number: shown.number().to_owned(),
            is_organisation: shown.kind == PersonKind::Organisation,
            papers: papers(shown.kind),
            sexes: vec![Choice::new("male", "Nam"), Choice::new("female", "Nữ")],
            on_file: on_file.as_ref().map(described),
            accounts,
            typed,
        };
        render_with(status, &page)
    }

    /// What accounts say of themselves: with the number of this description, with that on file, or
    /// confirmed to be who is on file.
    async fn claims(
        &self,
        person: &Person,
        on_file: Option<&Person>,
    ) -> Result<Vec<Person>, Problem> {
        let db = self.ground.db();
        let mut all = people::views::claims(db, person.number()).await?;
        if let Some(known) = on_file {
            all.extend(people::views::claims(db, known.number()).await?);
            all.extend(people::views::accounts_of(db, &known.id).await?);
        }
        all.sort_by(|a, b| (b.valid_from, &b.id).cmp(&(a.valid_from, &a.id)));
        all.dedup_by(|a, b| a.id == b.id);
        Ok(all)
    }

    /// Back to the page, or the page once more with what is wrong.
    async fn done(
        &self,
        (clerk, id): (&Clerk, &str),
        field: &str,
        typed: Typed,
        (happened, said): (Result<(), Failure<Refusal>>, &'static str),
    ) -> Answer {
        let refusal = match happened {
            Ok(()) => {
                let back = Redirect::to(format!("/counter/people/{id}"));
                return Ok(back.with(Flash::good(said)).into_response());
            }
            Err(Failure::Trouble(trouble)) => return Err(Problem::trouble(trouble)),
            Err(Failure::Refused(Refusal::NotAllowed)) => return Err(Problem::Forbidden),
            Err(Failure::Refused(refusal)) => refusal,
        };
        let mut errors = FieldErrors::new();
        let field = match refusal {
            Refusal::ReasonMissing | Refusal::TooLong if field != "closure" => "reason",
            Refusal::NumberTaken => "number",
            _ => field,
        };
        errors.add(field_of(&typed.id, field), refusal.sentence("vi"));
        self.page(clerk, id, (errors, typed)).await
    }
}

/// The fields of several forms of one page are told apart by whose form it is.
fn field_of(id: &str, part: &str) -> String {
    format!("{part}.{id}")
}

fn claim(said: &Person, on_file: Option<&Person>, account: Option<&Account>) -> Claim {
    let is_on_file = said.origin == Origin::Office;
    let differences = on_file.map_or_else(Vec::new, |known| known.differences(said));
    let differs = |what: Difference| differences.contains(&what);
    Claim {
        opened: account.map_or_else(String::new, |account| moment(account.created_at)),
        is_open: account.is_some(),
        confirmed: is_on_file || said.origin.confirmed_as().is_some(),
        is_on_file,
        name_differs: differs(Difference::Name),
        birth_differs: differs(Difference::Birth),
        sex_differs: differs(Difference::Sex),
        differs: !differences.is_empty(),
        said: described(said),
    }
}

fn described(person: &Person) -> Described {
    Described {
        id: person.id.clone(),
        name: person.name.clone(),
        birth: person
            .birth
            .map(|birth| birth.to_string())
            .unwrap_or_default(),
        sex: person.sex.map(|sex| sex.to_string()).unwrap_or_default(),
        sex_words: match person.sex {
            Some(Sex::Male) => "Nam",
            Some(Sex::Female) => "Nữ",
            None => "",
        },
        number: person.number().to_owned(),
        phone: person.phone.clone().unwrap_or_default(),
    }
}

fn papers(kind: PersonKind) -> Vec<Choice> {
    let words = |seen: &Seen| match seen {
        Seen::Card => "Thẻ căn cước",
        Seen::Vneid => "Căn cước điện tử (VNeID mức 2)",
        Seen::Passport => "Hộ chiếu hoặc giấy tờ khác có ảnh",
        Seen::Registration => "Giấy đăng ký, và giấy tờ của người đại diện",
    };
    let papers = person::papers(kind).iter();
    papers
        .map(|seen| Choice::new(seen.name(), words(seen)))
        .collect()
}
