//! One-time codes from the press of a button to the new password: by whoever administers an agency,
//! and at a counter.
use super::*;
use crate::identity::account::{CloseReason, Resets};

const ADMINISTRATOR: &str = "huynh-nhat-minh.bmt";
const COUNTER: &str = "le-thi-hoa.bmt";
const ELSEWHERE: &str = "nguyen-thi-hong-nhung.eakar";
const NEW_PASSWORD: &str = "trâu trắng qua cầu tre";
const DOOR: &str = "/sign-in/officer";

/// An officer of the town who has signed in.
async fn officer(town: &Town, login: &str) -> Browser {
    let offices = &town.identity.0.ground.offices;
    let officer = offices.officer(login).await.unwrap().unwrap();
    let made = town
        .identity
        .add_officer(&officer, login, OFFICER_PASSWORD, town.now());
    assert!(made.await.is_ok());
    let mut browser = Browser::default();
    let page = browser.password(town, DOOR, login, OFFICER_PASSWORD).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    browser
}

fn code_in(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let at = page.body.find("id=\"one-time-code\">").expect("a code") + 19;
    page.body[at..].split('<').next().unwrap().to_owned()
}

/// Types login and code, then this password twice.
async fn use_code(town: &Town, browser: &mut Browser, pair: (&str, &str), password: &str) -> Page {
    let form = browser.get(town, "/account/code").await;
    let fields = [("login", pair.0), ("one_time", pair.1)];
    let page = browser.post(town, &form, "/account/code", &fields).await;
    if page.status != StatusCode::OK {
        return page;
    }
    let fields = [
        fields[0],
        fields[1],
        ("password", password),
        ("again", password),
    ];
    browser
        .post(town, &page, "/account/code/use", &fields)
        .await
}

async fn told(town: &Town, login: (Kind, &str)) -> Vec<(&'static str, String, String)> {
    let managed = views::managed_by_login(town.identity.db(), login.0, login.1).await;
    let account = managed.unwrap().unwrap().account;
    let journal = &town.identity.0.ground.journal;
    let life = journal.history(&Accounts, &account.id).await.unwrap();
    let lines = life.into_iter();
    let line =
        |entry: kernel::Entry<account::Event>| (entry.event.kind(), entry.actor, entry.office);
    lines.map(line).collect()
}

#[tokio::test]
async fn an_administrator_makes_an_account_and_the_officer_sets_the_password() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut minh = officer(&town, ADMINISTRATOR).await;
        let list = minh.get(&town, "/administer").await;
        assert!(list.body.contains(COUNTER) && !list.body.contains(ELSEWHERE));
        for (path, status) in [
            (format!("/administer/{ELSEWHERE}"), StatusCode::NOT_FOUND),
            ("/counter/code".into(), StatusCode::FORBIDDEN),
        ] {
            assert_eq!(minh.get(&town, &path).await.status, status, "{path}");
        }
        let path = format!("/administer/{COUNTER}");
        let page = minh.get(&town, &path).await;
        let open = format!("{path}/open");
        let id = page.hidden("command_id");
        let fields = [("login", "Hoa.LT"), ("command_id", id.as_str())];
        let given = minh.post(&town, &page, &open, &fields).await;
        let code = code_in(&given);
        // Pressed twice it says so, and the first code holds.
        let twice = minh.post(&town, &page, &open, &fields).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let letter = [("login", "hoa.lt"), ("one_time", code.as_str())];
        let pdf = minh
            .post(&town, &given, &format!("{path}/letter"), &letter)
            .await;
        assert!(pdf.body.starts_with("%PDF"), "{}", pdf.body);

        let mut hoa = Browser::default();
        let page = hoa.password(&town, DOOR, "hoa.lt", "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = use_code(&town, &mut hoa, ("hoa.lt", &code), "ngắn").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Ít nhất 14 ký tự"), "as is asked");
        let typed = code.to_lowercase().replace('-', " ");
        let page = use_code(&town, &mut hoa, ("Hoa.LT", &typed), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert!(hoa.secret().is_some());
        let mut finder = Browser::default();
        let page = use_code(&town, &mut finder, ("hoa.lt", &code), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
        let own = |kind, actor: &str, office: &str| (kind, actor.to_owned(), office.to_owned());
        let life = [
            own("opened", ADMINISTRATOR, "H15.101"),
            own("code_printed", ADMINISTRATOR, "H15.101"),
            own("code_used", COUNTER, ""),
            own("password_set", COUNTER, ""),
        ];
        assert_eq!(told(&town, (Kind::Officer, "hoa.lt")).await, life);
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_opens_nothing_and_nobody_closes_the_last_administrator_unknowingly() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut minh = officer(&town, ADMINISTRATOR).await;
        let mut hoa = officer(&town, COUNTER).await;
        let path = format!("/administer/{COUNTER}");
        let page = minh.get(&town, &path).await;
        let id = page.hidden("command_id");
        let close = format!("{path}/close");
        let without = minh
            .post(&town, &page, &close, &[("command_id", &id)])
            .await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("command_id", id.as_str()), ("reason", "left")];
        let done = minh.post(&town, &page, &close, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(
            hoa.get(&town, "/account").await.status,
            StatusCode::SEE_OTHER
        );
        let page = hoa.password(&town, DOOR, COUNTER, OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);

        let page = minh.get(&town, &path).await;
        assert!(page.body.contains("Mở lại") && page.body.contains("Nghỉ việc"));
        let id = page.hidden("command_id");
        let fields = [("command_id", id.as_str())];
        let given = minh
            .post(&town, &page, &format!("{path}/reopen"), &fields)
            .await;
        let code = code_in(&given);
        let page = hoa.password(&town, DOOR, COUNTER, OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the old one");
        let page = use_code(&town, &mut hoa, (COUNTER, &code), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);

        let path = format!("/administer/{ADMINISTRATOR}");
        let page = minh.get(&town, &path).await;
        assert!(page.body.contains("người quản trị cuối cùng"));
        let id = page.hidden("command_id");
        let close = format!("{path}/close");
        let fields = [("command_id", id.as_str()), ("reason", "left")];
        let stopped = minh.post(&town, &page, &close, &fields).await;
        assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stopped.body.contains("id=\"sure-error\""));
        let sure = [fields[0], fields[1], ("sure", "yes")];
        let done = minh.post(&town, &page, &close, &sure).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let over = minh.get(&town, "/administer").await;
        assert!(over.place.starts_with("/sign-in/officer"), "{}", over.place);
        // The command line opens it again.
        let offices = &town.identity.0.ground.offices;
        let minh = offices.officer(ADMINISTRATOR).await.unwrap().unwrap();
        let held = town.identity.held(minh).await.unwrap();
        let account = held.managed.unwrap().account;
        let again = town
            .identity
            .reopen(account.clone(), by("system", town.now()));
        assert!(again.await.is_ok());
        let again =
            town.identity
                .close_account(&account, CloseReason::Mistake, by("system", town.now()));
        assert!(again.await.is_ok());
    })
    .await;
}

/// What the officer at the counter ticks.
const LOOKED: [(&str, &str); 3] = [("seen", "card"), ("seen", "face"), ("seen", "names")];

#[tokio::test]
async fn who_forgot_the_password_gets_a_code_at_the_counter_after_the_card_was_seen() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut citizen = Browser::default();
        let form = citizen.get(&town, "/register").await;
        citizen.post(&town, &form, "/register", &NEW).await;
        let mut hoa = officer(&town, COUNTER).await;
        let form = hoa.get(&town, "/counter/code").await;
        let number = [("number", "066 190 000 123")];
        let page = hoa.post(&town, &form, "/counter/code", &number).await;
        assert!(page.body.contains("Nguyễn Thị Thu Hà") && page.body.contains("05/11/1990"));
        let id = page.hidden("command_id");
        let base = [
            ("number", "066190000123"),
            ("resets", "password"),
            ("command_id", id.as_str()),
        ];
        let half = [&base[..], &LOOKED[..2]].concat();
        let refused = hoa.post(&town, &page, "/counter/code/print", &half).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let all = [&base[..], &LOOKED[..]].concat();
        let given = hoa.post(&town, &page, "/counter/code/print", &all).await;
        let code = code_in(&given);
        let letter = [("login", "066190000123"), ("one_time", code.as_str())];
        let pdf = hoa
            .post(&town, &given, "/counter/code/letter", &letter)
            .await;
        assert!(pdf.body.starts_with("%PDF"));
        let other = [
            ("login", "066190000123"),
            ("one_time", "AAAA-AAAA-AAAA-AAAA"),
        ];
        let none = hoa
            .post(&town, &given, "/counter/code/letter", &other)
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);

        let mut phone = Browser::default();
        let page = use_code(&town, &mut phone, ("066190000123", &code), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let over = citizen.get(&town, "/account").await;
        assert_eq!(over.place, "/sign-in?next=%2Faccount", "all sessions ended");
        let page = citizen
            .password(&town, "/sign-in", "066190000123", CITIZEN_PASSWORD)
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let life = told(&town, (Kind::Citizen, "066190000123")).await;
        assert_eq!(life[1].0, "code_printed");
        assert_eq!((&*life[1].1, &*life[1].2), (COUNTER, "H15.101"));
    })
    .await;
}

#[tokio::test]
async fn a_code_opens_an_account_for_who_has_none_and_does_not_hold_for_ever() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut hoa = officer(&town, COUNTER).await;
        let login = "066190000456";
        let mut codes = Vec::new();
        for _ in 0..11 {
            let form = hoa.get(&town, "/counter/code").await;
            let page = hoa
                .post(&town, &form, "/counter/code", &[("number", login)])
                .await;
            if page.status == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
            let id = page.hidden("command_id");
            let base = [
                ("number", login),
                ("resets", "password"),
                ("command_id", id.as_str()),
                ("name", "Y Thanh  Êban"),
                ("birth-day", ""),
                ("birth-month", ""),
                ("birth-year", "1985"),
            ];
            let all = [&base[..], &LOOKED[..]].concat();
            let given = hoa.post(&town, &page, "/counter/code/print", &all).await;
            if given.status == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
            codes.push(code_in(&given));
        }
        assert_eq!(codes.len(), 10, "so many in a quarter of an hour");
        let (last, before) = (codes.pop().unwrap(), codes.pop().unwrap());
        let mut phone = Browser::default();
        let page = use_code(&town, &mut phone, (login, &before), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the newest");
        town.wait(72 * 3600 + 1);
        let page = use_code(&town, &mut phone, (login, &last), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "too old");
        town.wait(-3600);
        let page = use_code(&town, &mut phone, (login, &last), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let account = phone.get(&town, "/account").await;
        assert!(account.body.contains("Y Thanh Êban"));
        let number = login.parse().unwrap();
        let person = people::views::by_personal_id(&db, &number).await;
        let born = person.unwrap().unwrap().birth;
        assert_eq!(born.map(|birth| birth.to_string()).as_deref(), Some("1985"));
        assert_eq!(count(&db, "people").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_for_the_device_asks_for_the_present_password() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        enrolled(&town, &mut browser).await;
        let account = views::account_by_login(&db, Kind::Officer, "van.thu").await;
        let account = account.unwrap().unwrap();
        let print = |resets| {
            let ctx = by("system", town.now());
            town.identity
                .print_code(account.clone(), (resets, &[]), ctx)
        };
        let code = print(Resets::Device).await.ok().unwrap().code;
        let mut phone = Browser::default();
        let page = use_code(&town, &mut phone, ("van.thu", &code), NEW_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Mật khẩu hiện tại chưa đúng"));
        let page = use_code(&town, &mut phone, ("van.thu", &code), OFFICER_PASSWORD).await;
        assert!(page.body.contains("card qr"), "a device is enrolled anew");
        assert!(phone.secret().is_none());
        // A code for the password leaves the second step where it is.
        let (device, step) = (device_in(&page), page.hidden("step"));
        let code = code_at(&device, town.now()).unwrap();
        let fields = [("step", step.as_str()), ("code", code.as_str())];
        phone.post(&town, &page, "/sign-in/enrol", &fields).await;
        let code = print(Resets::Password).await.ok().unwrap().code;
        let mut other = Browser::default();
        let page = use_code(&town, &mut other, ("van.thu", &code), NEW_PASSWORD).await;
        assert!(
            page.body.contains("action=\"/sign-in/code\""),
            "{}",
            page.body
        );
        assert!(other.secret().is_none());
        assert_eq!(
            phone.get(&town, "/account").await.status,
            StatusCode::SEE_OTHER
        );
    })
    .await;
}
