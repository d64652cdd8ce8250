//! The file of a backup: raw bytes; or, after a first byte of 1, members that are put under a seal
//! that fits and restored into an empty database.
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use kernel::backup::{Fault, check, restore};
use kernel::{Database, Settings};
use sha2::{Digest, Sha256};

const BLOCK: usize = 512;
/// Parts of a sealed file: `name LF content`, each ended by this.
const BETWEEN: &[u8] = b"\n--\n";

static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(format!("/dev/shm/dinh-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder in memory");
    folder
});

/// Checks the file, and restores what fits its seal.
pub fn eat(bytes: &[u8]) {
    let file = PLACE.join("backup.tar");
    let sealed = bytes.first() == Some(&1);
    let text = if sealed {
        seal(&bytes[1..])
    } else {
        bytes.to_vec()
    };
    std::fs::write(&file, &text).expect("room in memory");
    let found = check(&file);
    if sealed {
        let fits = !matches!(found, Err(Fault::Altered | Fault::Truncated));
        assert!(fits, "{found:?}");
        if found.is_ok() {
            restored(&file);
        }
    }
}

fn restored(file: &std::path::Path) {
    let (files, database) = (PLACE.join("files"), PLACE.join("restored.db"));
    let _ = std::fs::remove_dir_all(&files);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", database.display()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let url = format!("sqlite:{}", database.display());
        let db = Database::open(&url, &Settings::default())
            .await
            .expect("a database");
        let _ = restore(file, &db, &files, &[]).await;
        db.close().await;
    });
    // Nothing is ever written outside the folder that was named.
    let beside = std::fs::read_dir(&*PLACE).expect("our folder").flatten();
    for name in beside.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
        let ours = name == "files" || name == "backup.tar" || name.starts_with("restored.db");
        assert!(ours, "{name}");
    }
}

/// A tar of the parts with a seal that fits.
fn seal(bytes: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(BETWEEN.len()).position(|some| some == BETWEEN);
        let (part, after) = match end {
            Some(end) => (&rest[..end], &rest[end + BETWEEN.len()..]),
            None => (rest, &[][..]),
        };
        let line = part
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(part.len());
        let content = part.get(line + 1..).unwrap_or_default();
        // A member named as the seal would be one.
        let name = plain(&part[..line]);
        if name != "sha256" {
            member(&mut tar, &name, content);
        }
        rest = after;
    }
    let seal: String = Sha256::digest(&tar)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    member(&mut tar, "sha256", seal.as_bytes());
    tar.extend([0; 2 * BLOCK]);
    tar
}

/// A name as a header can have it.
fn plain(name: &[u8]) -> String {
    let name = name
        .iter()
        .filter(|byte| byte.is_ascii() && **byte != 0)
        .take(99);
    name.map(|byte| char::from(*byte)).collect()
}

fn member(tar: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut block = [0u8; BLOCK];
    block[..name.len()].copy_from_slice(name.as_bytes());
    let mut field = &mut block[124..136];
    write!(field, "{:011o}\0", content.len()).expect("fits");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let mut field = &mut block[148..156];
    write!(field, "{sum:06o}\0 ").expect("fits");
    tar.extend(block);
    tar.extend(content);
    tar.extend(vec![0; (BLOCK - content.len() % BLOCK) % BLOCK]);
}
