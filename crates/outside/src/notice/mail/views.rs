//! The choices of addresses, and the secret of their links: the only SQL of mail.
use jiff::Timestamp;
use kernel::{Database, Migration, Statement, Trouble, params};

use super::choice::{Choice, Pace, digest};

/// The tables of mail.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "outside/0003_mail",
    sql: include_str!("schema.sql"),
}];

/// The secret of all nodes; whoever starts first makes it.
pub(super) async fn secret(db: &Database) -> Result<String, Trouble> {
    let make = "INSERT INTO mail_secret (id, secret) VALUES (1, ?) ON CONFLICT (id) DO NOTHING";
    let fresh = web::fresh_secret();
    db.write(vec![Statement::new(make, params![fresh])]).await?;
    let ask = Statement::new("SELECT secret FROM mail_secret WHERE id = 1", params![]);
    let rows = db.query(ask).await?;
    rows.first()
        .map(|row| row.string(0))
        .ok_or_else(|| Trouble::Broken("table mail_secret: no row".into()))
}

/// What was chosen for an address.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn choice_of(db: &Database, address: &str) -> Result<Choice, Trouble> {
    chosen(db, &digest(address)).await
}

pub(super) async fn chosen(db: &Database, digest: &str) -> Result<Choice, Trouble> {
    let sql = "SELECT pace, language FROM mail_choices WHERE address = ?";
    let rows = db.query(Statement::new(sql, params![digest])).await?;
    Ok(rows.first().map_or_else(Choice::default, |row| Choice {
        pace: Pace::of(row.text(0)).unwrap_or_default(),
        language: row.string(1),
    }))
}

pub(super) fn choose(digest: &str, choice: &Choice, now: Timestamp) -> Statement {
    let sql = "INSERT INTO mail_choices (address, pace, language, chosen_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (address) DO UPDATE SET pace = excluded.pace,
            language = excluded.language, chosen_at = excluded.chosen_at";
    let values = params![digest, choice.pace.as_str(), choice.language.as_str(), now];
    Statement::new(sql, values)
}
