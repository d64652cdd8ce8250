//! `/counter`: today at the counter, and the search that also reads QR codes.
//! Does not know: what is done behind the buttons.

use super::super::found::{Wanted, wanted};
use super::super::queues::Row;
use super::look::{Look, QUEUE_LINES_MAX, Queue};
use super::open_sheets::OpenSheets;
use super::view::{long_moment, next_page};
use super::{Clerk, open};
use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use facts::agency::Right;
use matters::Ground;
use web::ui::{Figure, Tag};
use web::{Answer, FormData, Problem, QueryData, Redirect, Shell, Tone, render};

#[derive(Template)]
#[template(path = "counter/pages/today.html")]
struct TodayPage {
    shell: Shell,
    now: String,
    agencies: String,
    may_intake: bool,
    may_return: bool,
    may_collect: bool,
    figures: Vec<Figure>,
    queues: Vec<Queue>,
    sheets: OpenSheets,
}

pub(super) async fn today(State(ground): State<Ground>, clerk: Clerk) -> Answer {
    let counters = clerk.counters();
    if counters.is_empty() {
        return Err(Problem::Forbidden);
    }
    let mut names = Vec::new();
    for agency in &counters {
        names.push(super::view::agency_name(&ground, agency).await?);
    }
    let look = Look::new(&ground, &clerk).await?;
    let mut queues = look.queues().await?;
    let figures = figures(&queues);
    for queue in &mut queues {
        queue.shorten();
    }
    let sheets = OpenSheets::read(&ground, &clerk).await?;
    render(&TodayPage {
        now: long_moment(clerk.now),
        agencies: names.join(" · "),
        may_intake: clerk.viewer.has(Right::Intake),
        may_return: clerk.viewer.has(Right::Deliver),
        may_collect: clerk.viewer.has(Right::CollectFee),
        figures,
        queues,
        sheets,
        shell: clerk.shell(),
    })
}

fn figures(queues: &[Queue]) -> Vec<Figure> {
    let figure = |queue: &Queue| {
        let late = queue.rows.iter().filter(|row| has(row, Tone::Bad)).count();
        let near = queue.rows.iter().filter(|row| has(row, Tone::Warn)).count();
        let more = if queue.rows.len() >= QUEUE_LINES_MAX {
            "+"
        } else {
            ""
        };
        Figure {
            value: format!("{}{more}", queue.rows.len()),
            label: queue.title.to_owned(),
            note: match (late, near) {
                (0, 0) => String::new(),
                (0, near) if queue.id == "unpaid" => format!("{near} đang chờ tiền"),
                (0, near) => format!("{near} cần xem ngay"),
                (late, _) => format!("{late} trễ"),
            },
            tone: match (late, near) {
                (0, 0) => Tone::Info,
                (0, _) => Tone::Warn,
                _ => Tone::Bad,
            },
            href: format!("#{}", queue.id),
        }
    };
    queues.iter().map(figure).collect()
}

fn has(row: &Row, tone: Tone) -> bool {
    row.tags.iter().any(|tag: &Tag| tag.tone == tone)
}

#[derive(Template)]
#[template(path = "counter/pages/list.html")]
struct ListPage {
    shell: Shell,
    title: &'static str,
    lead: &'static str,
    action: &'static str,
    q: String,
    queue: Queue,
}

/// `/counter/search`: a code opens what is to be done with it; words give a list.
pub(super) async fn search(
    State(ground): State<Ground>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    if clerk.counters().is_empty() {
        return Err(Problem::Forbidden);
    }
    let q = query.text("q").to_owned();
    if let Wanted::Code(code) = wanted(&q) {
        match open(&ground, &clerk, &code.to_string()).await {
            Ok(opened) => {
                let page = next_page(opened.dossier.phase, &opened.dossier);
                let path = match page {
                    Some(page) => format!("/counter/{page}/{code}"),
                    None => format!("/desk/dossiers/{code}"),
                };
                return Ok(Redirect::to(path).into_response());
            }
            Err(Problem::NotFound) => {}
            Err(problem) => return Err(problem),
        }
    }
    let look = Look::new(&ground, &clerk).await?;
    let queue = match wanted(&q) {
        Wanted::Nothing => look.hits("").await?,
        Wanted::Code(code) => look.hits(&code.to_string()).await?,
        Wanted::Words(words) => look.hits(&words).await?,
    };
    render(&ListPage {
        title: "Tra cứu hồ sơ",
        lead: "Gõ hoặc quét mã QR, gõ họ tên không dấu, số điện thoại, số định \
            danh, bốn số cuối của mã.",
        action: "/counter/search",
        q,
        queue,
        shell: clerk.shell(),
    })
}

/// The list of `/counter/return` and `/counter/fees`: a code goes straight on, words narrow the
/// queue.
pub(super) async fn narrowed(
    ground: &Ground,
    clerk: &Clerk,
    query: &FormData,
    page: &'static str,
) -> Answer {
    let q = query.text("q");
    let after = query.text("after").parse().ok();
    if let Wanted::Code(code) = wanted(q) {
        match open(ground, clerk, &code.to_string()).await {
            Ok(_) => return Ok(Redirect::to(format!("/counter/{page}/{code}")).into_response()),
            Err(Problem::NotFound) => {}
            Err(problem) => return Err(problem),
        }
    }
    let look = Look::new(ground, clerk).await?;
    let (title, mut queue) = match page {
        "return" => ("Trả kết quả", look.results().await?),
        _ => ("Thu phí, lệ phí", look.unpaid(q, after).await?),
    };
    if page == "return" && wanted(q) != Wanted::Nothing {
        let found = look.found(q).await?;
        queue.rows.retain(|row| found.contains(&row.code));
        queue.nothing =
            "Không có kết quả nào chờ trả cho người này. Tra cứu để xem hồ sơ đang ở đâu.";
    }
    render(&ListPage {
        title,
        lead: "Gõ hoặc quét mã QR trên giấy hẹn, hoặc gõ họ tên không dấu.",
        action: if page == "return" {
            "/counter/return"
        } else {
            "/counter/fees"
        },
        q: q.to_owned(),
        queue,
        shell: clerk.shell(),
    })
}
