//! `dinh backup` and `dinh restore`: the journal, everything beside it and all uploaded files in
//! one file, made while people work, and the way back into an empty house.
//!
//! Does not know: the shape of the file (the kernel's), what is in the tables.
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use kernel::Database;
use kernel::backup::{self, About, Fault};

use crate::floorplan::MIGRATIONS;
use crate::house::without_password;
use crate::serve::now;
use crate::settings::Settings;

/// How a backup is made.
#[derive(Args)]
pub struct Make {
    /// The file to write, for example `/backup/dinh-2026-11-22.tar`; it must not exist yet.
    file: PathBuf,
}

/// How it is brought back.
#[derive(Args)]
pub struct Bring {
    /// The file that `dinh backup` wrote.
    file: PathBuf,
    /// Only reads the whole file, and says whether it is sound and how far it reaches.
    #[arg(long)]
    check: bool,
    /// Also restores what was damaged before the backup was made, where there is no better copy:
    /// it is named, and refused to whoever reads it.
    #[arg(long)]
    with_damaged: bool,
}

/// Writes a backup under another name first: a file of the wanted name is always a whole one.
///
/// # Errors
/// A sentence that says what could not be read or written.
pub async fn make(asked: &Make, settings: &Settings) -> Result<(), String> {
    let file = &asked.file;
    if file.exists() {
        return Err(format!("{}: exists, and is kept", file.display()));
    }
    let url = &settings.database_url;
    if let Some(path) = url.strip_prefix("sqlite:")
        && !Path::new(path).exists()
    {
        return Err(format!("{url}: there is no such file"));
    }
    let db = open(settings).await?;
    let part = PathBuf::from(format!("{}.part", file.display()));
    let written = write(&db, settings, &part).await;
    let about = match written {
        Ok(about) => about,
        Err(words) => {
            let _ = std::fs::remove_file(&part);
            return Err(words);
        }
    };
    let named = std::fs::rename(&part, file).and_then(|()| {
        let folder = file.parent().filter(|folder| folder != &Path::new(""));
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    });
    named.map_err(|error| format!("{}: {error}", file.display()))?;
    db.close().await;
    let bytes = std::fs::metadata(file).map_or(0, |data| data.len());
    println!("{}: {bytes} bytes, {}", file.display(), reach(&about));
    match about.damaged.as_slice() {
        [] => Ok(()),
        damaged => Err(format!(
            "{}: written, but {} documents and files of this house are damaged, and it has them as \
             they are. Keep the older backups, and bring these back from one of them:\n{}",
            file.display(),
            damaged.len(),
            damaged.join("\n")
        )),
    }
}

async fn write(db: &Database, settings: &Settings, part: &Path) -> Result<About, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", part.display());
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // Personal data: for the owner of the process only, from the first byte.
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(part).map_err(failed)?);
    let about = backup::write(db, &settings.files_folder, &mut out, now()).await;
    let about = about.map_err(|fault| fault.to_string())?;
    out.flush().map_err(failed)?;
    out.get_ref().sync_all().map_err(failed)?;
    Ok(about)
}

/// Checks a backup, and unless only that was asked, restores it into the empty database and
/// folder of the settings.
///
/// # Errors
/// A sentence that says why nothing was restored, or what is left to do.
pub async fn bring(asked: &Bring, settings: &Settings) -> Result<(), String> {
    let file = asked.file.display();
    if asked.check {
        let about = backup::check(&asked.file).map_err(|fault| format!("{file}: {fault}"))?;
        sound(&about).map_err(|fault| format!("{file}: {fault}"))?;
        println!("{file}: sound, {}", reach(&about));
        return Ok(());
    }
    // Nothing is made, not even an empty database, for the sake of a broken file.
    let about = backup::check(&asked.file).map_err(|fault| format!("{file}: {fault}"))?;
    match sound(&about) {
        Err(fault) if !asked.with_damaged => {
            return Err(format!(
                "{file}: {fault}\nTake an older backup, or restore with --with-damaged."
            ));
        }
        _ => {}
    }
    if let Some(path) = settings.database_url.strip_prefix("sqlite:") {
        let folder = Path::new(path).parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let db = open(settings).await?;
    let (from, files) = (&asked.file, &settings.files_folder);
    let about = match asked.with_damaged {
        true => backup::restore_with_damaged(from, &db, files, &MIGRATIONS).await,
        false => backup::restore(from, &db, files, &MIGRATIONS).await,
    };
    let about = about.map_err(|fault| format!("{file}: {fault}"))?;
    db.close().await;
    println!("{}", without_password(&settings.database_url));
    println!("restored from {file}: {}", reach(&about));
    about.damaged.iter().for_each(|words| println!("{words}"));
    println!("Compare views and journal with `dinh rebuild --check` before people come in.");
    Ok(())
}

/// Nothing in it had been damaged before.
fn sound(about: &About) -> Result<(), Fault> {
    match about.damaged.is_empty() {
        true => Ok(()),
        false => Err(Fault::Damaged(about.damaged.clone())),
    }
}

async fn open(settings: &Settings) -> Result<Database, String> {
    let url = &settings.database_url;
    let db = Database::open(url, &settings.database).await;
    db.map_err(|error| format!("{}: {error}", without_password(url)))
}

fn reach(about: &About) -> String {
    let moment = about.reaches.map_or_else(
        || "an empty journal".to_owned(),
        |at| format!("up to entry {} of the log, of {at}", about.position),
    );
    match about.unplaced {
        0 => moment,
        more => {
            format!("{moment}, and {more} later entries that get their place at the next start")
        }
    }
}
