//! Signing in: the password, then the code; sessions begun and ended.
//! Does not know: HTTP. A secret leaves this file once, in [`Begun`] or [`Entered`], never a log.
use jiff::Timestamp;
use kernel::Trouble;
use uuid::Uuid;
use web::Kind;

use super::attempts::{Tried, Whence};
use super::views::Step;
use super::{Account, Failure, Identity, Refusal, SecondStep, Session, rules, second_step, views};

/// From where somebody signs in, for the list of their own sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Network address.
    pub address: String,
    /// Browser and system.
    pub device: String,
    /// The secret of a browser that was in before, from its cookie; empty without.
    pub browser: String,
}

/// A session has begun.
pub struct Begun {
    /// For the cookie; known to nobody else.
    pub secret: String,
    /// For the cookie by which the browser is known again.
    pub browser: String,
    /// Where the person wanted to go.
    pub next_path: String,
    /// A new sheet of recovery codes, when a device has just been enrolled.
    pub recovery_codes: Vec<String>,
}

impl Begun {
    /// The same, on the way to this path.
    #[must_use]
    pub(super) fn to(mut self, next_path: &str) -> Begun {
        next_path.clone_into(&mut self.next_path);
        self
    }
}

/// What follows a good password.
pub enum Entered {
    /// In.
    Begun(Begun),
    /// A code of the device is needed; `step` comes back with it.
    Code {
        /// Secret of the step.
        step: String,
    },
    /// A device must be enrolled first.
    Enrol {
        /// Secret of the step.
        step: String,
    },
}

/// A login and password as typed, at one of the doors.
pub struct Credentials<'a> {
    /// Which door.
    pub door: Kind,
    /// As typed.
    pub login: &'a str,
    /// As typed.
    pub password: &'a str,
    /// Where the person wanted to go.
    pub next_path: &'a str,
}

impl Identity {
    /// Checks a password. Every failure looks the same and takes as long.
    pub async fn enter(
        &self,
        given: &Credentials<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<Entered, Failure> {
        let login = match given.door {
            Kind::Citizen => rules::citizen_login(given.login).unwrap_or_default(),
            Kind::Officer => rules::officer_login(given.login),
        };
        let account = views::account_by_login(self.db(), given.door, &login).await?;
        let digest = client.browser_digest();
        let from = (client, digest.as_str());
        let whence = self.whence(account.as_ref(), from, now).await?;
        self.count_entry((given.door, &login), whence, account.as_ref(), now)
            .await?;
        // An account that was opened with a one-time code has no password until it is used.
        let stored = account.as_ref().map(|account| account.password.as_str());
        let stored = stored.filter(|stored| !stored.is_empty());
        let has_password = stored.is_some();
        let good = self.0.passwords.verify(given.password, stored).await? && has_password;
        let Some(account) = account.filter(|_| good) else {
            return Err(Refusal::NotRecognised.into());
        };
        self.forget(Tried::Password(given.door, &login, whence), now)
            .await?;
        if let Whence::Strange(address) = whence {
            self.give_back(Tried::Address(address)).await?;
            self.give_back(Tried::Strangers(given.door, &login)).await?;
        }
        self.pass_on(&account, given.next_path, client, now).await
    }

    /// Counts a password before it is checked: by the browser where it was in before, else by the
    /// address, the account at this address, and the account at all of them.
    async fn count_entry(
        &self,
        (door, login): (Kind, &str),
        whence: Whence<'_>,
        account: Option<&Account>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if let Whence::Strange(address) = whence {
            self.count(&[Tried::Address(address)], now).await?;
        }
        if login.is_empty() {
            return Err(Refusal::NotRecognised.into());
        }
        self.count(&[Tried::Password(door, login, whence)], now)
            .await?;
        match whence {
            Whence::Known(_) => Ok(()),
            Whence::Strange(_) => {
                self.count_stranger(Tried::Strangers(door, login), account, now)
                    .await
            }
        }
    }

    /// What follows a good password, or a one-time code that set one.
    pub(super) async fn pass_on(
        &self,
        account: &Account,
        next_path: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Entered, Failure> {
        let must_enrol = self.0.officers_second_step == SecondStep::Required;
        if account.totp_secret.is_some() {
            let step = self.begin_step(account, None, next_path, now).await?;
            return Ok(Entered::Code { step });
        }
        if account.door == Kind::Officer && must_enrol {
            let step = self.begin_enrolment(account, next_path, now).await?;
            return Ok(Entered::Enrol { step });
        }
        let begun = self.begin(account, client, now).await?;
        Ok(Entered::Begun(begun.to(next_path)))
    }

    /// Begins a step for an account; with a secret it is for enrolling a device.
    pub(super) async fn begin_step(
        &self,
        account: &Account,
        totp_secret: Option<Vec<u8>>,
        next_path: &str,
        now: Timestamp,
    ) -> Result<String, Trouble> {
        let secret = web::fresh_secret();
        let step = Step {
            account: account.id.clone(),
            totp_secret,
            next_path: next_path.to_owned(),
            until: now + rules::STEP_LIFE,
        };
        let hash = rules::secret_hash(&secret);
        self.db().write(views::put_step(&step, &hash, now)).await?;
        Ok(secret)
    }

    /// The step of this secret and its account.
    pub(super) async fn step(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<(Step, Account), Failure> {
        let step = views::step_by_hash(self.db(), &rules::secret_hash(secret)).await?;
        let step = step
            .filter(|step| step.until >= now)
            .ok_or(Refusal::StepOver)?;
        let account = views::account_by_id(self.db(), &step.account).await?;
        Ok((step, account.ok_or(Refusal::StepOver)?))
    }

    /// Checks the code of an enrolled device, or a recovery code, and begins the session.
    pub async fn enter_code(
        &self,
        step_secret: &str,
        code: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        let (step, account) = self.step(step_secret, now).await?;
        if step.totp_secret.is_some() {
            return Err(Refusal::NotRecognised.into());
        }
        self.prove_device(&account, code, client, now).await?;
        self.take_step(step_secret).await?;
        let begun = self.begin(&account, client, now).await?;
        Ok(begun.to(&step.next_path))
    }

    /// Counts a code of the enrolled device, or a recovery code, and uses it up.
    pub(super) async fn prove_device(
        &self,
        account: &Account,
        code: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let digest = client.browser_digest();
        let whence = self.whence(Some(account), (client, &digest), now).await?;
        self.count(&[Tried::Code(&account.id, whence)], now).await?;
        if !self.uses_up(account, code, now).await? {
            return Err(Refusal::NotRecognised.into());
        }
        self.forget(Tried::Code(&account.id, whence), now).await?;
        Ok(())
    }

    /// A code of the device works once, a recovery code works once.
    async fn uses_up(
        &self,
        account: &Account,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, Trouble> {
        let secret = account.totp_secret.as_deref().unwrap_or_default();
        let use_it = match second_step::matching_step(secret, code, now) {
            Some(step) => views::use_totp_step(&account.id, step),
            None => match second_step::recovery_hash(&account.id, code) {
                Some(hash) => views::use_recovery_code(&account.id, &hash, now),
                None => return Ok(false),
            },
        };
        let written = self.db().write(vec![use_it]).await?;
        Ok(written.first().is_some_and(|written| written.affected == 1))
    }

    pub(super) async fn take_step(&self, secret: &str) -> Result<(), Failure> {
        let taken = self
            .db()
            .write(vec![views::take_step(&rules::secret_hash(secret))])
            .await?;
        let once = taken.first().is_some_and(|written| written.affected == 1);
        if once {
            Ok(())
        } else {
            Err(Refusal::StepOver.into())
        }
    }

    /// Begins a session for an account without asking anything: the caller has. Returns the
    /// cookie's secret.
    pub async fn begin_session(
        &self,
        account: &Account,
        client: &Client,
        now: Timestamp,
    ) -> Result<String, Trouble> {
        let secret = web::fresh_secret();
        let session = Session {
            id: Uuid::new_v4().to_string(),
            account: account.id.clone(),
            door: account.door,
            subject: account.subject.clone(),
            display_name: account.display_name.clone(),
            standing: self.standing(account, now).await?,
            address: client.address.clone(),
            device: client.device.clone(),
            created_at: now,
            seen_at: now,
            ended_at: None,
        };
        let hash = rules::secret_hash(&secret);
        self.db()
            .write(vec![views::put_session(&session, &hash)])
            .await?;
        Ok(secret)
    }

    /// The title of an officer's first position, or empty.
    async fn standing(&self, account: &Account, now: Timestamp) -> Result<String, Trouble> {
        if account.door == Kind::Citizen {
            return Ok(String::new());
        }
        let posts = self
            .0
            .ground
            .offices
            .posts_of(&account.subject, now)
            .await?;
        let Some(post) = posts.first() else {
            return Ok(String::new());
        };
        let positions = self.0.ground.offices.positions(&post.agency, now).await?;
        let held = positions
            .into_iter()
            .find(|position| position.id == post.position);
        Ok(held.map(|position| position.title).unwrap_or_default())
    }

    /// The account of a session.
    pub(super) async fn account_of(&self, session_id: &str) -> Result<Account, Failure> {
        let account = views::account_of_session(self.db(), session_id).await?;
        Ok(account.ok_or(Refusal::StepOver)?)
    }
}
