//! The connections that questions go over. Half of them as long as they get on: many questions on
//! one connection share its messages and the turns of its server process, and short ones then cost
//! a tenth less than spread over all. One that stands at something long is passed by.
//!
//! Does not know: what is asked.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::Trouble;
use super::postgres::{Line, Wire};

/// Questions under way on one connection before those of the other half get some too.
const TOGETHER_MAX: usize = 16;
/// Connections that share all questions while they get on, at the least: a server process takes its
/// questions one after the other, and another processor would be free.
const SHARING_MIN: usize = 2;
/// A connection from which nothing came back for so long stands at something long: a report, a
/// search through much. Short questions take a tenth of it.
const STANDS_AFTER: Duration = Duration::from_millis(2);

/// All of them.
pub(super) struct Readers {
    all: Vec<Reader>,
    since: Instant,
}

struct Reader {
    line: Mutex<Line>,
    load: Load,
}

/// What is under way on one connection.
#[derive(Default)]
struct Load {
    count: AtomicUsize,
    /// When something was last asked of an idle one or came back, in microseconds.
    moved_at: AtomicU64,
}

/// One question's place on a connection, until it is dropped.
pub(super) struct Turn<'a> {
    readers: &'a Readers,
    reader: &'a Reader,
}

impl Readers {
    /// So many, of which the first is open.
    pub(super) fn new(first: Arc<Wire>, count: usize) -> Self {
        let reader = |wire| Reader {
            line: Mutex::new(Line(wire)),
            load: Load::default(),
        };
        let mut all = vec![reader(Some(first))];
        all.extend((1..count.max(1)).map(|_| reader(None)));
        Self {
            all,
            since: Instant::now(),
        }
    }

    /// The connection for the next question.
    pub(super) fn next(&self) -> Turn<'_> {
        let now = self.now();
        let loads = self.all.iter().map(|reader| &reader.load);
        let reader = &self.all[chosen(loads, now)];
        reader.load.begin(now);
        Turn {
            readers: self,
            reader,
        }
    }

    /// Microseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Of the first half the one with the fewest questions, if it gets on; otherwise of all that do;
/// where none does, of all.
fn chosen<'a>(loads: impl ExactSizeIterator<Item = &'a Load> + Clone, now: u64) -> usize {
    let sharing = (loads.len() / 2).max(SHARING_MIN);
    let numbered = loads.enumerate();
    let moving = numbered.clone().filter(|(_, load)| load.takes_more(now));
    let first = fewest(moving.clone().take_while(|(place, _)| *place < sharing));
    let chosen = first
        .or_else(|| fewest(moving))
        .or_else(|| fewest(numbered));
    chosen.unwrap_or_default()
}

fn fewest<'a>(loads: impl Iterator<Item = (usize, &'a Load)>) -> Option<usize> {
    let fewest = loads.min_by_key(|(_, load)| load.count.load(Ordering::Relaxed));
    fewest.map(|(place, _)| place)
}

impl Load {
    fn takes_more(&self, now: u64) -> bool {
        let count = self.count.load(Ordering::Relaxed);
        let stood = now.saturating_sub(self.moved_at.load(Ordering::Relaxed));
        let gets_on = u128::from(stood) < STANDS_AFTER.as_micros();
        count == 0 || (count < TOGETHER_MAX && gets_on)
    }

    fn begin(&self, now: u64) {
        if self.count.fetch_add(1, Ordering::Relaxed) == 0 {
            self.moved_at.store(now, Ordering::Relaxed);
        }
    }

    fn end(&self, now: u64) {
        self.moved_at.store(now, Ordering::Relaxed);
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turn<'_> {
    /// The live connection; a broken one is replaced.
    pub(super) async fn wire(&self, url: &str) -> Result<Arc<Wire>, Trouble> {
        self.reader.line.lock().await.wire(url).await
    }
}

/// Also when nobody waits for the answer any more.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.reader.load.end(self.readers.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_them_take_all_that_they_get_on_with() {
        let loads = [(); 4].map(|()| Load::default());
        let ask = |now| {
            let place = chosen(loads.iter(), now);
            loads[place].begin(now);
            place
        };
        let first: Vec<usize> = (0..2 * TOGETHER_MAX).map(|_| ask(10)).collect();
        assert_eq!(first, [0, 1].repeat(TOGETHER_MAX));
        assert_eq!([ask(11), ask(11)], [2, 3], "the first two have enough");
        loads[1].end(12);
        assert_eq!(ask(13), 1, "it has got on");
        loads[1].end(14);
        let long = 12 + u64::try_from(STANDS_AFTER.as_micros()).unwrap();
        assert_eq!(ask(long), 1, "the first stands");
        assert_eq!(ask(3 * long), 2, "all stand, the third has the fewest");
    }
}
