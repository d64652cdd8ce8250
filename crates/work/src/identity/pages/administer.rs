//! The pages of whoever administers an agency: its officers with their accounts; one is made,
//! closed, opened again, and given a one-time code.
//! Does not know: dossiers, other agencies.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use kernel::Ctx;
use web::ui::Choice;
use web::{
    Answer, FieldErrors, Flash, FormData, Problem, Redirect, Shell, SignedIn, Tone, Visit, render,
    render_with,
};

use super::super::account::{Accounts, CloseReason, Resets, Way};
use super::super::administer::Held;
use super::super::words::{self, word};
use super::super::{Failure, HandedOver, Identity};
use super::{explain, paper};

#[derive(Template)]
#[template(path = "identity/pages/administer.html")]
struct ListPage {
    shell: Shell,
    agencies: Vec<AgencyPart>,
}

struct AgencyPart {
    name: String,
    officers: Vec<OfficerLine>,
}

struct OfficerLine {
    href: String,
    name: String,
    posts: String,
    login: String,
    standing: &'static str,
    tone: Tone,
}

#[derive(Template)]
#[template(path = "identity/pages/administer_officer.html")]
struct OfficerPage {
    shell: Shell,
    href: String,
    name: String,
    posts: String,
    agency: String,
    login: String,
    exists: bool,
    closed: bool,
    has_password: bool,
    has_device: bool,
    code_until: String,
    last: bool,
    own: bool,
    new_login: String,
    resets: String,
    choices: Vec<Choice>,
    reasons: Vec<Choice>,
    life: Vec<LifeLine>,
    errors: FieldErrors,
}

struct LifeLine {
    at: String,
    what: String,
    who: String,
}

/// An officer whom the asker administers, and where.
struct Opened {
    held: Held,
    agency: String,
}

pub(super) async fn list(
    State(identity): State<Identity>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    shell: Shell,
) -> Answer {
    let mut agencies = Vec::new();
    for id in asker.viewer.agencies_with(Right::Administer) {
        let offices = &identity.0.ground.offices;
        let agency = offices.agency(id).await?.ok_or(Problem::NotFound)?;
        let mut officers = Vec::new();
        for held in identity.officers_of(id, visit.now()).await? {
            officers.push(line(&identity, &held, id, visit.now()).await?);
        }
        agencies.push(AgencyPart {
            name: agency.name,
            officers,
        });
    }
    render(&ListPage { shell, agencies })
}

async fn line(
    identity: &Identity,
    held: &Held,
    agency: &str,
    now: Timestamp,
) -> Result<OfficerLine, Problem> {
    let (standing, tone) = standing(held);
    let account = held.managed.as_ref().map(|managed| &managed.account);
    Ok(OfficerLine {
        href: href(&held.officer.id),
        name: held.officer.name.clone(),
        posts: posts(identity, held, agency, now).await?,
        login: account.map_or(String::new(), |account| account.login.clone()),
        standing,
        tone,
    })
}

fn standing(held: &Held) -> (&'static str, Tone) {
    match &held.managed {
        None => (word("account_none"), Tone::Quiet),
        Some(managed) if managed.closed_at.is_some() => (word("account_shut"), Tone::Bad),
        Some(managed) if managed.account.password.is_empty() => (word("account_waits"), Tone::Warn),
        Some(_) if held.former => (word("account_former"), Tone::Warn),
        Some(_) => (word("account_works"), Tone::Good),
    }
}

/// The titles of an officer's positions in the agency.
async fn posts(
    identity: &Identity,
    held: &Held,
    agency: &str,
    now: Timestamp,
) -> Result<String, Problem> {
    let offices = &identity.0.ground.offices;
    let posts = offices.posts_of(&held.officer.id, now).await?;
    let positions = offices.positions(agency, now).await?;
    let titles = positions.iter().filter(|position| {
        let mut own = posts.iter();
        own.any(|post| post.position == position.id)
    });
    let titles: Vec<&str> = titles.map(|position| position.title.as_str()).collect();
    Ok(titles.join("; "))
}

fn href(officer: &str) -> String {
    format!("/administer/{officer}")
}

/// The officer of this id, if the asker administers an agency where they hold a post or held the
/// last one; anybody else does not exist here.
async fn open(
    identity: &Identity,
    asker: &SignedIn<Viewer>,
    officer: &str,
    now: Timestamp,
) -> Result<Opened, Problem> {
    for agency in asker.viewer.agencies_with(Right::Administer) {
        let all = identity.officers_of(agency, now).await?;
        if let Some(held) = all.into_iter().find(|held| held.officer.id == officer) {
            let agency = agency.to_owned();
            return Ok(Opened { held, agency });
        }
    }
    Err(Problem::NotFound)
}

pub(super) async fn show(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let page = page(&identity, &opened, &asker, &visit).await?;
    render(&page)
}

async fn page(
    identity: &Identity,
    opened: &Opened,
    asker: &SignedIn<Viewer>,
    visit: &Visit,
) -> Result<OfficerPage, Problem> {
    let now = visit.now();
    let (held, agency) = (&opened.held, &opened.agency);
    let managed = held.managed.as_ref();
    let account = managed.map(|managed| &managed.account);
    let with_device = account.is_some_and(|account| account.totp_secret.is_some());
    let offered = Resets::ALL
        .into_iter()
        .filter(|one| with_device || !one.device());
    let (code_until, life) = life(identity, account.map(|one| one.id.as_str()), now).await?;
    let issuer = identity.0.ground.offices.agency(agency).await?;
    Ok(OfficerPage {
        href: href(&held.officer.id),
        name: held.officer.name.clone(),
        posts: posts(identity, held, agency, now).await?,
        agency: issuer.map(|agency| agency.name).unwrap_or_default(),
        login: account.map_or(String::new(), |account| account.login.clone()),
        exists: account.is_some(),
        closed: managed.is_some_and(|managed| managed.closed_at.is_some()),
        has_password: account.is_some_and(|account| !account.password.is_empty()),
        has_device: with_device,
        code_until,
        last: identity
            .is_last_administrator(&held.officer.id, agency, now)
            .await?,
        own: held.officer.id == asker.signed.subject,
        new_login: held.officer.id.clone(),
        resets: Resets::Password.as_str().to_owned(),
        choices: offered
            .map(|one| Choice::new(one.as_str(), paper::does(one)))
            .collect(),
        reasons: CloseReason::ALL
            .into_iter()
            .map(|one| Choice::new(one.as_str(), words::close_reason(one)))
            .collect(),
        life,
        errors: FieldErrors::new(),
        shell: Shell::new(visit),
    })
}

/// Until when a printed code holds, and what happened, the newest first.
async fn life(
    identity: &Identity,
    account: Option<&str>,
    now: Timestamp,
) -> Result<(String, Vec<LifeLine>), Problem> {
    /// More is a matter for an inspection of the journal.
    const SHOWN_MAX: usize = 50;
    let Some(account) = account else {
        return Ok((String::new(), Vec::new()));
    };
    let ground = &identity.0.ground;
    let (state, _) = ground.journal.load(&Accounts, account).await?;
    let printed = state.printed.filter(|printed| printed.until >= now);
    let until = printed.map(|printed| web::show::moment(printed.until));
    let entries = ground.journal.history(&Accounts, account).await?;
    let entries: Vec<_> = entries.into_iter().rev().take(SHOWN_MAX).collect();
    let actors: Vec<String> = entries.iter().map(|entry| entry.actor.clone()).collect();
    let known = ground.offices.officers_of(&actors).await?;
    let lines = entries.iter().map(|entry| {
        let officer = known.iter().find(|officer| officer.id == entry.actor);
        LifeLine {
            at: web::show::moment(entry.at),
            what: words::happened(&entry.event),
            who: officer.map_or(word("by_system").to_owned(), |officer| officer.name.clone()),
        }
    });
    Ok((until.unwrap_or_default(), lines.collect()))
}

/// Who administers, for which agency, by which form.
fn ctx(
    asker: &SignedIn<Viewer>,
    agency: &str,
    (visit, form): (&Visit, &FormData),
) -> Result<Ctx, Problem> {
    Ok(Ctx {
        actor: asker.signed.subject.clone(),
        office: agency.to_owned(),
        now: visit.now(),
        command_id: form.command_id()?.to_owned(),
    })
}

/// The page of a code, or the officer's page again with what is in the way.
async fn answered(
    identity: &Identity,
    (opened, asker): (&Opened, &SignedIn<Viewer>),
    (visit, field): (&Visit, &str),
    given: Result<HandedOver, Failure>,
) -> Answer {
    let way = href(&opened.held.officer.id);
    match given {
        Ok(given) => {
            let ways = paper::Ways {
                letter: format!("{way}/letter"),
                back: way,
            };
            paper::page(identity, visit, given, ways)
        }
        Err(failure) => {
            let mut errors = FieldErrors::new();
            let status = explain(failure, field, &mut errors, visit.now())?;
            let page = page(identity, opened, asker, visit).await?;
            render_with(status, &OfficerPage { errors, ..page })
        }
    }
}

pub(super) async fn account_made(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let ctx = ctx(&asker, &opened.agency, (&visit, &form))?;
    let login = form.text("login");
    let made = identity
        .open_for(&opened.held.officer, login, Way::Office, ctx)
        .await;
    answered(&identity, (&opened, &asker), (&visit, "login"), made).await
}

pub(super) async fn code_printed(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let ctx = ctx(&asker, &opened.agency, (&visit, &form))?;
    let resets = Resets::read(form.text("resets")).ok_or(Problem::BadRequest)?;
    let managed = opened.held.managed.clone().ok_or(Problem::NotFound)?;
    let given = identity
        .print_code(managed.account, (resets, &[]), ctx)
        .await;
    answered(&identity, (&opened, &asker), (&visit, "resets"), given).await
}

pub(super) async fn closed(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let managed = opened.held.managed.clone().ok_or(Problem::NotFound)?;
    let mut errors = FieldErrors::new();
    let reason = CloseReason::read(form.text("reason"));
    if reason.is_none() {
        errors.add("reason", word("close_reason_missing"));
    }
    let (officer, agency) = (&opened.held.officer.id, &opened.agency);
    let last = identity.is_last_administrator(officer, agency, visit.now());
    if last.await? && !form.has("sure") {
        errors.add("sure", word("last_administrator"));
    }
    let Some(reason) = reason.filter(|_| errors.is_empty()) else {
        let page = page(&identity, &opened, &asker, &visit).await?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render_with(status, &OfficerPage { errors, ..page });
    };
    let ctx = ctx(&asker, agency, (&visit, &form))?;
    identity
        .close_account(&managed.account, reason, ctx)
        .await?;
    let back = Redirect::to(href(officer)).with(Flash::good(word("account_closed_now")));
    Ok(back.into_response())
}

pub(super) async fn reopened(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let ctx = ctx(&asker, &opened.agency, (&visit, &form))?;
    let managed = opened.held.managed.clone().ok_or(Problem::NotFound)?;
    let given = identity.reopen(managed.account, ctx).await;
    answered(&identity, (&opened, &asker), (&visit, "resets"), given).await
}

/// The letter of the code that stands on the page.
pub(super) async fn letter(
    State(identity): State<Identity>,
    Path(officer): Path<String>,
    visit: Visit,
    asker: SignedIn<Viewer>,
    form: FormData,
) -> Answer {
    let opened = open(&identity, &asker, &officer, visit.now()).await?;
    let managed = opened.held.managed.ok_or(Problem::NotFound)?;
    let of = (&managed.account, form.text("one_time"));
    paper::letter(&identity, of, (&asker, &opened.agency), visit.now()).await
}
