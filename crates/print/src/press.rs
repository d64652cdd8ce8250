//! Press: a few threads that do nothing but print, and a queue that does not grow without end. A
//! document that is laid out holds some MiB: with as many at once as people ask for, memory grows
//! with the crowd; with as many as there are processors, nothing is slower.
//!
//! It does not know who waits for a document, nor how.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::{Cache, PrintError, Template};

/// More threads than this hold more memory than an office's machine has to spare for printing.
const THREADS_MAX: usize = 8;
/// Documents that wait for each thread: at 25 ms each, nobody waits longer than some two seconds.
const WAITING_PER_THREAD: usize = 80;

/// What becomes of a document: handed to whoever asked for it.
type Reply = Box<dyn FnOnce(Result<Arc<[u8]>, PrintError>) + Send>;

struct Job {
    template: Template,
    data: Value,
    reply: Reply,
}

/// The threads and what they remember. They end when it is dropped.
pub struct Press {
    cache: Arc<Cache>,
    queue: SyncSender<Job>,
}

impl Press {
    /// As many threads as the machine has processors, over one memory of printed documents.
    pub fn start(cache: Cache) -> Press {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Press::with_threads(cache, processors.min(THREADS_MAX))
    }

    fn with_threads(cache: Cache, threads: usize) -> Press {
        let (queue, jobs) = sync_channel(threads * WAITING_PER_THREAD);
        let (cache, jobs) = (Arc::new(cache), Arc::new(Mutex::new(jobs)));
        for _ in 0..threads {
            let (cache, jobs) = (Arc::clone(&cache), Arc::clone(&jobs));
            let named = std::thread::Builder::new().name("press".into());
            let started = named.spawn(move || print_until_closed(&cache, &jobs));
            started.expect("a machine that gives no thread can serve nobody");
        }
        Press { cache, queue }
    }

    /// Hands the PDF of [`crate::pdf`] to `reply`: at once when it is remembered, else from one of
    /// the threads.
    ///
    /// # Errors
    /// [`PrintError::Busy`] when too many wait; `reply` is then not called.
    pub fn print(
        &self,
        template: Template,
        data: Value,
        reply: impl FnOnce(Result<Arc<[u8]>, PrintError>) + Send + 'static,
    ) -> Result<(), PrintError> {
        if let Some(known) = self.cache.known(&template, &data) {
            reply(Ok(known));
            return Ok(());
        }
        let job = Job {
            template,
            data,
            reply: Box::new(reply),
        };
        self.queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => PrintError::Busy,
        })
    }
}

fn print_until_closed(cache: &Cache, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        (job.reply)(cache.pdf(&job.template, &job.data));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use serde_json::json;

    use super::*;

    fn letter(number: usize) -> (Template, Value) {
        let source = "#let data = json(\"/data.json\")\n#data.text";
        (
            Template::new("a.typ", source),
            json!({ "text": format!("Hồ sơ {number}") }),
        )
    }

    #[test]
    fn what_is_asked_for_is_printed_and_what_is_known_is_given_at_once() {
        let press = Press::with_threads(Cache::new(1_000_000), 2);
        let (sender, made) = channel();
        for number in 0..6 {
            let (template, data) = letter(number % 3);
            let sender = sender.clone();
            let reply = move |pdf: Result<Arc<[u8]>, _>| sender.send((number, pdf)).unwrap();
            press.print(template, data, reply).unwrap();
        }
        for _ in 0..6 {
            let (number, pdf) = made.recv().unwrap();
            let (template, data) = letter(number % 3);
            assert_eq!(*pdf.unwrap(), crate::pdf(&template, &data).unwrap());
        }
        let (template, data) = letter(0);
        press
            .print(template, data, move |pdf| sender.send((9, pdf)).unwrap())
            .unwrap();
        assert!(made.try_recv().is_ok(), "before `print` came back");
    }

    #[test]
    fn a_full_queue_refuses() {
        let press = Press::with_threads(Cache::new(0), 1);
        let asked = (0..WAITING_PER_THREAD * 20).map(|number| {
            let (template, data) = letter(number);
            press.print(template, data, |_| ())
        });
        assert!(
            asked
                .filter(|answer| *answer == Err(PrintError::Busy))
                .count()
                > 0
        );
    }
}
