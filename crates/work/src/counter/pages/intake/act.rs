//! Every button of the sheet: saves, then does what it says; only "Tiếp nhận" insists that all is
//! right.
//! Does not know: how the sheet is drawn.

use super::super::{Clerk, refused, view};
use super::page::{Drawn, Shown, draw};
use super::{Intake, agencies_of, gone};
use crate::counter::drafts;
use crate::counter::entered::Entered;
use crate::counter::papers::Tick;
use crate::counter::receive::{CORRECT, KEEP, OTHER, Receiving, on_record};
use crate::counter::sheet::{Filled, Sheet};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::people::Person;
use kernel::Failure;
use matters::Ground;
use matters::dossier::Refusal;
use matters::files;
use matters::questions::Asker;
use web::{Answer, Cut, FieldErrors, Flash, FormData, Problem, Redirect};

/// Every button of the page.
pub(in crate::counter) async fn act(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    clerk: Clerk,
    Cut(mut form): Cut,
) -> Answer {
    let Some(mut intake) = Intake::open(&ground, &clerk, &id).await? else {
        return gone(&ground, &id).await;
    };
    let command_id = form.command_id()?.to_owned();
    let asker = intake.asker(&ground, &clerk);
    let before = intake.filled.sheet.clone();
    let (mut filled, stay) = intake.filled.read(&form, &asker, &intake.procedure);
    let mut errors = keep_files(&ground, &asker, &mut filled, &mut form).await?;
    errors.add_all(&form.faults());
    take_person(&ground, &clerk, &mut filled.sheet, &form).await?;
    settle(&ground, &clerk, &mut filled.sheet, &mut errors).await?;
    filled.carry_over(&before, &asker);
    intake.filled = filled;
    if form.text("do") == "discard" {
        drafts::end(&ground, &id, &intake.filled.sheet).await?;
        let flash = Flash::good("Đã bỏ phiếu. Chưa có hồ sơ nào được lập.");
        return Ok(Redirect::to("/counter").with(flash).into_response());
    }
    intake.save(&ground, &clerk).await?;
    match form.text("do") {
        "receive" => receive(&ground, &clerk, &intake, (errors, &command_id)).await,
        _ if !errors.is_empty() => {
            draw(
                &ground,
                &clerk,
                &intake,
                Drawn {
                    errors,
                    ..Drawn::default()
                },
            )
            .await
        }
        "keep" => {
            let flash = Flash::good("Đã giữ phiếu. Mở lại ở mục Phiếu bạn đang nhập.");
            Ok(Redirect::to("/counter").with(flash).into_response())
        }
        "refuse" => {
            let errors = check_refusal(&intake.filled.sheet);
            let drawn = Drawn {
                refusal_ready: errors.is_empty(),
                errors,
                ..Drawn::default()
            };
            draw(&ground, &clerk, &intake, drawn).await
        }
        _ => {
            let at = stay.map(|sought| {
                let query = match sought.text.is_empty() {
                    true => String::new(),
                    false => format!("?{}", sought.query()),
                };
                format!("{query}#{}", web::ui::id_of(sought.field))
            });
            let at = at.unwrap_or_default();
            Ok(Redirect::to(format!("{}{at}", intake.address())).into_response())
        }
    }
}

fn check_refusal(sheet: &Sheet) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if sheet.applicant.name.is_empty() {
        errors.add("applicant.name", "Nhập họ và tên để ghi vào phiếu từ chối");
    } else if let Some(fault) = sheet.applicant.name_fault() {
        errors.add("applicant.name", fault);
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
    if intake
        .procedure
        .offer(intake.filled.sheet.channel())
        .is_none()
    {
        errors.add("channel", "Thủ tục này không nhận theo cách đã chọn");
    }
    let agencies = agencies_of(ground, clerk, &intake.procedure).await?;
    if !agencies
        .iter()
        .any(|(id, _)| *id == intake.filled.sheet.agency)
    {
        errors.add("agency", "Chọn cơ quan giải quyết");
    }
    let lacking = !intake.filled.missing(&asker, &intake.procedure).is_empty();
    if lacking {
        errors.add(
            "missing",
            "Còn thiếu giấy tờ bắt buộc: tích lại, hoặc chọn cách xử lý ở cuối trang",
        );
    }
    if !errors.is_empty() {
        return draw(
            ground,
            clerk,
            intake,
            Drawn {
                errors,
                lacking,
                ..Drawn::default()
            },
        )
        .await;
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
    match receiving
        .receive(&intake.filled, &intake.procedure, &asker, done)
        .await
    {
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
    let errors = view::at_form("agency", &refusal, &intake.procedure);
    draw(
        ground,
        clerk,
        intake,
        Drawn {
            errors,
            ..Drawn::default()
        },
    )
    .await
}

/// Takes over somebody chosen from the search: the button carries the id of a record that the
/// search has shown for what is typed, and any other id is nobody's. Or lets them go again.
async fn take_person(
    ground: &Ground,
    clerk: &Clerk,
    sheet: &mut Sheet,
    form: &FormData,
) -> Result<(), Problem> {
    let compared = sheet.is_compared();
    for (button, slot) in [
        ("use", &mut sheet.applicant),
        ("use_filer", &mut sheet.filer),
    ] {
        let Some(id) = form.filled(button) else {
            continue;
        };
        let shown = Shown::of(ground, clerk, slot).await?;
        let chosen = shown.people().iter().find(|person| person.id == id);
        if let Some(person) = chosen {
            *slot = as_known(ground, clerk, person, compared);
        }
    }
    match form.text("let_go") {
        "applicant" => sheet.applicant.let_go(),
        "filer" => sheet.filer.let_go(),
        _ => {}
    }
    Ok(())
}

/// What is kept of somebody whose papers were compared; of anybody else what the search shows.
fn as_known(ground: &Ground, clerk: &Clerk, person: &Person, compared: bool) -> Entered {
    match compared {
        true => Entered::from_record(person, &ground.places, clerk.today()),
        false => Entered::recognised(person),
    }
}

/// Compares what was typed with the person on file of that number: fills what is empty; where name
/// or birth differ, does what the officer chose, and asks as long as they have not.
async fn settle(
    ground: &Ground,
    clerk: &Clerk,
    sheet: &mut Sheet,
    errors: &mut FieldErrors,
) -> Result<(), Problem> {
    let compared = sheet.is_compared();
    for prefix in ["applicant", "filer"] {
        if prefix == "filer" && !sheet.by_filer {
            continue;
        }
        let may_correct = sheet.has_seen(prefix);
        let slot = match prefix {
            "filer" => &mut sheet.filer,
            _ => &mut sheet.applicant,
        };
        let Some(person) = on_record(ground, slot).await? else {
            slot.person.clear();
            slot.choice.clear();
            continue;
        };
        let record = as_known(ground, clerk, &person, compared);
        match (slot.differences(&person).is_empty(), slot.choice.as_str()) {
            (true, _) => {
                slot.fill_from(&record);
                slot.choice.clear();
            }
            (false, KEEP) => {
                (slot.name, slot.birth, slot.sex) = (record.name, record.birth, record.sex);
                slot.person = record.person;
                slot.choice.clear();
            }
            (false, OTHER) => slot.person.clear(),
            (false, CORRECT) if may_correct => slot.person = record.person,
            (false, _) => {
                slot.person = record.person;
                let text = match slot.choice.as_str() {
                    CORRECT => {
                        "Chỉ sửa thông tin đã lưu khi người đó có mặt và đã đối chiếu giấy tờ"
                    }
                    _ => "Thông tin vừa nhập khác với thông tin đã lưu của số này: chọn một cách",
                };
                errors.add(format!("{prefix}.choice"), text);
            }
        }
    }
    Ok(())
}

/// Keeps the scans, each at its paper, and the files that questions ask for.
async fn keep_files(
    ground: &Ground,
    asker: &Asker<'_>,
    filled: &mut Filled,
    form: &mut FormData,
) -> Result<FieldErrors, Problem> {
    let (taken, errors) = files::keep(ground, &form.take_files()).await?;
    for file in taken {
        let digest = file.kept.digest;
        match file.field.strip_prefix("scan.") {
            Some(code) => {
                let tick: &mut Tick = filled.sheet.papers.entry(code.to_owned()).or_default();
                tick.file = digest;
                tick.file_name = file.name;
                if tick.form.is_empty() {
                    tick.form = "electronic".to_owned();
                }
            }
            None => {
                let named = (digest.as_str(), file.name.as_str());
                asker.attach(&mut filled.answers, &file.field, named);
            }
        }
    }
    Ok(errors)
}
