//! At the end: is every acknowledged dossier there, as far as it was acknowledged? Asked at the
//! public lookup, like its applicant would. Does not know: how it got there.
use std::sync::Arc;

use super::address::route;
use super::book::{Book, Far, Known};
use super::browser::{Browser, Seen};
use super::cast::fresh_address;
use super::tally::Tally;
use super::wire::Target;

/// Lookups from one address before the next is taken: the server allows twenty at once.
const LOOKUPS_AN_ADDRESS: usize = 15;
/// Lookups at the same time.
const AT_ONCE: usize = 8;
/// Tries of one lookup when the server says "too many", with a pause that gives back a try.
const TRIES: usize = 5;
const PAUSE: std::time::Duration = std::time::Duration::from_secs(7);

/// How many were looked up, and what is wrong with which.
pub struct Found {
    /// Looked up.
    pub checked: u64,
    /// Not as acknowledged, one sentence each.
    pub lost: Vec<String>,
}

/// Looks every dossier of the book up.
pub async fn look_up(book: &Book, target: &Arc<Target>) -> Found {
    let all = Arc::new(book.known());
    let mut lookers = Vec::new();
    for looker in 0..AT_ONCE {
        let (all, target) = (Arc::clone(&all), Arc::clone(target));
        lookers.push(tokio::spawn(async move {
            let mut lost = Vec::new();
            let chunks = all.chunks(LOOKUPS_AN_ADDRESS).enumerate();
            for (_, chunk) in chunks.filter(|(number, _)| number % AT_ONCE == looker) {
                let from = fresh_address(looker, &target);
                let mut browser = Browser::new(Arc::clone(&target), from);
                for (code, known) in chunk {
                    lost.extend(one(&mut browser, code, known).await);
                }
            }
            lost
        }));
    }
    let mut lost = Vec::new();
    for looker in lookers {
        match looker.await {
            Ok(found) => lost.extend(found),
            Err(error) => lost.push(format!("a looker failed: {error}")),
        }
    }
    let checked = u64::try_from(all.len()).unwrap_or(0);
    Found { checked, lost }
}

async fn one(browser: &mut Browser, code: &str, known: &Known) -> Option<String> {
    // These requests are no load: their times are counted nowhere.
    let mut tally = Tally::default();
    for _ in 0..TRIES {
        match browser.look(&mut tally, &format!("/lookup/{code}")).await {
            Ok(seen) if seen.status == 429 => tokio::time::sleep(PAUSE).await,
            Ok(seen) => return wrong(&seen, code, known),
            Err(mishap) => return Some(format!("{code}: {}", mishap.words())),
        }
    }
    Some(format!("{code}: too many lookups"))
}

fn wrong(seen: &Seen, code: &str, known: &Known) -> Option<String> {
    let route = route(&seen.address);
    if seen.status != 200 || !seen.page.says(code) {
        return Some(format!("{code}: {route} answered {}", seen.status));
    }
    let mut allowed = words(known.far).to_vec();
    if let Some(perhaps) = known.perhaps {
        allowed.extend(words(perhaps));
    }
    let shown = allowed.iter().any(|words| seen.page.says(words));
    (!shown).then(|| format!("{code}: acknowledged as {}, not shown so", known.far.word()))
}

/// What the lookup page may say.
fn words(far: Far) -> &'static [&'static str] {
    match far {
        Far::Submitted => &["Chờ tiếp nhận", "Mới đăng ký"],
        Far::Accepted => &[
            "Đã tiếp nhận",
            "Được tiếp nhận",
            "Đang giải quyết",
            "Đang xử lý",
        ],
        Far::Issued => &["Đã có kết quả", "Đã xử lý xong", "Chờ nộp phí"],
        Far::Delivered => &["Đã trả kết quả"],
    }
}
