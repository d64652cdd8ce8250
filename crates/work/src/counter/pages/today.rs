//! `/counter`: today at the counter, and the search that also reads QR codes.
//! Does not know: what is done behind the buttons.

use super::super::drafts;
use super::super::found::{Wanted, wanted};
use super::super::queues::{self, Row};
use super::view::{long_moment, next_page, phase_tag};
use super::{Clerk, open};
use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use facts::agency::Right;
use matters::Ground;
use matters::dossier::Phase;
use matters::dossier::views::{self, Inbox, Line, Search};
use std::collections::BTreeMap;
use web::ui::{Figure, Tag};
use web::{Answer, Problem, QueryData, Redirect, Shell, Tone, render};

/// Lines of one queue on the page of today; the figure above says when there are more.
const QUEUE_LINES_MAX: usize = 60;
/// Unpaid dossiers are looked for among the newest so many.
const UNPAID_AMONG: usize = views::LINES_MAX;
/// Lines of a queue that has its own page.
const HEAD_LINES: usize = 8;
/// Hits of a search.
const HITS_MAX: usize = 50;

/// One queue of the page.
pub(in crate::counter) struct Queue {
    pub id: &'static str,
    pub title: &'static str,
    pub nothing: &'static str,
    pub clock_label: &'static str,
    pub rows: Vec<Row>,
    /// How many there are, shown or not.
    pub count: usize,
    /// Where the whole list is; empty when it is shown whole.
    pub all: &'static str,
}

impl Queue {
    fn of(id: &'static str, title: &'static str, rows: Vec<Row>) -> Self {
        let count = rows.len();
        Self { id, title, nothing: "Không có gì đang chờ.", clock_label: "", rows, count, all: "" }
    }

    fn told(self, nothing: &'static str, clock_label: &'static str) -> Self {
        Self { nothing, clock_label, ..self }
    }

    /// On the page of today the queues with a page of their own show only their head.
    fn shorten(&mut self) {
        let all = match self.id {
            "results" => "/counter/return",
            "unpaid" => "/counter/fees",
            _ => return,
        };
        if self.rows.len() > HEAD_LINES {
            self.rows.truncate(HEAD_LINES);
            self.all = all;
        }
    }
}

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
    drafts: Vec<DraftRow>,
}

struct DraftRow {
    href: String,
    name: String,
    procedure: String,
    changed: String,
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
    let drafts = unfinished(&ground, &clerk).await?;
    render(&TodayPage {
        now: long_moment(clerk.now),
        agencies: names.join(" · "),
        may_intake: clerk.viewer.has(Right::Intake),
        may_return: clerk.viewer.has(Right::Deliver),
        may_collect: clerk.viewer.has(Right::CollectFee),
        figures,
        queues,
        drafts,
        shell: clerk.shell(),
    })
}

/// Everything that makes rows of lines.
struct Look<'a> {
    ground: &'a Ground,
    clerk: &'a Clerk,
    /// Names of agencies, for dossiers of another one.
    agencies: BTreeMap<String, String>,
}

impl<'a> Look<'a> {
    async fn new(ground: &'a Ground, clerk: &'a Clerk) -> Result<Self, Problem> {
        let agencies = ground.offices.agencies(clerk.now).await?;
        let agencies = agencies.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
        Ok(Self { ground, clerk, agencies })
    }

    /// The row of a line, before its queue says more.
    fn row(&self, line: &Line) -> Row {
        let key = line.procedure.parse().ok();
        let procedure = key.and_then(|key| self.ground.catalogue().get(&key));
        let name = procedure.map_or(line.procedure.as_str(), |procedure| &procedure.name.vi);
        let mut row = queues::row(line, name);
        if !self.clerk.counters().contains(&line.agency.as_str()) {
            let other = self.agencies.get(&line.agency);
            row.elsewhere = other.cloned().unwrap_or_else(|| line.agency.clone());
        }
        row
    }

    async fn work(&self, act: &str) -> Result<Vec<Line>, Problem> {
        let filter = Inbox { act: act.to_owned(), ..Inbox::default() };
        let db = self.ground.db();
        let tasks = views::inbox(db, &self.clerk.viewer, &filter, QUEUE_LINES_MAX).await?;
        Ok(tasks.into_iter().map(|task| task.dossier).collect())
    }

    async fn queues(&self) -> Result<Vec<Queue>, Problem> {
        let viewer = &self.clerk.viewer;
        let mut queues = Vec::new();
        if viewer.has(Right::Intake) {
            queues.push(self.reception().await?);
            queues.push(self.supplements().await?);
        }
        if viewer.has(Right::Deliver) {
            queues.push(self.results().await?);
        }
        if viewer.has(Right::CollectFee) {
            queues.push(self.unpaid("").await?);
        }
        Ok(queues)
    }

    async fn reception(&self) -> Result<Queue, Problem> {
        let lines = self.work("intake").await?;
        let row = |line: &Line| {
            let calendar = self.ground.law.calendars.of(&line.reception_agency);
            self.row(line).for_reception(line, calendar, self.clerk.now)
        };
        Ok(Queue::of("reception", "Trực tuyến, chờ tiếp nhận", lines.iter().map(row).collect())
            .told("Không có hồ sơ trực tuyến nào đang chờ.", "Hạn 08 giờ làm việc"))
    }

    async fn supplements(&self) -> Result<Queue, Problem> {
        let lines = self.work("supplement").await?;
        let row = |line: &Line| {
            let calendar = self.ground.law.calendars.of(&line.reception_agency);
            self.row(line).for_supplement(line, calendar, self.clerk.now)
        };
        Ok(Queue::of("supplements", "Đã nhận bổ sung", lines.iter().map(row).collect())
            .told("Không có bổ sung nào chờ kiểm tra.", "Đã chờ"))
    }

    async fn results(&self) -> Result<Queue, Problem> {
        let lines = self.work("deliver").await?;
        Ok(Queue::of("results", "Kết quả chờ trả", lines.iter().map(|line| self.row(line).for_return(line)).collect())
            .told("Không có kết quả nào đang chờ trả.", "Ngày hẹn"))
    }

    async fn unpaid(&self, words: &str) -> Result<Queue, Problem> {
        let search = Search { text: words.to_owned(), ..Search::default() };
        let db = self.ground.db();
        let lines = views::list(db, &self.clerk.viewer, &search, UNPAID_AMONG).await?;
        let mut owing: Vec<&Line> = lines.iter().filter(|line| queues::owed(line) > 0).collect();
        // Where something waits for the money, it comes first.
        owing.sort_by_key(|line| !matches!(line.phase, Phase::FeeDue | Phase::Released));
        let rows = owing.into_iter().take(QUEUE_LINES_MAX);
        Ok(Queue::of("unpaid", "Phí, lệ phí chưa thu", rows.map(|line| self.row(line).for_fee(line)).collect())
            .told("Không có khoản nào chưa thu.", "Số tiền"))
    }

    /// Dossiers with words in them, each leading to what the counter can do with it.
    async fn hits(&self, words: &str) -> Result<Queue, Problem> {
        let search = Search { text: words.to_owned(), ..Search::default() };
        let lines = views::list(self.ground.db(), &self.clerk.viewer, &search, HITS_MAX).await?;
        let row = |line: &Line| {
            let mut row = self.row(line);
            row.clock = line.due_at.map(|due| format!("hẹn {}", web::show::moment(due))).unwrap_or_default();
            row.tags = vec![phase_tag(line.phase)];
            row.href = format!("/counter/search?q={}", line.code);
            row.act = "Mở";
            row
        };
        Ok(Queue::of("hits", "Hồ sơ tìm thấy", lines.iter().map(row).collect())
            .told("Không tìm thấy hồ sơ nào. Thử họ tên không dấu, số điện thoại hoặc bốn số cuối của mã.", "Ngày hẹn"))
    }
}

fn figures(queues: &[Queue]) -> Vec<Figure> {
    let figure = |queue: &Queue| {
        let late = queue.rows.iter().filter(|row| has(row, Tone::Bad)).count();
        let near = queue.rows.iter().filter(|row| has(row, Tone::Warn)).count();
        let more = if queue.rows.len() >= QUEUE_LINES_MAX { "+" } else { "" };
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
            Err(Problem::NotFound | Problem::Forbidden) => {}
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
        lead: "Gõ hoặc quét mã QR, gõ họ tên không dấu, số điện thoại, bốn số cuối của mã.",
        action: "/counter/search",
        q,
        queue,
        shell: clerk.shell(),
    })
}

/// The list of `/counter/return` and `/counter/fees`: a code goes straight on, words narrow the queue.
pub(super) async fn narrowed(ground: &Ground, clerk: &Clerk, q: &str, page: &'static str) -> Answer {
    if let Wanted::Code(code) = wanted(q) {
        match open(ground, clerk, &code.to_string()).await {
            Ok(_) => return Ok(Redirect::to(format!("/counter/{page}/{code}")).into_response()),
            Err(Problem::NotFound | Problem::Forbidden) => {}
            Err(problem) => return Err(problem),
        }
    }
    let look = Look::new(ground, clerk).await?;
    let (title, mut queue) = match page {
        "return" => ("Trả kết quả", look.results().await?),
        _ => ("Thu phí, lệ phí", look.unpaid(q).await?),
    };
    if page == "return" && wanted(q) != Wanted::Nothing {
        let found = look.found(q).await?;
        queue.rows.retain(|row| found.contains(&row.code));
        queue.nothing = "Không có kết quả nào chờ trả cho người này. Tra cứu để xem hồ sơ đang ở đâu.";
    }
    render(&ListPage {
        title,
        lead: "Gõ hoặc quét mã QR trên giấy hẹn, hoặc gõ họ tên không dấu.",
        action: if page == "return" { "/counter/return" } else { "/counter/fees" },
        q: q.to_owned(),
        queue,
        shell: clerk.shell(),
    })
}

impl Look<'_> {
    async fn found(&self, words: &str) -> Result<Vec<String>, Problem> {
        let search = Search {
            text: words.to_owned(),
            phase: Some(Phase::Released),
            ..Search::default()
        };
        let lines = views::list(self.ground.db(), &self.clerk.viewer, &search, HITS_MAX).await?;
        Ok(lines.into_iter().map(|line| line.code).collect())
    }
}

async fn unfinished(ground: &Ground, clerk: &Clerk) -> Result<Vec<DraftRow>, Problem> {
    let mut rows = Vec::new();
    for agency in clerk.viewer.agencies_with(Right::Intake) {
        for draft in drafts::of_counter(ground, agency, clerk.now).await? {
            let procedure = ground.catalogue().get(&draft.procedure);
            rows.push(DraftRow {
                href: format!("/counter/intake/{}", draft.id),
                name: draft.applicant.name,
                procedure: procedure.map(|one| one.name.vi.clone()).unwrap_or_default(),
                changed: web::show::moment(draft.updated_at),
            });
        }
    }
    Ok(rows)
}
