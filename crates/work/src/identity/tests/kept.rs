//! What somebody wrote when their session was over: the door, the way back, and the form again.
use super::*;

const ADMINISTRATOR: &str = "huynh-nhat-minh.bmt";
const DOOR: &str = "/sign-in/officer";
const PAGE: &str = "/administer/le-thi-hoa.bmt";
const OPEN: &str = "/administer/le-thi-hoa.bmt/open";
const BACK: &str = "/sign-in/officer?next=%2Fadminister%2Fle-thi-hoa.bmt";

async fn town(db: &Database) -> (Town, Browser) {
    let town = Town::new(db, SecondStep::WhenEnrolled).await;
    let offices = &town.identity.0.ground.offices;
    let officer = offices.officer(ADMINISTRATOR).await.unwrap().unwrap();
    let made = town
        .identity
        .add_officer(&officer, ADMINISTRATOR, OFFICER_PASSWORD, at(0));
    assert!(made.await.is_ok());
    let mut browser = Browser::default();
    signed_in(&town, &mut browser, ADMINISTRATOR).await;
    (town, browser)
}

async fn signed_in(town: &Town, browser: &mut Browser, login: &str) {
    let page = browser.password(town, DOOR, login, OFFICER_PASSWORD).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

/// Sends a form with a login written in it, as a browser does from that page.
async fn send(town: &Town, browser: &mut Browser, from: &Page, accept: &str) -> Page {
    let body = format!(
        "csrf={}&command_id={}&login=Hoa.%3Cb%3E&password=secret",
        from.hidden("csrf"),
        from.hidden("command_id"),
    );
    let request = Request::post(OPEN)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::REFERER, format!("https://any.example{PAGE}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, accept);
    browser.send(town, request, body.into()).await
}

#[tokio::test]
async fn after_signing_in_one_is_where_one_was_with_what_one_wrote() {
    on_each(&MIGRATIONS, |db| async move {
        let (town, mut browser) = town(&db).await;
        let form = browser.get(&town, PAGE).await;
        town.wait(16 * 60);
        let page = send(&town, &mut browser, &form, "text/html").await;
        assert_eq!(
            (page.status, page.place.as_str()),
            (StatusCode::SEE_OTHER, BACK)
        );
        let door = browser.get(&town, BACK).await;
        assert!(door.body.contains("được giữ lại"));
        let next = door.hidden("next");
        let fields = [
            ("login", ADMINISTRATOR),
            ("password", OFFICER_PASSWORD),
            ("next", next.as_str()),
        ];
        let page = browser.post(&town, &door, DOOR, &fields).await;
        assert_eq!(page.place, PAGE);
        let page = browser.get(&town, PAGE).await;
        assert!(page.body.contains("Những gì bạn viết vẫn còn đây"));
        assert!(
            page.body.contains("value=\"Hoa.&#60;b&#62;\""),
            "{}",
            page.body
        );
        assert!(!page.body.contains("secret"));
        let held = views::accounts_of(&db, Kind::Officer, &["le-thi-hoa.bmt"]).await;
        assert!(held.unwrap().is_empty(), "nothing was done silently");
        // Another page is as it is; and once the form is sent nothing is kept.
        let list = browser.get(&town, "/administer").await;
        assert!(!list.body.contains("vẫn còn đây"));
        send(&town, &mut browser, &page, "text/html").await;
        assert_eq!(count(&db, "kept_forms").await, 0);
        let page = browser.get(&town, PAGE).await;
        assert!(!page.body.contains("vẫn còn đây") && !page.body.contains("Hoa.&#60;"));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_it_and_what_was_not_drawn_for_the_session_is_not_kept() {
    on_each(&MIGRATIONS, |db| async move {
        let (town, mut browser) = town(&db).await;
        let form = browser.get(&town, PAGE).await;
        let other = Browser::default().get(&town, DOOR).await;
        town.wait(16 * 60);
        let forged = Page {
            status: StatusCode::OK,
            place: String::new(),
            way: String::new(),
            body: form
                .body
                .replace(&form.hidden("csrf"), &other.hidden("csrf")),
        };
        let page = send(&town, &mut browser, &forged, "text/html").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(
            page.body.contains(&format!("href=\"{BACK}\"")),
            "{}",
            page.body
        );
        assert_eq!(count(&db, "kept_forms").await, 0);
        // A script is told the way.
        let page = send(&town, &mut browser, &form, "application/json").await;
        assert_eq!(
            (page.status, page.way.as_str()),
            (StatusCode::UNAUTHORIZED, BACK)
        );
        assert_eq!(count(&db, "kept_forms").await, 1);
        // Somebody else signs in at this browser; then the same person two hours later.
        signed_in(&town, &mut browser, "van.thu").await;
        let kept = browser.cookies.clone();
        let page = browser.get(&town, "/account").await;
        assert!(!page.body.contains("Hoa.&#60;"));
        browser.cookies = kept;
        town.wait(2 * 3600 + 1);
        signed_in(&town, &mut browser, ADMINISTRATOR).await;
        let page = browser.get(&town, PAGE).await;
        assert!(!page.body.contains("Hoa.&#60;"), "too late");
        // At a page for both kinds the door is that of the session that is over.
        town.wait(16 * 60);
        let page = browser.get(&town, "/account").await;
        assert_eq!(page.place, "/sign-in/officer?next=%2Faccount");
    })
    .await;
}

#[tokio::test]
async fn a_form_of_an_earlier_session_is_shown_again_and_not_taken() {
    on_each(&MIGRATIONS, |db| async move {
        let (town, mut browser) = town(&db).await;
        let form = browser.get(&town, PAGE).await;
        town.wait(16 * 60);
        signed_in(&town, &mut browser, ADMINISTRATOR).await;
        let page = send(&town, &mut browser, &form, "text/html").await;
        assert_eq!(
            (page.status, page.place.as_str()),
            (StatusCode::SEE_OTHER, PAGE)
        );
        let page = browser.get(&town, PAGE).await;
        assert!(
            page.body.contains("value=\"Hoa.&#60;b&#62;\""),
            "{}",
            page.body
        );
        let page = send(&town, &mut browser, &form, "application/json").await;
        assert_eq!(
            (page.status, page.way.as_str()),
            (StatusCode::FORBIDDEN, PAGE)
        );
        // A form that no browser vouches for is refused as before.
        let body = format!("csrf={}&login=x", form.hidden("csrf"));
        let request = Request::post(OPEN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::REFERER, format!("https://any.example{PAGE}"));
        let page = browser.send(&town, request, body.into()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let held = views::accounts_of(&db, Kind::Officer, &["le-thi-hoa.bmt"]).await;
        assert!(held.unwrap().is_empty());
    })
    .await;
}
