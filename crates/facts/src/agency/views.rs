//! The tables of offices: storing an office file, who may do what now. The room's only SQL.
mod former;
mod store;

pub use store::{store, store_fields};

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use kernel::{Database, Row, Statement, Trouble, Value, params};

use super::reach::{Fields, Seat, place};
use super::{Agency, AgencyLevel, Officer, Position, Post, Right, Term, Unit, Viewer};
use crate::fold::fold;

/// Viet Nam has one time all year.
const VIETNAM: Offset = Offset::constant(7);

/// The offices as stored, at most two seconds ago: every page asks.
#[derive(Debug, Clone)]
pub struct Offices(Database);

impl Offices {
    /// On this database.
    pub fn new(database: Database) -> Self {
        database.forget_lately();
        Offices(database)
    }

    async fn ask(&self, sql: &'static str, values: Vec<Value>) -> Result<Arc<Vec<Row>>, Trouble> {
        self.0.query_lately(Statement::new(sql, values)).await
    }

    /// The agencies that exist at that moment, by identifier.
    pub async fn agencies(&self, now: Timestamp) -> Result<Vec<Agency>, Trouble> {
        let sql = "SELECT id, name, level, place_code, parent, valid_from, valid_to, to_verify
             FROM agencies WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)
             ORDER BY id";
        let today = day(now);
        let rows = self.ask(sql, params![&today, &today]).await?;
        rows.iter().map(agency).collect()
    }

    /// The agency of this identifier, or of another that means it; existing or not.
    pub async fn agency(&self, id: &str) -> Result<Option<Agency>, Trouble> {
        let sql = "SELECT id, name, level, place_code, parent, valid_from, valid_to, to_verify
             FROM agencies WHERE id = ?
             OR id = (SELECT agency FROM agency_aliases WHERE alias = ?)";
        let rows = self.ask(sql, params![id, id]).await?;
        rows.first().map(agency).transpose()
    }

    /// The units of an agency in the order of its file.
    pub async fn units(&self, agency: &str) -> Result<Vec<Unit>, Trouble> {
        let sql = "SELECT id, agency, name, fields FROM units WHERE agency = ? ORDER BY place, id";
        let rows = self.ask(sql, params![agency]).await?;
        rows.iter().map(unit).collect()
    }

    /// The positions of an agency in the order of its file.
    pub async fn positions(&self, agency: &str, now: Timestamp) -> Result<Vec<Position>, Trouble> {
        let sql = "SELECT p.id, p.unit, u.agency, p.title, p.rights, p.valid_from, p.valid_to,
             p.fields FROM positions p JOIN units u ON u.id = p.unit
             WHERE u.agency = ? AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?)
             ORDER BY p.place, p.id";
        let today = day(now);
        let rows = self.ask(sql, params![agency, &today, &today]).await?;
        rows.iter().map(position).collect()
    }

    /// The positions of an agency whose holder has the right, in the order of its file.
    pub async fn positions_with(
        &self,
        right: Right,
        agency: &str,
        now: Timestamp,
    ) -> Result<Vec<Position>, Trouble> {
        let mut positions = self.positions(agency, now).await?;
        positions.retain(|position| position.rights.contains(&right));
        Ok(positions)
    }

    /// The officer of this id.
    pub async fn officer(&self, id: &str) -> Result<Option<Officer>, Trouble> {
        Ok(self.officers_of(&[id.to_owned()]).await?.pop())
    }

    /// The officers among these ids, in one query for a whole page; ids of nobody are left out.
    pub async fn officers_of(&self, ids: &[String]) -> Result<Vec<Officer>, Trouble> {
        let marks = "?, ".repeat(ids.len());
        let sql = format!("SELECT id, name, email FROM officers WHERE id IN ({marks}?)");
        let ids = ids.iter().map(String::as_str).chain([""]);
        let ids = ids.map(Value::from).collect();
        let rows = self.0.query_lately(Statement::new(sql, ids)).await?;
        Ok(rows.iter().map(officer).collect())
    }

    /// Everybody appointed to a position of the agency at that moment, by given name.
    pub async fn officers(&self, agency: &str, now: Timestamp) -> Result<Vec<Officer>, Trouble> {
        let sql = "SELECT id, name, email FROM officers WHERE id IN (
                 SELECT a.officer FROM appointments a
                 JOIN positions p ON p.id = a.position JOIN units u ON u.id = p.unit
                 WHERE u.agency = ? AND a.valid_from <= ?
                 AND (a.valid_to IS NULL OR a.valid_to > ?))
             ORDER BY name_sort, id";
        let today = day(now);
        let rows = self.ask(sql, params![agency, &today, &today]).await?;
        Ok(rows.iter().map(officer).collect())
    }

    /// Who acts in a position at that moment: appointed, or with rights of it lent to them.
    pub async fn holders(&self, position: &str, now: Timestamp) -> Result<Vec<Officer>, Trouble> {
        let sql = "SELECT id, name, email FROM officers WHERE id IN (
                 SELECT officer FROM appointments WHERE position = ? AND valid_from <= ?
                 AND (valid_to IS NULL OR valid_to > ?)
                 UNION SELECT to_officer FROM delegations WHERE from_position = ?
                 AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?))
             ORDER BY name_sort, id";
        let today = day(now);
        let values = params![position, &today, &today, position, &today, &today];
        let rows = self.ask(sql, values).await?;
        Ok(rows.iter().map(officer).collect())
    }

    /// The posts in force for an officer at that moment, delegations included, by position. A
    /// delegation never gives more than the position has; one position is one post.
    pub async fn posts_of(&self, officer: &str, now: Timestamp) -> Result<Vec<Post>, Trouble> {
        let sql = "SELECT p.id, p.unit, u.agency, p.rights, p.rights
             FROM appointments h JOIN positions p ON p.id = h.position
             JOIN units u ON u.id = p.unit JOIN agencies g ON g.id = u.agency
             WHERE h.officer = ?
             AND h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to > ?)
             AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?)
             AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to > ?)
             UNION ALL SELECT p.id, p.unit, u.agency, p.rights, h.rights
             FROM delegations h JOIN positions p ON p.id = h.from_position
             JOIN units u ON u.id = p.unit JOIN agencies g ON g.id = u.agency
             WHERE h.to_officer = ?
             AND h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to > ?)
             AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?)
             AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to > ?)";
        let today = day(now);
        let mut values: Vec<Value> = Vec::new();
        for _ in 0..2 {
            values.push(Value::from(officer));
            values.extend((0..6).map(|_| Value::from(&today)));
        }
        let rows = self.ask(sql, values).await?;
        let mut posts: BTreeMap<String, Post> = BTreeMap::new();
        for row in rows.iter() {
            let of_position = rights(row.text(3))?;
            let post = posts.entry(row.string(0)).or_insert_with(|| Post {
                position: row.string(0),
                unit: row.string(1),
                agency: row.string(2),
                ..Post::default()
            });
            let given = rights(row.text(4))?;
            post.rights.extend(
                given
                    .into_iter()
                    .filter(|right| of_position.contains(right)),
            );
            post.rights.sort_unstable();
            post.rights.dedup();
        }
        let mut posts: Vec<Post> = posts.into_values().collect();
        self.place(&mut posts, &today).await?;
        Ok(posts)
    }

    /// Says of these posts which procedures they reach and for whom they stand in.
    async fn place(&self, posts: &mut [Post], today: &str) -> Result<(), Trouble> {
        let rows = self
            .ask("SELECT field, procedure_code FROM field_procedures", vec![])
            .await?;
        let mut fields = Fields::new();
        for row in rows.iter() {
            let codes = fields.entry(row.string(0)).or_default();
            codes.insert(row.string(1));
        }
        for post in posts {
            let seats = self.seats(&post.agency, today).await?;
            place(post, &seats, &fields);
        }
        Ok(())
    }

    /// Every position of an agency, those that ended too, and who is there on this day.
    async fn seats(&self, agency: &str, today: &str) -> Result<Vec<Seat>, Trouble> {
        let sql = "SELECT p.id, p.rights, u.fields, p.fields, CASE WHEN p.valid_from <= ?
             AND (p.valid_to IS NULL OR p.valid_to > ?) AND (EXISTS (SELECT 1 FROM appointments h
               WHERE h.position = p.id AND h.valid_from <= ?
               AND (h.valid_to IS NULL OR h.valid_to > ?))
             OR EXISTS (SELECT 1 FROM delegations h WHERE h.from_position = p.id
               AND h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to > ?)))
             THEN 1 ELSE 0 END
             FROM positions p JOIN units u ON u.id = p.unit WHERE u.agency = ? ORDER BY p.id";
        let mut values: Vec<Value> = (0..6).map(|_| Value::from(today)).collect();
        values.push(Value::from(agency));
        let rows = self.ask(sql, values).await?;
        let seat = |row: &Row| {
            let (of_unit, own) = (within(row.text(2)), within(row.text(3)));
            Ok(Seat {
                position: row.string(0),
                rights: rights(row.text(1))?,
                fields: if own.is_empty() { of_unit } else { own },
                is_held: row.int(4) != 0,
            })
        };
        rows.iter().map(seat).collect()
    }

    /// Who of an agency may be given work that needs the right on a dossier of the procedure, each
    /// with the first of their posts that gives it, in the order of the file.
    pub async fn able(
        &self,
        (agency, right, procedure): (&str, Right, &str),
        now: Timestamp,
    ) -> Result<Vec<(Officer, Position)>, Trouble> {
        let mut found: Vec<(Officer, Position)> = Vec::new();
        for position in self.positions_with(right, agency, now).await? {
            for officer in self.holders(&position.id, now).await? {
                let posts = self.posts_of(&officer.id, now).await?;
                let gives =
                    |post: &Post| post.position == position.id && post.handles(right, procedure);
                let is_new = found.iter().all(|(known, _)| known.id != officer.id);
                if is_new && posts.iter().any(gives) {
                    found.push((officer, position.clone()));
                }
            }
        }
        Ok(found)
    }

    /// The officer as one who asks, with the posts of that moment.
    pub async fn viewer(&self, officer: &str, now: Timestamp) -> Result<Viewer, Trouble> {
        let posts = self.posts_of(officer, now).await?;
        Ok(Viewer::Officer {
            officer: officer.to_string(),
            posts,
        })
    }

    /// The one-stop counters of that moment: each agency that receives dossiers with the name of
    /// the unit that does, communes first.
    pub async fn counters(&self, now: Timestamp) -> Result<Vec<(Agency, String)>, Trouble> {
        let sql = "SELECT g.id, g.name, g.level, g.place_code, g.parent, g.valid_from, g.valid_to,
                 g.to_verify, MIN(u.name)
             FROM agencies g JOIN units u ON u.agency = g.id JOIN positions p ON p.unit = u.id
             WHERE p.rights LIKE ? AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to > ?)
             AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?)
             GROUP BY g.id, g.name, g.level, g.place_code, g.parent, g.valid_from, g.valid_to,
                 g.to_verify ORDER BY g.level, g.id";
        let (today, right) = (day(now), format!("%,{},%", Right::Intake));
        let values = params![right, &today, &today, &today, &today];
        let rows = self.ask(sql, values).await?;
        rows.iter()
            .map(|row| Ok((agency(row)?, row.string(8))))
            .collect()
    }

    /// The agencies of that moment whose name contains the text, marks and case aside.
    pub async fn search(&self, text: &str, now: Timestamp) -> Result<Vec<Agency>, Trouble> {
        let text = fold(text);
        let mut agencies = self.agencies(now).await?;
        agencies.retain(|agency| fold(&agency.name).contains(&text));
        Ok(agencies)
    }
}

fn day(now: Timestamp) -> String {
    VIETNAM.to_datetime(now).date().to_string()
}

fn within(text: &str) -> Vec<String> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn rights(words: &str) -> Result<Vec<Right>, Trouble> {
    words
        .split(',')
        .filter(|word| !word.is_empty())
        .map(parse)
        .collect()
}

fn agency(row: &Row) -> Result<Agency, Trouble> {
    Ok(Agency {
        id: parse(row.text(0))?,
        name: row.string(1),
        level: match row.text(2) {
            "province" => AgencyLevel::Province,
            "commune" => AgencyLevel::Commune,
            other => return Err(Trouble::Broken(format!("table agencies: level {other:?}"))),
        },
        place_code: row.string(3),
        parent: row.opt_text(4).map(parse).transpose()?,
        term: Term {
            from: parse::<Date>(row.text(5))?,
            to: row.opt_text(6).map(parse::<Date>).transpose()?,
        },
        to_verify: row.int(7) != 0,
    })
}

fn unit(row: &Row) -> Result<Unit, Trouble> {
    Ok(Unit {
        id: row.string(0),
        agency: parse(row.text(1))?,
        name: row.string(2),
        fields: within(row.text(3)),
    })
}

fn position(row: &Row) -> Result<Position, Trouble> {
    Ok(Position {
        id: row.string(0),
        unit: row.string(1),
        agency: parse(row.text(2))?,
        title: row.string(3),
        rights: rights(row.text(4))?,
        term: Term {
            from: parse::<Date>(row.text(5))?,
            to: row.opt_text(6).map(parse::<Date>).transpose()?,
        },
        fields: within(row.text(7)),
    })
}

fn officer(row: &Row) -> Officer {
    Officer {
        id: row.string(0),
        name: row.string(1),
        email: row.opt_string(2),
    }
}

fn parse<T: FromStr>(text: &str) -> Result<T, Trouble>
where
    T::Err: std::fmt::Display,
{
    let trouble = |error: T::Err| Trouble::Broken(format!("tables of offices, {text:?}: {error}"));
    text.parse().map_err(trouble)
}
