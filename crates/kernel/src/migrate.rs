//! Migrations: named SQL texts, applied once each, in order, in one transaction a migration.
use crate::{Database, Statement, Trouble, params};

/// A numbered change of the tables. Never edited once it has landed.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique and sorted by floor and age, for example `matters/0001_dossiers`.
    pub name: &'static str,
    /// Statements, each ended by a semicolon at the end of a line. A table whose rows are short and
    /// found by their key ends with `) /* narrow */;`: SQLite then keeps the rows in the key's own
    /// tree instead of in two (`WITHOUT ROWID`), which halves the pages that a row touches. What
    /// only PostgreSQL is told begins with `/* postgres */`.
    pub sql: &'static str,
}

/// The kernel's own tables.
pub const JOURNAL: [Migration; 6] = [
    Migration {
        name: "kernel/0001_journal",
        sql: include_str!("journal.sql"),
    },
    Migration {
        name: "kernel/0002_waiting",
        sql: include_str!("waiting.sql"),
    },
    Migration {
        name: "kernel/0003_waiting_moved",
        sql: include_str!("waiting_moved.sql"),
    },
    Migration {
        name: "kernel/0004_timers",
        sql: include_str!("timers.sql"),
    },
    Migration {
        name: "kernel/0005_timers_moved",
        sql: include_str!("timers_moved.sql"),
    },
    Migration {
        name: "kernel/0006_clock",
        sql: include_str!("clock.sql"),
    },
];

impl Database {
    /// Applies what is missing of the kernel's tables and of `migrations`; returns the names
    /// applied.
    ///
    /// # Errors
    /// [`Trouble`] of the first migration that fails; it left nothing behind.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<Vec<&'static str>, Trouble> {
        self.apply(JOURNAL.iter().chain(migrations)).await
    }

    /// As [`Database::migrate`], but only those of these names: the tables of an older program.
    pub(crate) async fn migrate_only(
        &self,
        migrations: &[Migration],
        names: &[String],
    ) -> Result<(), Trouble> {
        let all = JOURNAL.iter().chain(migrations);
        let wanted = all.filter(|one| names.iter().any(|name| name == one.name));
        self.apply(wanted).await.map(|_| ())
    }

    async fn apply(
        &self,
        migrations: impl Iterator<Item = &Migration>,
    ) -> Result<Vec<&'static str>, Trouble> {
        let ledger = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)";
        // Two nodes that start together may both try to create it; the loser looks again.
        if self
            .write(vec![Statement::new(ledger, vec![])])
            .await
            .is_err()
        {
            self.write(vec![Statement::new(ledger, vec![])]).await?;
        }
        let rows = self
            .query(Statement::new("SELECT name FROM migrations", vec![]))
            .await?;
        let done: Vec<String> = rows.iter().map(|row| row.string(0)).collect();
        let mut applied = Vec::new();
        for migration in migrations {
            if done.iter().any(|name| name == migration.name) {
                continue;
            }
            match self.write(statements(migration, self.engine())).await {
                Ok(_) => applied.push(migration.name),
                // Another node was faster: its transaction holds the same changes.
                Err(Trouble::Conflict(_)) if self.has(migration.name).await? => {}
                Err(error) => return Err(Trouble::Broken(format!("{}: {error}", migration.name))),
            }
        }
        Ok(applied)
    }

    async fn has(&self, name: &str) -> Result<bool, Trouble> {
        let sql = "SELECT 1 FROM migrations WHERE name = ?";
        Ok(!self
            .query(Statement::new(sql, params![name]))
            .await?
            .is_empty())
    }
}

/// What a narrow table says, and how SQLite puts it.
const NARROW: (&str, &str) = ("/* narrow */", "WITHOUT ROWID");
/// What a statement begins with that the other engine does not know.
const POSTGRES_ONLY: &str = "/* postgres */";

fn statements(migration: &Migration, engine: &str) -> Vec<Statement> {
    let record = "INSERT INTO migrations (name) VALUES (?)";
    let mut list = vec![Statement::new(record, params![migration.name])];
    let without_comments: String = migration
        .sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .fold(String::new(), |text, line| text + line + "\n");
    let parts = without_comments
        .split(";\n")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let parts = parts.filter(|part| engine != "sqlite" || !part.starts_with(POSTGRES_ONLY));
    let (marked, narrow) = NARROW;
    let put = |part: &str| match engine {
        "sqlite" => part.replace(marked, narrow),
        _ => part.to_owned(),
    };
    list.extend(parts.map(|part| Statement::new(put(part), vec![])));
    list
}
