//! The addresses of the acts: read the form, give the order, go on; or show the same page with
//! the refusal as a sentence and everything as it was typed. Does not know: what the law says.
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use kernel::{Ctx, Decide, Failure, Statement, Trouble};
use matters::Standing;
use matters::dossier::{Action, Command, Order, Refusal, State, drafts, views};
use web::{Answer, FieldErrors, Flash, FormData, Problem, Redirect, UploadedFile};

use super::dossier::{Fault, Spelled, names, next, page};
use super::{Asked, Room};
use crate::desk::deed::Deed;
use crate::desk::form::Typed;
use crate::desk::offer::whose;
use crate::desk::reading::{Wish, field_of, wish, wrong};
use crate::desk::results::{self, Heading, NoFile};
use crate::desk::words::{fill, refusal};

/// Who asks for which dossier.
pub(super) struct Ask {
    pub room: Room,
    pub code: String,
    pub asked: Asked,
}

impl FromRequestParts<Room> for Ask {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, room: &Room) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, room).await;
        let Path(code) = path.map_err(|_| Problem::NotFound)?;
        let asked = Asked::from_request_parts(parts, room).await?;
        Ok(Self {
            room: room.clone(),
            code,
            asked,
        })
    }
}

/// One act on one dossier. It is judged by what is really there; the page is only read again to be
/// shown.
pub(super) async fn post(deed: Deed, ask: Ask, form: FormData) -> Answer {
    let standing = ask.standing().await?;
    let command_id = form.command_id()?.to_owned();
    let typed = Typed::of(&form, deed);
    if form.has("more") {
        return again(&ask, typed, FieldErrors::new(), true).await;
    }
    let ctx = ask.asked.ctx(&standing.dossier, command_id);
    let command = match command(deed, &ask, &standing, (&typed, &form, &ctx)).await? {
        Ok(command) => command,
        Err(NoCommand::Wrong(errors)) => return again(&ask, typed, errors, false).await,
        Err(NoCommand::Refused(why)) => return refused(deed, &ask, typed, &why).await,
    };
    let (number, along) = claim(&ask, &standing, &command);
    let order = Order::new(&ask.asked.viewer, command);
    let ground = &ask.room.ground;
    match ground.order_along(&standing.id, order, ctx, along).await {
        Ok(_) => done(deed, &ask, &standing, form.text("then") == "next").await,
        Err(Failure::Refused(why)) => refused(deed, &ask, typed, &why).await,
        // Somebody was faster with the same number.
        Err(Failure::Trouble(Trouble::Conflict(_)))
            if is_taken(&ask, &standing, &number).await? =>
        {
            refused(deed, &ask, typed, &Refusal::NumberTaken { number }).await
        }
        Err(Failure::Trouble(cause)) => Err(Problem::trouble(cause)),
    }
}

/// The number of a result, and the statement that keeps it for this dossier alone.
fn claim(ask: &Ask, standing: &Standing, command: &Command) -> (String, Vec<Statement>) {
    match command {
        Command::Issue { number, .. } if !number.is_empty() => {
            let agency = &standing.dossier.agency;
            let claim = views::claim_result(agency, number, &standing.id, ask.asked.now);
            (number.clone(), vec![claim])
        }
        _ => (String::new(), Vec::new()),
    }
}

async fn is_taken(ask: &Ask, standing: &Standing, number: &str) -> Result<bool, Problem> {
    let wanted = (standing.dossier.agency.as_str(), number);
    let db = ask.room.ground.db();
    views::is_result_taken(db, wanted, &standing.id, ask.asked.now)
        .await
        .map_err(Problem::trouble)
}

/// Why there is no command.
enum NoCommand {
    /// Something is wrong with the form.
    Wrong(FieldErrors),
    /// The law would refuse it.
    Refused(Refusal),
}

impl From<FieldErrors> for NoCommand {
    fn from(errors: FieldErrors) -> Self {
        Self::Wrong(errors)
    }
}

/// The same page, everything as it was typed: with what is wrong in it, or with more rows.
async fn again(ask: &Ask, typed: Typed<'_>, errors: FieldErrors, only_more: bool) -> Answer {
    let fault = Fault {
        typed,
        errors,
        refusal: String::new(),
        only_more,
    };
    page(ask, &ask.sheet().await?, Some(fault)).await
}

/// The same page or the next dossier of the inbox, with what was done in one sentence.
async fn done(deed: Deed, ask: &Ask, standing: &Standing, go_on: bool) -> Answer {
    let code = standing.code();
    let flash = Flash::good(fill(&format!("done.{}", deed.slug()), &[("code", &code)]));
    let place = if go_on {
        let next = next(&ask.room.ground, &ask.asked, &standing.id)
            .await
            .map_err(Problem::trouble)?;
        next.map_or("/desk".to_owned(), |next| format!("/desk/dossiers/{next}"))
    } else {
        format!("/desk/dossiers/{code}")
    };
    Ok(Redirect::to(place).with(flash).into_response())
}

/// The page as it is now, the refusal at its field.
async fn refused(deed: Deed, ask: &Ask, typed: Typed<'_>, why: &Refusal) -> Answer {
    let sheet = ask.sheet().await?;
    let names = names(&ask.room.ground, &sheet, ask.asked.now)
        .await
        .map_err(Problem::trouble)?;
    let sentence = refusal(
        why,
        &Spelled {
            sheet: &sheet,
            names: &names,
        },
    );
    let mut errors = FieldErrors::new();
    if let Some(part) = field_of(deed, why) {
        errors.add(format!("{}.{part}", typed.key()), &sentence);
    }
    let fault = Fault {
        typed,
        errors,
        refusal: sentence,
        only_more: false,
    };
    page(ask, &sheet, Some(fault)).await
}

/// What was typed, as a command; files are kept and numbers taken on the way.
async fn command(
    deed: Deed,
    ask: &Ask,
    standing: &Standing,
    (typed, form, ctx): (&Typed<'_>, &FormData, &Ctx),
) -> Result<Result<Command, NoCommand>, Problem> {
    let command = match wish(deed, typed) {
        Err(errors) => return Ok(Err(errors.into())),
        Ok(Wish::Command(Command::IdentifyApplicant { .. })) => Command::IdentifyApplicant {
            person: on_file(ask).await?,
        },
        Ok(Wish::Command(command)) => command,
        Ok(Wish::Draft) if !ask.drafts(standing) => Command::DraftResult {
            file: String::new(),
        },
        Ok(Wish::Draft) => match drafted(ask, typed.upload(form)).await {
            Ok(file) => Command::DraftResult { file },
            Err(fault) => return no_file(typed, fault).map(|errors| Err(errors.into())),
        },
        Ok(Wish::Issue) => return issue(ask, standing, (typed, form, ctx)).await,
    };
    Ok(Ok(command))
}

impl Ask {
    /// Whether this officer may write the result now: a file is kept for nobody else.
    fn drafts(&self, standing: &Standing) -> bool {
        standing.may(Action::DraftResult) && drafts(&self.asked.viewer, &standing.dossier)
    }
}

/// The file of a draft result: the uploaded one, or one made from the template.
async fn drafted(ask: &Ask, upload: Option<&UploadedFile>) -> Result<String, NoFile> {
    match upload {
        Some(upload) => results::keep(&ask.room.ground, upload).await,
        None => made(ask, None).await,
    }
}

/// The id of who is on file with the number that was typed of the applicant; empty for nobody.
async fn on_file(ask: &Ask) -> Result<String, Problem> {
    let sheet = ask.sheet().await?;
    let known = whose(&ask.room.ground, &sheet).await;
    let known = known.map_err(Problem::trouble)?;
    Ok(known.map(|known| known.id).unwrap_or_default())
}

/// A number is taken for what will be issued and for nothing else: first the file is looked at and
/// the law asked, then the number given. What was uploaded is never replaced by the template: what
/// was meant to be issued was that file.
async fn issue(
    ask: &Ask,
    standing: &Standing,
    (typed, form, ctx): (&Typed<'_>, &FormData, &Ctx),
) -> Result<Result<Command, NoCommand>, Problem> {
    let ground = &ask.room.ground;
    let upload = match typed.upload(form) {
        None if !results::has_template(&standing.procedure) => {
            return no_file(typed, NoFile::NoTemplate).map(|errors| Err(errors.into()));
        }
        None => None,
        Some(upload) => match results::keep(ground, upload).await {
            Ok(file) => Some(file),
            Err(fault) => return no_file(typed, fault).map(|errors| Err(errors.into())),
        },
    };
    let tried = Command::Issue {
        number: "-".to_owned(),
        file: "-".to_owned(),
    };
    let state = State {
        dossier: Some(standing.dossier.clone()),
    };
    let order = Order::new(&ask.asked.viewer, tried);
    if ground.law.decide(&state, ctx, &order).is_err() {
        // Without a number the law says the same again; or the form was sent twice, and was right.
        return Ok(Ok(Command::Issue {
            number: String::new(),
            file: String::new(),
        }));
    }
    let number = match number(ask, standing, typed).await? {
        Ok(number) => number,
        Err(why) => return Ok(Err(NoCommand::Refused(why))),
    };
    let file = match upload {
        Some(file) => Ok(file),
        None => made(ask, Some(&number)).await,
    };
    match file {
        Ok(file) => Ok(Ok(Command::Issue { number, file })),
        Err(fault) => no_file(typed, fault).map(|errors| Err(errors.into())),
    }
}

/// The number typed, unless another result has it; or the next one of the year that is free.
async fn number(
    ask: &Ask,
    standing: &Standing,
    typed: &Typed<'_>,
) -> Result<Result<String, Refusal>, Problem> {
    let number = typed.text("number").to_owned();
    if !number.is_empty() {
        return Ok(match is_taken(ask, standing, &number).await? {
            false => Ok(number),
            true => Err(Refusal::NumberTaken { number }),
        });
    }
    let agency = &standing.dossier.agency;
    let numbers = &ask.room.ground.numbers;
    // Each round passes one that was typed before.
    for _ in 0..TYPED_AHEAD_MAX {
        let next = numbers.result(agency, ask.asked.now).await;
        let next = results::full_number(&standing.procedure, next.map_err(Problem::trouble)?);
        if !is_taken(ask, standing, &next).await? {
            return Ok(Ok(next));
        }
    }
    Err(Problem::bug("no number of a result is free"))
}

/// Numbers that somebody may have typed ahead of the counter, in one run.
const TYPED_AHEAD_MAX: usize = 1_000;

/// A result made from the template.
async fn made(ask: &Ask, number: Option<&str>) -> Result<String, NoFile> {
    let ground = &ask.room.ground;
    let sheet = ask.opened().await?.ok_or(NoFile::NoDossier)?;
    let names = names(ground, &sheet, ask.asked.now).await?;
    let heading = Heading {
        number,
        now: ask.asked.now,
    };
    results::make(ground, &sheet, &names, &heading).await
}

fn no_file(typed: &Typed<'_>, fault: NoFile) -> Result<FieldErrors, Problem> {
    match fault {
        NoFile::NotPdf => Ok(wrong(typed, "file", "wrong.pdf")),
        NoFile::Untaken(told) => {
            let mut errors = FieldErrors::new();
            errors.add(format!("{}.file", typed.key()), told);
            Ok(errors)
        }
        NoFile::NoTemplate => Ok(wrong(typed, "file", "wrong.template")),
        NoFile::NoDossier => Err(Problem::NotFound),
        NoFile::Trouble(cause) => Err(Problem::trouble(cause)),
    }
}
