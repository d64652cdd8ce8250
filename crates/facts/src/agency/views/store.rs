//! The statements that store offices. Does not know: reading.
use kernel::{Statement, params};

use crate::agency::{Agency, AgencyId, OfficeFile, Position, Right, Term, Unit};
use crate::fold::name_sort_key;

/// The statements that store an office file. Storing it again changes nothing; what it no longer
/// names stays until its `valid_to`.
pub fn store(file: &OfficeFile) -> Vec<Statement> {
    let mut list: Vec<Statement> = file.agencies.iter().map(put_agency).collect();
    for (alias, agency) in &file.aliases {
        let sql = "INSERT INTO agency_aliases (alias, agency) VALUES (?, ?)
             ON CONFLICT (alias) DO UPDATE SET agency = excluded.agency";
        list.push(Statement::new(sql, params![alias, agency.as_str()]));
    }
    list.extend(
        file.units
            .iter()
            .zip(0i64..)
            .map(|(unit, place)| put_unit(unit, place)),
    );
    list.extend(
        file.positions
            .iter()
            .zip(0i64..)
            .map(|(one, place)| put_position(one, place)),
    );
    for officer in &file.officers {
        let sql = "INSERT INTO officers (id, name, name_sort, email) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name,
             name_sort = excluded.name_sort, email = excluded.email";
        let sort = name_sort_key(&officer.name);
        let email = officer.email.as_deref();
        list.push(Statement::new(
            sql,
            params![&officer.id, &officer.name, sort, email],
        ));
    }
    for one in &file.appointments {
        let sql = "INSERT INTO appointments (officer, position, valid_from, valid_to)
             VALUES (?, ?, ?, ?) ON CONFLICT (officer, position, valid_from)
             DO UPDATE SET valid_to = excluded.valid_to";
        let (from, to) = days(&one.term);
        list.push(Statement::new(
            sql,
            params![&one.officer, &one.position, from, to],
        ));
    }
    for one in &file.delegations {
        let sql = "INSERT INTO delegations
             (from_position, to_officer, rights, valid_from, valid_to, basis)
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (from_position, to_officer, valid_from)
             DO UPDATE SET rights = excluded.rights, valid_to = excluded.valid_to,
             basis = excluded.basis";
        let (from, to) = days(&one.term);
        let rights = words(&one.rights);
        let values = params![
            &one.from_position,
            &one.to_officer,
            rights,
            from,
            to,
            one.basis.as_str()
        ];
        list.push(Statement::new(sql, values));
    }
    list
}

/// The statements that store which procedures belong to which field, in place of what was known:
/// pairs of a field's and a procedure's code.
pub fn store_fields<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Statement> {
    let pairs: std::collections::BTreeSet<(&str, &str)> = pairs.into_iter().collect();
    let mut list = vec![Statement::new("DELETE FROM field_procedures", vec![])];
    list.extend(pairs.into_iter().map(|(field, procedure)| {
        let sql = "INSERT INTO field_procedures (field, procedure_code) VALUES (?, ?)";
        Statement::new(sql, params![field, procedure])
    }));
    list
}

fn put_agency(agency: &Agency) -> Statement {
    let (from, to) = days(&agency.term);
    Statement::new(
        "INSERT INTO agencies
             (id, name, level, place_code, parent, valid_from, valid_to, to_verify)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, level = excluded.level,
             place_code = excluded.place_code, parent = excluded.parent,
             valid_from = excluded.valid_from, valid_to = excluded.valid_to,
             to_verify = excluded.to_verify",
        params![
            agency.id.as_str(),
            agency.name.as_str(),
            agency.level.as_str(),
            agency.place_code.as_str(),
            agency.parent.as_ref().map(AgencyId::as_str),
            from,
            to,
            agency.to_verify,
        ],
    )
}

fn put_unit(unit: &Unit, place: i64) -> Statement {
    Statement::new(
        "INSERT INTO units (id, agency, name, fields, place) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, fields = excluded.fields,
             place = excluded.place",
        params![
            &unit.id,
            unit.agency.as_str(),
            &unit.name,
            between(&unit.fields),
            place
        ],
    )
}

fn put_position(position: &Position, place: i64) -> Statement {
    let (from, to) = days(&position.term);
    let rights = words(&position.rights);
    Statement::new(
        "INSERT INTO positions (id, unit, title, rights, fields, valid_from, valid_to, place)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, rights = excluded.rights,
             fields = excluded.fields, valid_from = excluded.valid_from,
             valid_to = excluded.valid_to,
             place = excluded.place",
        params![
            &position.id,
            &position.unit,
            &position.title,
            rights,
            between(&position.fields),
            from,
            to,
            place
        ],
    )
}

fn days(term: &Term) -> (String, Option<String>) {
    (term.from.to_string(), term.to.map(|day| day.to_string()))
}

fn words(rights: &[Right]) -> String {
    let all: String = rights.iter().map(|right| format!("{right},")).collect();
    format!(",{all}")
}

/// Words between commas, as one text.
fn between(words: &[String]) -> String {
    words.join(",")
}
