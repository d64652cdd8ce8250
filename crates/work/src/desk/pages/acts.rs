//! The addresses of the acts: read the form, give the order, go on; or show the same page with
//! the refusal as a sentence and everything as it was typed. Does not know: what the law says.
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use kernel::{Failure, Trouble};
use matters::Standing;
use matters::dossier::{Action, Command, Order, Refusal, drafts};
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
    let command = match command(deed, &ask, &standing, (&typed, &form)).await? {
        Ok(command) => command,
        Err(errors) => return again(&ask, typed, errors, false).await,
    };
    let ctx = ask.asked.ctx(&standing.dossier, command_id);
    let order = Order::new(&ask.asked.viewer, command);
    match ask.room.ground.order(&standing.id, order, ctx).await {
        Ok(_) => done(deed, &ask, &standing, form.text("then") == "next").await,
        Err(Failure::Refused(why)) => refused(deed, &ask, typed, &why).await,
        Err(Failure::Trouble(cause)) => Err(Problem::trouble(cause)),
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
    (typed, form): (&Typed<'_>, &FormData),
) -> Result<Result<Command, FieldErrors>, Problem> {
    let command = match wish(deed, typed) {
        Err(errors) => return Ok(Err(errors)),
        Ok(Wish::Command(Command::IdentifyApplicant { .. })) => Command::IdentifyApplicant {
            person: on_file(ask).await?,
        },
        Ok(Wish::Command(command)) => command,
        Ok(Wish::Draft) if !ask.drafts(standing) => Command::DraftResult {
            file: String::new(),
        },
        Ok(Wish::Draft) => match drafted(ask, typed.upload(form)).await {
            Ok(file) => Command::DraftResult { file },
            Err(fault) => return no_file(typed, fault).map(Err),
        },
        // What may not be issued takes no number: the law says why not.
        Ok(Wish::Issue) if !standing.may(Action::Issue) => Command::Issue {
            number: String::new(),
            file: String::new(),
        },
        Ok(Wish::Issue) => match issued(ask, standing, (typed, typed.upload(form))).await {
            Ok((number, file)) => Command::Issue { number, file },
            Err(fault) => return no_file(typed, fault).map(Err),
        },
    };
    Ok(Ok(command))
}

impl Ask {
    /// Whether this officer may write the result now: a file is kept for nobody else.
    fn drafts(&self, standing: &Standing) -> bool {
        standing.may(Action::DraftResult) && drafts(&self.asked.viewer, &standing.dossier)
    }
}

/// The number and the file of a result. What was uploaded is looked at before a number is taken,
/// and is never replaced by the template: what was meant to be issued was that file.
async fn issued(
    ask: &Ask,
    standing: &Standing,
    (typed, upload): (&Typed<'_>, Option<&UploadedFile>),
) -> Result<(String, String), NoFile> {
    if let Some(upload) = upload {
        let file = results::keep(&ask.room.ground, upload).await?;
        return Ok((number(ask, standing, typed).await?, file));
    }
    if !results::has_template(&standing.procedure) {
        return Err(NoFile::NoTemplate);
    }
    let number = number(ask, standing, typed).await?;
    let file = made(ask, Some(&number)).await?;
    Ok((number, file))
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

/// The number typed, or the next one of the year.
async fn number(ask: &Ask, standing: &Standing, typed: &Typed<'_>) -> Result<String, Trouble> {
    match typed.text("number") {
        "" => {
            let agency = &standing.dossier.agency;
            let numbers = &ask.room.ground.numbers;
            let number = numbers.result(agency, ask.asked.now).await?;
            Ok(results::full_number(&standing.procedure, number))
        }
        typed => Ok(typed.to_owned()),
    }
}

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
