//! The way back in: a one-time code is printed for an account, and used once to set a password or a
//! device anew. All sessions from before end then.
//! Does not know: who may have one printed (the pages), how it looks on paper.
use jiff::Timestamp;
use kernel::{Ctx, Statement, Trouble};
use web::Kind;

use super::account::{Accounts, Command, NewCode, Resets, Seen, holding};
use super::attempts::{Tried, Whence};
use super::{
    Account, Client, Entered, Failure, Identity, Refusal, SecondStep, by, one_time, rules, views,
};

/// A code as it is handed over: it is known nowhere else.
pub struct HandedOver {
    /// Whose.
    pub account: Account,
    /// The code.
    pub code: String,
    /// What may be set anew with it.
    pub resets: Resets,
    /// Until when it holds.
    pub until: Timestamp,
}

/// What somebody types who has a code.
pub struct CodeGiven<'a> {
    /// Number or login, as typed.
    pub login: &'a str,
    /// The code, as typed.
    pub code: &'a str,
    /// The new password; of a code for the device the present one.
    pub password: &'a str,
}

/// A fresh code for an account, and what the journal keeps of it.
pub(super) fn new_code(account: &str, resets: Resets, seen: &[Seen]) -> (String, NewCode) {
    let code = one_time::fresh();
    let kept = NewCode {
        resets,
        digest: one_time::digest(account, &code).unwrap_or_default(),
        seen: seen.to_vec(),
    };
    (code, kept)
}

impl Identity {
    /// Prints a code for an account. Who may do that is the caller's question.
    pub async fn print_code(
        &self,
        account: Account,
        (resets, seen): (Resets, &[Seen]),
        ctx: Ctx,
    ) -> Result<HandedOver, Failure> {
        let (code, kept) = new_code(&account.id, resets, seen);
        self.hand_over(account, (code, Command::PrintCode(kept)), Vec::new(), ctx)
            .await
    }

    /// Orders what prints a code, and hands the code over.
    pub(super) async fn hand_over(
        &self,
        account: Account,
        (code, command): (String, Command),
        along: Vec<Statement>,
        ctx: Ctx,
    ) -> Result<HandedOver, Failure> {
        let handled = self.order(&account.id, command, along, ctx).await?;
        // A form that was sent twice: the code of the first answer is the one that holds.
        let printed = handled.state.printed.filter(|_| !handled.repeated);
        let printed = printed.ok_or(Refusal::PrintedBefore)?;
        Ok(HandedOver {
            account,
            code,
            resets: printed.resets,
            until: printed.until,
        })
    }

    /// The account and the printed code that this is, if it holds.
    pub async fn code_holds(
        &self,
        (login, code): (&str, &str),
        client: &Client,
        now: Timestamp,
    ) -> Result<(Account, Resets), Failure> {
        let officer = rules::officer_login(login);
        let citizen = rules::citizen_login(login);
        let name = citizen.as_deref().unwrap_or(&officer);
        let address = client.address.as_str();
        let tried = [Tried::Address(address), Tried::OneTime(name, address)];
        self.count(&tried, now).await?;
        let mut doors = vec![(Kind::Officer, officer.as_str())];
        doors.extend(citizen.as_deref().map(|number| (Kind::Citizen, number)));
        for (door, login) in doors {
            let Some(account) = views::account_by_login(self.db(), door, login).await? else {
                continue;
            };
            let Some(digest) = one_time::digest(&account.id, code) else {
                continue;
            };
            let journal = &self.0.ground.journal;
            let (state, _) = journal.load(&Accounts, &account.id).await?;
            if let Ok(printed) = holding(&state, &digest, now) {
                self.give_back(Tried::Address(address)).await?;
                self.forget(Tried::OneTime(name, address), now).await?;
                return Ok((account, printed.resets));
            }
        }
        Err(Refusal::CodeNotRecognised.into())
    }

    /// Uses a code: what it may set anew is, all sessions end, and its holder goes on as after a
    /// good password.
    pub async fn use_code(
        &self,
        given: &CodeGiven<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<Entered, Failure> {
        let pair = (given.login, given.code);
        let (account, resets) = self.code_holds(pair, client, now).await?;
        let mut along = vec![
            views::end_other_sessions(&account.id, "", now),
            views::drop_steps(&account.id),
            views::forget_browsers(&account.id),
        ];
        if resets.password() {
            let chars_min = self.chars_min_after(&account, resets);
            rules::check_password(given.password, &account.login, chars_min)
                .map_err(Refusal::Password)?;
            let hash = self.0.passwords.hash(given.password).await?;
            along.push(views::set_password(&account.id, &hash, now));
        } else {
            self.present_password(&account, given.password, client, now)
                .await?;
        }
        if resets.device() {
            along.extend(views::remove_device(&account.id));
        }
        let digest = one_time::digest(&account.id, given.code).unwrap_or_default();
        let ctx = by(&account.subject, now);
        self.order(&account.id, Command::UseCode { digest }, along, ctx)
            .await?;
        self.db().forget_lately();
        let account = views::account_by_id(self.db(), &account.id).await?;
        let account = account.ok_or(Refusal::AccountClosed)?;
        self.pass_on(&account, "", client, now).await
    }

    /// How long the password must be that a code sets: beside a second step it may be shorter.
    pub(super) fn chars_min_after(&self, account: &Account, resets: Resets) -> usize {
        let keeps_device = account.totp_secret.is_some() && !resets.device();
        let required = self.0.officers_second_step == SecondStep::Required;
        let enrols = account.door == Kind::Officer && required;
        rules::password_chars_min(keeps_device || enrols)
    }

    /// The password that an account has, of somebody who proved a code for the device.
    async fn present_password(
        &self,
        account: &Account,
        password: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let from = Whence::Strange(&client.address);
        let tried = || Tried::Password(account.door, &account.login, from);
        self.count(&[tried()], now).await?;
        let stored = Some(account.password.as_str()).filter(|stored| !stored.is_empty());
        let good = self.0.passwords.verify(password, stored).await?;
        if !good || stored.is_none() {
            return Err(Refusal::NotRecognised.into());
        }
        self.forget(tried(), now).await?;
        Ok(())
    }

    /// Whether this is the code that was printed last for an account and still holds: so a letter
    /// is printed again only by whoever has the code before them.
    pub async fn is_printed(
        &self,
        account: &Account,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<(Resets, Timestamp)>, Trouble> {
        let journal = &self.0.ground.journal;
        let (state, _) = journal.load(&Accounts, &account.id).await?;
        let digest = one_time::digest(&account.id, code).unwrap_or_default();
        let printed = holding(&state, &digest, now).ok();
        Ok(printed.map(|printed| (printed.resets, printed.until)))
    }
}
