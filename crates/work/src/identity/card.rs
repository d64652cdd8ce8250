//! At a counter: somebody shows the card and gets a one-time code; who has no account gets one.
//! Does not know: how the officer looks at a card, how a code looks on paper.
use facts::people::{self, Person, PersonKind, PersonalId, TaxCode};
use jiff::Timestamp;
use kernel::{Ctx, Statement};
use uuid::Uuid;
use web::Kind;

use super::account::{Resets, Seen, Way};
use super::attempts::Tried;
use super::{Account, Failure, HandedOver, Identity, Refusal, views};

/// The number that a card or a registration certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Of a person.
    Personal(PersonalId),
    /// Of an organisation.
    Tax(TaxCode),
}

impl Number {
    /// As typed; nothing if it is neither.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let personal = text.parse().ok().map(Self::Personal);
        personal.or_else(|| text.parse().ok().map(Self::Tax))
    }

    /// The login of its account.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Personal(number) => number.as_str(),
            Self::Tax(code) => code.as_str(),
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn kind(&self) -> PersonKind {
        match self {
            Self::Personal(_) => PersonKind::Citizen,
            Self::Tax(_) => PersonKind::Organisation,
        }
    }
}

/// Who a number belongs to, as far as it is on file.
pub struct Found {
    /// The record.
    pub person: Option<Person>,
    /// The open account. One that was closed at a counter leaves the number free.
    pub account: Option<views::Managed>,
}

/// What must be looked at before a code is printed: all of it.
#[must_use]
pub fn to_be_seen(kind: PersonKind) -> [Seen; 3] {
    match kind {
        PersonKind::Citizen => [Seen::Card, Seen::Face, Seen::Names],
        PersonKind::Organisation => [Seen::Card, Seen::Face, Seen::Authority],
    }
}

impl Identity {
    /// Who has this number; an officer asks so often and no more.
    pub async fn find_by_card(
        &self,
        number: &Number,
        officer: &str,
        now: Timestamp,
    ) -> Result<Found, Failure> {
        self.count(&[Tried::CardLook(officer)], now).await?;
        let person = match number {
            Number::Personal(number) => people::views::by_personal_id(self.db(), number).await?,
            Number::Tax(code) => people::views::by_tax_code(self.db(), code).await?,
        };
        let login = number.as_str();
        let account = views::managed_by_login(self.db(), Kind::Citizen, login).await?;
        let account = account.filter(|found| found.closed_at.is_none());
        // Nobody is on file: the officer compares the card with what the account says of itself.
        let person = match (person, &account) {
            (None, Some(found)) => people::views::by_id(self.db(), &found.account.subject).await?,
            (person, _) => person,
        };
        Ok(Found { person, account })
    }

    /// Prints a code for whoever showed the card; without an account one is made, and the record of
    /// the person where there is none.
    pub async fn code_at_counter(
        &self,
        person: Person,
        (resets, seen): (Resets, &[Seen]),
        ctx: Ctx,
    ) -> Result<HandedOver, Failure> {
        if to_be_seen(person.kind)
            .iter()
            .any(|one| !seen.contains(one))
        {
            return Err(Refusal::CardUnseen.into());
        }
        self.count(&[Tried::CardCode(&ctx.actor)], ctx.now).await?;
        let number = person.personal_id.as_ref().map(PersonalId::as_str);
        let code = person.tax_code.as_ref().map(TaxCode::as_str);
        let login = number.or(code).ok_or(Refusal::NumberNotFree)?.to_owned();
        let found = views::managed_by_login(self.db(), Kind::Citizen, &login).await?;
        if let Some(found) = found.filter(|found| found.closed_at.is_none()) {
            return self.print_code(found.account, (resets, seen), ctx).await;
        }
        let account = Account {
            id: Uuid::new_v4().to_string(),
            door: Kind::Citizen,
            login,
            subject: person.id.clone(),
            display_name: person.name.clone(),
            password: String::new(),
            password_at: ctx.now,
            totp_secret: None,
            created_at: ctx.now,
        };
        let known = people::views::by_id(self.db(), &person.id).await?;
        let put: Vec<Statement> = match known {
            Some(_) => Vec::new(),
            None => vec![people::views::put(&person)],
        };
        self.open_with_code(account, (Way::Counter, seen), put, ctx)
            .await
    }
}
