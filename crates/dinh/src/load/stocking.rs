//! `dinh load --fill N`: as many dossiers in the database of the settings, fast. Every one goes
//! through the law as any other does; only the transactions are large, and nobody is told.
//! Does not know: HTTP, how the dossiers are played with afterwards.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use facts::agency::Right;
use facts::people::Person;
use facts::procedure::{Channel, Procedure};
use jiff::{SignedDuration, Timestamp};
use kernel::{Bulk, Ctx};
use matters::dossier::{Command, Law, Order, Party, Phase, ReturnWay, Submission, day_of};
use uuid::Uuid;

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
/// Days over which they came in.
const DAYS: i64 = 90;
/// Between two acts.
const PACE: SignedDuration = SignedDuration::from_mins(3);
/// One in so many waits to be accepted, and one is being appraised; the rest is done.
const OPEN: usize = 40;
/// Acts of one dossier, at the most: the longest process of ours has nine.
const ACTS_MAX: usize = 30;
/// Tell of the progress every so many dossiers.
const TELL: usize = 50_000;

const FAMILIES: [&str; 16] = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng",
    "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô",
];
const MIDDLES: [&str; 12] = [
    "Văn", "Thị", "Đình", "Minh", "Thanh", "Ngọc", "Quốc", "Hữu", "Xuân", "Thu", "Bích", "Gia",
];
const GIVEN: [&str; 40] = [
    "An", "Ánh", "Bảo", "Bình", "Châu", "Chi", "Cường", "Dũng", "Duyên", "Đạt", "Đức", "Giang",
    "Hà", "Hải", "Hạnh", "Hiếu", "Hoà", "Hùng", "Hương", "Khánh", "Khôi", "Lan", "Linh", "Long",
    "Mai", "Nam", "Nga", "Nhung", "Phong", "Phúc", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thuỷ",
    "Trang", "Tùng", "Vinh", "Yến",
];

/// What every hand works from.
struct Work {
    house: House,
    world: demo::World,
    scan: String,
    begin: Timestamp,
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
        begin: now() - SignedDuration::from_hours(24 * DAYS),
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
    for reader in floorplan::readers(&work.house.ground) {
        let skipped = kernel::reader::skip_to_end(&db, reader.name).await;
        skipped.map_err(|error| error.to_string())?;
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
    let (mut at, acts) = match number % OPEN {
        0 => (recent(number), 0),
        1 => (recent(number), 1),
        _ => (work.arrival(number), ACTS_MAX),
    };
    let id = Uuid::now_v7().to_string();
    let (doer, order) = work.submission(player, number, at).await?;
    let mut state = give(bulk, &id, (&doer, order, 0), at)?;
    for act in 0..acts {
        let Some(dossier) = state.dossier.as_deref() else {
            break;
        };
        if dossier.phase == Phase::Delivered {
            break;
        }
        at += PACE;
        let next = player.next(dossier, Fate::Smooth, at).await?;
        let Some((doer, command)) = next else {
            break;
        };
        state = give(bulk, &id, (&doer, command, act + 1), at)?;
    }
    Ok(())
}

/// In the last two hours: nothing of it is late yet.
fn recent(number: usize) -> Timestamp {
    let seconds = i64::try_from(number % 7_000).unwrap_or(0);
    now() - SignedDuration::from_secs(200 + seconds)
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
    /// Evenly over the days.
    fn arrival(&self, number: usize) -> Timestamp {
        let seconds = (DAYS - 1) * 86_400;
        let share = seconds as f64 * number as f64 / self.count.max(1) as f64;
        self.begin + SignedDuration::from_secs(share as i64)
    }

    async fn submission(
        &self,
        player: &mut Player<'_>,
        number: usize,
        at: Timestamp,
    ) -> Result<(Doer, Command), String> {
        let ground = &self.house.ground;
        let commune = &self.world.communes[number % self.world.communes.len()];
        let agency = commune.id.as_str().to_owned();
        let code = ground.numbers.code(&agency, at).await;
        let code = code.map_err(|error| error.to_string())?;
        let published: Vec<&Arc<Procedure>> = ground.catalogue().published(day_of(at)).collect();
        let procedure = published[number / 2 % published.len()];
        let person = person(&self.world.citizens[0], number);
        let answers = demo::answers(&procedure.sample, &person, commune, day_of(at));
        let wanted = demo::channel(procedure, number);
        let doer = match wanted {
            Channel::Online => citizen(&person.id),
            _ => player.officer(&agency, Right::Intake, at).await?,
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
            return_way: ReturnWay::Counter {
                agency: agency.clone(),
            },
            agency,
        };
        Ok((doer, Command::Submit(Box::new(submission))))
    }
}

/// One of some thousand names.
fn name(number: usize) -> String {
    let family = FAMILIES[(number * 7 + number / 16) % FAMILIES.len()];
    let middle = MIDDLES[number / 3 % MIDDLES.len()];
    let given = GIVEN[(number * 11 + number / 40) % GIVEN.len()];
    format!("{family} {middle} {given}")
}

/// Everybody files five times.
fn person(like: &Person, number: usize) -> Person {
    Person {
        id: format!("00000000-0000-4000-a000-{:012}", number / 5),
        name: name(number),
        phone: Some(format!("09{:08}", number % 100_000_000)),
        ..like.clone()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_repeat_as_in_life() {
        let name = |number| name(number);
        let names: std::collections::BTreeSet<String> = (0..20_000).map(name).collect();
        assert!((1_000..8_000).contains(&names.len()), "{}", names.len());
    }
}
