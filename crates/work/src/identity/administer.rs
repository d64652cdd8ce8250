//! What whoever administers an agency does with the accounts of its officers, and whoever runs the
//! program with the first ones.
//! Does not know: dossiers; who may ask (the pages), how a code looks on paper.
use facts::agency::{Officer, Right};
use jiff::Timestamp;
use kernel::{Ctx, Trouble};
use uuid::Uuid;
use web::Kind;

use super::account::{CloseReason, Command, Door, Resets, Way};
use super::codes::new_code;
use super::views::{self, Managed};
use super::{Account, Failure, HandedOver, Identity, Refusal, rules};

/// An officer on file with the account, if there is one.
pub struct Held {
    /// Who.
    pub officer: Officer,
    /// The account.
    pub managed: Option<Managed>,
    /// Has no post in force any more.
    pub former: bool,
}

impl Held {
    /// Whether somebody enters by it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.managed
            .as_ref()
            .is_some_and(|managed| managed.closed_at.is_none())
    }
}

impl Identity {
    /// The officers of an agency with their accounts: those who hold a post now, then those without
    /// any post whose last one was there and whose account is open.
    pub async fn officers_of(&self, agency: &str, now: Timestamp) -> Result<Vec<Held>, Trouble> {
        let offices = &self.0.ground.offices;
        let present = offices.officers(agency, now).await?;
        let former = offices.former_officers(agency, now).await?;
        let count = present.len();
        let officers: Vec<Officer> = present.into_iter().chain(former).collect();
        let ids: Vec<&str> = officers.iter().map(|officer| officer.id.as_str()).collect();
        let accounts = views::accounts_of(self.db(), Kind::Officer, &ids).await?;
        let held = officers.into_iter().enumerate().map(|(at, officer)| Held {
            managed: one_of(&accounts, &officer.id),
            former: at >= count,
            officer,
        });
        Ok(held.filter(|one| !one.former || one.is_open()).collect())
    }

    /// One officer on file with the account.
    pub async fn held(&self, officer: Officer) -> Result<Held, Trouble> {
        let accounts = views::accounts_of(self.db(), Kind::Officer, &[&officer.id]).await?;
        Ok(Held {
            managed: one_of(&accounts, &officer.id),
            former: false,
            officer,
        })
    }

    /// Makes the account of an officer on file, without a password: a code sets the first one.
    pub async fn open_for(
        &self,
        officer: &Officer,
        login: &str,
        way: Way,
        ctx: Ctx,
    ) -> Result<HandedOver, Failure> {
        let login = rules::new_officer_login(login).ok_or(Refusal::LoginUnfit)?;
        let held = views::accounts_of(self.db(), Kind::Officer, &[&officer.id]).await?;
        if !held.is_empty() {
            return Err(Refusal::OfficerHasAccount.into());
        }
        let account = Account {
            id: Uuid::new_v4().to_string(),
            door: Kind::Officer,
            login,
            subject: officer.id.clone(),
            display_name: officer.name.clone(),
            password: String::new(),
            password_at: ctx.now,
            totp_secret: None,
            created_at: ctx.now,
        };
        self.open_with_code(account, (way, &[]), Vec::new(), ctx)
            .await
    }

    /// Closes an account at once, with all its sessions.
    pub async fn close_account(
        &self,
        account: &Account,
        reason: CloseReason,
        ctx: Ctx,
    ) -> Result<(), Failure> {
        let along = views::close_account(&account.id, ctx.now);
        self.order(&account.id, Command::Close(reason), along, ctx)
            .await?;
        self.db().forget_lately();
        Ok(())
    }

    /// Opens a closed account again; a code sets its password and its device.
    pub async fn reopen(&self, account: Account, ctx: Ctx) -> Result<HandedOver, Failure> {
        let (code, kept) = new_code(&account.id, Resets::Both, &[]);
        let along = views::reopen_account(&account.id, ctx.now);
        self.hand_over(account, (code, Command::Reopen(kept)), along, ctx)
            .await
    }

    /// Makes an account that has a code and no password yet.
    pub(super) async fn open_with_code(
        &self,
        account: Account,
        (way, seen): (Way, &[super::account::Seen]),
        mut along: Vec<kernel::Statement>,
        ctx: Ctx,
    ) -> Result<HandedOver, Failure> {
        let (code, kept) = new_code(&account.id, Resets::Password, seen);
        let open = Command::Open {
            door: Door::from(account.door),
            subject: account.subject.clone(),
            way,
            code: Some(kept),
        };
        along.push(views::put_account(&account));
        let made = self.hand_over(account, (code, open), along, ctx).await;
        made.map_err(|failure| match failure {
            Failure::Trouble(Trouble::Conflict(_)) => Refusal::NumberNotFree.into(),
            other => other,
        })
    }

    /// Whether nobody else who administers this agency could enter if this officer could not.
    pub async fn is_last_administrator(
        &self,
        officer: &str,
        agency: &str,
        now: Timestamp,
    ) -> Result<bool, Trouble> {
        let mut own = false;
        for held in self.officers_of(agency, now).await? {
            let viewer = self.0.ground.offices.viewer(&held.officer.id, now).await?;
            if viewer.post_in(agency, Right::Administer).is_none() || !held.is_open() {
                continue;
            }
            if held.officer.id != officer {
                return Ok(false);
            }
            own = true;
        }
        Ok(own)
    }
}

/// The open account of an officer, or the one closed last.
fn one_of(accounts: &[Managed], officer: &str) -> Option<Managed> {
    let own = || accounts.iter().filter(|one| one.account.subject == officer);
    let open = own().find(|one| one.closed_at.is_none());
    open.or_else(|| own().next_back()).cloned()
}
