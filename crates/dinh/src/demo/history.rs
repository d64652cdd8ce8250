//! Ninety days of dossiers, played in the order of time: each act happens at its own moment, and timers
//! that pass between two acts are fired as the worker would have.
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use facts::calendar::Limit;
use facts::procedure::{Channel, Procedure};
use jiff::{SignedDuration, Timestamp};
use kernel::timer;
use matters::dossier::{Code, Command, Paper, PaperForm, Party, ReturnWay, Submission, day_of};

use super::answers;
use super::clerk::{Clerk, Fate, citizen};
use super::world::World;
use crate::floorplan;
use crate::house::House;
use crate::serve::now;

/// The days played.
const DAYS: i64 = 90;
/// Working minutes in ninety days that are open for submissions: sixty-odd days of eight hours.
const OPENING: u32 = 62 * 480;
/// Minutes of work between two acts: a day at the most, so that many dossiers are in the middle.
const PACE: [u32; 7] = [20, 45, 90, 160, 240, 400, 480];

/// A dossier and its next moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    at: Timestamp,
    number: usize,
}

struct Made {
    id: String,
    fate: Fate,
    agency: String,
    acts: usize,
}

/// Plays about `count` dossiers until now. Returns how many there are.
///
/// # Errors
/// A sentence with the first thing that went otherwise than planned.
pub async fn play(house: &House, world: &World, count: usize) -> Result<usize, String> {
    let ground = &house.ground;
    let scan = scan(house).await?;
    let mut clerk = Clerk::new(ground, scan);
    let begin = now() - SignedDuration::from_hours(24 * DAYS);
    let mut queue = BinaryHeap::new();
    for number in 0..count {
        let minutes = OPENING / u32::try_from(count.max(1)).unwrap_or(1);
        let minutes = minutes * u32::try_from(number).unwrap_or(0);
        let calendar = ground.law.calendars.of(world.communes[0].id.as_str());
        let at = calendar.due_at(begin, &Limit::WorkingMinutes(minutes.max(1)));
        queue.push(Reverse(Next {
            at: at.map_err(|e| e.en())?,
            number,
        }));
    }
    let mut made: Vec<Option<Made>> = (0..count).map(|_| None).collect();
    while let Some(Reverse(Next { at, number })) = queue.pop() {
        if at >= now() {
            continue;
        }
        fire_timers(house, at).await?;
        let goes_on = match &mut made[number] {
            None => {
                made[number] = Some(submit(house, world, &mut clerk, number, at).await?);
                true
            }
            Some(dossier) => {
                dossier.acts += 1;
                clerk
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
    fire_timers(house, now()).await?;
    Ok(made.iter().flatten().count())
}

/// When the next act of this dossier is due to happen: some working minutes later, now and then days.
fn later(house: &House, dossier: &Made, number: usize, at: Timestamp) -> Result<Timestamp, String> {
    let mut minutes = PACE[(number * 5 + dossier.acts * 3) % PACE.len()];
    // One dossier in fourteen waits three days at one of its steps, and becomes late.
    if number % 14 == 3 && dossier.acts == 2 {
        minutes += 3 * 480;
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
    clerk: &mut Clerk<'_>,
    number: usize,
    at: Timestamp,
) -> Result<Made, String> {
    let ground = &house.ground;
    let commune = &world.communes[number % world.communes.len()];
    let person = &world.citizens[number * 7 % world.citizens.len()];
    let procedures: Vec<&Arc<Procedure>> = ground.catalogue().published(day_of(at)).collect();
    let procedure = procedures[number * 3 % procedures.len()];
    let agency = commune.id.as_str().to_owned();
    let code = ground
        .numbers
        .code(&agency, at)
        .await
        .map_err(|e| e.to_string())?;
    let given = answers::of(&procedure.sample, person, commune, day_of(at));
    let papers = papers(procedure, &given, &clerk.scan);
    let address = person.address.as_ref();
    let submission = Submission {
        code: Code::clone(&code),
        procedure: procedure.key.clone(),
        agency: agency.clone(),
        reception: agency.clone(),
        channel: channel(procedure, number),
        applicant: Party {
            person: person.id.clone(),
            name: person.name.clone(),
            personal_id: person
                .personal_id
                .as_ref()
                .map(|number| number.as_str().to_owned())
                .unwrap_or_default(),
            address: address
                .map(|address| ground.places.address_text(address, day_of(at)))
                .unwrap_or_default(),
            phone: person.phone.clone().unwrap_or_default(),
            email: String::new(),
        },
        filer: None,
        answers: given,
        papers,
        paper_names: serde_json::json!({}),
        return_way: ReturnWay::Counter {
            agency: agency.clone(),
        },
    };
    let online = submission.channel == Channel::Online;
    let doer = if online {
        citizen(&person.id)
    } else {
        clerk
            .officer(&agency, facts::agency::Right::Intake, at)
            .await?
    };
    let id = format!("00000000-0000-4000-9000-{number:012}");
    let submitted = clerk
        .give(&id, &doer, Command::Submit(Box::new(submission)), at)
        .await;
    submitted.map_err(|error| format!("{} {code}: {error}", procedure.key))?;
    Ok(Made {
        id,
        fate: fate(number),
        agency,
        acts: 0,
    })
}

fn channel(procedure: &Procedure, number: usize) -> Channel {
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

fn papers(procedure: &Procedure, answers: &kernel::Json, scan: &str) -> Vec<Paper> {
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
async fn scan(house: &House) -> Result<String, String> {
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
