//! `dinh serve` and `dinh work`: open the house, answer requests, work in the background, and at
//! the end finish what was acknowledged.
use std::time::Duration;

use courier::Courier;
use kernel::worker::Worker;
use matters::Ground;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::floorplan;
use crate::house::House;

/// Between two rounds of the files: a file that nobody names waits for weeks anyway.
const ROUND_EVERY: Duration = Duration::from_secs(60 * 60);

/// The time of day: the only clock of the program, handed to everybody.
#[must_use]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Serves pages (and works in the background unless the settings say otherwise) until `stop`.
///
/// # Errors
/// A sentence when the address cannot be listened on or serving fails.
pub async fn serve(
    house: House,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> Result<(), String> {
    let metrics = crate::observe::start_metrics();
    let router = floorplan::router(&house, metrics);
    let worker = match house.settings.worker {
        true => Some(tokio::spawn(work_on(&house, stop.clone()).await?)),
        false => None,
    };
    let patience = Duration::from_secs(house.settings.shutdown_seconds);
    let limits = house.settings.connections.within_descriptors();
    let finished = web::server::serve(listener, router, limits, stop, patience).await;
    if !finished {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    if let Some(worker) = worker {
        let _ = worker.await;
    }
    house.ground.db().close().await;
    Ok(())
}

/// Only works in the background, until `stop`.
///
/// # Errors
/// A sentence when a way out of the house cannot be prepared.
pub async fn work(house: House, stop: watch::Receiver<bool>) -> Result<(), String> {
    work_on(&house, stop).await?.await;
    house.ground.db().close().await;
    Ok(())
}

/// Everything in the background: the worker of the journal, and the courier.
async fn work_on(
    house: &House,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + use<>, String> {
    let db = house.ground.db().clone();
    let to_outside = floorplan::readers_to_outside(house);
    for reader in &to_outside {
        let begun = reader.begin_now(&db).await;
        begun.map_err(|trouble| format!("{}: {trouble}", reader.name))?;
    }
    let holder = format!("{}/{}", std::process::id(), web::fresh_id());
    let courier = Courier {
        db,
        holder: holder.clone(),
        lanes: floorplan::lanes(house)?,
        clock: now,
    };
    let mut readers = floorplan::readers(&house.ground);
    readers.extend(to_outside);
    let ground = house.ground.clone();
    let worker = Worker {
        journal: house.ground.journal.clone(),
        holder: holder.clone(),
        nouns: floorplan::nouns(&house.ground),
        readers,
        clock: now,
    };
    Ok(async move {
        let rounds = rounds(ground, holder, stop.clone());
        tokio::join!(worker.run(stop.clone()), courier.run(stop), rounds);
    })
}

/// Makes the round of the files once an hour; what fails is told, and the next round goes on.
async fn rounds(ground: Ground, holder: String, mut stop: watch::Receiver<bool>) {
    loop {
        let stopping = stop.wait_for(|stopping| *stopping);
        if tokio::time::timeout(ROUND_EVERY, stopping).await.is_ok() {
            return;
        }
        if let Err(trouble) = matters::draft::end_old(ground.db(), now()).await {
            tracing::warn!(%trouble, "old drafts were not ended");
        }
        match matters::retention::round(ground.db(), &ground.files, &holder, now).await {
            Ok(told) => count_files(told),
            Err(trouble) => tracing::warn!(%trouble, "the round of the files was broken off"),
        }
    }
}

fn count_files(told: matters::retention::Told) {
    for (what, count) in [
        ("aside", told.aside),
        ("back", told.back),
        ("removed", told.removed),
    ] {
        metrics::counter!("files_unnamed_total", "what" => what).increment(count);
    }
    if told != matters::retention::Told::default() {
        tracing::info!(?told, "files that nobody names");
    }
}

/// Becomes true when the keeper of the machine asks the program to stop (Ctrl-C or SIGTERM).
#[must_use]
pub fn stop_on_signal() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: finishing what was acknowledged");
        let _ = sender.send(true);
    });
    receiver
}
