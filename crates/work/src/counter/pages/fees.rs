//! `/counter/fees`: collects the fee of one dossier, once and exactly, and gives the receipt.
//! Does not know: how an amount is worked out; the dossier keeps it.

use super::today::narrowed;
use super::view::{Head, MoneyRow, at_form, bill, desk_link};
use super::{Clerk, Opened, open, refused, standing};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use facts::agency::Right;
use matters::Ground;
use matters::dossier::{
    Action, Command, Dossier, Facts, Order, PayMethod, Receipt, collecting_agency, dong,
};
use web::ui::Choice;
use web::{Answer, FieldErrors, FormData, Problem, QueryData, Redirect, Shell, render_with, show};

#[derive(Template)]
#[template(path = "counter/pages/fees.html")]
struct FeesPage {
    shell: Shell,
    errors: FieldErrors,
    head: Head,
    rows: Vec<MoneyRow>,
    total: String,
    owed: String,
    amount: i64,
    method: String,
    methods: Vec<Choice>,
    reference: String,
    may_collect: bool,
    /// `8.000 đ` to be paid back; empty for none.
    overpaid: String,
    may_refund: bool,
    /// What was paid, and what was paid back; each with its paper.
    receipts: Vec<Paid>,
    refunds: Vec<Paid>,
    next: &'static str,
    desk: String,
}

/// A receipt as shown.
struct Paid {
    number: String,
    amount: String,
    method: &'static str,
    at: String,
}

pub(super) async fn list(
    State(ground): State<Ground>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    narrowed(&ground, &clerk, &query, "fees").await
}

pub(super) async fn show(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    page(&ground, &clerk, &opened, Typed::default()).await
}

/// What stands in the form when it is drawn again.
#[derive(Default)]
struct Typed {
    errors: FieldErrors,
    method: String,
    reference: String,
}

async fn page(ground: &Ground, clerk: &Clerk, opened: &Opened, typed: Typed) -> Answer {
    let dossier = &opened.dossier;
    let status = match typed.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let released = dossier.phase == matters::dossier::Phase::Released;
    render_with(
        status,
        &FeesPage {
            head: Head::of(ground, opened).await?,
            rows: bill(opened),
            total: format!("{} đ", dong(dossier.amount_due())),
            owed: format!("{} đ", dong(dossier.owed())),
            amount: dossier.owed().max(dossier.overpaid()),
            method: if typed.method.is_empty() {
                "cash".to_owned()
            } else {
                typed.method
            },
            methods: vec![
                Choice::new("cash", "Tiền mặt"),
                Choice::new("transfer", "Chuyển khoản"),
            ],
            reference: typed.reference,
            may_collect: dossier.owes() && opened.may(Action::CollectFee),
            overpaid: match dossier.overpaid() {
                0 => String::new(),
                overpaid => format!("{} đ", dong(overpaid)),
            },
            may_refund: dossier.overpaid() > 0 && opened.may(Action::RefundFee),
            receipts: dossier.payment.receipts.iter().map(paid).collect(),
            refunds: dossier.payment.refunds.iter().map(paid).collect(),
            next: if released && clerk.viewer.has(Right::Deliver) {
                "return"
            } else {
                ""
            },
            desk: desk_link(opened),
            errors: typed.errors,
            shell: clerk.shell(),
        },
    )
}

fn paid(receipt: &Receipt) -> Paid {
    Paid {
        number: receipt.number.clone(),
        amount: format!("{} đ", dong(receipt.amount)),
        method: method_words(receipt.method),
        at: show::moment(receipt.at),
    }
}

pub(super) fn method_words(method: PayMethod) -> &'static str {
    match method {
        PayMethod::Cash => "Tiền mặt",
        PayMethod::Transfer => "Chuyển khoản",
        PayMethod::Online => "Thanh toán trực tuyến",
    }
}

/// Whether money comes in or goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    In,
    Back,
}

pub(super) async fn collect(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    settle(&ground, &clerk, &code, (Flow::In, &form)).await
}

pub(super) async fn refund(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    settle(&ground, &clerk, &code, (Flow::Back, &form)).await
}

async fn settle(
    ground: &Ground,
    clerk: &Clerk,
    code: &str,
    (flow, form): (Flow, &FormData),
) -> Answer {
    let standing = standing(ground, clerk, code).await?;
    let dossier = &standing.dossier;
    let facts = Facts::of(dossier);
    let agency = collecting_agency(&clerk.viewer, &facts).ok_or(Problem::Forbidden)?;
    let transfer = form.text("method") == "transfer";
    let amount = form.text("amount").parse().unwrap_or(0);
    let typed = |errors| Typed {
        errors,
        method: form.text("method").to_owned(),
        reference: form.text("reference").to_owned(),
    };
    if transfer && form.text("reference").is_empty() {
        let mut errors = FieldErrors::new();
        errors.add("reference", "Ghi mã giao dịch của lần chuyển khoản");
        let opened = open(ground, clerk, code).await?;
        return page(ground, clerk, &opened, typed(errors)).await;
    }
    let command = command(ground, clerk, dossier, (flow, agency, amount, form)).await?;
    let order = Order::new(&clerk.viewer, command);
    let ctx = clerk.ctx(agency, form.command_id()?);
    match ground.order(&standing.id, order, ctx).await {
        Ok(_) => {
            // The page itself says that it was paid, with the number of the receipt.
            Ok(Redirect::to(format!("/counter/fees/{code}")).into_response())
        }
        Err(failure) => {
            let refusal = refused(failure)?;
            let field = if transfer { "reference" } else { "method" };
            let errors = at_form(field, &refusal, &standing.procedure);
            let opened = open(ground, clerk, code).await?;
            page(ground, clerk, &opened, typed(errors)).await
        }
    }
}

/// A number is taken only for what will be paid: a double click or a slip leaves no hole in the
/// book.
async fn command(
    ground: &Ground,
    clerk: &Clerk,
    dossier: &Dossier,
    (flow, agency, amount, form): (Flow, &str, i64, &FormData),
) -> Result<Command, Problem> {
    let transfer = form.text("method") == "transfer";
    let (method, reference) = match transfer {
        true => (PayMethod::Transfer, form.text("reference").to_owned()),
        false => (PayMethod::Cash, String::new()),
    };
    let open = match flow {
        Flow::In => dossier.owed(),
        Flow::Back => dossier.overpaid(),
    };
    let number = match (open > 0 && amount == open, flow) {
        (false, _) => String::new(),
        (true, Flow::In) => ground.numbers.receipt(agency, clerk.now).await?,
        (true, Flow::Back) => ground.numbers.refund(agency, clerk.now).await?,
    };
    Ok(match flow {
        Flow::In => Command::CollectFee {
            receipt_no: number,
            amount,
            method,
            reference,
        },
        Flow::Back => Command::RefundFee {
            slip_no: number,
            amount,
            method,
            reference,
        },
    })
}
