//! The tables of the dossiers and everything asked of them: the only SQL of this room. Rows are
//! made from the state after an entry, so they cannot disagree with it; the few names that lists
//! show are copied from the private document of the submission.
//! Does not know: who is asking beyond their scopes (`access.rs`), pages.

mod inbox;
mod lines;
mod lists;
mod looks;
mod numbers;
mod results;
mod rows;
mod same;
mod sought;
mod walk;

pub use inbox::{Inbox, QUEUED_MAX, Queued, Task, inbox, queued, waiting};
pub use lines::{Line, PublicStatus, by_code, by_id, id_of, public_status};
pub use lists::{Book, Cursor, NotACursor, Search, are_unlisted, book, list, receipt_of};
pub use looks::{Look, looks};
pub use numbers::{NoNumber, Numbers, Series, reserve_numbers};
pub use results::{claim_result, is_result_taken};
pub use same::about_the_same;

pub(super) use rows::{QUEUES, TABLES, statements};

use facts::agency::Reach;
use kernel::{Migration, Value};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "matters/0001_dossiers",
        sql: include_str!("schema.sql"),
    },
    // Lists by name, and the inbox by queues. What stood in the tables before comes back by a
    // rebuild.
    Migration {
        name: "matters/0003_lists",
        sql: include_str!("lists.sql"),
    },
    // Fewer trees for each row.
    Migration {
        name: "matters/0004_leaner",
        sql: include_str!("leaner.sql"),
    },
    // An index of the newest dossiers, for what is counted of them.
    Migration {
        name: "matters/0005_recent",
        sql: include_str!("recent.sql"),
    },
    // Open work in one tree.
    Migration {
        name: "matters/0006_queues",
        sql: include_str!("queues.sql"),
    },
    Migration {
        name: "matters/0007_queues_moved",
        sql: include_str!("queues_moved.sql"),
    },
    Migration {
        name: "matters/0008_fewer_lists",
        sql: include_str!("fewer_lists.sql"),
    },
    // Only what somebody reads.
    Migration {
        name: "matters/0011_what_is_read",
        sql: include_str!("what_is_read.sql"),
    },
    Migration {
        name: "matters/0012_what_is_read_moved",
        sql: include_str!("what_is_read_moved.sql"),
    },
    Migration {
        name: "matters/0013_posts",
        sql: include_str!("posts.sql"),
    },
    Migration {
        name: "matters/0014_posts_moved",
        sql: include_str!("posts_moved.sql"),
    },
    Migration {
        name: "matters/0015_looks",
        sql: include_str!("looks.sql"),
    },
    // A number of a result is given once.
    Migration {
        name: "matters/0016_results",
        sql: include_str!("results.sql"),
    },
    // Dossiers about the same matter. Those of before come by a rebuild.
    Migration {
        name: "matters/0017_matters",
        sql: include_str!("matters.sql"),
    },
];

/// A condition on the column of a procedure's code, to be put after another, and its values: only
/// what is reached.
fn reaches(column: &str, reach: &Reach) -> (String, Vec<Value>) {
    let (word, codes) = match reach {
        Reach::All => return (String::new(), Vec::new()),
        Reach::Only(codes) => ("IN", codes),
        Reach::Except(codes) => ("NOT IN", codes),
    };
    // No code is empty: a list of none is still a list.
    let codes = codes.iter().map(String::as_str).chain([""]);
    let values: Vec<Value> = codes.map(Value::from).collect();
    let places = vec!["?"; values.len()].join(", ");
    (format!(" AND {column} {word} ({places})"), values)
}

/// The longest page of a list; a screen shows 20 to 50 lines, an export reads page after page.
pub const LINES_MAX: usize = 500;
