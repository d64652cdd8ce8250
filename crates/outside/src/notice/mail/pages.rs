//! `/mail/{token}`: what whoever gets mail chooses, without signing in: the link of a mail is what
//! opens it. `/notices/mail` leads a person who has signed in to the page of their own address.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::agency::Viewer;
use web::ui::Choice as Offered;
use web::{
    Access, Answer, FieldErrors, Flash, FormData, Now, Problem, Redirect, Routes, Shell, SignedIn,
};

use super::choice::{self, Choice, Pace};
use super::{Letterbox, views};

/// The routes of mail.
#[must_use]
pub fn routes(letterbox: Letterbox) -> Routes {
    Routes::over(letterbox)
        .get("/mail/{token}", Access::Public, show)
        .post("/mail/{token}", Access::Public, choose)
        .get("/notices/mail", Access::Citizen, own)
        .done()
}

#[derive(Template)]
#[template(path = "notice/mail/pages/choice.html")]
struct ChoicePage {
    shell: Shell,
    token: String,
    pace: &'static str,
    paces: [Offered; 3],
    language: String,
    languages: [Offered; 2],
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "notice/mail/pages/nowhere.html")]
struct NowherePage {
    shell: Shell,
}

async fn show(
    State(letterbox): State<Letterbox>,
    Path(token): Path<String>,
    shell: Shell,
) -> Answer {
    let digest = choice::opened(&letterbox.secret, &token).ok_or(Problem::NotFound)?;
    let chosen = views::chosen(letterbox.db(), &digest).await?;
    web::render(&ChoicePage {
        shell,
        token,
        pace: chosen.pace.as_str(),
        paces: Pace::ALL.map(offered),
        language: chosen.language,
        languages: [
            Offered::new("vi", "Tiếng Việt"),
            Offered::new("en", "English"),
        ],
        errors: FieldErrors::new(),
    })
}

fn offered(pace: Pace) -> Offered {
    let (label, hint) = match pace {
        Pace::Each => ("Mỗi khi hồ sơ có tin", "Thư đến sau vài giây"),
        Pace::Daily => (
            "Mỗi sáng một thư",
            "Gom tin của ngày hôm trước, gửi lúc 7 giờ; không có tin thì không gửi",
        ),
        Pace::Never => ("Không gửi thư", ""),
    };
    Offered::new(pace.as_str(), label).hint(hint)
}

async fn choose(
    State(letterbox): State<Letterbox>,
    Path(token): Path<String>,
    Now(now): Now,
    form: FormData,
) -> Answer {
    let digest = choice::opened(&letterbox.secret, &token).ok_or(Problem::NotFound)?;
    let pace = Pace::of(form.text("pace")).unwrap_or_default();
    let language = match form.text("language") {
        "en" => "en",
        _ => "vi",
    };
    let chosen = Choice {
        pace,
        language: language.to_owned(),
    };
    let choosing = views::choose(&digest, &chosen, now);
    letterbox.db().write(vec![choosing]).await?;
    let told = match pace {
        Pace::Each => "Đã lưu: mỗi khi hồ sơ có tin, bạn nhận một thư.",
        Pace::Daily => "Đã lưu: mỗi sáng một thư, nếu có tin.",
        Pace::Never => "Đã lưu: không gửi thư tới địa chỉ này nữa.",
    };
    Ok(Redirect::to(format!("/mail/{token}"))
        .with(Flash::good(told))
        .into_response())
}

/// The page of the address that the signed-in person's record has.
async fn own(
    State(letterbox): State<Letterbox>,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    shell: Shell,
) -> Answer {
    let Viewer::Citizen { person, .. } = &*viewer else {
        return Err(Problem::Forbidden);
    };
    let person = facts::people::views::by_id(letterbox.db(), person).await?;
    let email = person.and_then(|person| person.email).unwrap_or_default();
    if !courier::address_is_possible(&email) {
        return web::render(&NowherePage { shell });
    }
    let token = choice::token(&letterbox.secret, &choice::digest(&email));
    Ok(Redirect::to(format!("/mail/{token}")).into_response())
}
