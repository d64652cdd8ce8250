//! The queues of a counter and the hits of a search: from lists of dossiers to rows.
//! Does not know: pages, what is done behind the buttons.

use super::super::queues::{self, Row};
use super::Clerk;
use super::view::phase_tag;
use facts::agency::Right;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::Phase;
use matters::dossier::views::{self, Cursor, Line, Search};
use std::collections::BTreeMap;
use web::Problem;

/// Lines of one queue on a page; the figure of today says when there are more.
pub(super) const QUEUE_LINES_MAX: usize = 60;
/// Lines of a queue that has its own page.
const HEAD_LINES: usize = 8;
/// What a search without hits advises.
const NO_HITS: &str = "Không tìm thấy hồ sơ nào. Thử họ tên không dấu, số điện thoại, \
    số định danh hoặc bốn số cuối của mã.";
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
    /// The place after which the next page begins; empty on the last one.
    pub next: String,
}

impl Queue {
    fn of(id: &'static str, title: &'static str, rows: Vec<Row>) -> Self {
        let count = rows.len();
        Self {
            id,
            title,
            nothing: "Không có gì đang chờ.",
            clock_label: "",
            rows,
            count,
            all: "",
            next: String::new(),
        }
    }

    fn told(self, nothing: &'static str, clock_label: &'static str) -> Self {
        Self {
            nothing,
            clock_label,
            ..self
        }
    }

    /// On the page of today the queues with a page of their own show only their head.
    pub(super) fn shorten(&mut self) {
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

/// Everything that makes rows of lines.
pub(super) struct Look<'a> {
    ground: &'a Ground,
    clerk: &'a Clerk,
    /// Names of agencies, for dossiers of another one.
    agencies: BTreeMap<String, String>,
}

impl<'a> Look<'a> {
    pub(super) async fn new(ground: &'a Ground, clerk: &'a Clerk) -> Result<Self, Problem> {
        let agencies = ground.offices.agencies(clerk.now).await?;
        let agencies = agencies
            .into_iter()
            .map(|one| (one.id.to_string(), one.name))
            .collect();
        Ok(Self {
            ground,
            clerk,
            agencies,
        })
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

    pub(super) async fn queues(&self) -> Result<Vec<Queue>, Problem> {
        let acts = ["intake", "supplement", "deliver"];
        let [online, supplemented, released] = self.waiting(acts).await?;
        let viewer = &self.clerk.viewer;
        let mut queues = Vec::new();
        if viewer.has(Right::Intake) {
            queues.push(self.reception(&online));
            queues.push(self.supplements(&supplemented));
        }
        if viewer.has(Right::Deliver) {
            queues.push(self.returns(&released));
        }
        if viewer.has(Right::CollectFee) {
            queues.push(self.unpaid("", None).await?);
        }
        Ok(queues)
    }

    pub(super) async fn results(&self) -> Result<Queue, Problem> {
        let [released] = self.waiting(["deliver"]).await?;
        Ok(self.returns(&released))
    }

    async fn waiting<const N: usize>(&self, acts: [&str; N]) -> Result<[Vec<Line>; N], Trouble> {
        views::waiting(self.ground.db(), &self.clerk.viewer, acts, QUEUE_LINES_MAX).await
    }

    fn reception(&self, lines: &[Line]) -> Queue {
        let row = |line: &Line| {
            let calendar = self.ground.law.calendars.of(&line.reception_agency);
            self.row(line).for_reception(line, calendar, self.clerk.now)
        };
        let rows = lines.iter().map(row).collect();
        Queue::of("reception", "Trực tuyến, chờ tiếp nhận", rows).told(
            "Không có hồ sơ trực tuyến nào đang chờ.",
            "Hạn 08 giờ làm việc",
        )
    }

    fn supplements(&self, lines: &[Line]) -> Queue {
        let row = |line: &Line| {
            let calendar = self.ground.law.calendars.of(&line.reception_agency);
            self.row(line)
                .for_supplement(line, calendar, self.clerk.now)
        };
        let rows = lines.iter().map(row).collect();
        Queue::of("supplements", "Đã nhận bổ sung", rows)
            .told("Không có bổ sung nào chờ kiểm tra.", "Đã chờ")
    }

    fn returns(&self, lines: &[Line]) -> Queue {
        let row = |line: &Line| self.row(line).for_return(line);
        let rows = lines.iter().map(row).collect();
        Queue::of("results", "Kết quả chờ trả", rows)
            .told("Không có kết quả nào đang chờ trả.", "Ngày hẹn")
    }

    /// What is owed, the newest dossiers first, a page from `after` on.
    pub(super) async fn unpaid(
        &self,
        words: &str,
        after: Option<Cursor>,
    ) -> Result<Queue, Problem> {
        let db = self.ground.db();
        let search = Search {
            unpaid_only: true,
            after,
            ..Search::of_text(db, words).await?
        };
        let mut lines = views::list(db, &self.clerk.viewer, &search, QUEUE_LINES_MAX + 1).await?;
        let more = lines.len() > QUEUE_LINES_MAX;
        lines.truncate(QUEUE_LINES_MAX);
        let next = lines
            .last()
            .filter(|_| more)
            .map(|line| line.cursor().to_string());
        // Where something waits for the money, it comes first on its page.
        lines.sort_by_key(|line| !matches!(line.phase, Phase::FeeDue | Phase::Released));
        let rows = lines.iter().map(|line| self.row(line).for_fee(line));
        let mut queue = Queue::of("unpaid", "Phí, lệ phí chưa thu", rows.collect())
            .told("Không có khoản nào chưa thu.", "Số tiền");
        queue.next = next.unwrap_or_default();
        Ok(queue)
    }

    /// Dossiers with words in them, each leading to what the counter can do with it.
    pub(super) async fn hits(&self, words: &str) -> Result<Queue, Problem> {
        let search = Search::of_text(self.ground.db(), words).await?;
        let lines = views::list(self.ground.db(), &self.clerk.viewer, &search, HITS_MAX).await?;
        let row = |line: &Line| {
            let mut row = self.row(line);
            row.clock = line
                .due_at
                .map(|due| format!("hẹn {}", web::show::moment(due)))
                .unwrap_or_default();
            row.tags = vec![phase_tag(line.phase)];
            row.href = format!("/counter/search?q={}", line.code);
            row.act = "Mở";
            row
        };
        Ok(
            Queue::of("hits", "Hồ sơ tìm thấy", lines.iter().map(row).collect())
                .told(NO_HITS, "Ngày hẹn"),
        )
    }
}

impl Look<'_> {
    pub(super) async fn found(&self, words: &str) -> Result<Vec<String>, Problem> {
        let search = Search {
            phase: Some(Phase::Released),
            ..Search::of_text(self.ground.db(), words).await?
        };
        let lines = views::list(self.ground.db(), &self.clerk.viewer, &search, HITS_MAX).await?;
        Ok(lines.into_iter().map(|line| line.code).collect())
    }
}
