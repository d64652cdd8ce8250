//! How the result comes: electronically, at a counter of choice, by post.
use askama::Template;
use axum::http::StatusCode;
use facts::agency::Agency;
use facts::procedure::Procedure;
use matters::dossier::ReturnWay;
use web::ui::{Choice, Link};
use web::{Answer, FieldErrors, FormData, QueryData, Shell, Visit, render, render_with};

use super::{Opened, change, crumbs, to};
use crate::apply::doing::Doing;

#[derive(Template)]
#[template(path = "apply/pages/receive.html")]
struct ReceivePage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    action: String,
    overview: String,
    from: String,
    results: Vec<String>,
    way: String,
    ways: Vec<Choice>,
    counter: String,
    counters: Vec<Choice>,
    address: String,
    step: usize,
    steps: usize,
}

/// What was chosen, as the page shows it again.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) way: String,
    pub(super) counter: String,
    pub(super) address: String,
}

pub(super) async fn ask(
    Opened {
        ground, doing, now, ..
    }: Opened,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let agencies = ground.offices.agencies(now).await?;
    let chosen = chosen_before(&doing);
    let page = page(&doing, &agencies, (chosen, query.text("from")));
    render(&page(shell, FieldErrors::new()))
}

pub(super) async fn sent(
    Opened {
        ground, doing, now, ..
    }: Opened,
    visit: Visit,
    form: FormData,
) -> Answer {
    let agencies = ground.offices.agencies(now).await?;
    let chosen = Chosen::typed(&form);
    let (way, errors) = read(&chosen, &agencies);
    let Some(way) = way else {
        let page = page(&doing, &agencies, (chosen, form.text("from")));
        let page = page(Shell::new(&visit), errors);
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let doing = change(&ground, &doing.draft, now, |draft| {
        draft.return_way = Some(way.clone());
        if way == ReturnWay::Post {
            draft.post_address = chosen.address.clone();
        }
    })
    .await?;
    Ok(to(doing.url("check")))
}

impl Chosen {
    pub(super) fn typed(form: &FormData) -> Self {
        Self {
            way: form.text("way").to_owned(),
            counter: form.text("counter").to_owned(),
            address: form.text("address").to_owned(),
        }
    }

    /// As the dossier or draft has it; the counter offered first is the competent agency's.
    pub(super) fn of(way: Option<&ReturnWay>, agency: &str, address: &str) -> Self {
        let (way, counter) = match way {
            None => ("", agency),
            Some(ReturnWay::Electronic) => ("electronic", agency),
            Some(ReturnWay::Post) => ("post", agency),
            Some(ReturnWay::Counter { agency }) => ("counter", agency.as_str()),
        };
        Self {
            way: way.to_owned(),
            counter: counter.to_owned(),
            address: address.to_owned(),
        }
    }
}

/// What was chosen, or what lacks.
pub(super) fn read(chosen: &Chosen, agencies: &[Agency]) -> (Option<ReturnWay>, FieldErrors) {
    let mut errors = FieldErrors::new();
    let known = agencies
        .iter()
        .any(|agency| agency.id.as_str() == chosen.counter);
    let way = match chosen.way.as_str() {
        "electronic" => Some(ReturnWay::Electronic),
        "counter" if known => Some(ReturnWay::Counter {
            agency: chosen.counter.clone(),
        }),
        "counter" => {
            errors.add("counter", "Chọn nơi bạn đến nhận");
            None
        }
        "post" if chosen.address.is_empty() => {
            errors.add("address", "Ghi địa chỉ để bưu điện giao");
            None
        }
        "post" => Some(ReturnWay::Post),
        _ => {
            errors.add("way", "Chọn cách nhận kết quả");
            None
        }
    };
    (way, errors)
}

fn chosen_before(doing: &Doing) -> Chosen {
    let draft = &doing.draft;
    let way = draft.return_way.as_ref();
    Chosen::of(way, &draft.agency, &doing.delivered_to())
}

/// The ways that a procedure offers: each has an electronic result; some have papers too.
pub(super) fn ways(procedure: &Procedure) -> Vec<Choice> {
    let paper = procedure
        .results
        .iter()
        .any(|result| result.paper_originals > 0);
    let electronic = match paper {
        true => "Xem và tải về ở trang này. Bản giấy, khi cần, bạn nhận sau tại một cửa.",
        false => "Xem và tải về ở trang này.",
    };
    vec![
        Choice::new("electronic", "Bản điện tử trên mạng").hint(electronic),
        Choice::new("counter", "Đến nhận tại bộ phận một cửa").hint("Mang theo căn cước."),
        Choice::new("post", "Qua bưu điện, giao tận nơi").hint("Người nhận trả cước bưu điện."),
    ]
}

/// Every counter that hands results over.
pub(super) fn counters(agencies: &[Agency]) -> Vec<Choice> {
    let counter = |agency: &Agency| Choice::new(agency.id.as_str(), agency.name.clone());
    agencies.iter().map(counter).collect()
}

fn page(
    doing: &Doing,
    agencies: &[Agency],
    (chosen, from): (Chosen, &str),
) -> impl FnOnce(Shell, FieldErrors) -> ReceivePage + use<> {
    let ways = ways(&doing.procedure);
    let counters = counters(agencies);
    let results = doing
        .procedure
        .results
        .iter()
        .map(|result| result.name.vi.clone())
        .collect();
    let steps = doing.progress().len() + 3;
    let from = if from == "check" {
        "check".to_owned()
    } else {
        String::new()
    };
    let (crumbs, action) = (crumbs(doing, "Nhận kết quả"), doing.url("receive"));
    let overview = format!("/apply/{}", doing.draft.id);
    move |shell, errors| ReceivePage {
        shell,
        crumbs,
        errors,
        action,
        overview,
        from,
        results,
        way: chosen.way,
        ways,
        counter: chosen.counter,
        counters,
        address: chosen.address,
        step: steps - 1,
        steps,
    }
}
