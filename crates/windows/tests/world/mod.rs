//! One commune with real procedures, two citizens and a frozen clock that only a test moves. Used
//! by the tests of the portal and of notices.
//! Does not know: pages.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use facts::agency::{Offices, Right, Viewer};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::place::Places;
use facts::procedure::{Catalogue, Channel, Procedure};
use jiff::{SignedDuration, Timestamp};
use kernel::{Ctx, Database, Decide, Failure, Journal, Migration, timer};
use matters::dossier::{
    Act, Code, Command, Dossier, Filer, Handover, Law, Numbers, Order, Paper, PaperForm, Party,
    PayMethod, Phase, Receiver, Refusal, ReturnWay, Submission, SupplementItem,
};
use matters::letters::Letters;
use matters::{Ground, Shared};
use serde_json::json;

pub static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [
        facts::people::MIGRATIONS,
        facts::agency::MIGRATIONS,
        matters::dossier::MIGRATIONS,
        matters::draft::MIGRATIONS,
    ]
    .concat()
});
pub const COMMUNE: &str = "H15.101";
/// The citizen of most stories; the name must never leak.
pub const AN: &str = "11111111-1111-4111-8111-111111111111";
pub const AN_NAME: &str = "Nguyễn Thị <An> & Con";
pub const AN_EMAIL: &str = "an@dinh.example";
/// Somebody else.
pub const BINH: &str = "22222222-2222-4222-8222-222222222222";
/// Monday, 23 November 2026, 09:00 in Vietnam.
pub const MORNING: &str = "2026-11-23T02:00:00Z";

/// A commune with its people.
pub struct World {
    pub ground: Ground,
    pub clock: Arc<AtomicI64>,
    holders: Mutex<BTreeMap<Right, (String, Viewer)>>,
    count: AtomicI64,
}

impl World {
    pub async fn open(db: Database) -> World {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content");
        for file in Offices::load(&root).unwrap() {
            db.write(facts::agency::store(&file)).await.unwrap();
        }
        let law = Law {
            catalogue: Arc::new(Catalogue::load(&root).unwrap()),
            calendars: Arc::new(Calendars::load(&root).unwrap()),
        };
        let folder = std::env::temp_dir().join(format!("dinh-files-{}", web::fresh_id()));
        let ground = Ground::from(Shared {
            journal: Journal::new(db.clone()),
            law: Arc::new(law),
            places: Arc::new(Places::load(&root).unwrap()),
            offices: Offices::new(db.clone()),
            files: Files::open(folder, 1 << 20).unwrap(),
            numbers: Arc::new(Numbers::new(db)),
            letters: Arc::new(Letters::load(&root, std::iter::empty()).unwrap()),
            public_url: "https://dinh.example".to_owned(),
        });
        let start: Timestamp = MORNING.parse().unwrap();
        World {
            ground,
            clock: Arc::new(AtomicI64::new(start.as_millisecond())),
            holders: Mutex::default(),
            count: AtomicI64::new(0),
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    /// Lets time pass, and what was to happen in it happen.
    pub async fn wait(&self, hours: i64) {
        let until = self.now() + SignedDuration::from_hours(hours);
        self.clock.store(until.as_millisecond(), Ordering::Relaxed);
        for _ in 0..50 {
            let passed = timer::passed(self.ground.db(), until).await.unwrap();
            if passed.is_empty() {
                return;
            }
            for one in passed {
                let id = one.stream.strip_prefix("dossier/").unwrap();
                let order = self.ground.law.timer_passed(&one.key).unwrap();
                let ctx = Ctx {
                    actor: "system".into(),
                    office: String::new(),
                    now: one.at,
                    command_id: one.command_id(),
                };
                let _ = self.ground.order(id, order, ctx).await;
                self.ground.db().write(vec![one.done()]).await.unwrap();
            }
        }
        panic!("timers without end");
    }

    pub fn procedure(&self, code: &str) -> Arc<Procedure> {
        let on = matters::dossier::day_of(self.now());
        let mut all = self.ground.catalogue().published(on);
        all.find(|one| one.key.code == code).unwrap().clone()
    }

    /// An submits online; returns the id of the dossier.
    pub async fn submit(&self, code: &str) -> String {
        self.submit_to(code, ReturnWay::Electronic).await
    }

    pub async fn submit_to(&self, code: &str, return_way: ReturnWay) -> String {
        let answers = self.procedure(code).sample.clone();
        self.submit_answers(code, return_way, answers).await
    }

    pub async fn submit_answers(
        &self,
        code: &str,
        return_way: ReturnWay,
        answers: kernel::Json,
    ) -> String {
        let submission = self.submission(code, return_way, answers).await;
        self.hand_in(&citizen(AN), submission).await
    }

    /// Bình files for somebody whom he types; nobody has the id of the applicant.
    pub async fn submit_for_another(&self, code: &str) -> String {
        let mut submission = self
            .submission(
                code,
                ReturnWay::Electronic,
                self.procedure(code).sample.clone(),
            )
            .await;
        submission.applicant.person = "typed".into();
        let party = Party {
            person: BINH.into(),
            name: "Bình".into(),
            ..Party::default()
        };
        let filer = Filer {
            person: BINH.into(),
            authorisation: "giấy uỷ quyền".into(),
        };
        submission.filer = Some((party, filer));
        self.hand_in(&citizen(BINH), submission).await
    }

    /// The counter takes in An, who stands there.
    pub async fn submit_at_the_counter(&self, code: &str) -> String {
        let way = ReturnWay::Counter {
            agency: COMMUNE.into(),
        };
        let mut submission = self
            .submission(code, way, self.procedure(code).sample.clone())
            .await;
        submission.channel = Channel::Counter;
        let counter = self.officer(Right::Intake).await;
        self.hand_in(&counter, submission).await
    }

    async fn hand_in(&self, by: &Viewer, submission: Submission) -> String {
        let id = format!("d{}", web::fresh_id());
        self.give(&id, by, Command::Submit(Box::new(submission)))
            .await
            .unwrap();
        id
    }

    async fn submission(
        &self,
        code: &str,
        return_way: ReturnWay,
        answers: kernel::Json,
    ) -> Submission {
        let procedure = self.procedure(code);
        let number = self.ground.numbers.code(COMMUNE, self.now()).await.unwrap();
        let kept = self
            .ground
            .files
            .keep(&facts::blob::blank_pdf("a scan"))
            .await
            .unwrap();
        let required = procedure.papers_for(&procedure.sample);
        let papers = required.iter().map(|paper| Paper {
            code: paper.code.clone(),
            form: PaperForm::Electronic,
            count: 1,
            file: Some(kept.digest.clone()),
        });
        let channels = procedure.channels.iter().map(|offer| offer.channel);
        let online = channels.clone().find(|one| *one == Channel::Online);
        Submission {
            code: number,
            procedure: procedure.key.clone(),
            agency: COMMUNE.into(),
            reception: COMMUNE.into(),
            channel: online.unwrap_or(Channel::Counter),
            applicant: Party {
                person: AN.into(),
                name: AN_NAME.into(),
                personal_id: "066190001234".into(),
                address: "12 Lê Duẩn".into(),
                phone: "0905123456".into(),
                email: AN_EMAIL.into(),
            },
            filer: None,
            answers: answers.into(),
            papers: papers.collect(),
            paper_names: json!({ &kept.digest: "giấy <b>chứng</b> sinh.pdf" }),
            post_address: String::new(),
            return_way,
        }
    }

    pub async fn give(&self, id: &str, by: &Viewer, command: Command) -> Result<(), Refusal> {
        let (actor, office) = match by {
            Viewer::Officer { officer, .. } => (officer.clone(), COMMUNE.to_owned()),
            Viewer::Citizen { person, .. } => (person.clone(), String::new()),
            Viewer::Anonymous => (String::new(), String::new()),
        };
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let ctx = Ctx {
            actor,
            office,
            now: self.now(),
            command_id: format!("test/{id}/{count}"),
        };
        match self.ground.order(id, Order::new(by, command), ctx).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(Failure::Trouble(trouble)) => panic!("{trouble}"),
        }
    }

    pub async fn dossier(&self, id: &str) -> Dossier {
        let ground = &self.ground;
        let (state, _) = ground.journal.load(&*ground.law, id).await.unwrap();
        std::sync::Arc::unwrap_or_clone(state.dossier.unwrap())
    }

    pub async fn code(&self, id: &str) -> Code {
        self.dossier(id).await.code
    }

    /// Somebody of the commune with a right.
    pub async fn officer(&self, right: Right) -> Viewer {
        if let Some((_, known)) = self.holders.lock().unwrap().get(&right) {
            return known.clone();
        }
        let offices = &self.ground.offices;
        for officer in offices.officers(COMMUNE, self.now()).await.unwrap() {
            let viewer = offices.viewer(&officer.id, self.now()).await.unwrap();
            if viewer.post_in(COMMUNE, right).is_some() {
                let mut known = self.holders.lock().unwrap();
                known.insert(right, (officer.id, viewer.clone()));
                return viewer;
            }
        }
        panic!("nobody holds {right}");
    }

    /// The name of who works at the counter.
    pub async fn officer_name(&self) -> String {
        let Viewer::Officer { officer, .. } = self.officer(Right::Intake).await else {
            panic!("no officer");
        };
        let known = self.ground.offices.officer(&officer).await.unwrap();
        known.unwrap().name
    }

    pub async fn accept(&self, id: &str) {
        let papers = self.dossier(id).await.papers;
        let checked = papers.into_iter().map(|paper| paper.code).collect();
        let counter = self.officer(Right::Intake).await;
        self.give(id, &counter, Command::Accept { checked })
            .await
            .unwrap();
    }

    /// One supplement of two things.
    pub async fn ask_supplement(&self, id: &str) {
        let paper = self.dossier(id).await.papers[0].code.clone();
        let item = |paper: Option<String>, what: &str| SupplementItem {
            paper,
            what: what.into(),
            why: "Ảnh chụp mờ, không đọc được số.".into(),
        };
        let command = Command::AskSupplement {
            items: vec![
                item(Some(paper), "Chụp lại trang 2 cho rõ"),
                item(None, "Ghi rõ nơi cư trú"),
            ],
            contact: "Lê Thị Hoa, 0262 3 123 456".into(),
            second: None,
        };
        let counter = self.officer(Right::Intake).await;
        self.give(id, &counter, command).await.unwrap();
    }

    pub async fn collect(&self, id: &str) {
        let amount = self.dossier(id).await.amount_due();
        let receipt = self.ground.numbers.receipt(COMMUNE, self.now()).await;
        let command = Command::CollectFee {
            receipt_no: receipt.unwrap(),
            amount,
            method: PayMethod::Cash,
            reference: String::new(),
        };
        let cashier = self.officer(Right::CollectFee).await;
        self.give(id, &cashier, command).await.unwrap();
    }

    /// The head says sorry and names a new day.
    pub async fn apologise(&self, id: &str, new_day: &str) {
        let command = Command::Apologise {
            new_day: new_day.parse().unwrap(),
            reason: "Người thẩm định nghỉ ốm, chưa kịp giao người khác.".into(),
        };
        let head = self.officer(Right::Oversee).await;
        self.give(id, &head, command).await.unwrap();
    }

    /// Every step of the office until the result is issued.
    pub async fn issue(&self, id: &str) {
        for _ in 0..20 {
            let dossier = self.dossier(id).await;
            let Some((key, task)) = dossier.tasks.iter().next() else {
                break;
            };
            let (right, command) = match task.act {
                Act::Issue => {
                    let file = self
                        .ground
                        .files
                        .keep(&facts::blob::blank_pdf("the result"))
                        .await;
                    let number = "15/XN-UBND".to_owned();
                    let file = file.unwrap().digest;
                    (Right::Issue, Command::Issue { number, file })
                }
                act => (
                    act.right(),
                    Command::Finish {
                        task: key.clone(),
                        outcome: String::new(),
                        opinion: "Ý kiến nội bộ: đủ điều kiện.".into(),
                        next_officer: String::new(),
                    },
                ),
            };
            let officer = self.officer(right).await;
            self.give(id, &officer, command).await.unwrap();
        }
        assert_eq!(self.dossier(id).await.phase, Phase::Released);
    }

    pub async fn deliver(&self, id: &str) {
        let command = Command::Deliver {
            handover: Handover::Counter {
                receiver: Receiver::Applicant,
            },
            receiver_name: String::new(),
        };
        let counter = self.officer(Right::Deliver).await;
        self.give(id, &counter, command).await.unwrap();
    }
}

pub fn citizen(person: &str) -> Viewer {
    Viewer::citizen(person)
}

/// Somebody with an account of their own, whom the office confirmed to be An.
pub fn confirmed() -> Viewer {
    Viewer::Citizen {
        person: "account".into(),
        confirmed_as: Some(AN.into()),
    }
}
