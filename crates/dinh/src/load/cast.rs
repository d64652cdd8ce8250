//! Who plays: the communes with an officer for each right, from the content inside the program, and
//! citizens who register themselves. Does not know: what they do.
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use facts::agency::{Agency, AgencyLevel, OfficeFile, Offices, Position, Right, Term};
use facts::people::{PartialDate, Person, PersonKind};
use facts::procedure::{Catalogue, Procedure};
use jiff::civil::Date;

use super::browser::{Browser, Mishap};
use super::crowd;
use super::tally::Tally;
use super::wire::Target;
use crate::demo::PASSWORD;

/// Rights without which no dossier comes to its end.
const RIGHTS: [Right; 7] = [
    Right::Intake,
    Right::Appraise,
    Right::Endorse,
    Right::Approve,
    Right::Issue,
    Right::CollectFee,
    Right::Deliver,
];
/// One officer's session is shared by so many clients, as one officer serves many citizens.
const CLIENTS_A_SESSION: usize = 8;
/// Days of the month that every month has.
const DAYS: u32 = 28;

/// One commune and who does what there.
pub struct Office {
    /// The commune.
    pub agency: Agency,
    logins: BTreeMap<&'static str, String>,
}

/// What is played, and where.
pub struct Stage {
    /// Communes in which every right is held.
    pub offices: Vec<Office>,
    /// The procedure.
    pub procedure: Arc<Procedure>,
}

impl Stage {
    /// Reads it from a content folder.
    ///
    /// # Errors
    /// A sentence with what is missing.
    pub fn read(content: &Path, code: &str, today: Date) -> Result<Self, String> {
        let files = Offices::load(content).map_err(|faults| crate::check::list(&faults))?;
        let catalogue = Catalogue::load(content).map_err(|faults| crate::check::list(&faults))?;
        let found = catalogue.published(today).find(|one| one.key.code == code);
        let procedure = found
            .cloned()
            .ok_or_else(|| format!("no procedure {code} today"))?;
        let field = procedure.field.code.as_str();
        let of_file = |file| offices(file, field, today);
        let offices: Vec<Office> = files.iter().flat_map(of_file).collect();
        if offices.is_empty() {
            return Err("no commune of the content has an officer for every step".into());
        }
        Ok(Self { offices, procedure })
    }
}

fn offices(file: &OfficeFile, field: &str, today: Date) -> Vec<Office> {
    let communes = file
        .agencies
        .iter()
        .filter(|one| one.level == AgencyLevel::Commune);
    let cast = communes.map(|agency| Office {
        agency: agency.clone(),
        logins: logins(file, (agency, field), today),
    });
    cast.filter(|office| office.logins.len() == RIGHTS.len())
        .collect()
}

/// Who holds each right for dossiers of the field; names of officers are their names at the door.
fn logins(
    file: &OfficeFile,
    (agency, field): (&Agency, &str),
    today: Date,
) -> BTreeMap<&'static str, String> {
    let handles = |position: &Position| {
        let unit = file.units.iter().find(|unit| unit.id == position.unit);
        let of_unit = unit.map_or(&[][..], |unit| &unit.fields);
        let fields = match position.fields.as_slice() {
            [] => of_unit,
            own => own,
        };
        fields.is_empty() || fields.iter().any(|named| named == field)
    };
    let mut logins = BTreeMap::new();
    for right in RIGHTS {
        let holds = |id: &str| {
            let held = file.positions.iter().find(|one| one.id == id);
            held.is_some_and(|one| {
                one.agency == agency.id && one.rights.contains(&right) && handles(one)
            })
        };
        let mut all = file.appointments.iter();
        let found = all.find(|one| holds(&one.position) && in_force(&one.term, today));
        if let Some(found) = found {
            logins.insert(right.as_str(), found.officer.clone());
        }
    }
    logins
}

fn in_force(term: &Term, today: Date) -> bool {
    term.from <= today && term.to.is_none_or(|end| today < end)
}

/// Everybody's browsers, signed in.
pub struct Cast {
    /// For each office, each right: a browser for every [`CLIENTS_A_SESSION`] clients.
    officers: Vec<BTreeMap<&'static str, Vec<Browser>>>,
}

impl Cast {
    /// Signs the officers in, enough for so many clients.
    ///
    /// # Errors
    /// A sentence when one cannot.
    pub async fn sign_in(
        stage: &Stage,
        target: &Arc<Target>,
        clients: usize,
        tally: &mut Tally,
    ) -> Result<Self, String> {
        let each = clients
            .div_ceil(stage.offices.len())
            .div_ceil(CLIENTS_A_SESSION);
        let mut officers = Vec::new();
        let mut visitor = 0;
        for office in &stage.offices {
            let mut browsers: BTreeMap<&'static str, Vec<Browser>> = BTreeMap::new();
            for (right, login) in &office.logins {
                for _ in 0..each {
                    visitor += 1;
                    let mut browser = Browser::new(Arc::clone(target), address(visitor, target));
                    let entered = enter(&mut browser, tally, "/sign-in/officer", login).await;
                    entered.map_err(|mishap| format!("{login}: {}", mishap.words()))?;
                    browsers.entry(right).or_default().push(browser);
                }
            }
            officers.push(browsers);
        }
        Ok(Self { officers })
    }

    /// A window of each officer's browser for client `number`.
    #[must_use]
    pub fn windows(&self, number: usize) -> BTreeMap<&'static str, Browser> {
        let office = &self.officers[number % self.officers.len()];
        let turn = number / self.officers.len();
        let window = |browsers: &Vec<Browser>| browsers[turn % browsers.len()].window();
        office
            .iter()
            .map(|(right, browsers)| (*right, window(browsers)))
            .collect()
    }
}

async fn enter(
    browser: &mut Browser,
    tally: &mut Tally,
    door: &str,
    login: &str,
) -> Result<(), Mishap> {
    let page = browser.get(tally, door).await?;
    let mut form = main_form(&page)?;
    form.set("login", login);
    form.set("password", PASSWORD);
    let taken = browser.send(tally, &page, &form).await?;
    browser.get(tally, &taken.next).await.map(|_| ())
}

/// Makes an account for a made-up citizen and signs in with it.
///
/// # Errors
/// When the door refuses.
pub async fn register(
    browser: &mut Browser,
    tally: &mut Tally,
    person: &Person,
) -> Result<(), Mishap> {
    let page = browser.get(tally, "/register").await?;
    let mut form = main_form(&page)?;
    let number = person
        .personal_id
        .as_ref()
        .map_or("", |number| number.as_str());
    form.set("personal_id", number);
    form.set("name", &person.name);
    if let Some(PartialDate::Day(day)) = person.birth {
        form.set("birth-day", &day.day().to_string());
        form.set("birth-month", &day.month().to_string());
        form.set("birth-year", &day.year().to_string());
    }
    form.set("phone", person.phone.as_deref().unwrap_or_default());
    form.set("password", PASSWORD);
    form.set("again", PASSWORD);
    let taken = browser.send(tally, &page, &form).await?;
    browser.get(tally, &taken.next).await.map(|_| ())
}

fn main_form(page: &super::browser::Seen) -> Result<super::form::Form, Mishap> {
    let missing = || Mishap::Refused(format!("{}: no form", page.address));
    page.page.main_form().cloned().ok_or_else(missing)
}

/// The citizen of client `number` in the run that began with `seed`: nobody else has their number.
#[must_use]
pub fn citizen(seed: u64, number: usize, today: Date) -> Person {
    let number = u64::try_from(number).unwrap_or(0);
    // Digits behind the province, sex and year: the run and the client.
    let serial = (seed.wrapping_mul(4_099) + number) % 1_000_000;
    let day = u32::try_from(serial).unwrap_or(0) % DAYS + 1;
    Person {
        id: String::new(),
        kind: PersonKind::Citizen,
        personal_id: format!("066090{serial:06}").parse().ok(),
        tax_code: None,
        name: crowd::name(serial),
        birth: format!("1990-05-{day:02}").parse().ok(),
        sex: None,
        phone: Some(format!("0905{serial:06}")),
        email: None,
        address: None,
        valid_from: today,
        valid_to: None,
        origin: facts::people::Origin::Office,
    }
}

/// An address from which nobody has asked for minutes, in the run before neither: limits remember.
#[must_use]
pub fn fresh_address(looker: usize, target: &Target) -> Option<IpAddr> {
    let moment = crate::serve::now().as_millisecond().unsigned_abs();
    let moment = usize::try_from(moment).unwrap_or(0) * LOOKERS;
    address(FRESH_FROM + (moment + looker % LOOKERS) % FRESH, target)
}

/// Addresses that are given out anew, behind those of clients.
const FRESH_FROM: usize = 1_000_000;
/// So many: each comes again after three minutes.
const FRESH: usize = 12_000_000;
/// Who may ask for one in the same millisecond.
const LOOKERS: usize = 64;

/// The n-th visitor comes from 127.1.x.y: limits that count by address see many people, not one.
#[must_use]
pub fn address(number: usize, target: &Target) -> Option<IpAddr> {
    let number = u32::try_from(number).unwrap_or(0);
    let base = u32::from(Ipv4Addr::new(127, 1, 0, 0));
    let usable = target.address.ip().is_loopback() && target.address.is_ipv4();
    usable.then(|| IpAddr::V4(Ipv4Addr::from(base + 1 + number % 0x00F0_0000)))
}
