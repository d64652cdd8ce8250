//! `dinh officer`: accounts of officers for whoever runs the program: the first administrator of a
//! fresh house, and a way back when an agency has none left. Everything is kept in the journal.
use clap::Subcommand;
use facts::agency::{Officer, Right};
use kernel::Ctx;
use work::identity::account::{CloseReason, Resets, Way};
use work::identity::{Account, Failure, HandedOver, Refusal};

use crate::house::House;
use crate::serve::now;
use crate::settings::Settings;

/// What can be done with accounts of officers.
#[derive(Subcommand)]
pub enum Asked {
    /// Lists the officers on file with their accounts; `*` marks who administers the agency.
    List {
        /// Only of this agency, for example `H15.101`.
        #[arg(long)]
        agency: Option<String>,
    },
    /// Makes the account of an officer on file and prints a one-time code for it, once.
    Add {
        /// Id of the officer, as in the file of the agency.
        officer: String,
        /// The name to sign in with; without it the officer's id.
        #[arg(long)]
        login: Option<String>,
    },
    /// Closes an account and ends its sessions.
    Close {
        /// Id of the officer.
        officer: String,
        /// `left`, `misused` or `mistake`.
        #[arg(long, default_value = "left", value_parser = reason)]
        reason: CloseReason,
    },
    /// Opens a closed account again and prints a one-time code for it, once.
    Reopen {
        /// Id of the officer.
        officer: String,
    },
    /// Prints a one-time code, once.
    Code {
        /// Id of the officer.
        officer: String,
        /// What is set anew with it: `password`, `device` or `both`.
        #[arg(long, default_value = "both", value_parser = resets)]
        resets: Resets,
    },
}

fn reason(word: &str) -> Result<CloseReason, String> {
    CloseReason::read(word).ok_or_else(|| "left, misused or mistake".to_owned())
}

fn resets(word: &str) -> Result<Resets, String> {
    Resets::read(word).ok_or_else(|| "password, device or both".to_owned())
}

/// Does it, and prints what came of it.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(asked: Asked, settings: Settings) -> Result<(), String> {
    let house = House::open(settings).await?;
    let done = told(&house, asked).await;
    house.ground.db().close().await;
    println!("{}", done?);
    Ok(())
}

/// What is printed.
async fn told(house: &House, asked: Asked) -> Result<String, String> {
    let identity = &house.identity;
    match asked {
        Asked::List { agency } => list(house, agency.as_deref()).await,
        Asked::Add { officer, login } => {
            let officer = on_file(house, &officer).await?;
            let login = login.unwrap_or_else(|| officer.id.clone());
            let made = identity.open_for(&officer, &login, Way::CommandLine, ctx());
            handed_over(house, made.await)
        }
        Asked::Close { officer, reason } => {
            let (officer, account) = account(house, &officer).await?;
            let closed = identity.close_account(&account, reason, ctx()).await;
            closed.map_err(words)?;
            Ok(format!("{}: closed, all sessions ended", officer.id))
        }
        Asked::Reopen { officer } => {
            let (_, account) = account(house, &officer).await?;
            handed_over(house, identity.reopen(account, ctx()).await)
        }
        Asked::Code { officer, resets } => {
            let (_, account) = account(house, &officer).await?;
            let given = identity.print_code(account, (resets, &[]), ctx()).await;
            handed_over(house, given)
        }
    }
}

async fn list(house: &House, only: Option<&str>) -> Result<String, String> {
    let mut text = String::new();
    let agencies = house.ground.offices.agencies(now()).await;
    for agency in agencies.map_err(|error| error.to_string())? {
        let id = agency.id.as_str();
        if only.is_some_and(|only| only != id) {
            continue;
        }
        let held = house.identity.officers_of(id, now()).await;
        text.push_str(&format!("{id}  {}\n", agency.name));
        for one in held.map_err(|error| error.to_string())? {
            let viewer = house.ground.offices.viewer(&one.officer.id, now()).await;
            let viewer = viewer.map_err(|error| error.to_string())?;
            let administers = viewer.post_in(id, Right::Administer).is_some();
            let mark = if administers { "*" } else { " " };
            let account = match &one.managed {
                None => "no account",
                Some(managed) if managed.closed_at.is_some() => "closed",
                Some(managed) if managed.account.password.is_empty() => "waits for its code",
                Some(_) => "open",
            };
            let (id, name) = (&one.officer.id, &one.officer.name);
            text.push_str(&format!("{mark} {id:<32} {account:<20} {name}\n"));
        }
    }
    if text.is_empty() {
        return Err("no agency of this identifier".into());
    }
    Ok(text)
}

async fn on_file(house: &House, id: &str) -> Result<Officer, String> {
    let officer = house.ground.offices.officer(id).await;
    let officer = officer.map_err(|error| error.to_string())?;
    officer.ok_or_else(|| {
        format!("{id}: no officer of this id in content/agencies; `dinh officer list` shows them")
    })
}

async fn account(house: &House, id: &str) -> Result<(Officer, Account), String> {
    let held = house.identity.held(on_file(house, id).await?).await;
    let held = held.map_err(|error| error.to_string())?;
    let managed = held.managed;
    let managed =
        managed.ok_or_else(|| format!("{id}: has no account; `dinh officer add {id}`"))?;
    Ok((held.officer, managed.account))
}

fn ctx() -> Ctx {
    Ctx {
        actor: "system".into(),
        office: String::new(),
        now: now(),
        command_id: web::fresh_command_id(now()),
    }
}

fn handed_over(house: &House, given: Result<HandedOver, Failure>) -> Result<String, String> {
    let given = given.map_err(words)?;
    let until = web::show::moment(given.until);
    Ok(format!(
        "{}\n\nlogin  {}\ncode   {}\n\nUse it at {}/account/code until {until}. It is shown this \
         once and works once.",
        given.account.display_name, given.account.login, given.code, house.settings.public_url
    ))
}

fn words(failure: Failure) -> String {
    match failure {
        Failure::Refusal(Refusal::NumberNotFree) => {
            "the officer has an account already, or the login is another's".into()
        }
        Failure::Refusal(Refusal::LoginUnfit) => {
            "a login is 3 to 64 of a-z, 0-9, dots and hyphens, and no personal number".into()
        }
        Failure::Refusal(Refusal::AccountClosed) => {
            "the account is closed; `dinh officer reopen` opens it".into()
        }
        Failure::Refusal(Refusal::AccountOpen) => "the account is open".into(),
        Failure::Trouble(trouble) => trouble.to_string(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINH: &str = "huynh-nhat-minh.bmt";

    async fn fresh(url: &str) -> House {
        let folder = std::env::temp_dir().join(format!("dinh-officer-{}", web::fresh_id()));
        let files = folder.join("files").display().to_string();
        let environment = [
            ("DINH_DATABASE_URL", url.to_owned()),
            ("DINH_FILES_FOLDER", files),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        let settings = Settings::read(None, environment.into_iter()).expect("settings");
        House::open(settings).await.expect("opens")
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_first_administrator_of_a_fresh_house_comes_from_the_command_line() {
        for url in kernel::proof::fresh_urls().await {
            let house = fresh(&url).await;
            let officer = || MINH.to_owned();
            let add = |login: Option<&str>| Asked::Add {
                officer: officer(),
                login: login.map(str::to_owned),
            };
            let close = || Asked::Close {
                officer: officer(),
                reason: CloseReason::Left,
            };
            let code = || Asked::Code {
                officer: officer(),
                resets: Resets::Both,
            };
            assert!(told(&house, close()).await.is_err(), "no account yet");
            assert!(told(&house, add(Some("Ô kê"))).await.is_err());
            let text = told(&house, add(None)).await.expect("a code");
            let printed = text.split("code   ").nth(1).expect("a code");
            assert_eq!(printed.find('\n'), Some(19), "{text}");
            assert!(text.contains(&format!("login  {MINH}\n")));
            assert!(told(&house, add(None)).await.is_err(), "once");
            let list = told(
                &house,
                Asked::List {
                    agency: Some("H15.101".into()),
                },
            );
            let list = list.await.expect("a list");
            let line = list.lines().find(|line| line.contains(MINH));
            let line = line.expect("the officer");
            assert!(
                line.starts_with("* ") && line.contains("waits for its code"),
                "{line}"
            );
            assert!(!list.contains("eakar"));
            told(&house, close()).await.expect("closed");
            assert!(told(&house, code()).await.is_err(), "closed");
            let again = told(&house, Asked::Reopen { officer: officer() }).await;
            assert!(again.expect("open again").contains("code   "));
            assert!(told(&house, code()).await.is_ok());
            let unknown = Asked::Reopen {
                officer: "ai-do".into(),
            };
            assert!(told(&house, unknown).await.is_err());
            house.ground.db().close().await;
        }
    }
}
