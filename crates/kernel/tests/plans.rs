//! On PostgreSQL a question is planned once for each connection, not for each answer, and answered
//! by one process: what it costs must not depend on what the planner thinks of a table today.
use kernel::{Database, Settings, Statement, params, proof};

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
