//! The table of people: writing is a statement, reading a query. The only SQL of this room.
use std::str::FromStr;

use jiff::civil::Date;
use kernel::{Database, Row, Statement, Trouble, params};

use super::{Origin, PartialDate, Person, PersonalId, TaxCode};
use crate::address::Address;
use crate::fold::{fold, name_sort_key};

/// The most that one search returns: a page of a list.
pub const SEARCH_MAX: usize = 100;
/// Of one number: at most one open account claims it, each that was closed did before.
const CLAIMS_MAX: i64 = 20;

/// Writes a person; one with the same id is replaced. The transaction is refused with
/// [`Trouble::Conflict`] when the office has the number on file for somebody else.
pub fn put(person: &Person) -> Statement {
    let address = person.address.as_ref();
    Statement::new(
        "INSERT INTO people (id, kind, personal_id, tax_code, name, name_folded, name_sort, birth,
             sex, phone, email, address_line, commune, province, valid_from, valid_to,
             origin, confirmed_as)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, personal_id = excluded.personal_id,
             tax_code = excluded.tax_code, name = excluded.name,
             name_folded = excluded.name_folded, name_sort = excluded.name_sort,
             birth = excluded.birth, sex = excluded.sex, phone = excluded.phone,
             email = excluded.email, address_line = excluded.address_line,
             commune = excluded.commune, province = excluded.province,
             valid_from = excluded.valid_from, valid_to = excluded.valid_to,
             origin = excluded.origin, confirmed_as = excluded.confirmed_as",
        params![
            person.id.as_str(),
            person.kind.as_str(),
            person.personal_id.as_ref().map(PersonalId::as_str),
            person.tax_code.as_ref().map(TaxCode::as_str),
            person.name.as_str(),
            fold(&person.name),
            name_sort_key(&person.name),
            person.birth.map(PartialDate::to_iso),
            person.sex.map(|sex| sex.as_str()),
            person.phone.as_deref(),
            person.email.as_deref(),
            address.map(|address| address.line.as_str()),
            address.map(|address| address.commune.as_str()),
            address.map(|address| address.province.as_str()),
            person.valid_from.to_string(),
            person.valid_to.map(|day| day.to_string()),
            person.origin.as_str(),
            person.origin.confirmed_as(),
        ],
    )
}

/// What an account says of itself is confirmed: it is the person on file of id `person`. Refuses
/// its transaction when it was confirmed before, has ended, or there is no such person on file.
pub fn confirm(account: &str, person: &str) -> Statement {
    let sql = "UPDATE people SET confirmed_as = ?
         WHERE id = ? AND origin = 'account' AND confirmed_as IS NULL AND valid_to IS NULL
           AND EXISTS (SELECT 1 FROM people p
             WHERE p.id = ? AND p.origin = 'office' AND p.valid_to IS NULL)";
    Statement::new(sql, params![person, account, person]).must_change(1)
}

/// Takes back that an account is the person on file of id `person`.
pub fn undo_confirmation(account: &str, person: &str) -> Statement {
    let sql = "UPDATE people SET confirmed_as = NULL WHERE id = ? AND confirmed_as = ?";
    Statement::new(sql, params![account, person]).must_change(1)
}

/// What a closed account said of itself claims nothing any more.
pub fn end_claim(account: &str, day: Date) -> Statement {
    let sql = "UPDATE people SET valid_to = ?, confirmed_as = NULL
         WHERE id = ? AND origin = 'account' AND valid_to IS NULL";
    Statement::new(sql, params![day.to_string(), account])
}

const COLUMNS: &str = "id, kind, personal_id, tax_code, name, birth, sex, phone, email, \
    address_line, commune, province, valid_from, valid_to, origin, confirmed_as";

/// The person of this id, valid or not.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Person>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE id = ?");
    one(db, Statement::new(sql, params![id])).await
}

/// The person on file of this id, now; what an account says of itself is none.
pub async fn on_file(db: &Database, id: &str) -> Result<Option<Person>, Trouble> {
    let found = by_id(db, id).await?;
    Ok(found.filter(|person| person.origin == Origin::Office && person.valid_to.is_none()))
}

/// The person on file who has this personal number now. Accounts that claim it are not meant.
pub async fn by_personal_id(db: &Database, id: &PersonalId) -> Result<Option<Person>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people
         WHERE personal_id = ? AND valid_to IS NULL AND origin = 'office'"
    );
    one(db, Statement::new(sql, params![id.as_str()])).await
}

/// The organisation on file that has this tax code now. Accounts that claim it are not meant.
pub async fn by_tax_code(db: &Database, code: &TaxCode) -> Result<Option<Person>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people
         WHERE tax_code = ? AND valid_to IS NULL AND origin = 'office'"
    );
    one(db, Statement::new(sql, params![code.as_str()])).await
}

/// What accounts say of themselves with this number (a personal number or a tax code): the newest
/// first, at most [`CLAIMS_MAX`].
pub async fn claims(db: &Database, number: &str) -> Result<Vec<Person>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people
         WHERE origin = 'account' AND valid_to IS NULL AND (personal_id = ? OR tax_code = ?)
         ORDER BY valid_from DESC, id DESC LIMIT ?"
    );
    let rows = db.query(Statement::new(sql, params![number, number, CLAIMS_MAX]));
    rows.await?.iter().map(person).collect()
}

/// What the accounts say of themselves that were confirmed to be this person on file.
pub async fn accounts_of(db: &Database, id: &str) -> Result<Vec<Person>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people WHERE confirmed_as = ? AND valid_to IS NULL
         ORDER BY id LIMIT ?"
    );
    let rows = db.query(Statement::new(sql, params![id, CLAIMS_MAX]));
    rows.await?.iter().map(person).collect()
}

/// The ids under which dossiers of a personal number or tax code may stand: of the person on file,
/// and of accounts that claim it or did.
pub async fn ids_of(db: &Database, number: &str) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT id FROM people WHERE personal_id = ? OR tax_code = ? ORDER BY id LIMIT ?";
    let rows = db.query(Statement::new(sql, params![number, number, CLAIMS_MAX]));
    Ok(rows.await?.iter().map(|row| row.string(0)).collect())
}

/// The person on file whom the office confirmed this account to be. Asked on every request of the
/// account: the answer of lately is taken, until it is forgotten.
pub async fn confirmed_as(db: &Database, account: &str) -> Result<Option<String>, Trouble> {
    let rows = db.query_lately(asked_confirmed_as(account)).await?;
    Ok(rows.first().and_then(|row| row.opt_string(0)))
}

/// It was confirmed just now, or that was undone.
pub fn forget_confirmed_as(db: &Database, account: &str) {
    db.forget_one(&asked_confirmed_as(account));
}

fn asked_confirmed_as(account: &str) -> Statement {
    let sql = "SELECT confirmed_as FROM people WHERE id = ? AND valid_to IS NULL";
    Statement::new(sql, params![account])
}

/// The people on file whose name contains the text, marks, case, apostrophes and spaces aside, in
/// the order of given names; at most `limit` and [`SEARCH_MAX`].
pub async fn search(db: &Database, text: &str, limit: usize) -> Result<Vec<Person>, Trouble> {
    let literal = fold(text)
        .replace(' ', "")
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    let limit = i64::try_from(limit.min(SEARCH_MAX)).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {COLUMNS} FROM people
         WHERE REPLACE(name_folded, ' ', '') LIKE ? ESCAPE '!' AND valid_to IS NULL
           AND origin = 'office'
         ORDER BY name_sort, id LIMIT ?"
    );
    let rows = db
        .query(Statement::new(sql, params![format!("%{literal}%"), limit]))
        .await?;
    rows.iter().map(person).collect()
}

async fn one(db: &Database, statement: Statement) -> Result<Option<Person>, Trouble> {
    let rows = db.query(statement).await?;
    rows.first().map(person).transpose()
}

fn person(row: &Row) -> Result<Person, Trouble> {
    Ok(Person {
        id: row.string(0),
        kind: parse(row.text(1))?,
        personal_id: row.opt_text(2).map(parse::<PersonalId>).transpose()?,
        tax_code: row.opt_text(3).map(parse::<TaxCode>).transpose()?,
        name: row.string(4),
        birth: row.opt_text(5).map(parse::<PartialDate>).transpose()?,
        sex: row.opt_text(6).map(parse).transpose()?,
        phone: row.opt_string(7),
        email: row.opt_string(8),
        address: row.opt_string(10).map(|commune| Address {
            line: row.opt_string(9).unwrap_or_default(),
            commune,
            province: row.opt_string(11).unwrap_or_default(),
        }),
        valid_from: parse::<Date>(row.text(12))?,
        valid_to: row.opt_text(13).map(parse::<Date>).transpose()?,
        origin: match row.text(14) {
            "office" => Origin::Office,
            _ => Origin::Account {
                confirmed_as: row.opt_string(15),
            },
        },
    })
}

fn parse<T: FromStr>(text: &str) -> Result<T, Trouble>
where
    T::Err: std::fmt::Display,
{
    // Not the text itself: it may be personal.
    text.parse()
        .map_err(|error: T::Err| Trouble::Broken(format!("table people: {error}")))
}
