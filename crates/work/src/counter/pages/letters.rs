//! The papers that the counter prints by itself, as PDF: forms 02 and 03 of an unfinished intake,
//! the receipt.
//! Does not know: what stands in them (`letters.rs`).

use super::intake::Intake;
use super::{Clerk, Opened, open};
use crate::counter::letters::{self, Issuer, Payer};
use axum::extract::{Path, State};
use kernel::Json;
use matters::Ground;
use matters::dossier::{Event, Receipt};
use web::{Answer, Problem, QueryData};

pub(super) async fn of_draft(
    State(ground): State<Ground>,
    Path((draft, form)): Path<(String, String)>,
    clerk: Clerk,
) -> Answer {
    let intake = Intake::open(&ground, &clerk, &draft)
        .await?
        .ok_or(Problem::NotFound)?;
    let issuer = issuer(&ground, &clerk, &intake.filled.sheet.reception).await?;
    let asker = intake.asker(&ground, &clerk);
    let sheet = &intake.filled.sheet;
    match form.as_str() {
        "02.pdf" => {
            let missing = intake.filled.missing(&asker, &intake.procedure);
            let data = letters::supplement(&issuer, sheet, &intake.procedure, &missing);
            pdf(&ground, "02", data).await
        }
        "03.pdf" => {
            pdf(
                &ground,
                "03",
                letters::refusal(&issuer, sheet, &intake.procedure),
            )
            .await
        }
        _ => Err(Problem::NotFound),
    }
}

pub(super) async fn receipt(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    let receipts = &opened.dossier.payment.receipts;
    paid(
        &ground,
        &clerk,
        &opened,
        ("fee-receipt", receipts, query.text("number")),
    )
    .await
}

pub(super) async fn refund(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    let refunds = &opened.dossier.payment.refunds;
    paid(
        &ground,
        &clerk,
        &opened,
        ("fee-refund", refunds, query.text("number")),
    )
    .await
}

/// The receipt of this number, the last one without; as it was when the money changed hands.
async fn paid(
    ground: &Ground,
    clerk: &Clerk,
    opened: &Opened,
    (letter, all, number): (&str, &[Receipt], &str),
) -> Answer {
    let wanted = |one: &&Receipt| number.is_empty() || one.number == number;
    let receipt = all.iter().rfind(wanted).ok_or(Problem::NotFound)?;
    let mut issuer = issuer(ground, clerk, &receipt.agency).await?;
    if let Some(name) = collector(ground, &opened.id, &receipt.number).await? {
        issuer.officer = name;
    }
    let paid = (&*opened.dossier, receipt);
    let mut data = letters::receipt(&issuer, &payer(opened), paid, &opened.procedure);
    data["qr"] = format!("{}/lookup/{}", ground.public_url, opened.code()).into();
    pdf(ground, letter, data).await
}

/// Who took the money or gave it back: a receipt printed again names the same officer.
async fn collector(ground: &Ground, id: &str, number: &str) -> Result<Option<String>, Problem> {
    let entries = ground.journal.history(&*ground.law, id).await?;
    let mut entries = entries.iter();
    let paid = entries.find(|entry| match &entry.event {
        Event::FeePaid { receipt_no: no, .. } | Event::FeeRefunded { slip_no: no, .. } => {
            no == number
        }
        _ => false,
    });
    let Some(paid) = paid else { return Ok(None) };
    let officer = ground.offices.officer(&paid.actor).await?;
    Ok(officer.map(|officer| officer.name))
}

fn payer(opened: &Opened) -> Payer {
    let told = &opened.told.applicant;
    Payer {
        name: opened.line.applicant_name.clone(),
        personal_id: told.personal_id.clone(),
        address: opened.line.applicant_address.clone(),
    }
}

async fn issuer(ground: &Ground, clerk: &Clerk, agency: &str) -> Result<Issuer, Problem> {
    let found = ground
        .offices
        .agency(agency)
        .await?
        .ok_or(Problem::NotFound)?;
    let superior = match &found.parent {
        Some(parent) => super::view::agency_name(ground, parent.as_str()).await?,
        None => String::new(),
    };
    let commune = ground.places.commune(&found.place_code, clerk.today());
    let province = ground.places.province(&found.place_code, clerk.today());
    let place = commune.map(|commune| commune.name.clone());
    let place = place.or_else(|| province.map(|province| province.name.clone()));
    Ok(Issuer {
        superior,
        name: found.name,
        place: place.unwrap_or_default(),
        officer: clerk.name.clone(),
        now: clerk.now,
    })
}

async fn pdf(ground: &Ground, letter: &str, data: Json) -> Answer {
    let bytes = ground.letters.pdf(letter, data).await?;
    matters::files::printed(&bytes, letter)
}
