//! Values as SQLite keeps them, and its errors as the troubles of this house.
//!
//! Does not know: statements, connections.
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, ToSql};

use super::{Trouble, Value};

/// Marks a read that was stopped; never leaves the engine.
pub(super) const TOO_LONG: &str = "a read was stopped";

pub(super) fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        // The house stores no fractions; an average is rounded where it is asked for.
        ValueRef::Real(value) => Value::Int(value.round() as i64),
        ValueRef::Text(value) => Value::Text(text(value)),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    }
}

/// All text of ours is UTF-8; what another program wrote is read as far as it is.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

pub(super) fn trouble(error: &rusqlite::Error) -> Trouble {
    if let rusqlite::Error::SqliteFailure(failure, message) = error {
        let text = message.clone().unwrap_or_else(|| failure.to_string());
        let unique = [
            rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        ];
        if unique.contains(&failure.extended_code) {
            return Trouble::Conflict(text);
        }
        // A full or failing disk is nobody's mistake: people are asked to come again later.
        if matches!(
            failure.code,
            ErrorCode::DatabaseBusy
                | ErrorCode::CannotOpen
                | ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
        ) {
            return Trouble::Unavailable(text);
        }
        if failure.code == ErrorCode::OperationInterrupted {
            return Trouble::Unavailable(TOO_LONG.into());
        }
        return Trouble::Broken(text);
    }
    Trouble::Broken(error.to_string())
}
