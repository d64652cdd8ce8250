//! Room: how much is left on the disks. What is left last belongs to the journal: files that people
//! send are refused before it is touched, and everything else goes on.
//!
//! It does not know what is kept where; the building names the folders.

use std::path::PathBuf;

use axum::body::Bytes;
use rustix::fs::statvfs;

/// Bytes of one file between two looks at the disks: with all seats of uploads taken, less is
/// written meanwhile than any sensible reserve.
const LOOK_EVERY: u64 = 1024 * 1024;

/// The disks that files and journal stand on, and how much of each must stay free.
#[derive(Clone, Debug, Default)]
pub struct Room {
    folders: Vec<PathBuf>,
    reserve: u64,
}

impl Room {
    /// Keeps `reserve` bytes free on the disk of each of `folders`.
    pub fn new(folders: Vec<PathBuf>, reserve: u64) -> Room {
        Room { folders, reserve }
    }

    /// Bytes left on the fullest of the disks; `None` where none can be asked.
    pub fn left(&self) -> Option<u64> {
        let left = |folder: &PathBuf| {
            let disk = statvfs(folder.as_os_str().as_encoded_bytes()).ok()?;
            Some(disk.f_bavail.saturating_mul(disk.f_frsize))
        };
        self.folders.iter().filter_map(left).min()
    }

    /// Whether files must be refused now. A disk that cannot be asked does not refuse: if it is
    /// gone, writing says so.
    pub fn is_short(&self) -> bool {
        self.reserve > 0 && self.left().is_some_and(|left| left < self.reserve)
    }

    /// Whether the next `piece` of a file, of which `before` bytes came, must be refused.
    pub(crate) fn refuses(&self, before: u64, piece: &Bytes) -> bool {
        let after = before + piece.len() as u64;
        let looks = before == 0 || before / LOOK_EVERY != after / LOOK_EVERY;
        looks && !piece.is_empty() && self.is_short()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(reserve: u64) -> Room {
        Room::new(vec![std::env::temp_dir(), "/nowhere".into()], reserve)
    }

    #[test]
    fn files_are_refused_while_less_than_the_reserve_is_left() {
        assert!(here(u64::MAX).is_short());
        assert!(
            !here(1).is_short(),
            "one byte is left: {:?}",
            here(1).left()
        );
        assert!(!here(0).is_short(), "nothing is kept free");
        assert!(!Room::new(vec!["/nowhere".into()], u64::MAX).is_short());
    }

    #[test]
    fn a_file_is_looked_after_at_its_begin_and_each_mib() {
        let piece = Bytes::from_static(b"some");
        let room = here(u64::MAX);
        assert!(room.refuses(0, &piece));
        assert!(!room.refuses(10, &piece));
        assert!(room.refuses(LOOK_EVERY - 2, &piece));
        assert!(
            !room.refuses(0, &Bytes::new()),
            "an empty choice is no file"
        );
    }
}
