//! Whose dossier it is: what somebody typed who filed for another, beside who is on file with that
//! number; and whether the account that filed was ever compared with a card.
//! Does not know: how the page is drawn, the law.

use super::super::{Opened, open};
use super::act::Asked;
use crate::counter::pages::Clerk;
use facts::people::{self, Difference, Origin, Person};
use matters::Ground;
use matters::dossier::{Action, Command};
use matters::person;
use web::{FormData, Problem};

/// What the page says of it.
#[derive(Default)]
pub(super) struct Whose {
    /// Id of the account's claim, where the applicant's account is unconfirmed; otherwise empty.
    pub unconfirmed: String,
    /// Somebody filed for another: the comparison.
    pub compared: Option<Compared>,
}

/// Typed and on file.
pub(super) struct Compared {
    pub name: String,
    pub number: String,
    pub on_file: Option<OnFile>,
    /// The office said that the dossier is of somebody on file: their name.
    pub identified: String,
}

pub(super) struct OnFile {
    pub id: String,
    pub name: String,
    pub birth: String,
    pub name_differs: bool,
}

pub(super) async fn whose(ground: &Ground, opened: &Opened) -> Result<Whose, Problem> {
    let dossier = &opened.dossier;
    let known = people::views::by_id(ground.db(), &dossier.applicant).await?;
    if dossier.filer.is_none() {
        let account = known.filter(|person| person.origin == Origin::UNCONFIRMED);
        return Ok(Whose {
            unconfirmed: account.map(|person| person.id).unwrap_or_default(),
            compared: None,
        });
    }
    if !opened.may(Action::IdentifyApplicant) || !opened.may(Action::ViewPrivate) {
        return Ok(Whose::default());
    }
    let party = &opened.told.applicant;
    let on_file = on_file(ground, opened).await?;
    let compared = Compared {
        name: party.name.clone(),
        number: party.personal_id.clone(),
        on_file: on_file.map(|(person, differences)| OnFile {
            birth: person.birth.map(|day| day.to_string()).unwrap_or_default(),
            name_differs: differences.contains(&Difference::Name),
            id: person.id,
            name: person.name,
        }),
        identified: known.map(|person| person.name).unwrap_or_default(),
    };
    Ok(Whose {
        unconfirmed: String::new(),
        compared: Some(compared),
    })
}

/// Who has on file the number that was typed, and in what they differ.
async fn on_file(
    ground: &Ground,
    opened: &Opened,
) -> Result<Option<(Person, Vec<Difference>)>, Problem> {
    let party = &opened.told.applicant;
    let typed = person::typed(&party.name, &party.personal_id);
    let found = person::on_file(ground, &typed).await?;
    Ok(found.map(|known| {
        let differences = known.differences(&typed);
        (known, differences)
    }))
}

/// The same person, or not: who it would be is looked up again and never taken from the form.
pub(super) async fn asked(
    ground: &Ground,
    clerk: &Clerk,
    code: &str,
    form: &FormData,
) -> Result<Option<Asked>, Problem> {
    let (command, said) = match form.text("do") {
        "identify" => {
            let opened = open(ground, clerk, code).await?;
            if !opened.may(Action::ViewPrivate) {
                return Err(Problem::Forbidden);
            }
            let found = on_file(ground, &opened).await?;
            let person = found.map(|(person, _)| person.id).unwrap_or_default();
            (
                Command::IdentifyApplicant { person },
                "Đã gắn hồ sơ với người đã lưu. Người đó được báo tin.",
            )
        }
        "separate" => (
            Command::UndoIdentification {
                person: uuid::Uuid::now_v7().to_string(),
                reason: form.text("separation").to_owned(),
            },
            "Đã bỏ gắn. Hồ sơ chỉ còn người nộp thay thấy.",
        ),
        _ => return Ok(None),
    };
    Ok(Some(Asked {
        command,
        said,
        next: "reception",
        field: "whose",
    }))
}
