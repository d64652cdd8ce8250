//! Files on their way out. One that nobody names any more is first moved aside, where it is still
//! found, and removed when nobody has named it for as long again. Nothing that comes in is written
//! where files are removed, so an upload of the same bytes at the same moment keeps its own.
//!
//! Does not know: who names a file, what day it is.
use std::path::PathBuf;
use std::time::SystemTime;

use super::{Files, is_digest, sync_folder};

const LEAVING: &str = "leaving";

impl Files {
    /// The parts of the store that a round looks at one after the other.
    pub fn parts() -> impl Iterator<Item = String> {
        (0..=255_u8).map(|part| format!("{part:02x}"))
    }

    /// The files of one part that were written before `before`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn older(&self, part: &str, before: SystemTime) -> std::io::Result<Vec<String>> {
        let names = names(self.folder.join(part))?;
        let old = |digest: &String| self.is_older(digest, before);
        Ok(names
            .into_iter()
            .filter(|name| is_digest(name))
            .filter(old)
            .collect())
    }

    fn is_older(&self, digest: &str, before: SystemTime) -> bool {
        let written = std::fs::metadata(self.path(digest)).and_then(|about| about.modified());
        written.is_ok_and(|written| written < before)
    }

    /// Moves a file aside, to the others of `day`. If the same bytes came in just now, the newer
    /// file comes back to its place. Says whether it is aside.
    ///
    /// # Errors
    /// When the disk fails; the file is then in either place and found in both.
    pub fn set_aside(&self, digest: &str, day: &str, before: SystemTime) -> std::io::Result<bool> {
        let folder = self.folder.join(LEAVING).join(day);
        std::fs::create_dir_all(&folder)?;
        let aside = folder.join(digest);
        if !self.is_in_place(digest) {
            return Ok(false);
        }
        // Two names of one file are left as they are by a rename.
        match std::fs::remove_file(&aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match std::fs::rename(self.path(digest), &aside) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            moved => moved?,
        }
        let written = std::fs::metadata(&aside)?.modified()?;
        if written >= before {
            self.back(digest, day)?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Days on which files were set aside, the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn days_aside(&self) -> std::io::Result<Vec<String>> {
        let mut days = names(self.folder.join(LEAVING))?;
        days.sort();
        Ok(days)
    }

    /// The files set aside on a day.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn aside(&self, day: &str) -> std::io::Result<Vec<String>> {
        let mut all = names(self.folder.join(LEAVING).join(day))?;
        all.retain(|name| is_digest(name));
        Ok(all)
    }

    /// Puts a file back to its place. The one set aside stays a while: a backup that has passed its
    /// place by still meets it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn back(&self, digest: &str, day: &str) -> std::io::Result<()> {
        let aside = self.folder.join(LEAVING).join(day).join(digest);
        let place = self.path(digest);
        if place.exists() {
            return Ok(());
        }
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match std::fs::hard_link(&aside, &place) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            // A disk without second names.
            Err(_) => std::fs::rename(&aside, &place)?,
        }
        sync_folder(place.parent().unwrap_or(&self.folder))
    }

    /// Keeps what is set aside until another day. Nothing happens when it is not there.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn aside_longer(&self, digest: &str, days: (&str, &str)) -> std::io::Result<()> {
        let [from, to] = [days.0, days.1].map(|day| self.folder.join(LEAVING).join(day));
        std::fs::create_dir_all(&to)?;
        match std::fs::rename(from.join(digest), to.join(digest)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes a file that was set aside, with the picture that was made of it unless the same
    /// bytes are kept anew. Says whether it was there.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn remove_aside(&self, digest: &str, day: &str) -> std::io::Result<bool> {
        let aside = self.folder.join(LEAVING).join(day).join(digest);
        match std::fs::remove_file(aside) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            removed => removed?,
        }
        if !self.path(digest).exists() {
            // Made again if it is ever asked for.
            let _ = std::fs::remove_file(self.preview_path(digest));
        }
        Ok(true)
    }

    /// Whether the file is in its place.
    #[must_use]
    pub fn is_in_place(&self, digest: &str) -> bool {
        self.path(digest).exists()
    }

    /// Ends a day whose files are all gone.
    pub fn end_day(&self, day: &str) {
        // Not when somebody put another file there.
        let _ = std::fs::remove_dir(self.folder.join(LEAVING).join(day));
    }

    pub(super) fn on_its_way_out(&self, digest: &str) -> std::io::Result<Option<PathBuf>> {
        for day in self.days_aside()? {
            let path = self.folder.join(LEAVING).join(day).join(digest);
            if path.exists() {
                return Ok(Some(path));
            }
        }
        // It may have come back while we looked.
        let path = self.path(digest);
        Ok(path.exists().then_some(path))
    }
}

/// The names in a folder; none when it is not there.
fn names(folder: PathBuf) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
