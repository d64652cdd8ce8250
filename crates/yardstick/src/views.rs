//! The tables of the yardsticks and all their SQL.
//! Does not know: who measures.

/// SQLite as safe as the program's: an acknowledged commit survives a power cut.
pub const SQLITE_SAFE: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;";
/// A row for each dossier, and its entries.
pub const SQLITE_TABLES: &str = "
    CREATE TABLE dossier (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, status TEXT NOT NULL);
    CREATE TABLE entry (
        position INTEGER PRIMARY KEY, dossier INTEGER NOT NULL, version INTEGER NOT NULL,
        kind TEXT NOT NULL, body TEXT NOT NULL);
    CREATE UNIQUE INDEX entry_place ON entry (dossier, version);";
/// One dossier.
pub const NEW_DOSSIER: &str = "INSERT INTO dossier (id, version, status) VALUES (?, 0, 'new')";
/// It goes on.
pub const STEP: &str = "UPDATE dossier SET version = version + 1, status = 'step' WHERE id = ?
    RETURNING version";
/// What happened.
pub const ENTRY: &str = "INSERT INTO entry (dossier, version, kind, body) VALUES (?, ?, 'step', ?)";

/// The reference service's tables.
pub const REFERENCE_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS reference_dossier (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version BIGINT NOT NULL,
        status TEXT NOT NULL, body JSONB NOT NULL);
    CREATE TABLE IF NOT EXISTS reference_entry (
        dossier BIGINT NOT NULL, version BIGINT NOT NULL, kind TEXT NOT NULL, body JSONB NOT NULL,
        PRIMARY KEY (dossier, version));";
/// A whole batch at once, in its order: a row and an entry each.
pub const REFERENCE_BATCH: &str = "
    WITH made AS (
        INSERT INTO reference_dossier (version, status, body)
        SELECT 1, 'received', text::jsonb FROM unnest($1::text[]) WITH ORDINALITY AS t(text, turn)
        ORDER BY turn RETURNING id, body)
    INSERT INTO reference_entry (dossier, version, kind, body)
    SELECT id, 1, 'submitted', body FROM made RETURNING dossier";
