//! Many dossiers at once: which lines were picked, and what became of them in one sentence.
//! Does not know: forms, the journal.
use super::words::{fill, say};

/// Lines of one bulk act: a full page of the inbox.
pub(super) const PICKED_MAX: usize = 50;

/// The (dossier id, task) of each picked line; what is no such pair is left out.
pub(super) fn picked(values: &[&str]) -> Vec<(String, String)> {
    let pair = |value: &&str| {
        let (id, task) = value.split_once('~')?;
        Some((id.to_owned(), task.to_owned()))
    };
    values.iter().filter_map(pair).take(PICKED_MAX).collect()
}

/// "Đã nhận 3 việc. Còn 1 việc chưa được: …"
pub(super) fn outcome(key: &str, done: usize, failed: &[String]) -> String {
    if done == 0 && failed.is_empty() {
        return say("done.nothing");
    }
    let good = fill(key, &[("n", &done.to_string())]);
    match failed.first() {
        None => good,
        Some(why) => {
            let m = failed.len().to_string();
            fill("done.some", &[("done", &good), ("m", &m), ("why", why)])
        }
    }
}
