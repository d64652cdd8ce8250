//! Signing in: the password, then the code; sessions begun and ended.
//! Does not know: HTTP. A secret leaves this file once, in [`Begun`] or [`Entered`], never a log.
use jiff::Timestamp;
use kernel::Trouble;
use uuid::Uuid;
use web::Kind;

use super::attempts::Tried;
use super::views::Step;
use super::{Account, Failure, Identity, Refusal, SecondStep, Session, rules, second_step, views};

/// From where somebody signs in, for the list of their own sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Network address.
    pub address: String,
    /// Browser and system.
    pub device: String,
}

/// A session has begun.
pub struct Begun {
    /// For the cookie; known to nobody else.
    pub secret: String,
    /// Where the person wanted to go.
    pub next_path: String,
    /// A new sheet of recovery codes, when a device has just been enrolled.
    pub recovery_codes: Vec<String>,
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
        self.count(&[Tried::Address(&client.address)], now).await?;
        if login.is_empty() {
            return Err(Refusal::NotRecognised.into());
        }
        self.count(&[Tried::Password(given.door, &login)], now)
            .await?;
        let account = views::account_by_login(self.db(), given.door, &login).await?;
        let stored = account.as_ref().map(|account| account.password.as_str());
        let good = self.0.passwords.verify(given.password, stored).await?;
        let Some(account) = account.filter(|_| good) else {
            return Err(Refusal::NotRecognised.into());
        };
        self.forget(Tried::Password(given.door, &login), now)
            .await?;
        self.give_back(Tried::Address(&client.address)).await?;
        let must_enrol = self.0.officers_second_step == SecondStep::Required;
        if account.totp_secret.is_some() {
            let step = self
                .begin_step(&account, None, given.next_path, now)
                .await?;
            return Ok(Entered::Code { step });
        }
        if account.door == Kind::Officer && must_enrol {
            let step = self.begin_enrolment(&account, given.next_path, now).await?;
            return Ok(Entered::Enrol { step });
        }
        let secret = self.begin_session(&account, client, now).await?;
        let next_path = given.next_path.to_owned();
        Ok(Entered::Begun(Begun {
            secret,
            next_path,
            recovery_codes: Vec::new(),
        }))
    }

    /// Begins a step for an account; with a secret it is for enrolling a device.
    async fn begin_step(
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
        self.count(&[Tried::Code(&account.id)], now).await?;
        if step.totp_secret.is_some() || !self.uses_up(&account, code, now).await? {
            return Err(Refusal::NotRecognised.into());
        }
        self.take_step(step_secret).await?;
        self.forget(Tried::Code(&account.id), now).await?;
        let secret = self.begin_session(&account, client, now).await?;
        Ok(Begun {
            secret,
            next_path: step.next_path,
            recovery_codes: Vec::new(),
        })
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

    async fn take_step(&self, secret: &str) -> Result<(), Failure> {
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

    /// Enrols the device of a step once it shows a right code, and begins a session. The other
    /// sessions of the account end: they were begun with less proof.
    pub async fn enrol(
        &self,
        step_secret: &str,
        code: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        let (step, account) = self.step(step_secret, now).await?;
        self.count(&[Tried::Code(&account.id)], now).await?;
        let device = step.totp_secret.ok_or(Refusal::StepOver)?;
        let matched = second_step::matching_step(&device, code, now);
        let matched = matched.ok_or(Refusal::NotRecognised)?;
        self.take_step(step_secret).await?;
        let recovery_codes = second_step::new_recovery_codes();
        let hashes: Vec<String> = recovery_codes
            .iter()
            .filter_map(|code| second_step::recovery_hash(&account.id, code))
            .collect();
        let mut changes = vec![
            views::set_totp(&account.id, &device, matched),
            views::end_other_sessions(&account.id, "", now),
        ];
        changes.extend(views::put_recovery_codes(&account.id, &hashes));
        self.db().write(changes).await?;
        self.db().forget_lately();
        self.forget(Tried::Code(&account.id), now).await?;
        let secret = self.begin_session(&account, client, now).await?;
        Ok(Begun {
            secret,
            next_path: step.next_path,
            recovery_codes,
        })
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
        let posts = self.0.offices.posts_of(&account.subject, now).await?;
        let Some(post) = posts.first() else {
            return Ok(String::new());
        };
        let positions = self.0.offices.positions(&post.agency, now).await?;
        let held = positions
            .into_iter()
            .find(|position| position.id == post.position);
        Ok(held.map(|position| position.title).unwrap_or_default())
    }

    /// Changes the password of a session's account, after the old one; all other sessions end
    /// and this one gets a new secret.
    pub async fn change_password(
        &self,
        session_id: &str,
        change: &PasswordChange<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let account = self.confirm_password(session_id, change.old, now).await?;
        let chars_min = rules::password_chars_min(account.totp_secret.is_some());
        rules::check_password(change.new, &account.login, chars_min).map_err(Refusal::Password)?;
        let hash = self.0.passwords.hash(change.new).await?;
        let changes = vec![
            views::set_password(&account.id, &hash, now),
            views::end_other_sessions(&account.id, "", now),
        ];
        self.db().write(changes).await?;
        self.db().forget_lately();
        Ok(self.begin_session(&account, client, now).await?)
    }

    /// The account of a session, after asking its password once more.
    pub(super) async fn confirm_password(
        &self,
        session_id: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let account = self.account_of(session_id).await?;
        self.count(&[Tried::Password(account.door, &account.login)], now)
            .await?;
        if !self
            .0
            .passwords
            .verify(password, Some(&account.password))
            .await?
        {
            return Err(Refusal::NotRecognised.into());
        }
        self.forget(Tried::Password(account.door, &account.login), now)
            .await?;
        Ok(account)
    }

    /// Begins the enrolment of another device for an account whose password was just asked.
    pub(super) async fn begin_enrolment(
        &self,
        account: &Account,
        next_path: &str,
        now: Timestamp,
    ) -> Result<String, Trouble> {
        let device = Some(second_step::new_secret());
        self.begin_step(account, device, next_path, now).await
    }

    /// The account of a session.
    pub(super) async fn account_of(&self, session_id: &str) -> Result<Account, Failure> {
        let account = views::account_of_session(self.db(), session_id).await?;
        Ok(account.ok_or(Refusal::StepOver)?)
    }
}

/// An old and a new password as typed.
pub struct PasswordChange<'a> {
    /// As typed.
    pub old: &'a str,
    /// As typed.
    pub new: &'a str,
}
