//! A one-time code as it is handed over: once on a page, and from there as a letter.
//! Does not know: who may have one.
use askama::Template;
use axum::http::header;
use axum::response::IntoResponse;
use facts::agency::Viewer;
use jiff::tz::Offset;
use jiff::{Timestamp, civil::DateTime};
use kernel::Json;
use matters::Ground;
use serde_json::json;
use web::{Answer, Kind, Problem, Shell, SignedIn, Visit, render};

use super::super::account::Resets;
use super::super::words::word;
use super::super::{Account, HandedOver, Identity};

/// Viet Nam has one time all year.
const VIETNAM: Offset = Offset::constant(7);

#[derive(Template)]
#[template(path = "identity/pages/handed_over.html")]
struct HandedOverPage {
    shell: Shell,
    name: String,
    login: String,
    code: String,
    does: &'static str,
    until: String,
    address: String,
    /// Where the letter is printed, and the hidden field by which it knows whose it is.
    letter: String,
    back: String,
}

/// Where the page of a code leads.
pub(super) struct Ways {
    pub letter: String,
    pub back: String,
}

/// The page with a code. It is shown this once.
pub(super) fn page(identity: &Identity, visit: &Visit, given: HandedOver, ways: Ways) -> Answer {
    render(&HandedOverPage {
        shell: Shell::new(visit),
        name: given.account.display_name,
        login: given.account.login,
        code: given.code,
        does: does(given.resets),
        until: web::show::moment(given.until),
        address: address(&identity.0.ground),
        letter: ways.letter,
        back: ways.back,
    })
}

/// What a code is for.
pub(super) fn does(resets: Resets) -> &'static str {
    match resets {
        Resets::Password => word("resets_password"),
        Resets::Device => word("resets_device"),
        Resets::Both => word("resets_both"),
    }
}

/// What people type to use a code.
fn address(ground: &Ground) -> String {
    format!("{}/account/code", ground.public_url)
}

/// The letter with a code that was printed for this account and still holds.
pub(super) async fn letter(
    identity: &Identity,
    (account, code): (&Account, &str),
    (asker, agency): (&SignedIn<Viewer>, &str),
    now: Timestamp,
) -> Answer {
    let printed = identity.is_printed(account, code, now).await?;
    let (resets, until) = printed.ok_or(Problem::Refused(word("letter_too_late").into()))?;
    let ground = &identity.0.ground;
    let holder = json!({
        "name": account.display_name,
        "login_label": match account.door {
            Kind::Citizen => word("number_label"),
            Kind::Officer => word("login_label"),
        },
        "login": account.login,
    });
    let data = json!({
        "agency": issuer(ground, agency, now).await?,
        "date": local(now).date().to_string(),
        "qr": address(ground),
        "qr_caption": word("qr_caption"),
        "electronic_note": word("printed_note"),
        "holder": holder,
        "resets": resets.as_str(),
        "code": code,
        "until": local(until).strftime("%Y-%m-%dT%H:%M").to_string(),
        "address": address(ground),
        "officer": { "name": asker.signed.display_name },
    });
    let bytes = ground.letters.pdf("one-time-code", data).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"ma-dung-mot-lan.pdf\"",
        ),
    ];
    Ok((headers, bytes.to_vec()).into_response())
}

async fn issuer(ground: &Ground, agency: &str, now: Timestamp) -> Result<Json, Problem> {
    let found = ground.offices.agency(agency).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let today = local(now).date();
    let commune = ground.places.commune(&found.place_code, today);
    let province = ground.places.province(&found.place_code, today);
    let place = commune.map(|commune| commune.name.clone());
    let place = place.or_else(|| province.map(|province| province.name.clone()));
    let superior = match &found.parent {
        Some(parent) => ground.offices.agency(parent.as_str()).await?,
        None => None,
    };
    Ok(json!({
        "superior": superior.map(|agency| agency.name),
        "name": found.name,
        "place": place,
    }))
}

fn local(at: Timestamp) -> DateTime {
    VIETNAM.to_datetime(at)
}
