//! What each verb of a story means: a command, with what is usual filled in.
//! Does not know: what comes of it.

use super::cast::{AGENCY, CONSULTED, officer};
use super::handed_in::{answers, paper, submit};
use super::{Deed, Mishap, Stage};
use crate::dossier::access::{Action, Facts, may};
use crate::dossier::command::{Command, Order, SupplementItem};
use crate::dossier::parts::{
    Act, Handover, LookReason, Opinion, PaperForm, PayMethod, Receiver, RefuseReason, ReturnWay,
};
use crate::dossier::refusal::Refusal;
use crate::dossier::state::Dossier;
use facts::agency::{Right, Viewer};
use facts::calendar::Limit;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

/// The orders of one line; most verbs are one.
pub(super) fn orders(stage: &Stage<'_>, deed: &Deed, now: Timestamp) -> Result<Vec<Order>, Mishap> {
    if deed.verb == "waits" {
        return Ok(Vec::new());
    }
    let viewer = stage.actor(&deed.actor)?;
    if deed.verb == "supplements" {
        // In a procedure's story the counter takes a supplement in at once.
        let counter = officer("counter", AGENCY, vec![Right::Intake]);
        let brought = Order::new(viewer, supplement(stage, deed)?);
        return Ok(vec![
            brought,
            Order::new(&counter, Command::AcceptSupplement),
        ]);
    }
    if deed.verb == "pays" && !matches!(viewer, Viewer::Officer { .. }) {
        let cashier = officer("cashier", AGENCY, vec![Right::CollectFee]);
        return Ok(vec![Order::new(&cashier, pay(stage, deed)?)]);
    }
    let command = match deed.verb.as_str() {
        "submits" => submit(stage, deed, viewer, now)?,
        "asks" => ask(deed),
        "brings" => supplement(stage, deed)?,
        "pays" => pay(stage, deed)?,
        "refunds" => refund(stage, deed),
        _ => match office(stage, deed, viewer)? {
            Some(command) => command,
            None => ending(stage, deed)?,
        },
    };
    Ok(vec![Order::new(viewer, command)])
}

fn office(stage: &Stage<'_>, deed: &Deed, viewer: &Viewer) -> Result<Option<Command>, Mishap> {
    let text = deed.object.clone();
    let any = || {
        stage
            .dossier()
            .and_then(|d| d.tasks.keys().next().cloned())
            .unwrap_or_default()
    };
    let task = |act: Option<Act>| match (deed.option("task"), act) {
        (Some(name), _) => Ok(name.as_str().unwrap_or_default().to_owned()),
        (None, Some(act)) => open_task(stage, viewer, act),
        (None, None) => Ok(any()),
    };
    let finish = |act: Act| -> Result<Command, Mishap> {
        Ok(Command::Finish {
            task: task(Some(act))?,
            outcome: deed.word("outcome", ""),
            opinion: text.clone(),
            next_officer: deed.word("officer", ""),
        })
    };
    Ok(Some(match deed.verb.as_str() {
        "assigns" => assign(stage, deed, &any())?,
        "claims" => Command::Claim { task: task(None)? },
        "appraises" => finish(Act::Appraise)?,
        "endorses" => finish(Act::Endorse)?,
        "approves" => finish(Act::Approve)?,
        "finishes" => Command::Finish {
            task: task(None)?,
            outcome: String::new(),
            opinion: text,
            next_officer: deed.word("officer", ""),
        },
        "returns" => {
            let reason = deed.word("reason", "Chưa đủ căn cứ");
            Command::Return {
                task: task(None)?,
                to: text,
                reason,
            }
        }
        "consults" => Command::AskConsult {
            task: deed
                .option("task")
                .and_then(Json::as_str)
                .map(str::to_owned),
            agency: deed.word("agency", CONSULTED),
            term: deed
                .word("term", "2wd")
                .parse()
                .unwrap_or(Limit::WorkingDays(2)),
            question: text,
        },
        "answers" => Command::AnswerConsult {
            task: task(Some(Act::Consult))?,
            opinion: chosen(deed, "opinion", Opinion::Agree)?,
            text,
        },
        "continues" => Command::Continue {
            task: task(Some(Act::Consult))?,
            reason: text,
        },
        "charges" => Command::AskFee,
        "drafts" => Command::DraftResult { file: text },
        _ => return Ok(None),
    }))
}

/// An assign step is finished with the name of an officer; any other task is given to them.
fn assign(stage: &Stage<'_>, deed: &Deed, any: &str) -> Result<Command, Mishap> {
    let usual = stage.somebody_with(Right::Appraise).unwrap_or("appraiser");
    let officer = deed.word("officer", usual);
    let tasks = stage.dossier().map(|dossier| &dossier.tasks);
    let step = tasks.and_then(|tasks| tasks.iter().find(|(_, task)| task.act == Act::Assign));
    Ok(match step {
        Some((task, _)) => Command::Finish {
            task: task.clone(),
            outcome: String::new(),
            opinion: deed.object.clone(),
            next_officer: officer,
        },
        None => Command::Assign {
            task: deed.word("task", any),
            officer,
        },
    })
}

/// The open task of an act. Without one, who may never do the act hears that first.
fn open_task(stage: &Stage<'_>, viewer: &Viewer, act: Act) -> Result<String, Mishap> {
    let Some(dossier) = stage.dossier() else {
        return Ok(String::new());
    };
    if let Some((key, _)) = dossier.tasks.iter().find(|(_, task)| task.act == act) {
        return Ok(key.clone());
    }
    match may(viewer, Action::of_act(act), &Facts::of(dossier)) {
        Err(refusal @ Refusal::NotAllowed { .. }) => Err(refusal.into()),
        _ => Ok(act.name().to_owned()),
    }
}

fn ending(stage: &Stage<'_>, deed: &Deed) -> Result<Command, Mishap> {
    let text = deed.object.clone();
    let basis = deed.word("basis", "Nghị định 118/2025/NĐ-CP");
    Ok(match deed.verb.as_str() {
        "accepts" => accept(stage, deed),
        "takes" => Command::AcceptSupplement,
        "looks" => Command::Look {
            reason: chosen(deed, "reason", LookReason::Supervise)?,
            text,
        },
        "sees" => Command::SeePaper {
            paper: text,
            form: chosen(deed, "form", PaperForm::Shown)?,
        },
        "redirects" => Command::ChangeReturnWay {
            return_way: chosen(deed, "return", ReturnWay::Electronic)?,
            address: text,
        },
        "identifies" => Command::IdentifyApplicant { person: text },
        "separates" => Command::UndoIdentification {
            person: text,
            reason: deed.word("reason", ""),
        },
        "gives-back" => Command::ReturnSupplement { text },
        "refuses" => Command::Refuse {
            reason: chosen(deed, "reason", RefuseReason::Other)?,
            text,
            basis,
        },
        "issues" => Command::Issue {
            number: deed.word("number", "01/KQ"),
            file: deed.word("file", "digest-of-result"),
        },
        "delivers" => Command::Deliver {
            handover: chosen(
                deed,
                "handover",
                Handover::Counter {
                    receiver: Receiver::Applicant,
                },
            )?,
            receiver_name: deed.word("name", ""),
        },
        "withdraws" => Command::Withdraw { reason: text },
        "stops" => Command::Stop { text, basis },
        "rejects" => Command::Reject { text, basis },
        "apologises" | "extends" => {
            let reason = deed.word("reason", "Chờ đối chiếu sổ gốc");
            Command::Apologise {
                new_day: day(&text)?,
                reason,
            }
        }
        "resets" => {
            let reason = deed.word("reason", "Bão, cơ quan nghỉ");
            Command::ResetDue {
                new_day: day(&text)?,
                reason,
            }
        }
        "meddles" => Command::TimerPassed {
            key: "due".to_owned(),
        },
        other => return Err(Mishap::Unreadable(format!("nobody {other} here"))),
    })
}

fn accept(stage: &Stage<'_>, deed: &Deed) -> Command {
    let papers = stage.dossier().map(|dossier| &dossier.papers);
    let all = || {
        papers
            .into_iter()
            .flatten()
            .map(|paper| paper.code.clone())
            .collect()
    };
    Command::Accept {
        checked: deed.list("checked").unwrap_or_else(all),
    }
}

fn ask(deed: &Deed) -> Command {
    let why = deed.word("why", "Theo quy định của thủ tục");
    let texts = deed
        .object
        .split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let item = |paper: Option<String>, what: &str| SupplementItem {
        paper,
        what: what.to_owned(),
        why: why.clone(),
    };
    let mut items: Vec<SupplementItem> = texts.map(|text| item(None, text)).collect();
    let papers = deed.list("papers").unwrap_or_default();
    items.extend(
        papers
            .into_iter()
            .map(|paper| item(Some(paper), "Nộp giấy tờ này")),
    );
    let second = deed
        .option("second")
        .and_then(Json::as_str)
        .map(str::to_owned);
    Command::AskSupplement {
        items,
        contact: String::new(),
        second,
    }
}

fn supplement(stage: &Stage<'_>, deed: &Deed) -> Result<Command, Mishap> {
    let form = chosen(deed, "form", PaperForm::Copy)?;
    let asked = stage
        .dossier()
        .and_then(|dossier| dossier.supplement.as_ref());
    let asked = asked
        .map(|supplement| supplement.papers.clone())
        .unwrap_or_default();
    let papers = deed
        .list("papers")
        .unwrap_or(asked)
        .iter()
        .map(|code| paper(code, form))
        .collect();
    let changed = deed.options.iter().any(|(name, _)| !name.starts_with('@'));
    let answers = changed.then(|| answers(stage, deed));
    let note = deed.word("note", "Đã bổ sung");
    Ok(Command::Supplement {
        papers,
        answers,
        note,
        paper_names: json!({}),
    })
}

/// What is open is paid back.
fn refund(stage: &Stage<'_>, deed: &Deed) -> Command {
    Command::RefundFee {
        slip_no: deed.word("slip", "H0000001"),
        amount: stage.dossier().map_or(0, Dossier::overpaid),
        method: PayMethod::Cash,
        reference: String::new(),
    }
}

fn pay(stage: &Stage<'_>, deed: &Deed) -> Result<Command, Mishap> {
    let due = stage.dossier().map_or(0, Dossier::owed);
    let amount = deed.object.replace('.', "");
    let amount = if amount.is_empty() {
        Ok(due)
    } else {
        amount.parse()
    };
    Ok(Command::CollectFee {
        receipt_no: deed.word("receipt", "0000001"),
        amount: amount.map_err(|_| Mishap::Unreadable(format!("{}: no sum", deed.object)))?,
        method: chosen(deed, "method", PayMethod::Cash)?,
        reference: deed.word("reference", ""),
    })
}

pub(super) fn day(text: &str) -> Result<Date, Mishap> {
    text.parse()
        .map_err(|_| Mishap::Unreadable(format!("{text} is no day")))
}

/// An option read as one of the words of its type.
pub(super) fn chosen<T: serde::de::DeserializeOwned>(
    deed: &Deed,
    name: &str,
    usual: T,
) -> Result<T, Mishap> {
    match deed.option(name) {
        None => Ok(usual),
        Some(value) => serde_json::from_value(value.clone())
            .map_err(|error| Mishap::Unreadable(format!("@{name}: {error}"))),
    }
}
