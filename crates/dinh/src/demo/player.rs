//! The player plays every officer of the demonstration world: looks at a dossier and does what
//! comes next in it, as whoever has the right, through the same orders that pages give.
mod doers;

use std::collections::HashMap;

use facts::agency::{Right, Viewer};
use facts::calendar::Limit;
use jiff::Timestamp;
use kernel::{Ctx, Failure};
use matters::Ground;
use matters::dossier::{
    Act, Command, Dossier, Handover, Opinion, Order, PayMethod, Phase, Receiver, RefuseReason,
    State, Task,
};

use super::showcase::{Turn, ask_supplement};

/// How a made-up dossier goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Straight to the result.
    Smooth,
    /// Something is missing once.
    Supplemented,
    /// Not received.
    Refused,
    /// The applicant takes it back.
    Withdrawn,
    /// Rejected after appraisal.
    Rejected,
    /// A supplement is asked for and has not come.
    AwaitsSupplement,
    /// Money is asked for and has not come.
    AwaitsMoney,
    /// Several bodies are asked and have not answered.
    AwaitsOpinions,
    /// The promise passed; there was an apology with a new day.
    Late,
}

/// One who does a thing.
pub struct Doer {
    /// In whose name.
    pub actor: String,
    /// For which agency; empty for citizens.
    pub office: String,
    /// With which rights.
    pub viewer: Viewer,
}

/// Knows who holds which right where.
pub struct Player<'a> {
    ground: &'a Ground,
    holders: HashMap<(String, Right, String), (String, Viewer)>,
    /// The bytes of a scanned result, kept once for all made-up results of the past.
    pub scan: String,
    count: u64,
}

impl<'a> Player<'a> {
    /// A player on this ground.
    pub fn new(ground: &'a Ground, scan: String) -> Self {
        Self {
            ground,
            holders: HashMap::new(),
            scan,
            count: 0,
        }
    }

    pub(super) fn ground(&self) -> &'a Ground {
        self.ground
    }

    /// Does the next thing in dossier `id` at `now`. `None`: nothing is left to do.
    ///
    /// # Errors
    /// A sentence with the refusal, which would be a fault of this play.
    pub async fn advance(
        &mut self,
        id: &str,
        fate: Fate,
        now: Timestamp,
    ) -> Result<Option<State>, String> {
        let (state, _) = self
            .ground
            .journal
            .load(&*self.ground.law, id)
            .await
            .map_err(words)?;
        let Some(dossier) = &state.dossier else {
            return Ok(None);
        };
        let next = match self.shown(dossier, fate, now).await? {
            Turn::Act(act) => Some(*act),
            Turn::Rest => None,
            Turn::Usual => self.next(dossier, fate, now).await?,
        };
        let Some((doer, command)) = next else {
            return Ok(None);
        };
        let name = command.name();
        let done = self.give(id, &doer, command, now).await;
        done.map(Some)
            .map_err(|error| format!("{} {name}: {error}", dossier.code))
    }

    /// Gives one order.
    ///
    /// # Errors
    /// A sentence with the refusal or the trouble.
    pub async fn give(
        &mut self,
        id: &str,
        doer: &Doer,
        command: Command,
        now: Timestamp,
    ) -> Result<State, String> {
        self.count += 1;
        let ctx = Ctx {
            actor: doer.actor.clone(),
            office: doer.office.clone(),
            now,
            command_id: format!("demo/{id}/{}", self.count),
        };
        match self
            .ground
            .order(id, Order::new(&doer.viewer, command), ctx)
            .await
        {
            Ok(handled) => Ok(handled.state),
            Err(Failure::Refused(refusal)) => Err(format!("{refusal:?}")),
            Err(Failure::Trouble(trouble)) => Err(trouble.to_string()),
        }
    }

    /// Who does what next with a dossier; `None`: nothing is left to do.
    ///
    /// # Errors
    /// A sentence when nobody may, or of the database.
    pub async fn next(
        &mut self,
        dossier: &Dossier,
        fate: Fate,
        now: Timestamp,
    ) -> Result<Option<(Doer, Command)>, String> {
        let office = dossier.agency.clone();
        let doing = match dossier.phase {
            Phase::Submitted => match fate {
                Fate::Refused => (
                    self.officer((&office, Right::Intake), &dossier.procedure.code, now)
                        .await?,
                    refuse(),
                ),
                _ => (
                    self.officer((&office, Right::Intake), &dossier.procedure.code, now)
                        .await?,
                    accept(dossier),
                ),
            },
            Phase::SupplementAsked => (citizen(&dossier.applicant), bring(dossier, &self.scan)),
            Phase::SupplementReceived => (
                self.officer((&office, Right::Intake), &dossier.procedure.code, now)
                    .await?,
                Command::AcceptSupplement,
            ),
            Phase::FeeDue => self.collect(dossier, now).await?,
            Phase::Released if dossier.owes() => self.collect(dossier, now).await?,
            Phase::Released => {
                let handover = Handover::Counter {
                    receiver: Receiver::Applicant,
                };
                let command = Command::Deliver {
                    handover,
                    receiver_name: String::new(),
                };
                (
                    self.officer(
                        (dossier.return_agency(), Right::Deliver),
                        &dossier.procedure.code,
                        now,
                    )
                    .await?,
                    command,
                )
            }
            phase if phase.is_working() => match self.work(dossier, fate, now).await? {
                Some(doing) => doing,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(doing))
    }

    async fn collect(
        &mut self,
        dossier: &Dossier,
        now: Timestamp,
    ) -> Result<(Doer, Command), String> {
        let office = dossier.return_agency().to_owned();
        let receipt_no = self
            .ground
            .numbers
            .receipt(&office, now)
            .await
            .map_err(words)?;
        let command = Command::CollectFee {
            receipt_no,
            amount: dossier.owed(),
            method: PayMethod::Cash,
            reference: String::new(),
        };
        Ok((
            self.officer((&office, Right::CollectFee), &dossier.procedure.code, now)
                .await?,
            command,
        ))
    }

    /// The first open task, done by whoever may.
    async fn work(
        &mut self,
        dossier: &Dossier,
        fate: Fate,
        now: Timestamp,
    ) -> Result<Option<(Doer, Command)>, String> {
        let Some((key, task)) = dossier.tasks.iter().next() else {
            return Ok(None);
        };
        if task.act == Act::Consult {
            return self.consult(dossier, key, task, now).await.map(Some);
        }
        let appraiser = self.doer(dossier, Right::Appraise, now).await?;
        if task.act == Act::Appraise && task.officer.is_none() {
            return Ok(Some((appraiser, Command::Claim { task: key.clone() })));
        }
        if task.act == Act::Appraise && fate == Fate::Withdrawn {
            let reason = "Tôi chưa cần nữa.".to_owned();
            return Ok(Some((
                citizen(&dossier.applicant),
                Command::Withdraw { reason },
            )));
        }
        if task.act == Act::Appraise && fate == Fate::Supplemented && dossier.supplement.is_none() {
            return Ok(Some((appraiser, ask_supplement(dossier))));
        }
        if task.act == Act::Appraise && fate == Fate::Rejected {
            let text = "Không đủ điều kiện theo kết quả thẩm định.".to_owned();
            let basis = "Điều 19 Nghị định 118/2025/NĐ-CP".to_owned();
            let head = self.doer(dossier, Right::Oversee, now).await?;
            return Ok(Some((head, Command::Reject { text, basis })));
        }
        let right = match task.act {
            Act::Assign => Right::Assign,
            Act::Endorse => Right::Endorse,
            Act::Approve => Right::Approve,
            Act::Issue => Right::Issue,
            Act::Appraise | Act::Consult => Right::Appraise,
        };
        let doer = self.doer(dossier, right, now).await?;
        let command = if task.act == Act::Issue {
            let number = self
                .ground
                .numbers
                .result(&dossier.agency, now)
                .await
                .map_err(words)?;
            Command::Issue {
                number: format!("{number:02}/UBND"),
                file: self.scan.clone(),
            }
        } else {
            let assign = task.act == Act::Assign;
            Command::Finish {
                task: key.clone(),
                outcome: String::new(),
                opinion: String::new(),
                next_officer: if assign {
                    appraiser.actor
                } else {
                    String::new()
                },
            }
        };
        Ok(Some((doer, command)))
    }

    async fn consult(
        &mut self,
        dossier: &Dossier,
        key: &str,
        task: &Task,
        now: Timestamp,
    ) -> Result<(Doer, Command), String> {
        if task.agency != dossier.agency {
            let asked = self
                .officer(
                    (&task.agency, Right::Appraise),
                    &dossier.procedure.code,
                    now,
                )
                .await?;
            let answer = Command::AnswerConsult {
                task: key.to_owned(),
                opinion: Opinion::Agree,
                text: "Thống nhất.".into(),
            };
            return Ok((asked, answer));
        }
        let ask = Command::AskConsult {
            task: Some(key.to_owned()),
            agency: "H15.08".into(),
            term: Limit::CalendarDays(12),
            question: "Đề nghị cho ý kiến về vị trí xây dựng.".into(),
        };
        Ok((self.doer(dossier, Right::Appraise, now).await?, ask))
    }
}

/// A citizen acts in their own name.
#[must_use]
pub fn citizen(person: &str) -> Doer {
    let viewer = Viewer::citizen(person);
    Doer {
        actor: person.to_owned(),
        office: String::new(),
        viewer,
    }
}

fn accept(dossier: &Dossier) -> Command {
    Command::Accept {
        checked: dossier
            .papers
            .iter()
            .map(|paper| paper.code.clone())
            .collect(),
    }
}

fn refuse() -> Command {
    Command::Refuse {
        reason: RefuseReason::NotCompetent,
        text: "Người nộp cư trú tại xã khác; hướng dẫn nộp đúng nơi.".into(),
        basis: "Điều 14 Nghị định 118/2025/NĐ-CP".into(),
    }
}

fn bring(dossier: &Dossier, scan: &str) -> Command {
    let papers = dossier.papers.iter().take(1).cloned();
    let papers = papers.map(|mut paper| {
        paper.file = Some(scan.to_owned());
        paper
    });
    Command::Supplement {
        papers: papers.collect(),
        answers: None,
        note: String::new(),
        paper_names: serde_json::json!({}),
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
