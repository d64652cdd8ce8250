//! A house whose clock is far ahead of everything it has seen: what can be read is read, no form is
//! taken, the page of health says what to do, and an operator's word ends it.
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::SignedDuration;
use kernel::{Statement, params, proof};
use tower::ServiceExt;

use super::{callers, house, router};
use crate::house::House;
use crate::serve::now;

async fn ask(app: &Router, request: axum::http::request::Builder, body: &str) -> (u16, String) {
    let request = request.body(Body::from(body.to_owned()));
    let answer = app.clone().oneshot(request.expect("a request")).await;
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await;
    let body = body.expect("a body in memory");
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// As if the program had last run forty days ago.
async fn forget_forty_days(house: &House) {
    let before = now() - SignedDuration::from_hours(40 * 24);
    let tables = ["clock", "entries", "entries_unplaced"];
    let sql = |table| format!("UPDATE {table} SET at = ?");
    let all = tables.map(|table| Statement::new(sql(table), params![before]));
    let forgotten = house.ground.db().write(all.to_vec()).await;
    let forgotten = forgotten.expect("written")[0].affected;
    assert_eq!(forgotten, 1, "it was kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_not_believed_takes_no_form_and_says_what_to_do() {
    for url in proof::fresh_urls().await {
        let first = house(&url).await;
        let cookie = format!("session={}", callers(&first).await.remove(2).cookie);
        forget_forty_days(&first).await;
        first.ground.db().close().await;

        let house = House::open(first.settings.clone()).await.expect("opens");
        let app = router(&house, crate::observe::start_metrics());
        let desk = Request::get("/desk").header("cookie", &cookie);
        let (status, desk) = ask(&app, desk, "").await;
        assert_eq!(status, 200, "what is there can be read on {url}");
        let at = desk.find("name=\"csrf\" value=\"").expect("a token") + 19;
        let token = desk[at..].split('"').next().unwrap_or_default();
        let send = || {
            Request::post("/sign-out")
                .header("cookie", &cookie)
                .header("content-type", "application/x-www-form-urlencoded")
        };
        let (status, page) = ask(&app, send(), &format!("csrf={token}")).await;
        assert_eq!(status, 503);
        assert!(page.contains("Đồng hồ của máy chủ"), "{page}");
        let (status, words) = ask(&app, Request::get("/readyz"), "").await;
        assert_eq!(status, 503);
        assert!(
            words.contains("40 days after") && words.contains("dinh clock accept"),
            "{words}"
        );

        kernel::clock::accept(house.ground.db(), now())
            .await
            .expect("kept");
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        let (status, words) = ask(&app, Request::get("/readyz"), "").await;
        assert_eq!((status, words.as_str()), (200, "ready\n"));
        let (status, _) = ask(&app, send(), &format!("csrf={token}")).await;
        assert_eq!(status, 303, "forms are taken again");
        house.ground.db().close().await;
    }
}
