//! `dinh load --fill N`: as many dossiers in the database of the settings, fast. Every one goes
//! through the law as any other does; only the transactions are large, and nobody is told.
//! Does not know: HTTP, how the dossiers are played with afterwards.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use facts::agency::Right;
use facts::people::Person;
use facts::procedure::{Catalogue, Channel, Procedure};
use jiff::{SignedDuration, Timestamp};
use kernel::{Bulk, Ctx};
use matters::dossier::{Command, Law, Order, Party, Phase, ReturnWay, Submission, day_of};
use uuid::Uuid;

use super::crowd::{mixed, person};
use crate::demo::{self, Doer, Fate, Player, citizen};
use crate::floorplan;
use crate::house::House;
use crate::serve::now;
use crate::settings::Settings;

/// Dossiers of one transaction: large enough that its commit costs nothing, small enough that it
/// stays some megabytes.
const AT_ONCE: usize = 50;
/// Tasks that decide while the database writes.
const HANDS: usize = 3;
/// Days over which they came in, or fewer: since every procedure of today is in force.
const DAYS_MAX: i32 = 730;
/// Between two acts.
const PACE: SignedDuration = SignedDuration::from_mins(3);
/// One in so many waits to be accepted, one is being appraised, one waits for a supplement; one
/// each was refused, withdrawn, rejected or supplemented; the rest is done.
const KINDS: u64 = 40;
/// What is open came in the last two hours and before this: nothing of it is late yet, and nothing
/// happens in the future.
const RECENT: SignedDuration = SignedDuration::from_secs(200);
/// Acts of one dossier, at the most: the longest process of ours has nine.
const ACTS_MAX: usize = 30;
/// Tell of the progress every so many dossiers.
const TELL: usize = 50_000;

/// What every hand works from.
struct Work {
    house: House,
    world: demo::World,
    scan: String,
    days: i64,
    count: usize,
    next: AtomicUsize,
    started: Instant,
}

/// Fills the database of the settings.
///
/// # Errors
/// A sentence with the first thing that went otherwise than planned.
pub async fn fill(settings: Settings, count: usize) -> Result<(), String> {
    let house = House::open(settings).await?;
    let db = house.ground.db().clone();
    let world = demo::settle_world(&house).await?;
    let work = Arc::new(Work {
        scan: demo::scan(&house).await?,
        world,
        days: days_in_force(house.ground.catalogue()),
        count,
        next: AtomicUsize::new(0),
        started: Instant::now(),
        house,
    });
    let hands: Vec<_> = (0..HANDS)
        .map(|_| tokio::spawn(hand(Arc::clone(&work))))
        .collect();
    for hand in hands {
        hand.await.map_err(|error| error.to_string())??;
    }
    kernel::log::place_all(&db, "fill", now)
        .await
        .map_err(|error| error.to_string())?;
    let readers = floorplan::readers(&work.house.ground);
    let settling = readers.into_iter().map(|reader| {
        let db = db.clone();
        tokio::spawn(async move { reader.settle(&db, "fill", now).await })
    });
    for reader in settling.collect::<Vec<_>>() {
        let settled = reader.await.map_err(|error| error.to_string())?;
        settled.map_err(|error| error.to_string())?;
    }
    db.analyze().await.map_err(|error| error.to_string())?;
    let seconds = work.started.elapsed().as_secs_f64();
    println!(
        "{count} dossiers in {seconds:.1} s, {:.0} a second",
        count as f64 / seconds
    );
    db.close().await;
    Ok(())
}

async fn hand(work: Arc<Work>) -> Result<(), String> {
    let ground = &work.house.ground;
    let mut player = Player::new(ground, work.scan.clone());
    loop {
        let first = work.next.fetch_add(AT_ONCE, Ordering::Relaxed);
        if first >= work.count {
            return Ok(());
        }
        let mut bulk = Bulk::new(&*ground.law);
        for number in first..work.count.min(first + AT_ONCE) {
            dossier(&work, &mut player, &mut bulk, number).await?;
        }
        let written = bulk.write(ground.db()).await;
        written.map_err(|error| error.to_string())?;
        if first.is_multiple_of(TELL) && first > 0 {
            println!(
                "{first} after {:.0} s",
                work.started.elapsed().as_secs_f64()
            );
        }
    }
}

async fn dossier(
    work: &Work,
    player: &mut Player<'_>,
    bulk: &mut Bulk<'_, Law>,
    number: usize,
) -> Result<(), String> {
    let (mut at, fate, until) = work.course(number);
    let id = Uuid::now_v7().to_string();
    let (doer, order) = work.submission(player, number, at).await?;
    let mut state = give(bulk, &id, (&doer, order, 0), at)?;
    for act in 0..ACTS_MAX {
        let Some(dossier) = state.dossier.as_deref() else {
            break;
        };
        if dossier.phase == until {
            break;
        }
        at += PACE;
        let next = player.next(dossier, fate, at).await?;
        let Some((doer, command)) = next else {
            break;
        };
        state = give(bulk, &id, (&doer, command, act + 1), at)?;
    }
    Ok(())
}

/// For how long as many procedures as today are in force.
fn days_in_force(catalogue: &Catalogue) -> i64 {
    let published = |ago: i32| {
        let day = now() - SignedDuration::from_hours(24) * ago;
        catalogue.published(day_of(day)).count()
    };
    let mut days = 0;
    while days < DAYS_MAX && published(days + 1) == published(0) {
        days += 1;
    }
    i64::from(days)
}

fn give(
    bulk: &mut Bulk<'_, Law>,
    id: &str,
    (doer, command, act): (&Doer, Command, usize),
    at: Timestamp,
) -> Result<matters::dossier::State, String> {
    let ctx = Ctx {
        actor: doer.actor.clone(),
        office: doer.office.clone(),
        now: at,
        command_id: format!("fill/{id}/{act}"),
    };
    let name = command.name();
    let request = Order::new(&doer.viewer, command).request(id, ctx);
    let given = bulk.handle(&request);
    given.map_err(|refusal| format!("{id} {name}: {refusal:?}"))
}

impl Work {
    /// When a dossier came in, how it goes, and in which phase it rests.
    fn course(&self, number: usize) -> (Timestamp, Fate, Phase) {
        let chance = mixed(number as u64, 8);
        let (fate, until) = match chance % KINDS {
            0 => (Fate::Smooth, Phase::Submitted),
            1 => (Fate::Smooth, Phase::Appraising),
            2 => (Fate::Supplemented, Phase::SupplementAsked),
            3 => (Fate::Refused, Phase::Refused),
            4 => (Fate::Withdrawn, Phase::Withdrawn),
            5 => (Fate::Rejected, Phase::Rejected),
            6 => (Fate::Supplemented, Phase::Delivered),
            _ => (Fate::Smooth, Phase::Delivered),
        };
        let ago = match until.is_terminal() {
            true => ago(number, self.count, self.days),
            false => RECENT + SignedDuration::from_secs((chance / KINDS % 7_000) as i64),
        };
        (now() - ago, fate, until)
    }

    async fn submission(
        &self,
        player: &mut Player<'_>,
        number: usize,
        at: Timestamp,
    ) -> Result<(Doer, Command), String> {
        let ground = &self.house.ground;
        let chance = mixed(number as u64, 9) as usize;
        let commune = &self.world.communes[chance % self.world.communes.len()];
        let agency = commune.id.as_str().to_owned();
        let code = ground.numbers.code(&agency, at).await;
        let code = code.map_err(|error| error.to_string())?;
        let day = day_of(at);
        let published: Vec<&Arc<Procedure>> = ground.catalogue().published(day).collect();
        let procedure = published.get(chance / 8 % published.len().max(1));
        let procedure = *procedure.ok_or_else(|| format!("no procedure is in force on {day}"))?;
        let person = person(&self.world.citizens[0], number as u64);
        let answers = demo::answers(&procedure.sample, &person, commune, day);
        let wanted = demo::channel(procedure, number);
        let doer = match wanted {
            Channel::Online => citizen(&person.id),
            _ => {
                let right = (agency.as_str(), Right::Intake);
                player.officer(right, &procedure.key.code, at).await?
            }
        };
        let submission = Submission {
            code,
            procedure: procedure.key.clone(),
            reception: agency.clone(),
            channel: wanted,
            papers: demo::papers(procedure, &answers, &self.scan),
            answers: answers.into(),
            applicant: party(&person),
            filer: None,
            paper_names: serde_json::json!({}),
            post_address: String::new(),
            return_way: ReturnWay::Counter {
                agency: agency.clone(),
            },
            agency,
        };
        Ok((doer, Command::Submit(Box::new(submission))))
    }
}

fn party(person: &Person) -> Party {
    let number = person.personal_id.as_ref();
    Party {
        person: person.id.clone(),
        name: person.name.clone(),
        personal_id: number.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        address: "Thôn 3, xã Ea Kar, tỉnh Đắk Lắk".into(),
        phone: person.phone.clone().unwrap_or_default(),
        email: String::new(),
    }
}

/// Evenly over the days, each in its turn, from as long ago as there are days to what is open.
fn ago(number: usize, count: usize, days: i64) -> SignedDuration {
    let newest = RECENT * 40;
    let days = SignedDuration::from_hours(24 * days).max(newest);
    let share = 1.0 - number as f64 / count.max(1) as f64;
    newest + (days - newest).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hours more were before the first day on which there are procedures, from midnight on.
    #[test]
    fn nothing_came_before_the_first_day() {
        for days in [0, 1, 2, 151] {
            let all: Vec<_> = (0..1_000).map(|number| ago(number, 1_000, days)).collect();
            let oldest = SignedDuration::from_hours(24 * days).max(RECENT * 40);
            assert_eq!(all[0], oldest);
            assert!(all.is_sorted_by(|one, next| one >= next));
            assert!(all.iter().all(|ago| *ago >= RECENT * 40));
        }
    }
}
