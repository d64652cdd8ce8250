//! The addresses of the acts: read the form, give the order, go on; or show the same page with
//! the refusal as a sentence and everything as it was typed. Does not know: what the law says.
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use kernel::Failure;
use matters::dossier::{Action, Command, Order, Refusal};
use web::{Answer, FieldErrors, Flash, FormData, Problem, Redirect, UploadedFile};

use super::dossier::{Fault, Spelled, names, next, page};
use super::{Asked, Room};
use crate::desk::deed::Deed;
use crate::desk::form::Typed;
use crate::desk::reading::{Wish, field_of, wish, wrong};
use crate::desk::results::{self, Heading, NoFile};
use crate::desk::sheet::Sheet;
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

/// One act on one dossier.
pub(super) async fn post(deed: Deed, ask: Ask, form: FormData) -> Answer {
    let sheet = ask.sheet().await?;
    let command_id = form.command_id()?.to_owned();
    let typed = Typed::of(&form, deed);
    if form.has("more") {
        let errors = FieldErrors::new();
        let fault = Fault {
            typed,
            errors,
            refusal: String::new(),
            only_more: true,
        };
        return page(&ask, &sheet, Some(fault)).await;
    }
    let command = match command(deed, &ask, &sheet, (&typed, &form)).await? {
        Ok(command) => command,
        Err(errors) => {
            let fault = Fault {
                typed,
                errors,
                refusal: String::new(),
                only_more: false,
            };
            return page(&ask, &sheet, Some(fault)).await;
        }
    };
    let ctx = ask.asked.ctx(&sheet.dossier, command_id);
    let order = Order::new(&ask.asked.viewer, command);
    match ask.room.ground.order(&sheet.id, order, ctx).await {
        Ok(_) => done(deed, &ask, &sheet, form.text("then") == "next").await,
        Err(Failure::Refused(why)) => refused(deed, &ask, typed, &why).await,
        Err(Failure::Trouble(cause)) => Err(Problem::trouble(cause)),
    }
}

/// The same page or the next dossier of the inbox, with what was done in one sentence.
async fn done(deed: Deed, ask: &Ask, sheet: &Sheet, go_on: bool) -> Answer {
    let code = sheet.code();
    let flash = Flash::good(fill(&format!("done.{}", deed.slug()), &[("code", &code)]));
    let place = if go_on {
        let next = next(&ask.room.ground, &ask.asked, &sheet.id)
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
    sheet: &Sheet,
    (typed, form): (&Typed<'_>, &FormData),
) -> Result<Result<Command, FieldErrors>, Problem> {
    let command = match wish(deed, typed) {
        Err(errors) => return Ok(Err(errors)),
        Ok(Wish::Command(command)) => command,
        Ok(Wish::Draft) if !sheet.may(Action::DraftResult) => Command::DraftResult {
            file: String::new(),
        },
        Ok(Wish::Draft) => match file(ask, sheet, typed.upload(form), None).await {
            Ok(file) => Command::DraftResult { file },
            Err(fault) => return no_file(typed, fault).map(Err),
        },
        // What may not be issued takes no number: the law says why not.
        Ok(Wish::Issue) if !sheet.may(Action::Issue) => Command::Issue {
            number: String::new(),
            file: String::new(),
        },
        Ok(Wish::Issue) => {
            let number = number(ask, sheet, typed).await?;
            match file(ask, sheet, typed.upload(form), Some(&number)).await {
                Ok(file) => Command::Issue { number, file },
                Err(fault) => return no_file(typed, fault).map(Err),
            }
        }
    };
    Ok(Ok(command))
}

/// The number typed, or the next one of the year.
async fn number(ask: &Ask, sheet: &Sheet, typed: &Typed<'_>) -> Result<String, Problem> {
    match typed.text("number") {
        "" => {
            let agency = &sheet.dossier.agency;
            let number = ask
                .room
                .ground
                .numbers
                .result(agency, ask.asked.now)
                .await
                .map_err(Problem::trouble)?;
            Ok(results::full_number(&sheet.procedure, number))
        }
        typed => Ok(typed.to_owned()),
    }
}

/// The uploaded file, or one made from the template.
async fn file(
    ask: &Ask,
    sheet: &Sheet,
    upload: Option<&UploadedFile>,
    number: Option<&str>,
) -> Result<String, NoFile> {
    let ground = &ask.room.ground;
    if let Some(upload) = upload {
        return results::keep(ground, upload).await;
    }
    let names = names(ground, sheet, ask.asked.now).await?;
    let heading = Heading {
        number,
        now: ask.asked.now,
    };
    results::make(ground, sheet, &names, &heading).await
}

fn no_file(typed: &Typed<'_>, fault: NoFile) -> Result<FieldErrors, Problem> {
    match fault {
        NoFile::NotPdf => Ok(wrong(typed, "file", "wrong.pdf")),
        NoFile::NoTemplate => Ok(wrong(typed, "file", "wrong.template")),
        NoFile::Trouble(cause) => Err(Problem::trouble(cause)),
    }
}
