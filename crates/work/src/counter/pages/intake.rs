//! `/counter/intake`: takes in somebody who stands at the counter, on one page that keeps everything as typed. Every
//! button saves first; only "Tiếp nhận" insists that all is right.
//! Does not know: what the two commands of receiving do (`receive.rs`).

mod page;
mod received;

pub(super) use received::received;

use super::{Clerk, refused};
use crate::counter::drafts;
use crate::counter::entered::Entered;
use crate::counter::papers::Tick;
use crate::counter::receive::{Receiving, on_record};
use crate::counter::sheet::{Filled, Sheet};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use facts::agency::{AgencyLevel, Right};
use facts::blob::{Media, Unkept};
use facts::people;
use facts::procedure::{Channel, Level, Procedure, ProcedureKey};
use kernel::Failure;
use matters::Ground;
use matters::dossier::Refusal;
use matters::draft::NotMade;
use matters::questions::{Asker, attach};
use page::{Drawn, draw};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use web::{
    Answer, FieldErrors, Flash, FormData, Problem, QueryData, Redirect, Shell, UploadedFile, render,
};

#[derive(Template)]
#[template(path = "counter/pages/choose.html")]
struct ChoosePage {
    shell: Shell,
    q: String,
    rows: Vec<Offered>,
}

/// A procedure that can be handed in here.
struct Offered {
    key: String,
    code: String,
    name: String,
    field: String,
    promised: String,
    unverified: bool,
}

/// `/counter/intake?q=`: which procedure.
pub(super) async fn choose(
    State(ground): State<Ground>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let q = query.text("q").to_owned();
    let found = ground.catalogue().search(&q, clerk.today());
    let rows = found.into_iter().filter(|procedure| is_offered(procedure));
    let row = |procedure: &Arc<Procedure>| Offered {
        key: procedure.key.to_string(),
        code: procedure.key.code.clone(),
        name: full_name(procedure),
        field: procedure.field.name.vi.clone(),
        promised: procedure.plain.how_long.vi.clone(),
        unverified: !procedure.to_verify.is_empty(),
    };
    render(&ChoosePage { rows: rows.map(row).collect(), q, shell: clerk.shell() })
}

fn is_offered(procedure: &Procedure) -> bool {
    procedure.offer(Channel::Counter).is_some() || procedure.offer(Channel::Post).is_some()
}

fn full_name(procedure: &Procedure) -> String {
    match procedure.case_name.vi.as_str() {
        "" => procedure.name.vi.clone(),
        case => format!("{}: {case}", procedure.name.vi),
    }
}

/// Opens an empty sheet; the id comes from the form, so a double click opens one.
pub(super) async fn begin(
    State(ground): State<Ground>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let key: ProcedureKey = form.text("procedure").parse().map_err(|_| Problem::NotFound)?;
    let procedure = ground.catalogue().get(&key).filter(|procedure| {
        is_offered(procedure) && procedure.holds_on(clerk.today())
    });
    let procedure = procedure.ok_or(Problem::NotFound)?;
    let reception = clerk.reception()?;
    let agencies = agencies_of(&ground, &clerk, procedure).await?;
    let own = agencies.iter().any(|(id, _)| id == reception);
    let sheet = Sheet::begin(reception, if own { reception } else { "" });
    let filled = Filled { sheet, answers: kernel::Json::Object(serde_json::Map::new()) };
    let id = drafts::id_from(form.command_id()?);
    match drafts::begin(&ground, &id, (&key, &filled), clerk.now).await {
        Ok(()) => {}
        Err(NotMade::TooMany) => {
            let text = "Quầy có quá nhiều phiếu đang nhập. Kết thúc hoặc bỏ bớt phiếu cũ trước.";
            return Err(Problem::Refused(text.to_owned()));
        }
        Err(NotMade::Trouble(trouble)) => return Err(Problem::trouble(trouble)),
    }
    Ok(Redirect::to(format!("/counter/intake/{id}")).into_response())
}

/// The agencies that may be competent for a procedure: those of its level, by name.
async fn agencies_of(
    ground: &Ground,
    clerk: &Clerk,
    procedure: &Procedure,
) -> Result<Vec<(String, String)>, Problem> {
    let level = match procedure.key.level {
        Level::Province => AgencyLevel::Province,
        Level::Commune => AgencyLevel::Commune,
    };
    let agencies = ground.offices.agencies(clerk.now).await?;
    let fitting = agencies.into_iter().filter(|agency| agency.level == level);
    Ok(fitting.map(|agency| (agency.id.to_string(), agency.name)).collect())
}

/// An unfinished intake with its procedure.
pub(super) struct Intake {
    pub id: String,
    pub procedure: Arc<Procedure>,
    pub filled: Filled,
}

impl Intake {
    /// The draft, for the officers of its counter.
    pub async fn open(ground: &Ground, clerk: &Clerk, id: &str) -> Result<Option<Self>, Problem> {
        let counters = clerk.viewer.agencies_with(Right::Intake);
        let found = drafts::load(ground, id, &counters, clerk.now).await?;
        let Some((key, filled)) = found else { return Ok(None) };
        let procedure = ground.catalogue().get(&key).cloned().ok_or(Problem::NotFound)?;
        Ok(Some(Self { id: id.to_owned(), procedure, filled }))
    }

    /// The questions, asked today.
    pub fn asker<'a>(&'a self, ground: &'a Ground, clerk: &Clerk) -> Asker<'a> {
        Asker {
            form: &self.procedure.form,
            places: &ground.places,
            today: clerk.today(),
            province: "",
        }
    }

    fn address(&self) -> String {
        format!("/counter/intake/{}", self.id)
    }

    async fn save(&self, ground: &Ground, clerk: &Clerk) -> Result<(), Problem> {
        Ok(drafts::save(ground, &self.id, &self.filled, clerk.now).await?)
    }
}

/// Where a draft that is no draft any more leads.
async fn gone(ground: &Ground, id: &str) -> Answer {
    let (state, _) = ground.journal.load(&*ground.law, id).await?;
    let dossier = state.dossier.ok_or(Problem::NotFound)?;
    Ok(Redirect::to(format!("/counter/received/{}", dossier.code)).into_response())
}

pub(super) async fn show(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Answer {
    match Intake::open(&ground, &clerk, &id).await? {
        Some(intake) => draw(&ground, &clerk, &intake, Drawn::default()).await,
        None => gone(&ground, &id).await,
    }
}

/// Autosave of a script: everything typed so far, without files.
pub(super) async fn save(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let Some(mut intake) = Intake::open(&ground, &clerk, &id).await? else {
        return Err(Problem::Conflict("Phiếu này đã thành hồ sơ.".to_owned()));
    };
    let asker = intake.asker(&ground, &clerk);
    let (filled, _) = intake.filled.read(&form, &asker, &intake.procedure);
    intake.filled = filled;
    intake.save(&ground, &clerk).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Every button of the page.
pub(super) async fn act(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    clerk: Clerk,
    mut form: FormData,
) -> Answer {
    let Some(mut intake) = Intake::open(&ground, &clerk, &id).await? else {
        return gone(&ground, &id).await;
    };
    let command_id = form.command_id()?.to_owned();
    let asker = intake.asker(&ground, &clerk);
    let (filled, stay) = intake.filled.read(&form, &asker, &intake.procedure);
    intake.filled = filled;
    let mut errors = keep_files(&ground, &mut intake.filled, &mut form).await?;
    take_person(&ground, &clerk, &mut intake.filled.sheet, &form).await?;
    settle(&ground, &clerk, &mut intake.filled.sheet, &mut errors).await?;
    if form.text("do") == "discard" {
        drafts::end(&ground, &id, &intake.filled.sheet).await?;
        let flash = Flash::good("Đã bỏ phiếu. Chưa có hồ sơ nào được lập.");
        return Ok(Redirect::to("/counter").with(flash).into_response());
    }
    intake.save(&ground, &clerk).await?;
    match form.text("do") {
        "receive" => receive(&ground, &clerk, &intake, (errors, &command_id)).await,
        _ if !errors.is_empty() => {
            draw(&ground, &clerk, &intake, Drawn { errors, ..Drawn::default() }).await
        }
        "keep" => {
            let flash = Flash::good("Đã giữ phiếu. Mở lại ở mục Phiếu đang nhập.");
            Ok(Redirect::to("/counter").with(flash).into_response())
        }
        "refuse" => {
            let errors = check_refusal(&intake.filled.sheet);
            let drawn = Drawn { refusal_ready: errors.is_empty(), errors, ..Drawn::default() };
            draw(&ground, &clerk, &intake, drawn).await
        }
        _ => {
            let at = stay.map(|field| format!("#{}", web::ui::id_of(field))).unwrap_or_default();
            Ok(Redirect::to(format!("{}{at}", intake.address())).into_response())
        }
    }
}

fn check_refusal(sheet: &Sheet) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if sheet.applicant.name.is_empty() {
        errors.add("applicant.name", "Nhập họ và tên để ghi vào phiếu từ chối");
    }
    if sheet.refusal_text.is_empty() {
        errors.add("refusal_text", "Ghi lý do từ chối tiếp nhận");
    }
    if sheet.refusal_basis.is_empty() {
        errors.add("refusal_basis", "Ghi căn cứ pháp lý");
    }
    errors
}

/// Checks everything, then receives; what is wrong is shown on the same page.
async fn receive(
    ground: &Ground,
    clerk: &Clerk,
    intake: &Intake,
    (mut errors, command_id): (FieldErrors, &str),
) -> Answer {
    let asker = intake.asker(ground, clerk);
    for (field, text) in intake.filled.check(&asker).items() {
        errors.add(field.clone(), text.clone());
    }
    if intake.procedure.offer(intake.filled.sheet.channel()).is_none() {
        errors.add("channel", "Thủ tục này không nhận theo cách đã chọn");
    }
    let agencies = agencies_of(ground, clerk, &intake.procedure).await?;
    if !agencies.iter().any(|(id, _)| *id == intake.filled.sheet.agency) {
        errors.add("agency", "Chọn cơ quan giải quyết");
    }
    let lacking = !intake.filled.missing(&asker, &intake.procedure).is_empty();
    if lacking {
        errors.add("missing", "Còn thiếu giấy tờ bắt buộc: xem các cách xử lý ở cuối trang");
    }
    if !errors.is_empty() {
        return draw(ground, clerk, intake, Drawn { errors, lacking, ..Drawn::default() }).await;
    }
    let receiving = Receiving {
        ground,
        viewer: &clerk.viewer,
        actor: &clerk.subject,
        draft: &intake.id,
        command_id,
        now: clerk.now,
    };
    let done = vec![drafts::done(&intake.id, &intake.filled.sheet)];
    match receiving.receive(&intake.filled, &intake.procedure, &asker, done).await {
        Ok(code) => Ok(Redirect::to(format!("/counter/received/{code}")).into_response()),
        Err(failure) => not_received(ground, clerk, intake, failure).await,
    }
}

async fn not_received(
    ground: &Ground,
    clerk: &Clerk,
    intake: &Intake,
    failure: Failure<Refusal>,
) -> Answer {
    let refusal = refused(failure)?;
    let errors = super::view::at_form("agency", &refusal, &intake.procedure);
    draw(ground, clerk, intake, Drawn { errors, ..Drawn::default() }).await
}

/// Takes over somebody chosen from the search: the button carries the id of the record.
async fn take_person(
    ground: &Ground,
    clerk: &Clerk,
    sheet: &mut Sheet,
    form: &FormData,
) -> Result<(), Problem> {
    for (button, slot) in [("use", &mut sheet.applicant), ("use_filer", &mut sheet.filer)] {
        let Some(id) = form.filled(button) else { continue };
        if let Some(person) = people::views::by_id(ground.db(), id).await? {
            *slot = Entered::from_record(&person, &ground.places, clerk.today());
        }
    }
    Ok(())
}

/// Compares what was typed with the record of that number: fills what is empty, and stops where the number is
/// somebody else's.
async fn settle(
    ground: &Ground,
    clerk: &Clerk,
    sheet: &mut Sheet,
    errors: &mut FieldErrors,
) -> Result<(), Problem> {
    let by_filer = sheet.by_filer;
    for (prefix, slot) in [("applicant", &mut sheet.applicant), ("filer", &mut sheet.filer)] {
        if prefix == "filer" && !by_filer {
            continue;
        }
        match on_record(ground, slot).await? {
            None => slot.person.clear(),
            Some(person) if slot.agrees_with(&person) => {
                let record = Entered::from_record(&person, &ground.places, clerk.today());
                slot.fill_from(&record);
            }
            Some(person) => {
                slot.person.clone_from(&person.id);
                let text = format!("Số này là của {}. Xem lại số, hoặc lấy thông tin đã lưu.", person.name);
                errors.add(format!("{prefix}.number"), text);
            }
        }
    }
    Ok(())
}

/// Keeps the scans, each at its paper, and the files that questions ask for.
async fn keep_files(
    ground: &Ground,
    filled: &mut Filled,
    form: &mut FormData,
) -> Result<FieldErrors, Problem> {
    let mut errors = FieldErrors::new();
    for file in &form.take_files() {
        let digest = match keep(ground, file).await {
            Ok(digest) => digest,
            Err(unkept) => {
                errors.add(file.field.clone(), unkept_words(&unkept)?);
                continue;
            }
        };
        match file.field.strip_prefix("scan.") {
            Some(code) => {
                let tick: &mut Tick = filled.sheet.papers.entry(code.to_owned()).or_default();
                tick.file = digest;
                tick.file_name.clone_from(&file.file_name);
                if tick.form.is_empty() {
                    tick.form = "electronic".to_owned();
                }
            }
            None => attach(&mut filled.answers, &file.field, &digest, &file.file_name),
        }
    }
    Ok(errors)
}

async fn keep(ground: &Ground, file: &UploadedFile) -> Result<String, Unkept> {
    let bytes = tokio::fs::read(file.path()).await?;
    Ok(ground.files.keep(&bytes).await?.digest)
}

fn unkept_words(unkept: &Unkept) -> Result<String, Problem> {
    match unkept {
        Unkept::Empty => Ok("Tệp không có nội dung. Quét lại rồi chọn lại.".to_owned()),
        Unkept::TooLarge(max) => Ok(format!("Tệp lớn hơn {}. Quét lại với độ nét thấp hơn.", web::show::bytes(*max))),
        Unkept::UnknownKind => Ok("Chỉ nhận PDF, ảnh chụp, TIFF hoặc tệp Office.".to_owned()),
        Unkept::Disk(error) => Err(Problem::trouble(error)),
    }
}

/// A scan of the sheet, to be looked at before it is accepted: pages, order, legibility.
pub(super) async fn scan(
    State(ground): State<Ground>,
    Path((id, digest)): Path<(String, String)>,
    clerk: Clerk,
) -> Answer {
    let intake = Intake::open(&ground, &clerk, &id).await?.ok_or(Problem::NotFound)?;
    let known = intake.filled.sheet.papers.values().any(|tick| tick.file == digest);
    let file = match known {
        true => ground.files.open_kept(&digest).await?,
        false => None,
    };
    let mut bytes = Vec::new();
    file.ok_or(Problem::NotFound)?.read_to_end(&mut bytes).await?;
    let media = Media::of(&bytes).ok_or(Problem::NotFound)?;
    let shown = if media.shown_in_place() { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, media.name().to_owned()),
        (header::CONTENT_DISPOSITION, shown.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
