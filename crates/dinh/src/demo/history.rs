//! Ninety days of dossiers, played in the order of time: each act happens at its own moment, and
//! timers that pass between two acts are fired as the worker would have.
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use facts::calendar::Limit;
use facts::people::Person;
use facts::procedure::{Channel, Procedure};
use jiff::{SignedDuration, Timestamp};
use kernel::timer;
use matters::dossier::{Code, Command, Paper, PaperForm, Party, ReturnWay, Submission, day_of};

use super::answers;
use super::player::{Fate, Player, citizen};
use super::showcase::{LATE_AFTER, SHOWN, Shown, changed};
use super::world::{WITH_ACCOUNT, World};
use crate::floorplan;
use crate::house::House;

/// The days played.
const DAYS: i64 = 90;
/// Working minutes in ninety days that are open for submissions: sixty-odd days of eight hours.
const OPENING: u32 = 62 * 480;
/// Working minutes between two acts where the law gives days.
const PACE: [u32; 7] = [20, 45, 90, 120, 180, 240, 300];
/// Working minutes between two acts where the result is due the same day.
const PACE_SAME_DAY: [u32; 5] = [4, 9, 15, 22, 30];
/// One dossier in so many comes in the last two days, so that every desk has something to do.
const RECENT: usize = 5;
/// Working minutes of those two days.
const RECENT_MINUTES: u32 = 2 * 480;

/// Working minutes between two arrivals of what is shown.
const SHOWN_MINUTES: u32 = 25;

/// A dossier and its next moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    at: Timestamp,
    number: usize,
}

/// A dossier to be made up.
struct Plan {
    arrival: Timestamp,
    fate: Fate,
    person: usize,
    procedure: Arc<Procedure>,
    commune: usize,
}

struct Made {
    id: String,
    fate: Fate,
    agency: String,
    acts: usize,
    same_day: bool,
}

/// Plays about `count` dossiers until `until`, and those that are shown always. Returns how many
/// there are.
///
/// # Errors
/// A sentence with the first thing that went otherwise than planned.
pub async fn play(
    house: &House,
    world: &World,
    count: usize,
    until: Timestamp,
) -> Result<usize, String> {
    let ground = &house.ground;
    let scan = scan(house).await?;
    let mut player = Player::new(ground, scan);
    let plans = plans(house, world, count, until)?;
    let mut queue: BinaryHeap<_> = plans
        .iter()
        .enumerate()
        .map(|(number, plan)| {
            let at = plan.arrival;
            Reverse(Next { at, number })
        })
        .collect();
    let mut made: Vec<Option<Made>> = plans.iter().map(|_| None).collect();
    while let Some(Reverse(Next { at, number })) = queue.pop() {
        if at >= until {
            continue;
        }
        fire_timers(house, at).await?;
        let goes_on = match &mut made[number] {
            None => {
                made[number] =
                    Some(submit(house, world, &mut player, (number, &plans[number])).await?);
                true
            }
            Some(dossier) => {
                dossier.acts += 1;
                player
                    .advance(&dossier.id, dossier.fate, at)
                    .await?
                    .is_some()
            }
        };
        if let (true, Some(dossier)) = (goes_on, &made[number]) {
            let later = later(house, dossier, number, at)?;
            queue.push(Reverse(Next { at: later, number }));
        }
    }
    fire_timers(house, until).await?;
    Ok(made.iter().flatten().count())
}

/// The ninety days, then what is shown always, in each commune.
fn plans(
    house: &House,
    world: &World,
    count: usize,
    until: Timestamp,
) -> Result<Vec<Plan>, String> {
    let mut plans = Vec::new();
    for number in 0..count {
        let arrival = arrival(house, world, (number, count), until)?;
        let catalogue = house.ground.catalogue();
        let procedures: Vec<_> = catalogue.published(day_of(arrival)).collect();
        plans.push(Plan {
            arrival,
            fate: fate(number),
            person: number * 7 % world.citizens.len(),
            procedure: Arc::clone(procedures[(number + number / RECENT) % procedures.len()]),
            commune: number % world.communes.len(),
        });
    }
    for commune in 0..world.communes.len() {
        for (number, shown) in SHOWN.iter().enumerate() {
            plans.push(shown_plan(house, world, (commune, number), (shown, until))?);
        }
    }
    Ok(plans)
}

fn shown_plan(
    house: &House,
    world: &World,
    (commune, number): (usize, usize),
    (shown, until): (&Shown, Timestamp),
) -> Result<Plan, String> {
    let begin = until - SignedDuration::from_hours(24 * shown.days_ago);
    let agency = world.communes[commune].id.as_str();
    let calendar = house.ground.law.calendars.of(agency);
    let limit = Limit::WorkingMinutes(SHOWN_MINUTES * (number as u32 + 1));
    let arrival = calendar.due_at(begin, &limit).map_err(|error| error.en())?;
    let mut known = house.ground.catalogue().published(day_of(arrival));
    let procedure = known.find(|procedure| procedure.key.code == shown.procedure);
    let procedure = procedure.ok_or_else(|| format!("no procedure {}", shown.procedure))?;
    Ok(Plan {
        arrival,
        fate: shown.fate,
        // Those with accounts come first.
        person: (number + commune) % WITH_ACCOUNT,
        procedure: Arc::clone(procedure),
        commune,
    })
}

/// When a dossier comes in: evenly over the ninety days, and some more in the last two.
fn arrival(
    house: &House,
    world: &World,
    (number, count): (usize, usize),
    until: Timestamp,
) -> Result<Timestamp, String> {
    let recent = number % RECENT == RECENT - 1;
    let (days, minutes) = if recent {
        (4, RECENT_MINUTES)
    } else {
        (DAYS, OPENING)
    };
    let begin = until - SignedDuration::from_hours(24 * days);
    let share = u64::from(minutes) * number as u64 / count.max(1) as u64;
    let limit = Limit::WorkingMinutes(u32::try_from(share).unwrap_or(0).max(1));
    let calendar = house.ground.law.calendars.of(world.communes[0].id.as_str());
    calendar.due_at(begin, &limit).map_err(|error| error.en())
}

/// When the next act of this dossier is due to happen: some working minutes later, now and then
/// days.
fn later(house: &House, dossier: &Made, number: usize, at: Timestamp) -> Result<Timestamp, String> {
    let turn = number * 5 + dossier.acts * 3;
    let mut minutes = if dossier.same_day {
        PACE_SAME_DAY[turn % PACE_SAME_DAY.len()]
    } else {
        PACE[turn % PACE.len()]
    };
    // One dossier in sixteen waits three days at one of its steps, and becomes late.
    if number % 16 == 3 && dossier.acts == 2 {
        minutes += 3 * 480;
    }
    // What is shown as late stays with the one who took it until its promise has passed.
    if dossier.fate == Fate::Late && dossier.acts == 2 {
        minutes = LATE_AFTER * 480;
    }
    let calendar = house.ground.law.calendars.of(&dossier.agency);
    calendar
        .due_at(at, &Limit::WorkingMinutes(minutes))
        .map_err(|error| error.en())
}

async fn fire_timers(house: &House, at: Timestamp) -> Result<(), String> {
    let journal = &house.ground.journal;
    let nouns = floorplan::nouns(&house.ground);
    loop {
        let passed = timer::passed(journal.db(), at)
            .await
            .map_err(|e| e.to_string())?;
        if passed.is_empty() {
            return Ok(());
        }
        for timer in passed {
            let noun = nouns
                .iter()
                .find(|noun| timer.stream.starts_with(noun.name()));
            let noun = noun.ok_or_else(|| format!("a timer of nobody: {}", timer.stream))?;
            // The moment of the timer, not of the act after it: as the worker would have heard it.
            let moment = timer.at;
            noun.fire(journal.clone(), timer, moment)
                .await
                .map_err(|e| e.to_string())?;
        }
    }
}

async fn submit(
    house: &House,
    world: &World,
    player: &mut Player<'_>,
    (number, plan): (usize, &Plan),
) -> Result<Made, String> {
    let ground = &house.ground;
    let at = plan.arrival;
    let commune = &world.communes[plan.commune];
    let person = &world.citizens[plan.person];
    let procedure = &plan.procedure;
    let agency = commune.id.as_str().to_owned();
    let code = ground
        .numbers
        .code(&agency, at)
        .await
        .map_err(|e| e.to_string())?;
    let given = answers::of(&procedure.sample, person, commune, day_of(at));
    let given = changed(plan.fate, given);
    let papers = papers(procedure, &given, &player.scan);
    let submission = Submission {
        code: Code::clone(&code),
        procedure: procedure.key.clone(),
        agency: agency.clone(),
        reception: agency.clone(),
        channel: channel(procedure, number),
        applicant: party(house, person, at),
        filer: None,
        answers: given.into(),
        papers,
        paper_names: serde_json::json!({}),
        post_address: String::new(),
        return_way: ReturnWay::Counter {
            agency: agency.clone(),
        },
    };
    let online = submission.channel == Channel::Online;
    let doer = if online {
        citizen(&person.id)
    } else {
        player
            .officer(
                (&agency, facts::agency::Right::Intake),
                &procedure.key.code,
                at,
            )
            .await?
    };
    let promised = &procedure.limit(submission.channel).promised;
    let same_day = matches!(promised, Limit::SameDay { .. });
    let id = format!("00000000-0000-4000-9000-{number:012}");
    let submitted = player
        .give(&id, &doer, Command::Submit(Box::new(submission)), at)
        .await;
    submitted.map_err(|error| format!("{} {code}: {error}", procedure.key))?;
    Ok(Made {
        id,
        fate: plan.fate,
        agency,
        acts: 0,
        same_day,
    })
}

fn party(house: &House, person: &Person, at: Timestamp) -> Party {
    let number = person
        .personal_id
        .as_ref()
        .map(|number| number.as_str().to_owned());
    let places = &house.ground.places;
    let address = person.address.as_ref();
    Party {
        person: person.id.clone(),
        name: person.name.clone(),
        personal_id: number.unwrap_or_default(),
        address: address
            .map(|it| places.address_text(it, day_of(at)))
            .unwrap_or_default(),
        phone: person.phone.clone().unwrap_or_default(),
        email: String::new(),
    }
}

/// How the `number`-th dossier comes: online three times of five, where that is offered.
#[must_use]
pub fn channel(procedure: &Procedure, number: usize) -> Channel {
    let wanted = if number % 5 < 3 {
        Channel::Online
    } else {
        Channel::Counter
    };
    let offered = procedure.channels.iter().map(|offer| offer.channel);
    offered
        .clone()
        .find(|channel| *channel == wanted)
        .or(offered.clone().next())
        .unwrap_or(wanted)
}

/// About what a good commune sees: nine of ten go smoothly.
fn fate(number: usize) -> Fate {
    match number % 40 {
        5 | 17 | 29 => Fate::Supplemented,
        11 => Fate::Refused,
        23 => Fate::Withdrawn,
        37 => Fate::Rejected,
        _ => Fate::Smooth,
    }
}

/// Every mandatory paper, each of them the one scanned sheet.
#[must_use]
pub fn papers(procedure: &Procedure, answers: &kernel::Json, scan: &str) -> Vec<Paper> {
    let required = procedure
        .papers_for(answers)
        .into_iter()
        .filter(|paper| paper.mandatory);
    let paper = |required: &facts::procedure::RequiredPaper| Paper {
        code: required.code.clone(),
        form: PaperForm::Electronic,
        count: 1,
        file: Some(scan.to_owned()),
    };
    required.map(paper).collect()
}

/// One printed sheet that stands for every scanned paper of the made-up past, and says so.
///
/// # Errors
/// A sentence when it cannot be printed or kept.
pub async fn scan(house: &House) -> Result<String, String> {
    let data = serde_json::json!({
        "agency": { "name": "Dữ liệu trình diễn" },
        "title": "Bản chụp giấy tờ",
        "subtitle": "Tờ này thay cho giấy tờ chụp của hồ sơ trình diễn",
        "body": ["Hồ sơ này do máy dựng lên để trình diễn; không có giấy tờ thật nào ở đây."],
        "signer": { "title": "Đình" },
    });
    let printed = house
        .ground
        .letters
        .pdf("result", data)
        .await
        .map_err(|e| e.to_string())?;
    let kept = house
        .ground
        .files
        .keep(&printed)
        .await
        .map_err(|e| e.to_string())?;
    Ok(kept.digest)
}
