//! On PostgreSQL a question is planned once for each connection, not for each answer, and answered
//! by one process: what it costs must not depend on what the planner thinks of a table today.
use kernel::{Database, Migration, Settings, Statement, params, proof};

/// More than the five after which PostgreSQL compares plans.
const TIMES: i64 = 20;

#[tokio::test]
async fn postgres_plans_a_question_once() {
    for url in proof::fresh_urls().await {
        if !url.starts_with("postgres") {
            continue;
        }
        let settings = Settings {
            readers: 1,
            ..Settings::default()
        };
        let db = Database::open(&url, &settings).await.expect("opens");
        let ask = async |sql: &'static str, values| {
            let asked = Statement::new(sql, values);
            db.query(asked).await.expect("answers")
        };
        for number in 0..TIMES {
            ask(
                "SELECT relname FROM pg_class WHERE CAST(oid AS BIGINT) > ?",
                params![number],
            )
            .await;
        }
        let plans = "SELECT CAST(SUM(custom_plans) AS BIGINT), CAST(SUM(generic_plans) AS BIGINT)
                     FROM pg_prepared_statements WHERE statement LIKE 'SELECT relname%'";
        let plans = &ask(plans, vec![]).await[0];
        assert_eq!((plans.int(0), plans.int(1)), (0, TIMES));
        let workers = "SELECT current_setting('max_parallel_workers_per_gather')";
        assert_eq!(ask(workers, vec![]).await[0].text(0), "0");
        db.close().await;
    }
}

/// A queue is emptied, PostgreSQL clears it away, and the next question is planned.
#[tokio::test]
async fn postgres_walks_an_index_of_a_table_that_was_empty() {
    const DRAFTS: Migration = Migration {
        name: "test/0001_drafts",
        sql: "CREATE TABLE drafts (
                owner TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (owner, id));",
    };
    for url in proof::fresh_urls().await {
        if !url.starts_with("postgres") {
            continue;
        }
        let db = Database::open(&url, &Settings::default()).await;
        let db = db.expect("opens");
        db.migrate(&[DRAFTS]).await.expect("tables");
        let (outside, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
            .await
            .expect("a connection of its own");
        tokio::spawn(connection);
        let cleared = outside.batch_execute("VACUUM ANALYZE drafts").await;
        cleared.expect("cleared away");
        let plan = "EXPLAIN SELECT id FROM drafts WHERE owner = ?";
        let plan = db.query(Statement::new(plan, params!["a"])).await;
        let plan: Vec<String> = plan
            .expect("a plan")
            .iter()
            .map(|row| row.string(0))
            .collect();
        let plan = plan.join("\n");
        assert!(plan.contains("Index"), "{plan}");
        db.close().await;
    }
}
