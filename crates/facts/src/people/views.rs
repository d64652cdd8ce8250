//! The table of people: writing is a statement, reading a query. The only SQL of this room.
use std::str::FromStr;

use jiff::civil::Date;
use kernel::{Database, Row, Statement, Trouble, params};

use super::{PartialDate, Person, PersonalId, TaxCode};
use crate::address::Address;
use crate::fold::{fold, name_sort_key};

/// The most that one search returns: a page of a list.
pub const SEARCH_MAX: usize = 100;

/// Writes a person; one with the same id is replaced. The transaction is refused with
/// [`Trouble::Conflict`] when the number belongs to another valid record.
pub fn put(person: &Person) -> Statement {
    let address = person.address.as_ref();
    Statement::new(
        "INSERT INTO people (id, kind, personal_id, tax_code, name, name_folded, name_sort, birth,
             sex, phone, email, address_line, commune, province, valid_from, valid_to)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, personal_id = excluded.personal_id,
             tax_code = excluded.tax_code, name = excluded.name,
             name_folded = excluded.name_folded, name_sort = excluded.name_sort,
             birth = excluded.birth, sex = excluded.sex, phone = excluded.phone,
             email = excluded.email, address_line = excluded.address_line,
             commune = excluded.commune, province = excluded.province,
             valid_from = excluded.valid_from, valid_to = excluded.valid_to",
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
        ],
    )
}

const COLUMNS: &str = "id, kind, personal_id, tax_code, name, birth, sex, phone, email, \
    address_line, commune, province, valid_from, valid_to";

/// The person of this id, valid or not.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Person>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE id = ?");
    one(db, Statement::new(sql, params![id])).await
}

/// Who has this personal number now.
pub async fn by_personal_id(db: &Database, id: &PersonalId) -> Result<Option<Person>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE personal_id = ? AND valid_to IS NULL");
    one(db, Statement::new(sql, params![id.as_str()])).await
}

/// Who has this tax code now.
pub async fn by_tax_code(db: &Database, code: &TaxCode) -> Result<Option<Person>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE tax_code = ? AND valid_to IS NULL");
    one(db, Statement::new(sql, params![code.as_str()])).await
}

/// The valid records whose name contains the text, marks, case, apostrophes and spaces aside, in
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
