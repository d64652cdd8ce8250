//! New accounts: citizens and organisations make their own, officers get theirs. Whoever makes
//! their own says who they are and nobody has looked: the account claims its number and opens
//! nothing of what is on file of it, until an office has seen the card (decision 39).
//! Does not know: how an account is confirmed (`matters::person`).
use facts::agency::Officer;
use facts::people::{
    self, Origin, PartialDate, Person, PersonKind, PersonalId, TaxCode, tidy_name,
};
use jiff::Timestamp;
use jiff::tz::Offset;
use kernel::{Ctx, Request, Statement, Trouble};
use uuid::Uuid;
use web::Kind;

use super::account::{Accounts, CloseReason, Command, Way};
use super::attempts::Tried;
use super::{Account, Client, Failure, Identity, Refusal, by, rules, views};

/// Who acts where nobody has signed in.
const SYSTEM: &str = "system";
/// Viet Nam has one time all year.
const VIETNAM: Offset = Offset::constant(7);

/// What a citizen tells to get an account.
pub struct NewPerson {
    /// Personal number.
    pub personal_id: PersonalId,
    /// Full name.
    pub name: String,
    /// Date of birth.
    pub birth: PartialDate,
    /// For messages; may be absent.
    pub phone: Option<String>,
}

/// What an organisation tells to get an account.
pub struct NewOrganisation {
    /// Tax code.
    pub tax_code: TaxCode,
    /// Registered name.
    pub name: String,
    /// For messages; may be absent.
    pub phone: Option<String>,
}

impl Identity {
    /// Makes an account for a citizen, unconfirmed.
    pub async fn register_person(
        &self,
        new: NewPerson,
        password: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        self.count(&[Tried::Registration(&client.address)], now)
            .await?;
        let login = new.personal_id.as_str().to_owned();
        let person = Person {
            personal_id: Some(new.personal_id),
            birth: Some(new.birth),
            phone: new.phone,
            ..unconfirmed(PersonKind::Citizen, &new.name, now)
        };
        self.register(&person, (&login, password), now).await
    }

    /// Makes an account for an organisation, unconfirmed.
    pub async fn register_organisation(
        &self,
        new: NewOrganisation,
        password: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        self.count(&[Tried::Registration(&client.address)], now)
            .await?;
        let login = new.tax_code.as_str().to_owned();
        let person = Person {
            tax_code: Some(new.tax_code),
            phone: new.phone,
            ..unconfirmed(PersonKind::Organisation, &new.name, now)
        };
        self.register(&person, (&login, password), now).await
    }

    /// What is on file of the number is not asked: a new account opens nothing, so there is nothing
    /// that it would have to fit, and nobody learns here whom the office knows.
    async fn register(
        &self,
        person: &Person,
        (login, password): (&str, &str),
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let chars_min = rules::PASSWORD_CHARS_MIN_ALONE;
        rules::check_password(password, login, chars_min).map_err(Refusal::Password)?;
        if views::account_by_login(self.db(), Kind::Citizen, login)
            .await?
            .is_some()
        {
            return Err(Refusal::NumberNotFree.into());
        }
        let made = Made {
            way: Way::Registered,
            actor: &person.id,
        };
        self.add(person, password, made, now).await
    }

    /// Stores a person and makes their account, without asking anything; the login is the personal
    /// number, or the tax code. One who is on file has an account that is confirmed: so in the
    /// demonstration world and in tests, where everybody came with a card.
    pub async fn add_citizen(
        &self,
        person: &Person,
        password: &str,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let made = Made {
            way: Way::CommandLine,
            actor: SYSTEM,
        };
        self.add(person, password, made, now).await
    }

    async fn add(
        &self,
        person: &Person,
        password: &str,
        made: Made<'_>,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let number = person.personal_id.as_ref().map(|number| number.as_str());
        let code = person.tax_code.as_ref().map(|code| code.as_str());
        let account = Account {
            id: Uuid::new_v4().to_string(),
            door: Kind::Citizen,
            login: number.or(code).ok_or(Refusal::NumberNotFree)?.to_owned(),
            subject: person.id.clone(),
            display_name: person.name.clone(),
            password: self.0.passwords.hash(password).await?,
            password_at: now,
            totp_secret: None,
            created_at: now,
        };
        let put = vec![people::views::put(person), views::put_account(&account)];
        self.write_new(&account, made.way, put, by(made.actor, now))
            .await?;
        Ok(account)
    }

    /// Makes the account of an officer who is on file. Who may do that is the caller's question.
    pub async fn add_officer(
        &self,
        officer: &Officer,
        login: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let login = rules::officer_login(login);
        let chars_min = rules::PASSWORD_CHARS_MIN_WITH_STEP;
        rules::check_password(password, &login, chars_min).map_err(Refusal::Password)?;
        let account = Account {
            id: Uuid::new_v4().to_string(),
            door: Kind::Officer,
            login,
            subject: officer.id.clone(),
            display_name: officer.name.clone(),
            password: self.0.passwords.hash(password).await?,
            password_at: now,
            totp_secret: None,
            created_at: now,
        };
        let put = vec![views::put_account(&account)];
        self.write_new(&account, Way::CommandLine, put, by(SYSTEM, now))
            .await?;
        Ok(account)
    }

    /// The open account of a person, or of what an account says of itself.
    pub(super) async fn account_of_subject(
        &self,
        subject: &str,
    ) -> Result<Option<Account>, Trouble> {
        views::account_by_subject(self.db(), subject).await
    }

    /// Whether the office has confirmed whose account this is; nothing for an officer's.
    pub(super) async fn is_confirmed(&self, account: &Account) -> Result<Option<bool>, Trouble> {
        if account.door == Kind::Officer {
            return Ok(None);
        }
        let person = people::views::by_id(self.db(), &account.subject).await?;
        Ok(person.map(|person| person.origin != Origin::UNCONFIRMED))
    }

    /// Closes the account of a citizen, for a reason that an officer wrote: its sessions end, its
    /// login is free, and it claims no number any more. Whether that is allowed is the caller's
    /// question.
    pub(super) async fn close_citizen(
        &self,
        account: &Account,
        reason: &str,
        ctx: Ctx,
    ) -> Result<(), Trouble> {
        let mut along = views::close_account(&account.id, ctx.now);
        let today = VIETNAM.to_datetime(ctx.now).date();
        along.push(people::views::end_claim(&account.subject, today));
        let request = Request {
            id: account.id.clone(),
            command: Command::Close(CloseReason::NotTheirs),
            private: Some(serde_json::json!({ "text": reason })),
            along,
            ctx,
        };
        match self.0.ground.journal.handle(&Accounts, request).await {
            // Closed by somebody who was faster is closed.
            Ok(_) | Err(kernel::Failure::Refused(_)) => {}
            Err(kernel::Failure::Trouble(trouble)) => return Err(trouble),
        }
        self.db().forget_lately();
        Ok(())
    }

    /// Two at once: the second sees that the number has just been taken.
    async fn write_new(
        &self,
        account: &Account,
        way: Way,
        put: Vec<Statement>,
        ctx: Ctx,
    ) -> Result<(), Failure> {
        let open = Command::Open {
            door: account.door.into(),
            subject: account.subject.clone(),
            way,
            code: None,
        };
        match self.order(&account.id, open, put, ctx).await {
            Ok(_) => Ok(()),
            Err(Failure::Trouble(Trouble::Conflict(_))) => Err(Refusal::NumberNotFree.into()),
            Err(failure) => Err(failure),
        }
    }
}

/// Who makes an account, and how.
struct Made<'a> {
    way: Way,
    actor: &'a str,
}

/// What an account says of itself, under an id of its own.
pub(super) fn unconfirmed(kind: PersonKind, name: &str, now: Timestamp) -> Person {
    Person {
        id: Uuid::new_v4().to_string(),
        kind,
        personal_id: None,
        tax_code: None,
        name: tidy_name(name),
        birth: None,
        sex: None,
        phone: None,
        email: None,
        address: None,
        valid_from: VIETNAM.to_datetime(now).date(),
        valid_to: None,
        origin: Origin::UNCONFIRMED,
    }
}
