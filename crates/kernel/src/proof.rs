//! For tests of every floor: the same test on both databases. PostgreSQL is the distribution's own
//! server, whose address the environment gives; without it such a test fails and says how to get
//! one.
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Database, Migration, Settings, Statement, params};

/// The environment variable with the address of a PostgreSQL server on which tests may create
/// databases.
pub const POSTGRES: &str = "DINH_TEST_POSTGRES";
/// Set to `sqlite` to leave PostgreSQL out on purpose, for a quick loop while editing.
pub const ONLY: &str = "DINH_TEST_DATABASES";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Addresses of fresh, empty databases, one for each engine that this run tests.
///
/// # Panics
/// When PostgreSQL is wanted and not there.
pub async fn fresh_urls() -> Vec<String> {
    let unique = format!(
        "dinh_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = std::env::temp_dir().join(&unique);
    std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
    let mut urls = vec![format!("sqlite:{}", folder.join("test.db").display())];
    if std::env::var(ONLY).as_deref() != Ok("sqlite") {
        let server = std::env::var(POSTGRES).unwrap_or_else(|_| {
            panic!("set {POSTGRES} to a PostgreSQL server (./test does), or {ONLY}=sqlite")
        });
        urls.push(fresh_postgres(&server, &unique).await);
    }
    urls
}

async fn fresh_postgres(server: &str, name: &str) -> String {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
        .await
        .unwrap_or_else(|error| panic!("{server}: {error}"));
    tokio::spawn(connection);
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
    client
        .batch_execute(&create)
        .await
        .unwrap_or_else(|error| panic!("{create}: {error}"));
    let (base, _) = server
        .rsplit_once('/')
        .expect("an address ends in /database");
    format!("{base}/{name}")
}

/// Runs `test` on a fresh, migrated database of each engine, and names the engine that failed.
pub async fn on_each<F, Fut>(migrations: &[Migration], test: F)
where
    F: Fn(Database) -> Fut,
    Fut: Future<Output = ()>,
{
    for url in fresh_urls().await {
        let db = Database::open(&url, &Settings::default())
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        db.migrate(migrations)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        eprintln!("on {}", db.engine());
        test(db.clone()).await;
        db.close().await;
    }
}

/// How many rows `table` has.
///
/// # Panics
/// When it cannot be read.
pub async fn count(db: &Database, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    db.query(Statement::new(sql, params![]))
        .await
        .expect("a table that can be counted")[0]
        .int(0)
}
