//! The house, opened: content read and checked, the database migrated, offices stored, the ground
//! laid for every room. One `House` a process.
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use facts::agency::{OfficeFile, Offices, store, store_fields};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::content::ContentError;
use facts::place::Places;
use facts::procedure::Catalogue;
use kernel::clock::Bound;
use kernel::rebuild::Known;
use kernel::{Database, Journal, Trouble};
use matters::dossier::views::are_unlisted;
use matters::dossier::{Law, Numbers};
use matters::letters::Letters;
use matters::{Ground, Shared};
use outside::notice::mail::Letterbox;
use web::Passwords;
use work::identity::Identity;

use crate::settings::Settings;

/// An open house.
#[derive(Clone)]
pub struct House {
    /// What rooms stand on.
    pub ground: Ground,
    /// Who may come in.
    pub identity: Identity,
    /// Notices by e-mail.
    pub letterbox: Letterbox,
    /// The settings it was opened with.
    pub settings: Settings,
}

/// Everything read from a content folder.
pub struct Content {
    /// Procedures.
    pub catalogue: Catalogue,
    /// Working times.
    pub calendars: Calendars,
    /// Provinces and communes.
    pub places: Places,
    /// Agencies and positions.
    pub offices: Vec<OfficeFile>,
    /// Papers to print.
    pub letters: Letters,
}

impl Content {
    /// Reads all of it.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn load(folder: &Path) -> Result<Self, Vec<ContentError>> {
        let mut faults = Vec::new();
        let catalogue = keep(Catalogue::load(folder), &mut faults);
        let calendars = keep(Calendars::load(folder), &mut faults);
        let places = keep(Places::load(folder), &mut faults);
        let offices = keep(Offices::load(folder), &mut faults);
        let results = catalogue.iter().flat_map(Catalogue::all);
        let results = results.filter_map(|procedure| procedure.result_letter.clone());
        let letters = keep(Letters::load(folder, results), &mut faults);
        match (catalogue, calendars, places, offices, letters) {
            (Some(catalogue), Some(calendars), Some(places), Some(offices), Some(letters))
                if faults.is_empty() =>
            {
                Ok(Self {
                    catalogue,
                    calendars,
                    places,
                    offices,
                    letters,
                })
            }
            _ => Err(faults),
        }
    }
}

fn keep<T>(read: Result<T, Vec<ContentError>>, faults: &mut Vec<ContentError>) -> Option<T> {
    read.map_err(|found| faults.extend(found)).ok()
}

impl House {
    /// Opens everything. Safe to do on several nodes at once.
    ///
    /// # Errors
    /// A sentence that says what could not be opened and why.
    pub async fn open(settings: Settings) -> Result<Self, String> {
        let data = data_folder(&settings);
        std::fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
        let folder = crate::content::folder(settings.content_folder.as_deref(), &data)
            .map_err(|error| format!("the content inside the program: {error}"))?;
        let content = Content::load(&folder).map_err(|faults| crate::check::list(&faults))?;
        let db = open_database(&settings).await?;
        tell_if_open_to_others(&settings);
        for office in &content.offices {
            db.write(store(office))
                .await
                .map_err(|e| format!("storing offices: {e}"))?;
        }
        let fields = content.catalogue.all().map(|procedure| {
            let field = procedure.field.code.as_str();
            (field, procedure.key.code.as_str())
        });
        db.write(store_fields(fields))
            .await
            .map_err(|e| format!("storing the fields of procedures: {e}"))?;
        let files = open_files(&settings)
            .map_err(|error| format!("{}: {error}", settings.files_folder.display()))?;
        let law = Law {
            catalogue: Arc::new(content.catalogue),
            calendars: Arc::new(content.calendars),
        };
        let bound = Bound::new(db.clone(), settings.clock_step);
        let kept = bound.keep(crate::serve::now()).await;
        kept.map_err(|trouble| trouble.to_string())?;
        let ground = Ground::from(Shared {
            journal: Journal::new(db.clone()).within(bound),
            law: Arc::new(law),
            places: Arc::new(content.places),
            offices: Offices::new(db.clone()),
            files,
            numbers: Arc::new(Numbers::new(db)),
            letters: Arc::new(content.letters),
            public_url: settings.public_url.clone(),
        });
        fill_lists(&ground).await?;
        let identity = Identity::new(ground.clone(), Passwords::new(), settings.second_step);
        let letterbox = Letterbox::open(ground.clone(), crate::serve::now).await;
        let letterbox = letterbox.map_err(|trouble| format!("opening mail: {trouble}"))?;
        Ok(Self {
            ground,
            identity,
            letterbox,
            settings,
        })
    }
}

/// After an update that makes the lists of dossiers anew, they are filled from the journal.
async fn fill_lists(ground: &Ground) -> Result<(), String> {
    let words = |trouble: Trouble| format!("filling the lists of dossiers: {trouble}");
    if !are_unlisted(ground.db()).await.map_err(words)? {
        return Ok(());
    }
    tracing::info!("filling the lists of dossiers from the journal; nobody else may run meanwhile");
    let law = Known(Arc::clone(&ground.law));
    let filled = kernel::rebuild::rebuild(&ground.journal, &law).await;
    filled.map(|_| ()).map_err(words)
}

/// The folder of files, without what a crash left half received. Another node that shares the
/// folder may be receiving: nothing takes a day to come in.
fn open_files(settings: &Settings) -> std::io::Result<Files> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
    let files = Files::open(&settings.files_folder, settings.upload_max)?;
    let cleared = files.clear_incoming(std::time::SystemTime::now() - DAY)?;
    if cleared > 0 {
        tracing::info!(cleared, "half received files were cleared away");
    }
    Ok(files)
}

/// What an older program wrote may be readable by every account of the machine; a new file is not.
fn tell_if_open_to_others(settings: &Settings) {
    let database = settings.database_url.strip_prefix("sqlite:").map(Path::new);
    for path in database
        .into_iter()
        .chain([settings.files_folder.as_path()])
    {
        let mode = std::fs::metadata(path).map(|about| about.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            let path = path.display();
            tracing::warn!(%path, "other accounts of this machine may read it: chmod -R go= it");
        }
    }
}

/// Opens and migrates the database of the settings.
///
/// # Errors
/// A sentence with the address (without a password) and the reason.
pub async fn open_database(settings: &Settings) -> Result<Database, String> {
    let url = &settings.database_url;
    if let Some(file) = url.strip_prefix("sqlite:") {
        let folder = Path::new(file).parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let db = Database::open(url, &settings.database)
        .await
        .map_err(|error| format!("{}: {error}", without_password(url)))?;
    let applied = db
        .migrate(&crate::floorplan::MIGRATIONS)
        .await
        .map_err(|e| e.to_string())?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "migrations applied");
    }
    if let Some((url, lag_max)) = &settings.replica {
        db.add_replica(url, *lag_max, &settings.database);
    }
    Ok(db)
}

/// Opens the database as SQLite would by itself, once: what stands behind the damage is gone.
///
/// # Errors
/// A sentence when there is nothing to drop, or the database failed.
pub fn drop_damaged_log(settings: &Settings) -> Result<(), String> {
    let path = settings.database_url.strip_prefix("sqlite:");
    let path = path.ok_or("only SQLite has such a log; PostgreSQL looks after its own")?;
    if !Path::new(path).exists() {
        return Err(format!("{path}: there is no such file"));
    }
    Database::drop_damaged_log(path).map_err(|error| format!("{path}: {error}"))?;
    println!("{path}: opened without what stood behind the damage of its log");
    println!(
        "Compare with `dinh rebuild --check`, and with the last backup, before people come in."
    );
    Ok(())
}

/// `postgres://user:secret@host/name` without the secret, for messages and logs.
#[must_use]
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(start), Some(at)) if start + 3 < at => {
            let user = url[start + 3..at].split(':').next().unwrap_or_default();
            format!("{}{user}{}", &url[..start + 3], &url[at..])
        }
        _ => url.to_owned(),
    }
}

/// Where the program may write beside the files: their parent folder.
#[must_use]
pub fn data_folder(settings: &Settings) -> PathBuf {
    settings
        .files_folder
        .parent()
        .unwrap_or(Path::new("."))
        .to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_password_never_reaches_a_message() {
        let shown = super::without_password("postgres://dinh:s3cret@db:5432/dinh");
        assert_eq!(shown, "postgres://dinh@db:5432/dinh");
        assert_eq!(
            super::without_password("sqlite:data/x.db"),
            "sqlite:data/x.db"
        );
    }
}
