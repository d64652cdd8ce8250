//! One page of questions: shown, saved while it is typed, sent.
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use matters::Ground;
use matters::files::{self, Taken};
use matters::questions::{Press, Questions, Reading, Sought};
use web::ui::{Link, id_of};
use web::{Answer, Cut, FieldErrors, FormData, Problem, QueryData, Shell, Visit};
use web::{render, render_with};

use super::{Opened, change, crumbs, to};
use crate::apply::doing::Doing;

#[derive(Template)]
#[template(path = "apply/pages/form.html")]
struct FormPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    title: String,
    hint: String,
    questions: Questions,
    action: String,
    save: String,
    overview: String,
    from: String,
    multipart: bool,
    step: usize,
    steps: usize,
}

pub(super) async fn ask(
    Opened { doing, .. }: Opened,
    Path((_, section)): Path<(String, String)>,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let errors = FieldErrors::new();
    render(&page(
        &doing,
        &section,
        (errors, query.text("from")),
        (shell, Sought::of(&query)),
    )?)
}

/// While somebody types: kept as it is, right or wrong.
pub(super) async fn saved(
    opened: Result<Opened, Response>,
    Path((_, section)): Path<(String, String)>,
    form: FormData,
) -> Answer {
    let Opened {
        ground, doing, now, ..
    } = match opened {
        Ok(opened) => opened,
        // A script would follow to the page of the dossier and believe that it was kept.
        Err(elsewhere) if elsewhere.status().is_redirection() => return Err(Problem::NotFound),
        Err(problem) => return Ok(problem),
    };
    read(&ground, &doing, (&section, &form, &[]), now).await?;
    Ok("saved".into_response())
}

pub(super) async fn sent(
    Opened {
        ground, doing, now, ..
    }: Opened,
    Path((_, section)): Path<(String, String)>,
    visit: Visit,
    Cut(mut form): Cut,
) -> Answer {
    let uploads = form.take_files();
    let account = (doing.draft.owner.as_str(), now);
    let (kept, mut faults) = files::keep_for(&ground, account, uploads).await?;
    faults.add_all(&form.faults());
    let (doing, reading) = read(&ground, &doing, (&section, &form, &kept), now).await?;
    match (&reading.press, faults.is_empty()) {
        (Press::Stay(anchor), true) => {
            let back = (anchor.as_str(), form.text("from"), &Sought::default());
            return Ok(back_to(&doing, &section, back));
        }
        (Press::Seek(sought), true) => {
            let back = (sought.field.as_str(), form.text("from"), sought);
            return Ok(back_to(&doing, &section, back));
        }
        _ => {}
    }
    let errors = match &reading.press {
        Press::Stay(_) | Press::Seek(_) => faults,
        Press::GoOn => of_asked(&doing, &section, &form, faults),
    };
    if !errors.is_empty() {
        let shell = Shell::new(&visit);
        let shell = (shell, Sought::default());
        let page = page(&doing, &section, (errors, form.text("from")), shell)?;
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if doing
        .asker()
        .warns_anew(&section, &doing.draft.answers, &form)
    {
        let shell = Shell::new(&visit);
        let none = (FieldErrors::new(), form.text("from"));
        let shell = (shell, Sought::default());
        return render(&page(&doing, &section, none, shell)?);
    }
    if let Some(appeared) = &reading.appeared {
        return Ok(back_to(
            &doing,
            &section,
            (appeared, form.text("from"), &Sought::default()),
        ));
    }
    Ok(to(match form.text("from") {
        "check" => doing.url("check"),
        _ => doing.after(&section),
    }))
}

/// Reads the page into the draft; what is typed is kept before anything is found wrong with it.
async fn read(
    ground: &Ground,
    doing: &Doing,
    (section, form, kept): (&str, &FormData, &[Taken]),
    now: Timestamp,
) -> Result<(Doing, Reading), Problem> {
    let asker = doing.asker();
    if doing.form().section(section).is_none() {
        return Err(Problem::NotFound);
    }
    let mut last = None;
    let changed = change(ground, &doing.draft, now, |draft| {
        let reading = asker.read(section, &draft.answers, form);
        draft.answers = reading.answers.clone();
        for file in kept {
            let named = (file.kept.digest.as_str(), file.name.as_str());
            asker.attach(&mut draft.answers, &file.field, named);
        }
        if reading.press == Press::GoOn && form.has("go") {
            draft.visit(section);
        }
        last = Some(reading);
    })
    .await?;
    let reading = last.ok_or(Problem::NotFound)?;
    Ok((changed, reading))
}

/// Errors of the questions that stood on the page: one that just appeared is not wrong yet.
fn of_asked(doing: &Doing, section: &str, form: &FormData, faults: FieldErrors) -> FieldErrors {
    let asked = form.all("_asked");
    let stood = |field: &str| match field.contains("].") {
        true => asked.iter().any(|path| {
            let rest = field.strip_prefix(*path);
            path.contains("].") && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }),
        false => asked.contains(&field.split('.').next().unwrap_or(field)),
    };
    let mut errors = faults;
    for (field, message) in doing.asker().check(section, &doing.draft.answers).items() {
        if field.is_empty() || stood(field) {
            errors.add(field.clone(), message.clone());
        }
    }
    errors
}

fn back_to(
    doing: &Doing,
    section: &str,
    (anchor, from, sought): (&str, &str, &Sought),
) -> Response {
    let from = match from {
        "check" => "from=check".to_owned(),
        _ => String::new(),
    };
    let mut query = vec![from, sought.query()];
    query.retain(|part| !part.is_empty());
    let query = query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    to(doing.url(&format!("form/{section}{mark}{query}#{}", id_of(anchor))))
}

fn page(
    doing: &Doing,
    section: &str,
    (errors, from): (FieldErrors, &str),
    (shell, sought): (Shell, Sought),
) -> Result<FormPage, Problem> {
    let answers = &doing.draft.answers;
    let questions = doing
        .asker()
        .page_seeking(section, answers, errors.clone(), &sought);
    let questions = questions.ok_or(Problem::NotFound)?;
    let progress = doing.progress();
    let at = progress.iter().position(|part| part.id == section);
    Ok(FormPage {
        shell,
        crumbs: crumbs(doing, &questions.title),
        errors,
        title: questions.title.clone(),
        hint: questions.hint.clone(),
        action: doing.url(&format!("form/{section}")),
        save: doing.url(&format!("save/{section}")),
        overview: format!("/apply/{}", doing.draft.id),
        from: if from == "check" {
            "check".into()
        } else {
            String::new()
        },
        multipart: questions.has_file(),
        questions,
        step: at.map_or(1, |at| at + 1),
        // Papers, receiving and the check follow the sections.
        steps: progress.len() + 3,
    })
}
