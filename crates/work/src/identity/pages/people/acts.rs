//! What an officer does on the page of a person: confirm the account, undo that, correct a
//! description, close an account that is not theirs.
//! Does not know: how the page is drawn, the rules (`matters::person`).
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::people::{Origin, PartialDate, Person, PersonKind, Sex, tidy_name};
use jiff::Timestamp;
use kernel::Failure;
use matters::person::{self, Seen};
use web::{Answer, FieldErrors, Flash, FormData, Problem, Redirect};

use super::{Clerk, Office, Typed, field_of};

pub(super) async fn confirmed(
    State(office): State<Office>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let account = office.person(&id).await?;
    let typed = Typed {
        id: id.clone(),
        seen: form.text("seen").to_owned(),
        ..Typed::default()
    };
    let mut errors = FieldErrors::new();
    let seen = Seen::from_name(&typed.seen);
    if seen.is_none() {
        errors.add(field_of(&id, "seen"), "Chọn giấy tờ đã xem");
    }
    if form.text("compared") != "yes" {
        let text = "Xem giấy tờ, đối chiếu ảnh, họ tên, ngày sinh và số, rồi đánh dấu";
        errors.add(field_of(&id, "compared"), text);
    }
    let (Some(seen), true) = (seen, errors.is_empty()) else {
        return office.page(&clerk, &id, (errors, typed)).await;
    };
    let acting = clerk.acting(&form)?;
    let happened = person::confirm(&office.ground, acting, &account, seen).await;
    let said = "Đã xác nhận tài khoản. Người này thấy hồ sơ nộp tại quầy và được báo tin.";
    office
        .done((&clerk, &id), "compared", typed, (happened, said))
        .await
}

pub(super) async fn undone(
    State(office): State<Office>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let account = office.person(&id).await?;
    let typed = Typed {
        id: id.clone(),
        reason: form.text("reason").to_owned(),
        ..Typed::default()
    };
    let acting = clerk.acting(&form)?;
    let happened = person::undo(&office.ground, acting, &account, &typed.reason).await;
    let said = "Đã bỏ xác nhận. Tài khoản chỉ còn thấy hồ sơ do chính nó nộp.";
    office
        .done((&clerk, &id), "reason", typed, (happened, said))
        .await
}

pub(super) async fn corrected(
    State(office): State<Office>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let before = office.person(&id).await?;
    let text = |part: &str| form.text(part).to_owned();
    let typed = Typed {
        id: id.clone(),
        seen: text("seen"),
        name: tidy_name(form.text("name")),
        birth: text("birth"),
        sex: text("sex"),
        number: text("number"),
        reason: text("reason"),
    };
    let now = match read_correction(&before, &typed, clerk.now()) {
        Ok(now) => now,
        Err(errors) => return office.page(&clerk, &id, (errors, typed)).await,
    };
    let seen = Seen::from_name(&typed.seen).unwrap_or(Seen::Card);
    let acting = clerk.acting(&form)?;
    let how = (seen, typed.reason.as_str());
    let happened = person::correct(&office.ground, acting, (&before, &now), how).await;
    let said = "Đã sửa theo giấy tờ. Thông tin cũ và lý do được ghi lại.";
    office
        .done((&clerk, &id), "name", typed, (happened, said))
        .await
}

/// The description as the paper has it. The number of an account is its name at the door and is not
/// corrected here: a wrong one is closed.
fn read_correction(before: &Person, typed: &Typed, now: Timestamp) -> Result<Person, FieldErrors> {
    let mut errors = FieldErrors::new();
    let mut add = |part: &str, text: &str| errors.add(field_of(&before.id, part), text);
    if Seen::from_name(&typed.seen).is_none() {
        add("seen", "Chọn giấy tờ đã xem");
    }
    if typed.name.is_empty() {
        add("name", "Nhập họ và tên như trên giấy tờ");
    }
    let today = web::show::local_date(now);
    let birth = typed.birth.parse::<PartialDate>().ok();
    let birth = birth.filter(|birth| birth.earliest() <= today);
    if birth.is_none() && !typed.birth.is_empty() {
        add(
            "birth",
            "Ngày sinh viết như 07/11/1990, 11/1990 hoặc 1990, trong quá khứ",
        );
    }
    let mut after = Person {
        name: typed.name.clone(),
        birth: birth.or(before.birth),
        sex: typed.sex.parse::<Sex>().ok().or(before.sex),
        ..before.clone()
    };
    if before.origin == Origin::Office && !typed.number.is_empty() {
        match before.kind {
            PersonKind::Citizen => match typed.number.parse() {
                Ok(number) => after.personal_id = Some(number),
                Err(_) => add("number", "Số định danh có đủ 12 chữ số"),
            },
            PersonKind::Organisation => match typed.number.parse() {
                Ok(code) => after.tax_code = Some(code),
                Err(_) => add("number", "Mã số thuế có 10 số, chi nhánh thêm 3 số"),
            },
        }
    }
    match errors.is_empty() {
        true => Ok(after),
        false => Err(errors),
    }
}

/// The account is not of whoever has the card, or its holder wants it gone: nobody enters by it any
/// more, and the number is free for a new one.
pub(super) async fn closed(
    State(office): State<Office>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let said = office.person(&id).await?;
    let account = office.identity.account_of_subject(&id).await?;
    let account = account.ok_or(Problem::NotFound)?;
    let typed = Typed {
        id: id.clone(),
        reason: form.text("closure").to_owned(),
        ..Typed::default()
    };
    let on_file = office.on_file(&said).await?;
    // Two orders, if it was confirmed; a form has one command id.
    let mut ctx = clerk.acting(&form)?.ctx;
    ctx.command_id.push_str("-closure");
    if said.origin.confirmed_as().is_some() {
        let acting = clerk.acting(&form)?;
        let happened = person::undo(&office.ground, acting, &said, &typed.reason).await;
        if happened.is_err() {
            return office
                .done((&clerk, &id), "closure", typed, (happened, ""))
                .await;
        }
    } else if let Some(refusal) = person::wrong_reason(&typed.reason) {
        let refusal = Err(Failure::Refused(refusal));
        return office
            .done((&clerk, &id), "closure", typed, (refusal, ""))
            .await;
    }
    office
        .identity
        .close_citizen(&account, &typed.reason, ctx)
        .await?;
    let to = match on_file {
        Some(person) => format!("/counter/people/{}", person.id),
        None => "/counter/people".to_owned(),
    };
    let said = "Đã đóng tài khoản. Số này lập được tài khoản mới.";
    Ok(Redirect::to(to).with(Flash::good(said)).into_response())
}
