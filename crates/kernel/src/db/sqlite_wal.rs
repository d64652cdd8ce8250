//! Looks at SQLite's write-ahead log before SQLite does. SQLite reads it up to the first frame
//! whose checksum does not fit and silently drops the rest: right after a power cut, where the rest
//! is one commit that nobody was told of, and wrong where the disk damaged the middle, since every
//! commit behind it was acknowledged. The difference can be seen: each frame's checksum goes on
//! from the one before, so behind the damage whole commits still follow one another.
//!
//! Not seen: damage in the very last commit, which looks like a power cut. Does not know: what is
//! in the pages.
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use super::Trouble;

/// Bytes of the head of the log, and of that of a frame.
const HEAD: usize = 32;
/// See [`HEAD`].
const FRAME: usize = 24;
/// What a log begins with; its last bit says how its checksums read their words.
const MAGIC: u32 = 0x377f_0682;
/// Commits behind the damage that follow one another: one may be what a power cut or a failed write
/// left, which nobody was told of.
const COMMITS_LEFT: u32 = 2;
/// A server may be writing while we look; what is there again after this is no race.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How often the same must be seen.
const LOOKS: u32 = 3;

/// Where a log is damaged although more was committed behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Damage {
    /// The first frame that SQLite would not take, from 0.
    frame: u64,
    /// The first bytes of the log: another log has others.
    head: [u8; HEAD],
}

/// Refuses a database whose log is damaged in its middle. Reads the log once; nothing is changed.
///
/// # Errors
/// [`Trouble::Broken`] with what to do; [`Trouble::Unavailable`] when the disk fails.
pub(super) fn look(database: &str) -> Result<(), Trouble> {
    let path = format!("{database}-wal");
    let mut seen = None;
    for _ in 0..LOOKS {
        let read = read(Path::new(&path));
        let found = read.map_err(|e| Trouble::Unavailable(format!("{path}: {e}")))?;
        match found {
            None => return Ok(()),
            // A log that began anew while we read it: look again.
            Some(found) if seen.is_some_and(|seen| seen != found) => return Ok(()),
            Some(found) => seen = Some(found),
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    let frame = seen.map_or(0, |damage| damage.frame);
    Err(Trouble::Broken(format!(
        "{path} is damaged at its frame {frame}, and commits that people were told of stand \
         behind: SQLite would drop them without a word. Nothing was opened or changed. Copy \
         {database} and {path} to a safe place first. Then restore the last backup elsewhere and \
         compare, or give up what stands behind the damage with `dinh drop-damaged-log`"
    )))
}

/// The damage, if there is any.
fn read(path: &Path) -> std::io::Result<Option<Damage>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut from = BufReader::with_capacity(1024 * 1024, file);
    let mut head = [0; HEAD];
    if !filled(&mut from, &mut head)? {
        return Ok(None);
    }
    let Some(mut log) = Log::of(&head) else {
        // No log of SQLite's, or one whose head was never written whole.
        return Ok(None);
    };
    let mut frame = vec![0; FRAME + log.page];
    let mut number = 0;
    let mut first_wrong = None;
    while filled(&mut from, &mut frame)? {
        if !log.takes(&frame) && first_wrong.is_none() {
            first_wrong = Some(number);
        }
        if first_wrong.is_some() && log.commits >= COMMITS_LEFT {
            let again = same_head(path, &head)?;
            return Ok(again.then_some(Damage {
                frame: first_wrong.unwrap_or(0),
                head,
            }));
        }
        number += 1;
    }
    Ok(None)
}

/// Whether the log still begins so: otherwise it began anew while we read, and frames of both stood
/// beside each other.
fn same_head(path: &Path, before: &[u8; HEAD]) -> std::io::Result<bool> {
    let mut now = [0; HEAD];
    Ok(filled(&mut File::open(path)?, &mut now)? && now == *before)
}

/// Whether there was so much left.
fn filled(from: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<bool> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The log while it is read.
struct Log {
    /// Whether checksums read words with their highest byte first.
    is_big: bool,
    page: usize,
    salt: [u8; 8],
    /// The checksum that the next frame goes on from: as stored, whether it was right or not.
    sum: (u32, u32),
    /// All frames until now were right.
    is_whole: bool,
    /// Behind the first that was not: commits that follow one another without a break.
    commits: u32,
    /// Whether the frame before is the first of such a row, and committed.
    maybe: bool,
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes[at..at + 4].try_into().unwrap_or_default();
    u32::from_be_bytes(four)
}

impl Log {
    /// `None` where the head is none, or its checksum does not fit.
    fn of(head: &[u8; HEAD]) -> Option<Self> {
        let magic = word(head, 0);
        let page = usize::try_from(word(head, 8)).ok()?;
        let is_size = page.is_power_of_two() && (512..=65_536).contains(&page);
        if magic & !1 != MAGIC || !is_size {
            return None;
        }
        let log = Self {
            is_big: magic & 1 == 1,
            page,
            salt: head[16..24].try_into().ok()?,
            sum: (word(head, 24), word(head, 28)),
            is_whole: true,
            commits: 0,
            maybe: false,
        };
        (log.summed((0, 0), &head[..24]) == log.sum).then_some(log)
    }

    /// SQLite's checksum of `bytes`, going on from `sum`.
    fn summed(&self, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let read = match self.is_big {
            true => u32::from_be_bytes,
            false => u32::from_le_bytes,
        };
        for pair in bytes.chunks_exact(8) {
            let four = |at: usize| read(pair[at..at + 4].try_into().unwrap_or_default());
            one = one.wrapping_add(four(0)).wrapping_add(two);
            two = two.wrapping_add(four(4)).wrapping_add(one);
        }
        (one, two)
    }

    /// Whether this frame is right after all before it.
    fn takes(&mut self, frame: &[u8]) -> bool {
        let stored = (word(frame, 16), word(frame, 20));
        let is_ours = frame[8..16] == self.salt;
        let page = &frame[FRAME..];
        let sum = self.summed(self.summed(self.sum, &frame[..8]), page);
        let follows = is_ours && word(frame, 0) != 0 && sum == stored;
        let commits = u32::from(word(frame, 4) != 0);
        self.sum = stored;
        if self.is_whole && follows {
            return true;
        }
        self.is_whole = false;
        if follows {
            self.commits += commits + u32::from(std::mem::take(&mut self.maybe));
        } else {
            // A row of frames may begin here: it counts once the next goes on from it.
            self.commits = 0;
            self.maybe = is_ours && commits == 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    struct Stage {
        folder: std::path::PathBuf,
    }

    impl Drop for Stage {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    impl Stage {
        fn new(name: &str) -> Self {
            let name = format!("dinh-wal-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).expect("a folder");
            Self { folder }
        }

        fn database(&self) -> String {
            self.folder.join("a.db").display().to_string()
        }

        fn log(&self) -> std::path::PathBuf {
            self.folder.join("a.db-wal")
        }

        /// A database whose log is never carried, with so many commits of several pages each.
        fn written(&self, commits: usize) -> Connection {
            let connection = Connection::open(self.database()).expect("a database");
            connection
                .execute_batch(
                    "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;
                     CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)",
                )
                .expect("a table");
            for _ in 0..commits {
                self.commit(&connection);
            }
            connection
        }

        fn commit(&self, connection: &Connection) {
            connection
                .execute_batch("INSERT INTO t (b) VALUES (randomblob(9000))")
                .expect("written");
        }

        fn meddle(&self, bytes: impl FnOnce(&mut Vec<u8>)) {
            let mut all = std::fs::read(self.log()).expect("a log");
            bytes(&mut all);
            std::fs::write(self.log(), all).expect("written");
        }

        fn found(&self) -> Option<u64> {
            read(&self.log()).expect("reads").map(|damage| damage.frame)
        }
    }

    const PAGE: usize = 4_096;

    fn at(frame: usize) -> usize {
        HEAD + frame * (FRAME + PAGE)
    }

    #[test]
    fn damage_in_the_middle_is_found_wherever_it_stands() {
        let stage = Stage::new("middle");
        let open = stage.written(12);
        assert_eq!(stage.found(), None, "a sound log");
        let whole = std::fs::read(stage.log()).expect("a log");
        let frames = (whole.len() - HEAD) / (FRAME + PAGE);
        assert!(frames > 24, "{frames}");
        // In a page, in the number of a page, in a salt, in a checksum; one byte or a sector.
        for frame in 0..frames - 12 {
            for (place, length) in [
                (FRAME + 100, 1),
                (2, 1),
                (9, 1),
                (17, 1),
                (0, 512),
                (300, 512),
            ] {
                stage.meddle(|bytes| {
                    for byte in &mut bytes[at(frame) + place..at(frame) + place + length] {
                        *byte ^= 0x55;
                    }
                });
                let found = stage.found();
                assert_eq!(found, Some(frame as u64), "{frame} {place} {length}");
                std::fs::write(stage.log(), &whole).expect("as it was");
            }
        }
        let words = {
            stage.meddle(|bytes| bytes[at(5) + 200] ^= 1);
            look(&stage.database()).expect_err("refused").to_string()
        };
        assert!(
            words.contains("frame 5") && words.contains("drop-damaged-log"),
            "{words}"
        );
        drop(open);
    }

    #[test]
    fn what_a_power_cut_leaves_is_none() {
        let stage = Stage::new("torn");
        let open = stage.written(6);
        let whole = std::fs::read(stage.log()).expect("a log");
        let before = (whole.len() - HEAD) / (FRAME + PAGE);
        stage.commit(&open);
        let all = std::fs::read(stage.log()).expect("a log");
        let frames = (all.len() - HEAD) / (FRAME + PAGE);
        assert!(frames > before + 1);
        // Of the last commit, which was not synced, any page may be missing, the file cut anywhere.
        for frame in before..frames {
            stage.meddle(|bytes| bytes[at(frame)..at(frame + 1)].fill(0));
            assert_eq!(stage.found(), None, "{frame}");
            std::fs::write(stage.log(), &all).expect("as it was");
        }
        for length in [0, 10, HEAD, HEAD + 5, at(3) + 7, all.len() - 1] {
            stage.meddle(|bytes| bytes.truncate(length));
            assert_eq!(stage.found(), None, "{length}");
            std::fs::write(stage.log(), &all).expect("as it was");
        }
        std::fs::remove_file(stage.log()).expect("removed");
        assert_eq!(stage.found(), None, "no log");
        drop(open);
    }

    #[test]
    fn a_log_that_began_anew_over_an_older_one_is_sound() {
        let stage = Stage::new("anew");
        let open = stage.written(20);
        open.execute_batch("PRAGMA wal_checkpoint(RESTART)")
            .expect("carried");
        for count in 1..6 {
            stage.commit(&open);
            assert_eq!(
                stage.found(),
                None,
                "{count} commits over twenty older ones"
            );
        }
        // And its own middle is looked at.
        stage.meddle(|bytes| bytes[at(2) + 700] ^= 1);
        assert_eq!(stage.found(), Some(2));
        drop(open);
    }

    #[test]
    fn what_a_transaction_that_came_to_nothing_left_is_no_damage() {
        let stage = Stage::new("spilt");
        let open = stage.written(3);
        // Pages that do not fit the cache go to the log before the commit, and are given up.
        open.execute_batch(
            "PRAGMA cache_size=5; BEGIN;
             INSERT INTO t (b) SELECT randomblob(9000) FROM t, t, t; ROLLBACK",
        )
        .expect("rolled back");
        for _ in 0..3 {
            assert_eq!(stage.found(), None);
            stage.commit(&open);
        }
        assert_eq!(stage.found(), None);
        drop(open);
    }
}
