//! The acts of an office on what is known of a person: each compares, gives the order and writes
//! the rows of the people room in its transaction.
//! Does not know: pages, accounts.
use facts::people::{self, Difference, Origin, Person, PersonKind};
use jiff::Timestamp;
use kernel::{Ctx, Failure, Json, Request, Statement, Trouble};
use serde_json::json;

use super::{Command, Order, People, Refusal, Seen};
use crate::Ground;
use facts::agency::Viewer;

/// Who acts, where and when; the command id comes from the form.
#[derive(Debug, Clone)]
pub struct Acting<'a> {
    /// The officer.
    pub by: &'a Viewer,
    /// Who, for which office, when, with which form.
    pub ctx: Ctx,
}

/// The person on file who has the number of this account, or of whoever was typed.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn on_file(ground: &Ground, somebody: &Person) -> Result<Option<Person>, Trouble> {
    if let Some(number) = &somebody.personal_id {
        return people::views::by_personal_id(ground.db(), number).await;
    }
    match &somebody.tax_code {
        Some(code) => people::views::by_tax_code(ground.db(), code).await,
        None => Ok(None),
    }
}

/// The person whom somebody typed by name and number, as far as that says anything: to be compared
/// with who is on file.
#[must_use]
pub fn typed(name: &str, number: &str) -> Person {
    let personal_id = number.parse().ok();
    let tax_code = match personal_id {
        Some(_) => None,
        None => number.parse().ok(),
    };
    Person {
        id: String::new(),
        kind: match tax_code {
            Some(_) => PersonKind::Organisation,
            None => PersonKind::Citizen,
        },
        personal_id,
        tax_code,
        name: name.to_owned(),
        birth: None,
        sex: None,
        phone: None,
        email: None,
        address: None,
        valid_from: jiff::civil::Date::ZERO,
        valid_to: None,
        origin: Origin::UNCONFIRMED,
    }
}

/// Xác nhận: whoever has this account stands there with the paper. Where nobody is on file with
/// the number, what the account says, which the officer has compared with the paper, becomes the
/// person on file.
///
/// # Errors
/// [`Refusal`], or trouble of the database.
pub async fn confirm(
    ground: &Ground,
    acting: Acting<'_>,
    account: &Person,
    seen: Seen,
) -> Result<(), Failure<Refusal>> {
    let known = on_file(ground, account).await?;
    let private = json!({
        "account": described(account),
        "on_file": known.as_ref().map(described),
    });
    let differences = known.as_ref().map(|person| person.differences(account));
    let mut along = Vec::new();
    let person = known.unwrap_or_else(|| {
        let person = first_description(account, acting.ctx.now);
        along.push(people::views::put(&person));
        person
    });
    along.push(people::views::confirm(&account.id, &person.id));
    let command = Command::Confirm {
        person: person.id,
        seen,
        differences: differences.unwrap_or_default(),
    };
    give(ground, acting, &account.id, (command, private, along)).await?;
    people::views::forget_confirmed_as(ground.db(), &account.id);
    Ok(())
}

/// Bỏ xác nhận: the account is not that person, and sees again only what it filed itself.
///
/// # Errors
/// [`Refusal`], or trouble of the database.
pub async fn undo(
    ground: &Ground,
    acting: Acting<'_>,
    account: &Person,
    reason: &str,
) -> Result<(), Failure<Refusal>> {
    let person = account.origin.confirmed_as();
    let person = person.ok_or(Failure::Refused(Refusal::NotConfirmed))?;
    let along = vec![people::views::undo_confirmation(&account.id, person)];
    let private = json!({ "text": reason, "account": described(account) });
    let reason = reason.to_owned();
    let asked = (Command::Undo { reason }, private, along);
    give(ground, acting, &account.id, asked).await?;
    people::views::forget_confirmed_as(ground.db(), &account.id);
    Ok(())
}

/// Sửa thông tin: `now` is how the paper has it.
///
/// # Errors
/// [`Refusal`], or trouble of the database.
pub async fn correct(
    ground: &Ground,
    acting: Acting<'_>,
    (before, now): (&Person, &Person),
    (seen, reason): (Seen, &str),
) -> Result<(), Failure<Refusal>> {
    let private = json!({
        "before": described(before),
        "after": described(now),
        "text": reason,
    });
    let command = Command::Correct {
        fields: changed(before, now),
        seen,
        reason: reason.to_owned(),
    };
    let along = vec![people::views::put(now)];
    give(ground, acting, &before.id, (command, private, along)).await
}

/// What was corrected, to the letter: a mark that was missing is a change.
fn changed(before: &Person, now: &Person) -> Vec<Difference> {
    let all = [
        (Difference::Number, before.number() != now.number()),
        (Difference::Name, before.name != now.name),
        (Difference::Birth, before.birth != now.birth),
        (Difference::Sex, before.sex != now.sex),
    ];
    let changed = all.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(field, _)| field).collect()
}

/// The order, with its private document and the rows that go along.
async fn give(
    ground: &Ground,
    acting: Acting<'_>,
    id: &str,
    (command, private, along): (Command, Json, Vec<Statement>),
) -> Result<(), Failure<Refusal>> {
    let by = acting.by.clone();
    let conflict = match &command {
        Command::Confirm { .. } => Refusal::AlreadyConfirmed,
        Command::Undo { .. } => Refusal::NotConfirmed,
        Command::Correct { .. } => Refusal::NumberTaken,
    };
    let request = Request {
        id: id.to_owned(),
        command: Order { by, command },
        private: Some(private),
        along,
        ctx: acting.ctx,
    };
    match ground.journal.handle(&People, request).await {
        Ok(_) => Ok(()),
        // The number is on file for somebody else, or somebody changed the row meanwhile.
        Err(Failure::Trouble(Trouble::Conflict(_) | Trouble::Guard(_))) => {
            Err(Failure::Refused(conflict))
        }
        Err(failure) => Err(failure),
    }
}

fn described(person: &Person) -> Json {
    json!({
        "name": person.name,
        "number": person.number(),
        "birth": person.birth.map(|birth| birth.to_iso()),
        "sex": person.sex.map(|sex| sex.as_str()),
    })
}

/// The person on file that an account becomes, under an id that no account has: so what the office
/// files under it can be taken from the account again.
fn first_description(account: &Person, now: Timestamp) -> Person {
    Person {
        id: uuid::Uuid::now_v7().to_string(),
        valid_from: web::show::local_date(now),
        valid_to: None,
        origin: Origin::Office,
        ..account.clone()
    }
}

/// The papers that may be shown for somebody of this kind.
#[must_use]
pub fn papers(kind: PersonKind) -> &'static [Seen] {
    match kind {
        PersonKind::Citizen => &Seen::ALL[..3],
        PersonKind::Organisation => &Seen::ALL[3..],
    }
}
