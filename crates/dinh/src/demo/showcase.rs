//! The dossiers that a visitor should find in the demonstration whatever the day: waiting for a
//! supplement, for money, for several opinions at once, late with an apology, refused, withdrawn.
//! They belong to the citizens who have accounts, so that both sides of each can be looked at.
//! Does not know: the ninety days around them (`history.rs`), the law (`matters::dossier`).
use facts::agency::Right;
use facts::calendar::Limit;
use jiff::Timestamp;
use kernel::Json;
use matters::dossier::{Act, Command, Dossier, Phase, SupplementItem, day_of};
use serde_json::json;

use super::player::{Doer, Fate, Player};

/// Working days after which a late dossier apologises: more than the longest promise shown.
pub(super) const LATE_AFTER: u32 = 4;
/// Working days from the apology to the new promise.
const NEW_PROMISE: Limit = Limit::WorkingDays(10);
/// Who is asked for opinions, in turn.
const BODIES: [&str; 2] = ["H15.08", "H15.06"];

/// What comes next.
pub(super) enum Turn {
    /// This.
    Act(Box<(Doer, Command)>),
    /// Nothing: here it stays.
    Rest,
    /// What comes next in every dossier.
    Usual,
}

/// One dossier to show.
pub(super) struct Shown {
    /// National code of the procedure.
    pub procedure: &'static str,
    /// How it goes and where it stays.
    pub fate: Fate,
    /// It came in on the first working day after so many days ago.
    pub days_ago: i64,
}

const fn shown(procedure: &'static str, fate: Fate, days_ago: i64) -> Shown {
    Shown {
        procedure,
        fate,
        days_ago,
    }
}

/// Each of them once in each commune.
pub(super) const SHOWN: [Shown; 6] = [
    shown("1.004873", Fate::AwaitsSupplement, 5),
    shown("1.013225", Fate::AwaitsMoney, 6),
    shown("1.004873", Fate::Late, 9),
    shown("1.001193", Fate::Refused, 6),
    shown("1.004873", Fate::Withdrawn, 6),
    shown("1.013225", Fate::AwaitsOpinions, 6),
];

/// What the answers of the sample become so that the fate can come.
pub(super) fn changed(fate: Fate, mut answers: Json) -> Json {
    let changes = match fate {
        Fate::AwaitsOpinions => json!({ "near_power_line": true, "near_dyke": true }),
        Fate::AwaitsMoney => json!({ "fee_exemption": "none" }),
        _ => return answers,
    };
    for (name, value) in changes.as_object().into_iter().flatten() {
        answers[name] = value.clone();
    }
    answers
}

impl Player<'_> {
    /// What the fate of a shown dossier has it do now; `Turn::Usual`: as every dossier.
    pub(super) async fn shown(
        &mut self,
        dossier: &Dossier,
        fate: Fate,
        now: Timestamp,
    ) -> Result<Turn, String> {
        let open = dossier.tasks.iter().next();
        let act = open.map(|(_, task)| task.act);
        let taken = open.is_some_and(|(_, task)| task.officer.is_some());
        let appraising = act == Some(Act::Appraise) && taken && dossier.phase.is_working();
        match (fate, dossier.phase) {
            (Fate::AwaitsSupplement, Phase::SupplementAsked)
            | (Fate::AwaitsMoney, Phase::FeeDue) => Ok(Turn::Rest),
            (Fate::AwaitsSupplement, _) if appraising => {
                self.as_appraiser(dossier, ask_supplement(dossier), now)
                    .await
            }
            (Fate::AwaitsMoney, _) if appraising => {
                self.as_appraiser(dossier, Command::AskFee, now).await
            }
            (Fate::AwaitsOpinions, Phase::Consulting) => self.opinion(dossier, now).await,
            (Fate::Late, _) if dossier.apology.is_some() => Ok(Turn::Rest),
            (Fate::Late, _) if dossier.overdue => self.apology(dossier, now).await,
            _ => Ok(Turn::Usual),
        }
    }

    async fn as_appraiser(
        &mut self,
        dossier: &Dossier,
        command: Command,
        now: Timestamp,
    ) -> Result<Turn, String> {
        let doer = self.doer(dossier, Right::Appraise, now).await?;
        Ok(Turn::Act(Box::new((doer, command))))
    }

    /// Asks one body after the other; all of them then have their term at the same time.
    async fn opinion(&mut self, dossier: &Dossier, now: Timestamp) -> Result<Turn, String> {
        let open = dossier.tasks.iter().enumerate();
        let mut unasked =
            open.filter(|(_, (_, task))| task.act == Act::Consult && task.agency == dossier.agency);
        let Some((number, (key, _))) = unasked.next() else {
            return Ok(Turn::Rest);
        };
        let ask = Command::AskConsult {
            task: Some(key.clone()),
            agency: BODIES[number % BODIES.len()].to_owned(),
            term: Limit::CalendarDays(12),
            question: "Đề nghị cho ý kiến về khoảng cách an toàn.".to_owned(),
        };
        let doer = self.doer(dossier, Right::Appraise, now).await?;
        Ok(Turn::Act(Box::new((doer, ask))))
    }

    async fn apology(&mut self, dossier: &Dossier, now: Timestamp) -> Result<Turn, String> {
        let calendar = self.ground().law.calendars.of(&dossier.agency);
        let due = calendar
            .due_at(now, &NEW_PROMISE)
            .map_err(|error| error.en())?;
        let command = Command::Apologise {
            new_day: day_of(due),
            reason: "Chờ đối chiếu sổ hộ tịch ở nơi cư trú trước đây.".to_owned(),
        };
        let head: Doer = self.doer(dossier, Right::Oversee, now).await?;
        Ok(Turn::Act(Box::new((head, command))))
    }
}

/// The appraiser's one request.
pub(super) fn ask_supplement(dossier: &Dossier) -> Command {
    let paper = dossier.papers.first().map(|paper| paper.code.clone());
    let item = SupplementItem {
        paper,
        what: "Chụp lại giấy tờ này cho rõ cả bốn góc.".into(),
        why: "Ảnh mờ, không đọc được số.".into(),
    };
    Command::AskSupplement {
        items: vec![item],
        contact: "Bộ phận Một cửa".into(),
        second: None,
    }
}
