//! From what was typed to a command, and from a refusal to the field where it is shown. What
//! the law decides is not decided here: an empty reason goes to the law and comes back as its
//! refusal. Does not know: files (`results.rs`), the journal.
use jiff::civil::Date;
use matters::dossier::{
    Command, Opinion, PaperForm, Refusal, RefuseReason, ReturnWay, SupplementItem,
};
use web::FieldErrors;

use super::deed::Deed;
use super::form::Typed;
use super::words::say;

/// What a form asks for.
pub(super) enum Wish {
    /// A command, complete.
    Command(Command),
    /// A draft of the result: its file is still to be kept or made.
    Draft,
    /// The result: number and file are still to be given.
    Issue,
}

/// What the form of `deed` asks for, or what is wrong with it.
pub(super) fn wish(deed: Deed, typed: &Typed<'_>) -> Result<Wish, FieldErrors> {
    let text = |part: &str| typed.text(part).to_owned();
    let task = text("task");
    let command = match deed {
        Deed::Draft => return Ok(Wish::Draft),
        Deed::Issuance => return Ok(Wish::Issue),
        Deed::Acceptance => Command::Accept {
            checked: typed.all("checked"),
        },
        // Who it is stands on file; the form only says that it is the same person.
        Deed::Identification => Command::IdentifyApplicant {
            person: String::new(),
        },
        Deed::Refusal => Command::Refuse {
            reason: word::<RefuseReason>(typed, "reason")?,
            text: text("text"),
            basis: text("basis"),
        },
        Deed::SupplementRequest => return supplement_request(typed).map(Wish::Command),
        Deed::SupplementAcceptance => Command::AcceptSupplement,
        Deed::SupplementReturn => Command::ReturnSupplement { text: text("text") },
        Deed::PaperSeen => paper_seen(typed)?,
        Deed::ReturnWay => changed_way(typed)?,
        Deed::Claim => Command::Claim { task },
        Deed::Assignment => finish(task, typed, "officer"),
        Deed::Appraisal | Deed::Endorsement | Deed::Approval => finish(task, typed, "next"),
        Deed::Reassignment => Command::Assign {
            task,
            officer: text("officer"),
        },
        Deed::StepReturn => Command::Return {
            task,
            to: chosen(typed, "to")?,
            reason: text("reason"),
        },
        Deed::Consultation => consultation(typed)?,
        Deed::Answer => Command::AnswerConsult {
            task,
            opinion: word::<Opinion>(typed, "opinion")?,
            text: text("text"),
        },
        Deed::Continuation => Command::Continue {
            task,
            reason: text("reason"),
        },
        Deed::FeeRequest => Command::AskFee,
        Deed::Stop => Command::Stop {
            text: text("text"),
            basis: text("basis"),
        },
        Deed::Rejection => Command::Reject {
            text: text("text"),
            basis: text("basis"),
        },
        Deed::Apology => Command::Apologise {
            new_day: day(typed)?,
            reason: text("reason"),
        },
        Deed::DueDate => Command::ResetDue {
            new_day: day(typed)?,
            reason: text("reason"),
        },
        Deed::Withdrawal => Command::Withdraw {
            reason: text("reason"),
        },
    };
    Ok(Wish::Command(command))
}

fn paper_seen(typed: &Typed<'_>) -> Result<Command, FieldErrors> {
    Ok(Command::SeePaper {
        paper: chosen(typed, "paper")?,
        form: word::<PaperForm>(typed, "form")?,
    })
}

fn changed_way(typed: &Typed<'_>) -> Result<Command, FieldErrors> {
    let return_way = match typed.text("way") {
        "post" => ReturnWay::Post,
        "electronic" => ReturnWay::Electronic,
        "counter" => ReturnWay::Counter {
            agency: chosen(typed, "counter")?,
        },
        _ => return Err(wrong(typed, "way", "wrong.choose")),
    };
    let address = match return_way {
        ReturnWay::Post => typed.text("address").to_owned(),
        _ => String::new(),
    };
    Ok(Command::ChangeReturnWay {
        return_way,
        address,
    })
}

fn consultation(typed: &Typed<'_>) -> Result<Command, FieldErrors> {
    let text = |part: &str| typed.text(part).to_owned();
    let term = typed.text("term").parse();
    Ok(Command::AskConsult {
        task: Some(text("task")).filter(|task| !task.is_empty()),
        agency: text("agency"),
        term: term.map_err(|_| wrong(typed, "term", "wrong.term"))?,
        question: text("question"),
    })
}

fn finish(task: String, typed: &Typed<'_>, next: &str) -> Command {
    Command::Finish {
        task,
        outcome: String::new(),
        opinion: typed.text("opinion").to_owned(),
        next_officer: typed.text(next).to_owned(),
    }
}

fn supplement_request(typed: &Typed<'_>) -> Result<Command, FieldErrors> {
    let mut errors = FieldErrors::new();
    let mut items = Vec::new();
    for item in typed.items() {
        match (item.what.trim().is_empty(), item.why.trim().is_empty()) {
            (true, true) => {}
            (false, false) => items.push(SupplementItem {
                paper: Some(item.paper).filter(|paper| !paper.is_empty()),
                what: item.what,
                why: item.why,
            }),
            _ => errors.add(
                format!("{}.item-{}", typed.key(), item.number),
                say("wrong.item"),
            ),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let second = typed.text("second");
    Ok(Command::AskSupplement {
        items,
        contact: typed.text("contact").to_owned(),
        second: Some(second.to_owned()).filter(|second| !second.is_empty()),
    })
}

/// A word that the law knows, as its own serde name.
fn word<T: serde::de::DeserializeOwned>(typed: &Typed<'_>, part: &str) -> Result<T, FieldErrors> {
    let value = serde_json::Value::from(typed.text(part));
    serde_json::from_value(value).map_err(|_| wrong(typed, part, "wrong.choose"))
}

fn chosen(typed: &Typed<'_>, part: &str) -> Result<String, FieldErrors> {
    match typed.text(part) {
        "" => Err(wrong(typed, part, "wrong.choose")),
        value => Ok(value.to_owned()),
    }
}

fn day(typed: &Typed<'_>) -> Result<Date, FieldErrors> {
    typed
        .date("day")
        .date()
        .ok_or_else(|| wrong(typed, "day", "wrong.day"))
}

/// One fault with one field.
pub(super) fn wrong(typed: &Typed<'_>, part: &str, key: &str) -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add(format!("{}.{part}", typed.key()), say(key));
    errors
}

/// The field at which a refusal is shown; `None`: above the form.
pub(super) fn field_of(deed: Deed, refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::PapersUnchecked { .. } => Some("checked"),
        Refusal::NothingToSee { .. } => Some("paper"),
        Refusal::ReasonMissing => match deed {
            Deed::Refusal | Deed::Stop | Deed::Rejection => Some("text"),
            Deed::SupplementReturn | Deed::Answer => Some("text"),
            Deed::Consultation => Some("question"),
            Deed::SupplementRequest => Some("second"),
            _ => Some("reason"),
        },
        Refusal::BasisMissing => Some("basis"),
        Refusal::AddressMissing => Some("address"),
        Refusal::NumberTaken { .. } => Some("number"),
        Refusal::SupplementListEmpty => Some("item-1"),
        Refusal::OfficerMissing => Some("officer"),
        Refusal::OfficerNotAble { .. } => match deed {
            Deed::Assignment | Deed::Reassignment => Some("officer"),
            _ => Some("next"),
        },
        Refusal::ConsultAgencyWrong => Some("agency"),
        Refusal::NewDueNotLater | Refusal::NewDueDayOff => Some("day"),
        Refusal::NotReturnable { .. } => Some("to"),
        Refusal::ResultIncomplete | Refusal::FileMissing => Some("file"),
        _ => None,
    }
}
