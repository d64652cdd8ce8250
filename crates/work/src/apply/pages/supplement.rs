//! Bổ sung: exactly what was asked for, each item with its file; answers can be changed; sent once.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use kernel::Json;
use matters::Ground;
use matters::dossier::{Action, Command, Dossier, Facts, Order, Party, may};
use matters::draft::{self, Draft, DraftPaper, FILES_MAX};
use matters::files::{self, Taken};
use web::ui::{Link, SummaryRow};
use web::{Answer, Cut, FieldErrors, Flash, FormData, Now, Problem, Redirect, Shell, Visit};
use web::{render, render_with};

use super::papers::{FileRow, attach_paper, field_of, remove_paper, rows_of};
use super::{Who, change, ctx, dossier, refused, to};
use crate::apply::OTHER;
use crate::apply::doing::Doing;
use crate::apply::submission;
use crate::apply::supplement::{self, Asked};

/// Key of the unfinished note among the draft's answers; no question begins with `_`.
const NOTE: &str = "_note";

struct ItemRow {
    what: String,
    why: String,
    /// Empty when the item asks for no paper of the list.
    field: String,
    name: String,
    files: Vec<FileRow>,
}

#[derive(Template)]
#[template(path = "apply/pages/supplement.html")]
struct SupplementPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    refusal: String,
    code: String,
    open: bool,
    waits: bool,
    returned: String,
    close_at: String,
    contact: String,
    items: Vec<ItemRow>,
    other: String,
    other_files: Vec<FileRow>,
    sections: Vec<SummaryRow>,
    changed: bool,
    note: String,
}

/// A dossier whose supplement is being written.
struct Open {
    id: String,
    dossier: Dossier,
    asked: Asked,
    /// The draft as kept, or as it would begin.
    doing: Doing,
    kept: bool,
    refusal: String,
}

pub(super) async fn ask(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    Path(code): Path<String>,
    shell: Shell,
) -> Answer {
    let open = begin(&ground, &who, &code, now).await?;
    let told = (FieldErrors::new(), open.refusal.clone());
    render(&page(&open, told, shell))
}

pub(super) async fn sent(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    Path(code): Path<String>,
    visit: Visit,
    Cut(mut form): Cut,
) -> Answer {
    let mut open = begin(&ground, &who, &code, now).await?;
    if !open.refusal.is_empty() {
        let told = (FieldErrors::new(), open.refusal.clone());
        let page = page(&open, told, Shell::new(&visit));
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let uploads = form.take_files();
    let (kept, mut errors) =
        files::keep_for(&ground, (&open.doing.draft.owner, now), uploads).await?;
    errors.add_all(&form.faults());
    if open.doing.draft.papers.len() + kept.len() > FILES_MAX {
        let told = "Gộp các trang vào một tệp PDF.";
        errors.add(
            "",
            format!("Một lần bổ sung có nhiều nhất {FILES_MAX} tệp. {told}"),
        );
    }
    open.doing = write(&ground, &open, (&kept, &form), now).await?;
    open.kept = true;
    if let Some(section) = form.filled("_edit").filter(|_| errors.is_empty()) {
        return Ok(to(open.doing.url(&format!("form/{section}"))));
    }
    // It can be handed in once: only when the button that says so was pressed.
    let stays = !form.has("_send") || form.has("_remove");
    if stays && errors.is_empty() {
        return Ok(to(format!("/dossiers/{code}/supplement#list")));
    }
    let mut refusal = String::new();
    if !stays {
        add_lacking(&open, &mut errors);
    }
    if errors.is_empty() {
        match hand_in(&ground, &who, &open, (form.command_id()?, now)).await? {
            Ok(()) => {
                let told = Flash::good("Đã gửi phần bổ sung. Cán bộ sẽ xem và trả lời bạn.");
                let page = format!("/dossiers/{code}");
                return Ok(Redirect::to(page).with(told).into_response());
            }
            Err(Told::Fields(fields)) => errors = fields,
            Err(Told::Sentence(sentence)) => refusal = sentence,
        }
    }
    let page = page(&open, (errors, refusal), Shell::new(&visit));
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn begin(ground: &Ground, who: &Who, code: &str, now: Timestamp) -> Result<Open, Problem> {
    let (id, dossier) = dossier(ground, who, code).await?;
    let asked = supplement::asked(ground, &id, &dossier).await?;
    let owner = draft::owner(&who.viewer).ok_or(Problem::Forbidden)?;
    let kept = draft::of_dossier(ground.db(), &id, &owner, now).await?;
    let refusal = may(&who.viewer, Action::Supplement, &Facts::of(&dossier)).err();
    let is_kept = kept.is_some();
    let draft = kept.unwrap_or_else(|| Draft {
        id: uuid::Uuid::now_v7().to_string(),
        owner,
        dossier: id.clone(),
        procedure: dossier.procedure.clone(),
        channel: dossier.channel,
        agency: dossier.agency.clone(),
        reception: dossier.reception_agency.clone(),
        applicant: Party::default(),
        filer: None,
        answers: asked.answers.clone(),
        papers: Vec::new(),
        return_way: Some(dossier.return_way.clone()),
        post_address: String::new(),
        visited: Vec::new(),
        version: 0,
        updated_at: now,
    });
    let doing = Doing::new(ground, draft, now)
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(Open {
        id,
        dossier,
        asked,
        doing,
        kept: is_kept,
        refusal: refusal
            .map(|refusal| refusal.sentence("vi"))
            .unwrap_or_default(),
    })
}

/// Keeps what was sent; the draft begins with the first thing that is kept.
async fn write(
    ground: &Ground,
    open: &Open,
    (kept, form): (&[Taken], &FormData),
    now: Timestamp,
) -> Result<Doing, Problem> {
    if !open.kept {
        let made = draft::create(ground.db(), &open.doing.draft).await;
        made.map_err(|error| match error {
            draft::NotMade::TooMany => Problem::Refused(
                "Bạn đang có quá nhiều hồ sơ làm dở. Nộp hoặc xoá bớt rồi thử lại.".to_owned(),
            ),
            draft::NotMade::Trouble(trouble) => trouble.into(),
        })?;
    }
    let note = form.text("note").to_owned();
    let removed = form.filled("_remove").map(str::to_owned);
    change(ground, &open.doing.draft, now, |draft| {
        draft.answers[NOTE] = Json::from(note.clone());
        for file in kept
            .iter()
            .filter(|_| draft.papers.len() < FILES_MAX)
            .collect::<Vec<_>>()
        {
            if let Some(code) = file.field.strip_prefix("paper:") {
                attach_paper(draft, code, file);
            }
        }
        if let Some(removed) = &removed {
            remove_paper(draft, removed);
        }
    })
    .await
}

/// Papers of the list that did not come before and are not here now.
fn add_lacking(open: &Open, errors: &mut FieldErrors) {
    let Some(list) = &open.dossier.supplement else {
        return;
    };
    let came = |code: &String| list.brought.contains(code);
    for code in list.papers.iter().filter(|code| !came(code)) {
        let field = field_of(code);
        if open.doing.draft.files_of(code).is_empty() && !errors.has(&field) {
            errors.add(field, format!("Chụp hoặc tải lên: {}", name_of(open, code)));
        }
    }
}

fn name_of(open: &Open, code: &str) -> String {
    let papers = &open.doing.procedure.papers;
    let known = papers.iter().find(|paper| paper.code == code);
    known.map_or_else(|| code.to_owned(), |paper| paper.name.vi.clone())
}

/// Why a supplement was not handed in.
enum Told {
    Fields(FieldErrors),
    Sentence(String),
}

async fn hand_in(
    ground: &Ground,
    who: &Who,
    open: &Open,
    (command_id, now): (&str, Timestamp),
) -> Result<Result<(), Told>, Problem> {
    let draft = &open.doing.draft;
    let mut answers = None;
    if is_changed(open) {
        match open.doing.form().check(&draft.answers, open.doing.today) {
            Ok(clean) => answers = Some(clean.answers.into_json()),
            Err(fields) => {
                let mut told = FieldErrors::new();
                for (_, message) in open.doing.asker().errors(&fields).items() {
                    told.add("forms", format!("Tờ khai: {message}"));
                }
                return Ok(Err(Told::Fields(told)));
            }
        }
    }
    let note = draft
        .answers
        .get(NOTE)
        .and_then(Json::as_str)
        .unwrap_or_default();
    let command = Command::Supplement {
        papers: draft.papers.iter().map(DraftPaper::paper).collect(),
        answers,
        note: note.to_owned(),
        paper_names: submission::names(draft),
    };
    let order = Order::new(&who.viewer, command);
    let along = vec![draft::delete(&draft.id, &draft.owner)];
    let ctx = ctx(who, now, command_id);
    let handled = ground.order_along(&open.id, order, ctx, along).await;
    let done = refused(handled)?;
    Ok(done
        .map(|_| ())
        .map_err(|refusal| Told::Sentence(refusal.sentence("vi"))))
}

fn is_changed(open: &Open) -> bool {
    open.doing.answers() != open.doing.asker().kept(&open.asked.answers)
}

fn page(open: &Open, (errors, refusal): (FieldErrors, String), shell: Shell) -> SupplementPage {
    let (doing, asked) = (&open.doing, &open.asked);
    let code = open.dossier.code.to_string();
    let item = |item: &matters::dossier::SupplementItem| {
        let paper = item.paper.clone().unwrap_or_default();
        ItemRow {
            what: item.what.clone(),
            why: item.why.clone(),
            name: name_of(open, &paper),
            field: if paper.is_empty() {
                String::new()
            } else {
                field_of(&paper)
            },
            files: rows_of(doing, &paper),
        }
    };
    let section = |part: matters::questions::Progress| SummaryRow::new(part.id, part.title);
    SupplementPage {
        shell,
        crumbs: vec![
            Link::new("/dossiers", "Hồ sơ của tôi"),
            Link::new(format!("/dossiers/{code}"), code.clone()),
            Link::new("", "Bổ sung"),
        ],
        errors,
        open: open.refusal.is_empty(),
        refusal,
        code,
        waits: asked.waits,
        returned: asked.returned.clone(),
        close_at: asked.close_at.map(web::show::moment).unwrap_or_default(),
        contact: asked.contact.clone(),
        items: asked.items.iter().map(item).collect(),
        other: field_of(OTHER),
        other_files: rows_of(doing, OTHER),
        sections: doing.progress().into_iter().map(section).collect(),
        changed: is_changed(open),
        note: doing
            .draft
            .answers
            .get(NOTE)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned(),
    }
}
