//! One client: a citizen and the officers whom the dossier meets, each in a browser of their own,
//! playing whole lifecycles one after the other. Everything typed goes into forms that the pages
//! show.
//! Does not know: how fast it is, whether what was acknowledged stays.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use facts::procedure::Act;
use kernel::Json;

use super::address::route;
use super::book::{Book, Far};
use super::browser::{Browser, Mishap, Seen, Taken};
use super::cast::Stage;
use super::fill;
use super::form::Form;
use super::known::{Known, PAPERS};
use super::page::Page;
use super::pile::HandedIn;
use super::prepared::Stock;
use super::tally::Tally;
use super::uploads::MARK;

/// Pages of an application, at the most; the longest of ours has twelve.
const PAGES_MAX: usize = 40;
/// Where the page is that says that an application was handed in; the dossier's id follows.
const HANDED_IN: &str = "/apply/done/";

/// Why a client stopped in the middle.
pub enum Stop {
    /// The time is over.
    Over,
    /// Something went wrong; the next lifecycle may go better.
    Mishap(Mishap),
    /// The book of acknowledgements cannot be written: nothing would be proven.
    Book(String),
}

impl From<Mishap> for Stop {
    fn from(mishap: Mishap) -> Self {
        Self::Mishap(mishap)
    }
}

/// How a lifecycle is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Play {
    /// Lifecycles by the requests that change something, and the search: one a step. Applications
    /// are written before.
    Acts,
    /// Lifecycles by every page that people see on the way, as browsers without JavaScript ask for
    /// them.
    Pages,
    /// Only handing in applications that were written before, as fast as answers come.
    Submissions,
    /// Only the first step of an officer, on dossiers that were accepted before.
    Steps,
    /// Applications and looks at pages at constant rates, whoever waits (`--rate`, `--looks`).
    Province,
    /// The most applications that go, then `--times` as many for the seconds, then half of them.
    Overload,
    /// Looks at pages at a constant rate (`--looks`), first alone, then in a storm of sign-ins.
    SignIns,
    /// Papers of `--mib` MiB, as fast as they are taken.
    Uploads,
}

/// One client.
pub struct Client {
    /// The citizen's browser, signed in.
    pub citizen: Browser,
    /// The officers' browsers by right, signed in.
    pub officers: BTreeMap<&'static str, Browser>,
    /// The procedure and the communes.
    pub stage: Arc<Stage>,
    /// Which client.
    pub number: usize,
    /// The citizen's name at the door.
    pub login: String,
    /// The dossier that was played last.
    pub code: String,
    /// What is typed into the application.
    pub answers: Json,
    /// How much of what people see is asked for.
    pub play: Play,
    /// Forms seen once, and applications prepared.
    pub known: Known,
    /// Times of answers.
    pub tally: Tally,
    /// Acknowledgements.
    pub book: Book,
    /// When to stop.
    pub until: Instant,
    /// Lifecycles that came to their end in time.
    pub lifecycles: u64,
}

/// A form about to be sent for a dossier.
pub(super) struct Step<'a> {
    pub(super) right: &'static str,
    pub(super) code: &'a str,
    pub(super) far: Far,
}

impl Client {
    /// Plays until the time is over.
    ///
    /// # Errors
    /// When acknowledgements can no longer be written down.
    pub async fn play(&mut self) -> Result<(), String> {
        loop {
            match self.lifecycle().await {
                Ok(()) => self.lifecycles += 1,
                Err(Stop::Over) => return Ok(()),
                Err(Stop::Book(words)) => return Err(words),
                Err(Stop::Mishap(mishap)) => {
                    if matches!(mishap, Mishap::Refused(_)) {
                        self.tally.failed("whole lifecycle", mishap.words());
                    }
                    // A server that refuses everything is not asked ten thousand times a second.
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// One lifecycle page by page, before the time counts: forms are learned, and as many
    /// applications as there are to be are put beside the one that is written.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn learn(&mut self, stock: Option<Stock>) -> Result<(), String> {
        self.known.stock = stock;
        let learned = self.lifecycle().await;
        self.known.stock = None;
        learned.map_err(|stop| match stop {
            Stop::Over => "the time was over before the first lifecycle".to_owned(),
            Stop::Mishap(mishap) => mishap.words().to_owned(),
            Stop::Book(words) => words,
        })
    }

    /// One dossier from its submission to its end.
    ///
    /// # Errors
    /// Why it stopped in the middle.
    pub async fn lifecycle(&mut self) -> Result<(), Stop> {
        let code = self.apply().await?;
        self.code.clone_from(&code);
        self.accept(&code).await?;
        let steps = self.steps();
        for (right, ending, far) in steps {
            let code = &code;
            self.desk(Step { right, code, far }, ending).await?;
        }
        self.deliver(&code).await?;
        self.search(&code).await
    }

    /// The acts of the procedure's steps in order: right, end of the form's address, how far it
    /// brings.
    pub(super) fn steps(&self) -> Vec<(&'static str, &'static str, Far)> {
        let steps = self.stage.procedure.steps.iter();
        let happens = |step: &&facts::procedure::Step| {
            step.when
                .as_ref()
                .is_none_or(|when| when.holds(&self.answers))
        };
        steps
            .filter(happens)
            .filter_map(|step| match step.act {
                Act::Assign => Some(("assign", "/assignment", Far::Accepted)),
                Act::Appraise => Some(("appraise", "/appraisal", Far::Accepted)),
                Act::Endorse => Some(("endorse", "/endorsement", Far::Accepted)),
                Act::Approve => Some(("approve", "/approval", Far::Accepted)),
                Act::Issue => Some(("issue", "/issuance", Far::Issued)),
                Act::Consult => None,
            })
            .collect()
    }

    /// Finds the procedure, answers every page, hands in. Returns the code.
    pub(super) async fn apply(&mut self) -> Result<String, Stop> {
        if self.play != Play::Pages && self.known.stock.is_none() {
            return self.hand_in_prepared().await;
        }
        let code = self.stage.procedure.key.code.clone();
        self.look("/").await?;
        self.look(&format!("/procedures?q={code}")).await?;
        let seen = self.look(&format!("/procedures/{code}")).await?;
        let start = link(&seen.page, "/apply/").ok_or_else(|| lost(&seen, "no way to apply"))?;
        let mut seen = self.look(&start).await?;
        for _ in 0..PAGES_MAX {
            let Some(form) = self.application_form(&seen) else {
                seen = self.go_on(&seen).await?;
                continue;
            };
            if seen.address.ends_with("/check") {
                let prepared = self.known.prepare(&seen, &form).await;
                prepared.map_err(Stop::Book)?;
            }
            if seen.address.ends_with("/papers") && self.play == Play::Uploads {
                self.learn_papers(&seen, &form);
            }
            let taken = self.citizen_sends(&seen, &form).await?;
            if taken.next.starts_with(HANDED_IN) {
                return self.handed_in(&form, &taken).await;
            }
            seen = self.look(&taken.next).await?;
        }
        Err(lost(&seen, "an application without an end").into())
    }

    fn learn_papers(&mut self, on: &Seen, form: &Form) {
        let mut form = form.clone();
        form.attach_one(MARK);
        let draft = on.address.split('/').nth(2).unwrap_or_default();
        self.known.learn(PAPERS, on, &form, draft);
    }

    /// Hands in an application that was written before, and asks for its code.
    async fn hand_in_prepared(&mut self) -> Result<String, Stop> {
        let (on, form) = self.known.next_application().ok_or(Stop::Over)?;
        let taken = self.citizen_sends(&on, &form).await?;
        self.handed_in(&form, &taken).await
    }

    /// Asks for the codes of the last applications that were handed in by letter, so that they are
    /// looked up with the others.
    ///
    /// # Errors
    /// When the book cannot be written, or an application has no code.
    pub async fn ask_codes(&mut self) -> Result<(), String> {
        let all = self.known.pile.handed_in();
        for HandedIn { draft, told_at } in all.iter().rev().take(ASKED) {
            let mut uncounted = Tally::default();
            let seen = self.citizen.get(&mut uncounted, told_at).await;
            let seen = seen.map_err(|mishap| mishap.words().to_owned())?;
            let code = seen.page.links.iter().find_map(|link| code_of(link));
            let code = code.ok_or_else(|| format!("{told_at}: no code"))?;
            let line = [&*matters::begun_by(draft), "POST /apply/{}/check"];
            self.book.acknowledged(&code, Far::Submitted, line)?;
        }
        Ok(())
    }

    /// The form of this page, filled in; `None` on a page that only leads on.
    fn application_form(&self, seen: &Seen) -> Option<Form> {
        let goes_on = |form: &&Form| {
            let leads_away = ["/sign-out", "/delete"];
            form.post
                && !leads_away
                    .iter()
                    .any(|ending| form.action.ends_with(ending))
        };
        let mut form = seen.page.forms.iter().find(goes_on)?.clone();
        let agency = self.stage.offices[self.number % self.stage.offices.len()]
            .agency
            .id
            .to_string();
        fill::fill(&mut form, &self.answers);
        fill::choose(&mut form, &[&agency, "self", "counter"]);
        if form.has("promise") {
            form.set("promise", "yes");
        }
        if seen.address.ends_with("/papers") {
            form.attach_all(PAPER_MARK);
        }
        if form.buttons.iter().any(|(name, _)| name == "go") {
            form.press("go", "on");
        }
        Some(form)
    }

    /// The overview leads on with its last link into the same application.
    async fn go_on(&mut self, seen: &Seen) -> Result<Seen, Stop> {
        let inside = format!("{}/", seen.address);
        let next = seen
            .page
            .links
            .iter()
            .rfind(|link| link.starts_with(&inside));
        let next = next
            .cloned()
            .ok_or_else(|| lost(seen, "neither form nor link"))?;
        self.look(&next).await
    }

    /// Written down at once under the dossier's id, then under the code that the next page tells.
    async fn handed_in(&mut self, form: &Form, taken: &Taken) -> Result<String, Stop> {
        let draft = form.action.split('/').nth(2).unwrap_or_default();
        let command_id = matters::begun_by(draft);
        let dossier = taken.next.strip_prefix(HANDED_IN).unwrap_or_default();
        let noted = self.book.handed_in(&command_id, dossier);
        noted.map_err(Stop::Book)?;
        // Not cut off by the end of the time: what was handed in is looked up afterwards.
        let seen = self.citizen.get(&mut self.tally, &taken.next).await?;
        let code = seen.page.links.iter().find_map(|link| code_of(link));
        let code = code.ok_or_else(|| lost(&seen, "no code"))?;
        let line = [&*command_id, "POST /apply/{}/check"];
        let noted = self.book.acknowledged(&code, Far::Submitted, line);
        noted.map_err(Stop::Book)?;
        Ok(code)
    }

    pub(super) async fn look(&mut self, address: &str) -> Result<Seen, Stop> {
        self.in_time()?;
        Ok(self.citizen.get(&mut self.tally, address).await?)
    }

    async fn citizen_sends(&mut self, on: &Seen, form: &Form) -> Result<Taken, Stop> {
        self.in_time()?;
        Ok(self.citizen.send(&mut self.tally, on, form).await?)
    }

    fn in_time(&self) -> Result<(), Stop> {
        match Instant::now() < self.until {
            true => Ok(()),
            false => Err(Stop::Over),
        }
    }

    pub(super) async fn open(&mut self, right: &'static str, address: &str) -> Result<Seen, Stop> {
        self.in_time()?;
        let missing = || Mishap::Refused(format!("nobody holds {right}"));
        let browser = self.officers.get_mut(right).ok_or_else(missing)?;
        Ok(browser.get(&mut self.tally, address).await?)
    }

    /// Sends a form as an officer; the answer is written into the book before anything else.
    pub(super) async fn act(
        &mut self,
        step: &Step<'_>,
        on: &Seen,
        form: &Form,
    ) -> Result<(), Stop> {
        self.in_time()?;
        let missing = || Mishap::Refused(format!("nobody holds {}", step.right));
        let browser = self.officers.get_mut(step.right).ok_or_else(missing)?;
        match browser.send(&mut self.tally, on, form).await {
            Ok(taken) => {
                let command_id = form.value("command_id").unwrap_or_default();
                let line = [command_id, &*route(&on.address)];
                let noted = self.book.acknowledged(step.code, step.far, line);
                noted.map_err(Stop::Book)?;
                match self.play {
                    Play::Pages => self.open(step.right, &taken.next).await.map(|_| ()),
                    _ => Ok(()),
                }
            }
            Err(mishap) => {
                if matches!(mishap, Mishap::NoAnswer(_)) {
                    self.book.unanswered(step.code, step.far);
                }
                Err(mishap.into())
            }
        }
    }
}

/// Applications of each client whose codes are asked for.
const ASKED: usize = 20;
/// Marks the papers of an application.
const PAPER_MARK: &str = "file";
/// After a mishap.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

pub(super) fn lost(seen: &Seen, what: &str) -> Mishap {
    Mishap::Refused(format!("{}: {what}", route(&seen.address)))
}

pub(super) fn main_form(seen: &Seen) -> Result<Form, Mishap> {
    seen.page
        .main_form()
        .cloned()
        .ok_or_else(|| lost(seen, "no form"))
}

pub(super) fn link(page: &Page, start: &str) -> Option<String> {
    page.links
        .iter()
        .find(|link| link.starts_with(start))
        .cloned()
}

/// The code in an address such as `/dossiers/H15.101-261122-0001?new`.
fn code_of(address: &str) -> Option<String> {
    let mut parts = address.split(['/', '?', '#']);
    let is_code = |part: &&str| part.parse::<matters::dossier::Code>().is_ok();
    parts.find(is_code).map(str::to_owned)
}
