//! The floor plan: the one list of rooms, with their tables, their URLs, their nouns and what
//! reacts to what. No hooks, no callbacks: if something follows from something, it stands here.
use std::sync::{Arc, LazyLock};

use axum::Router;
use kernel::Migration;
use kernel::reader::Reader;
use kernel::rebuild::{AnyNoun, Known};
use matters::Ground;
use metrics_exporter_prometheus::PrometheusHandle;
use web::{Brand, NavLink, Navigation, Room, Routes, Site};

use crate::house::House;
use crate::sessions::WithUnread;
use crate::settings::Settings;

/// Every room's tables, lower floors first.
pub static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [
        facts::people::MIGRATIONS,
        facts::agency::MIGRATIONS,
        matters::dossier::MIGRATIONS,
        matters::draft::MIGRATIONS,
        matters::retention::MIGRATIONS,
        work::identity::MIGRATIONS,
        outside::notice::MIGRATIONS,
        courier::MIGRATIONS,
        outside::notice::mail::MIGRATIONS,
        windows::console::MIGRATIONS,
    ]
    .concat()
});

/// Nouns whose life is journaled.
#[must_use]
pub fn nouns(ground: &Ground) -> Vec<Arc<dyn AnyNoun>> {
    vec![
        Arc::new(Known(Arc::clone(&ground.law))),
        Arc::new(Known(Arc::new(work::identity::account::Accounts))),
        Arc::new(Known(Arc::new(matters::person::People))),
        Arc::new(Known(Arc::new(outside::notice::Notices))),
        Arc::new(Known(Arc::new(kernel::clock::Acceptance))),
    ]
}

/// What follows from entries elsewhere.
#[must_use]
pub fn readers(ground: &Ground) -> Vec<Reader> {
    let (journal, law) = (&ground.journal, &ground.law);
    vec![
        outside::notice::reader(journal.clone(), Arc::clone(law)),
        windows::console::reader(journal.clone(), Arc::clone(law)),
        matters::retention::reader(journal),
    ]
}

/// What leaves the house, where the settings name a way out.
#[must_use]
pub fn readers_to_outside(house: &House) -> Vec<Reader> {
    let mail = house.settings.mail.is_some();
    let mail = mail.then(|| outside::notice::mail::reader(&house.letterbox));
    mail.into_iter().collect()
}

/// The ways out of the house.
///
/// # Errors
/// A sentence that names the setting that is wrong.
pub fn lanes(house: &House) -> Result<Vec<courier::Lane>, String> {
    let Some(mail) = &house.settings.mail else {
        return Ok(Vec::new());
    };
    Ok(vec![courier::Lane {
        name: outside::notice::mail::LANE,
        carrier: courier::Carrier::Mail(courier::Mailer::new(mail)?),
    }])
}

/// Every URL of the house with who may call it.
pub fn routes(house: &House, metrics: PrometheusHandle) -> Routes {
    let ground = &house.ground;
    Routes::new()
        .merge(work::apply::routes(ground.clone()))
        .merge(work::identity::routes(house.identity.clone()))
        .merge(work::identity::people_routes(
            house.identity.clone(),
            ground.clone(),
        ))
        .merge(work::counter::routes(ground.clone()))
        .merge(work::desk::routes(ground.clone()))
        .merge(matters::dossier::routes(ground.clone()))
        .merge(outside::notice::routes(ground.clone()))
        .merge(outside::notice::mail::routes(house.letterbox.clone()))
        .merge(windows::portal::routes(ground.clone()))
        .merge(windows::console::routes(ground.clone()))
        .merge(crate::health::routes(ground.clone(), room(house), metrics))
}

/// The whole program for axum.
pub fn router(house: &House, metrics: PrometheusHandle) -> Router {
    let sessions = Arc::new(WithUnread {
        sessions: Arc::new(house.identity.clone()),
        db: house.ground.db().clone(),
    });
    let mut site = Site::new(brand(house), sessions, Arc::new(crate::serve::now));
    site.navigation = navigation();
    site.sign_in.citizen_home = "/dossiers".into();
    site.sign_in.officer_home = "/desk".into();
    site.https = house.settings.https;
    site.behind_proxy = house.settings.behind_proxy;
    site.crowd = house.settings.crowd;
    site.upload_max = house.settings.upload_max;
    site.room = room(house);
    site.bound = house.ground.journal.bound().clone();
    site.upload_folder = house.settings.files_folder.join("incoming");
    site.answered = crate::health::count;
    routes(house, metrics).into_router(Arc::new(site))
}

/// The disks of the files, and of the journal where it is a file too.
#[must_use]
pub fn room(house: &House) -> Room {
    let Settings {
        files_folder,
        database_url,
        disk_reserve,
        ..
    } = &house.settings;
    let mut folders = vec![files_folder.clone()];
    if let Some(file) = database_url.strip_prefix("sqlite:") {
        folders.push(file.into());
    }
    Room::new(folders, *disk_reserve)
}

fn brand(house: &House) -> Brand {
    Brand {
        name: "Đình".into(),
        owner: house.settings.owner.clone(),
        hotline: house.settings.hotline.clone(),
        notice: house.settings.notice.clone(),
    }
}

/// The menus. An entry with rights is shown to those who hold one; the route checks again.
fn navigation() -> Navigation {
    Navigation {
        public: vec![
            NavLink::new("/", "Trang chủ"),
            NavLink::new("/procedures", "Thủ tục"),
            NavLink::new("/lookup", "Tra cứu hồ sơ"),
        ],
        citizen: vec![
            NavLink::new("/", "Trang chủ"),
            NavLink::new("/procedures", "Thủ tục"),
            NavLink::new("/dossiers", "Hồ sơ của tôi"),
            NavLink::new("/notices", "Thông báo"),
        ],
        officer: vec![
            NavLink::new("/desk", "Hồ sơ cần xử lý"),
            NavLink::new("/counter", "Một cửa").only_with(&work::counter::RIGHTS),
            NavLink::new("/desk/search", "Tìm hồ sơ"),
            NavLink::new("/desk/book", "Sổ theo dõi"),
            NavLink::new("/console", "Điều hành").only_with(&windows::console::RIGHTS),
            NavLink::new("/console/report", "Báo cáo").only_with(&windows::console::RIGHTS),
            NavLink::new("/procedures", "Thủ tục"),
            NavLink::new("/administer", "Quản trị").only_with(&["administer"]),
        ],
        footer: vec![
            NavLink::new("/procedures", "Thủ tục hành chính"),
            NavLink::new("/lookup", "Tra cứu hồ sơ"),
            NavLink::new("/sign-in/officer", "Cán bộ đăng nhập"),
        ],
    }
}

#[cfg(test)]
mod tests;
