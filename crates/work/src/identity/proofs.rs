//! With what somebody proves who they are: the password changed, the device of the second step
//! enrolled. Both are kept in the journal, without the secrets.
//! Does not know: HTTP, one-time codes.
use jiff::Timestamp;
use kernel::Trouble;

use super::account::Command;
use super::attempts::{Tried, Whence};
use super::{Account, Begun, Client, Failure, Identity, Refusal, by, rules, second_step, views};

/// An old and a new password as typed.
pub struct PasswordChange<'a> {
    /// As typed.
    pub old: &'a str,
    /// As typed.
    pub new: &'a str,
}

impl Identity {
    /// Enrols the device of a step once it shows a right code, and begins a session. The other
    /// sessions of the account end, and so do its other steps: they were begun with less proof.
    pub async fn enrol(
        &self,
        step_secret: &str,
        code: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        let (step, account) = self.step(step_secret, now).await?;
        let whence = Whence::Strange(&client.address);
        self.count(&[Tried::Code(&account.id, whence)], now).await?;
        let device = step.totp_secret.ok_or(Refusal::StepOver)?;
        let matched = second_step::matching_step(&device, code, now);
        let matched = matched.ok_or(Refusal::NotRecognised)?;
        let recovery_codes = second_step::new_recovery_codes();
        let hashes: Vec<String> = recovery_codes
            .iter()
            .filter_map(|code| second_step::recovery_hash(&account.id, code))
            .collect();
        let mut changes = vec![
            // Whoever comes second with this step, or with another of the account, changes nothing.
            views::take_step(&rules::secret_hash(step_secret)).must_change(1),
            views::drop_steps(&account.id),
            views::set_totp(&account.id, &device, matched),
            views::end_other_sessions(&account.id, "", now),
        ];
        changes.extend(views::put_recovery_codes(&account.id, &hashes));
        let ctx = by(&account.subject, now);
        let set = self.order(&account.id, Command::SetDevice, changes, ctx);
        match set.await {
            Ok(_) => {}
            Err(Failure::Trouble(Trouble::Guard(_))) => return Err(Refusal::StepOver.into()),
            Err(failure) => return Err(failure),
        }
        self.db().forget_lately();
        self.forget(Tried::Code(&account.id, whence), now).await?;
        let begun = self.begin(&account, client, now).await?;
        Ok(Begun {
            recovery_codes,
            ..begun.to(&step.next_path)
        })
    }

    /// Begins the enrolment of another device for an account: after its password, and where one is
    /// enrolled after a code of that one, or a recovery code.
    pub async fn begin_other_device(
        &self,
        session_id: &str,
        (password, code): (&str, &str),
        client: &Client,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let account = self.confirm_password(session_id, password, now).await?;
        if account.totp_secret.is_some() {
            let proved = self.prove_device(&account, code, client, now).await;
            proved.map_err(|failure| match failure {
                Failure::Refusal(Refusal::NotRecognised) => Refusal::DeviceNotProved.into(),
                other => other,
            })?;
        }
        Ok(self.begin_enrolment(&account, "/account", now).await?)
    }

    /// Changes the password of a session's account, after the old one; all other sessions end
    /// and this one gets a new secret.
    pub async fn change_password(
        &self,
        session_id: &str,
        change: &PasswordChange<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        let account = self.confirm_password(session_id, change.old, now).await?;
        let chars_min = rules::password_chars_min(account.totp_secret.is_some());
        rules::check_password(change.new, &account.login, chars_min).map_err(Refusal::Password)?;
        let hash = self.0.passwords.hash(change.new).await?;
        let changes = vec![
            views::set_password(&account.id, &hash, now),
            views::end_other_sessions(&account.id, "", now),
            views::drop_steps(&account.id),
            views::forget_browsers(&account.id),
        ];
        let ctx = by(&account.subject, now);
        self.order(&account.id, Command::SetPassword, changes, ctx)
            .await?;
        self.db().forget_lately();
        Ok(self.begin(&account, client, now).await?.to("/account"))
    }

    /// The account of a session, after asking its password once more.
    pub(super) async fn confirm_password(
        &self,
        session_id: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Account, Failure> {
        let account = self.account_of(session_id).await?;
        self.count(&[Tried::OwnPassword(&account.id)], now).await?;
        let stored = Some(account.password.as_str());
        if !self.0.passwords.verify(password, stored).await? {
            return Err(Refusal::NotRecognised.into());
        }
        self.forget(Tried::OwnPassword(&account.id), now).await?;
        Ok(account)
    }

    /// Begins the enrolment of another device for an account that was just proved.
    pub(super) async fn begin_enrolment(
        &self,
        account: &Account,
        next_path: &str,
        now: Timestamp,
    ) -> Result<String, Trouble> {
        let device = Some(second_step::new_secret());
        self.begin_step(account, device, next_path, now).await
    }
}
