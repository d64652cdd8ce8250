//! A house whose SQLite log the disk damaged in its middle after a crash does not start: otherwise
//! everything that was acknowledged behind the damage would be gone without a word.
use crate::modes::Stage;

#[test]
fn a_log_damaged_in_its_middle_is_refused_and_nothing_is_touched() {
    let mut stage = Stage::new("damaged-log");
    stage.demonstrates(12);
    stage.kill_9();
    let [database, log] = ["dinh.db", "dinh.db-wal"].map(|name| stage.data().join(name));
    let mut bytes = std::fs::read(&log).expect("a log that nobody carried");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&log, &bytes).expect("damaged");
    let kept = std::fs::read(&database).expect("the database");

    let backup = format!("backup {}", stage.folder.join("b.tar").display());
    for asked in [
        "serve",
        "work",
        "migrate",
        "rebuild --check",
        "clock",
        &backup,
    ] {
        let (well, words) = stage.said(asked);
        assert!(
            !well && words.contains("is damaged at its frame"),
            "{asked}: {words}"
        );
        assert!(words.contains("drop-damaged-log"), "{asked}: {words}");
        assert_eq!(std::fs::read(&log).expect("there"), bytes, "{asked}");
        assert_eq!(std::fs::read(&database).expect("there"), kept, "{asked}");
    }
    // What the operator gives up is given up by them, and only what stood behind.
    let (well, words) = stage.said("drop-damaged-log");
    assert!(well, "{words}");
    let (well, words) = stage.said("rebuild --check");
    assert!(well, "{words}");
}
