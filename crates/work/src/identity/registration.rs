//! New accounts: citizens and organisations make their own, officers get theirs.
//! Does not know: whether the population register confirms the person; until an electronic
//! identity is joined, a number on file is given only to whoever knows its name and birth date.
use facts::agency::Officer;
use facts::fold::fold;
use facts::people::{self, PartialDate, Person, PersonKind, PersonalId, TaxCode, tidy_name};
use jiff::Timestamp;
use jiff::tz::Offset;
use kernel::{Ctx, Statement, Trouble};
use uuid::Uuid;
use web::Kind;

use super::account::{Command, Way};
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
    /// Makes an account for a citizen, with a record of the person where there is none.
    pub async fn register_person(
        &self,
        new: NewPerson,
        password: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        self.count(&[Tried::Registration(&client.address)], now)
            .await?;
        let known = people::views::by_personal_id(self.db(), &new.personal_id).await?;
        let fits = known.as_ref().is_none_or(|person| {
            fold(&person.name) == fold(&new.name)
                && person.birth.is_none_or(|birth| birth == new.birth)
        });
        let login = new.personal_id.as_str().to_owned();
        let person = known.unwrap_or_else(|| Person {
            personal_id: Some(new.personal_id),
            birth: Some(new.birth),
            phone: new.phone,
            ..unknown(PersonKind::Citizen, &new.name, now)
        });
        self.register(
            &person,
            Chosen {
                login,
                password,
                fits,
            },
            now,
        )
        .await
    }

    /// Makes an account for an organisation, with a record of it where there is none.
    pub async fn register_organisation(
        &self,
        new: NewOrganisation,
        password: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        self.count(&[Tried::Registration(&client.address)], now)
            .await?;
        let known = people::views::by_tax_code(self.db(), &new.tax_code).await?;
        let fits = known
            .as_ref()
            .is_none_or(|known| fold(&known.name) == fold(&new.name));
        let login = new.tax_code.as_str().to_owned();
        let person = known.unwrap_or_else(|| Person {
            tax_code: Some(new.tax_code),
            phone: new.phone,
            ..unknown(PersonKind::Organisation, &new.name, now)
        });
        self.register(
            &person,
            Chosen {
                login,
                password,
                fits,
            },
            now,
        )
        .await
    }

    async fn register(
        &self,
        person: &Person,
        chosen: Chosen<'_>,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let chars_min = rules::PASSWORD_CHARS_MIN_ALONE;
        rules::check_password(chosen.password, &chosen.login, chars_min)
            .map_err(Refusal::Password)?;
        let taken = views::account_by_login(self.db(), Kind::Citizen, &chosen.login).await?;
        if !chosen.fits || taken.is_some() {
            return Err(Refusal::NumberNotFree.into());
        }
        let made = Made {
            way: Way::Registered,
            actor: &person.id,
        };
        self.add(person, chosen.password, made, now).await
    }

    /// Stores a person and makes their account, without asking anything: for the demonstration
    /// world and for tests. The login is the personal number, or the tax code.
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

struct Chosen<'a> {
    login: String,
    password: &'a str,
    fits: bool,
}

pub(super) fn unknown(kind: PersonKind, name: &str, now: Timestamp) -> Person {
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
    }
}
