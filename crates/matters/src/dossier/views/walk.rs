//! How a page of a list is found: of the lists on which everything that is looked for stands, the
//! shortest is walked in its order, and the rest is checked on the rows.
//! Does not know: who is asking, beyond their scopes.

use super::lines::{COLUMNS, Line, line};
use super::lists::Search;
use super::reaches;
use super::sought::{Conditions, Sought, Word, conditions};
use crate::dossier::lists::{Part, TOGETHER_MAX, key};
use facts::agency::Reach;
use kernel::{Database, Statement, Trouble, Value, params};
use std::collections::BTreeMap;

/// A list with so many dossiers is not counted further: of two that are as long as that, either
/// soon meets what both have.
const COUNTED_MAX: i64 = 100;
/// Of a scope that reaches so few procedures the list of each is walked: nothing else is passed.
const PROCEDURES_MAX: usize = 12;
/// So many words that begin alike are walked each; what begins a greater variety of names is met
/// soon in any list.
const BEGINNINGS_MAX: usize = 8;

/// The newest `limit` dossiers of these scopes that match.
pub(super) async fn walk(
    db: &Database,
    scopes: &Lists,
    search: &Search,
    limit: usize,
) -> Result<Vec<Line>, Trouble> {
    let asked = Asked {
        db,
        scopes,
        search,
        limit,
    };
    let whole = Sought::of(&search.text);
    let found = asked.whole(&whole).await?;
    let Some(beginning) = whole.as_beginning().filter(|_| found.is_empty()) else {
        return Ok(found);
    };
    // A later page may be empty because the first had everything.
    if search.after.is_some() && asked.has_a_first_page(&whole).await? {
        return Ok(found);
    }
    asked.beginning(&beginning).await
}

/// Lists that are walked together, each as far as it reaches.
pub(super) type Lists = BTreeMap<String, Reach>;

struct Asked<'a> {
    db: &'a Database,
    scopes: &'a Lists,
    search: &'a Search,
    limit: usize,
}

impl Asked<'_> {
    async fn whole(&self, sought: &Sought) -> Result<Vec<Line>, Trouble> {
        let mut choices = self.choices();
        let words = sought.words();
        let together = words.windows(words.len().clamp(1, TOGETHER_MAX));
        choices.extend(together.map(|words| self.lists(&keyed(words))));
        self.shortest(choices, sought).await
    }

    async fn has_a_first_page(&self, sought: &Sought) -> Result<bool, Trouble> {
        let mut search = self.search.clone();
        search.after = None;
        let first = Asked {
            search: &search,
            limit: 1,
            ..*self
        };
        Ok(!first.whole(sought).await?.is_empty())
    }

    async fn beginning(&self, sought: &Sought) -> Result<Vec<Line>, Trouble> {
        let mut choices = self.choices();
        let Some((last, words)) = sought.words().split_last() else {
            return Ok(Vec::new());
        };
        let whole = &words[words.len().saturating_sub(TOGETHER_MAX)..];
        match self.beginning_with(last, whole).await? {
            Some(lists) => choices.push(lists),
            None if whole.is_empty() => {}
            None => choices.push(self.lists(&keyed(whole))),
        }
        self.shortest(choices, sought).await
    }

    /// The lists of all words that begin so, each together with the whole words before it, if they
    /// are few.
    async fn beginning_with(&self, start: &Word, whole: &[Word]) -> Result<Option<Lists>, Trouble> {
        let near = spelt(&whole[whole.len().saturating_sub(TOGETHER_MAX - 1)..]);
        let mut lists = Lists::new();
        for (scope, reach) in self.scopes {
            if !Part::Key(String::new()).is_kept(scope) {
                lists.insert(scope.clone(), reach.clone());
                continue;
            }
            let mut known = 0;
            for start in start.forms() {
                let first = Part::Key(key(&[start])).of(scope);
                let begun = beginnings(self.db, &first).await?;
                known += begun.len();
                if known > BEGINNINGS_MAX {
                    return Ok(None);
                }
                for list in begun {
                    let word = format!("{start}{}", &list[first.len()..]);
                    for near in &near {
                        let with = [word.as_str()];
                        let together: Vec<&str> = near.iter().copied().chain(with).collect();
                        lists.insert(Part::Key(key(&together)).of(scope), reach.clone());
                    }
                }
            }
        }
        Ok(Some(lists))
    }

    /// What the filters say, each as lists that have all of it.
    fn choices(&self) -> Vec<Lists> {
        let search = self.search;
        let mut choices = Vec::new();
        if search.unpaid_only {
            choices.push(self.lists(&[Part::Owing]));
        }
        if search.overdue_only {
            choices.push(self.lists(&[Part::Overdue]));
        }
        if let Some(phase) = search.phase {
            choices.push(self.lists(&[Part::Phase(phase)]));
        }
        if !search.procedure_code.is_empty() {
            choices.push(self.lists(&[Part::Procedure(search.procedure_code.clone())]));
        }
        if !search.channel.is_empty() {
            choices.push(self.lists(&[Part::Channel(search.channel.clone())]));
        }
        choices
    }

    fn lists(&self, parts: &[Part]) -> Lists {
        let mut lists = Lists::new();
        for (scope, reach) in self.scopes {
            lists.extend(parts.iter().map(|part| (part.of(scope), reach.clone())));
        }
        lists
    }

    /// The scopes' own lists; of one that reaches few procedures the list of each of these.
    fn reached(&self) -> Lists {
        let mut lists = Lists::new();
        for (scope, reach) in self.scopes {
            match reach {
                Reach::Only(codes) if codes.len() <= PROCEDURES_MAX => {
                    let of = |code: &String| Part::Procedure(code.clone()).of(scope);
                    lists.extend(codes.iter().map(|code| (of(code), Reach::All)));
                }
                _ => {
                    lists.insert(scope.clone(), reach.clone());
                }
            }
        }
        lists
    }

    async fn shortest(
        &self,
        mut choices: Vec<Lists>,
        sought: &Sought,
    ) -> Result<Vec<Line>, Trouble> {
        let mut checks = conditions(self.search, sought);
        if let Some(code) = sought.code() {
            return self.page(self.of_code(code.to_string(), &checks)).await;
        }
        if !self.search.applicants.is_empty() {
            let people = self.search.applicants.iter();
            let lists = people.map(|id| (format!("person:{id}"), Reach::All));
            choices = vec![lists.collect()];
            self.guard(&mut checks);
        }
        if choices.iter().any(Lists::is_empty) {
            return Ok(Vec::new());
        }
        let shortest = match choices.len() {
            0 => self.reached(),
            1 => choices.remove(0),
            _ => shortest(self.db, choices).await?,
        };
        self.page(self.walked(&shortest, &checks)).await
    }

    /// The list predicate, for lists that are not the scopes' own.
    fn guard(&self, checks: &mut Conditions) {
        let (seen, values) = self.seen("g.list");
        let sql = format!(
            "EXISTS (SELECT 1 FROM dossier_lists g WHERE {seen}
               AND g.submitted_at = l.submitted_at AND g.dossier_id = l.dossier_id)"
        );
        checks.add(&sql, values);
    }

    /// That a list is one of the scopes, which reaches the dossier `d`. The first condition is the
    /// one that an index knows.
    fn seen(&self, list: &str) -> (String, Vec<Value>) {
        let places = vec!["?"; self.scopes.len()].join(", ");
        let mut values: Vec<Value> = self.scopes.keys().map(Value::from).collect();
        let named = format!("{list} IN ({places})");
        if self.scopes.values().all(|reach| *reach == Reach::All) {
            return (named, values);
        }
        let mut parts = Vec::new();
        for (scope, reach) in self.scopes {
            let (reached, codes) = reaches("d.procedure_code", reach);
            parts.push(format!("({list} = ?{reached})"));
            values.push(Value::from(scope));
            values.extend(codes);
        }
        (format!("{named} AND ({})", parts.join(" OR ")), values)
    }

    async fn page(&self, asked: Statement) -> Result<Vec<Line>, Trouble> {
        let rows = self.db.query(asked).await?;
        let mut lines: Vec<Line> = rows.into_iter().map(line).collect();
        // A dossier may stand on several of the lists.
        lines.sort_by(|a, b| (b.submitted_at, &b.id).cmp(&(a.submitted_at, &a.id)));
        lines.dedup_by(|a, b| a.id == b.id);
        lines.truncate(self.limit);
        Ok(lines)
    }

    /// One index walk a list, each in the order of the list: a page costs a page. `CROSS JOIN`
    /// keeps SQLite from beginning with the dossiers.
    fn walked(&self, lists: &Lists, checks: &Conditions) -> Statement {
        let wanted = checks.sql();
        let mut parts = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        for (number, (list, reach)) in lists.iter().enumerate() {
            let (reached, codes) = reaches("d.procedure_code", reach);
            parts.push(match checks.are_of_the_list() && codes.is_empty() {
                // Where the list says all, its page is a question of its own: no plan can join
                // the whole list first.
                true => format!(
                    "SELECT * FROM (SELECT {COLUMNS} FROM
                       (SELECT l.dossier_id FROM dossier_lists l WHERE l.list = ?{wanted}
                         ORDER BY l.submitted_at DESC, l.dossier_id DESC LIMIT ?) AS l
                       CROSS JOIN dossiers d WHERE d.id = l.dossier_id) AS walk{number}"
                ),
                false => format!(
                    "SELECT * FROM (SELECT {COLUMNS}
                       FROM dossier_lists l CROSS JOIN dossiers d
                      WHERE l.list = ? AND d.id = l.dossier_id{reached}{wanted}
                      ORDER BY l.submitted_at DESC, l.dossier_id DESC LIMIT ?) AS walk{number}"
                ),
            });
            values.push(list.into());
            values.extend(codes);
            values.extend(checks.values());
            values.push(self.limit().into());
        }
        Statement::new(parts.join(" UNION ALL "), values)
    }

    /// The one dossier of a code, if it stands in the scopes.
    fn of_code(&self, code: String, checks: &Conditions) -> Statement {
        let (seen, seen_values) = self.seen("l.list");
        let sql = format!(
            "SELECT {COLUMNS} FROM dossiers d CROSS JOIN dossier_lists l
              WHERE d.code = ? AND l.submitted_at = d.submitted_at AND l.dossier_id = d.id
                AND {seen}{}",
            checks.sql()
        );
        let mut values = params![code];
        values.extend(seen_values);
        values.extend(checks.values());
        Statement::new(sql, values)
    }

    fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

/// The words together, in each way in which they may be kept.
fn spelt(words: &[Word]) -> Vec<Vec<&str>> {
    words.iter().fold(vec![Vec::new()], |spelt, word| {
        let with = |before: &Vec<_>, form| {
            let mut before = before.clone();
            before.push(form);
            before
        };
        let each = spelt.iter();
        each.flat_map(|before| {
            word.forms()
                .map(|form| with(before, form))
                .collect::<Vec<_>>()
        })
        .collect()
    })
}

fn keyed(words: &[Word]) -> Vec<Part> {
    let spelt = spelt(words);
    spelt.iter().map(|words| Part::Key(key(words))).collect()
}

/// The choice with the fewest dossiers. Counted in the order of the list: otherwise PostgreSQL
/// would read the table from its start until it has met enough of them.
async fn shortest(db: &Database, mut choices: Vec<Lists>) -> Result<Lists, Trouble> {
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (place, lists) in choices.iter().enumerate() {
        for list in lists.keys() {
            let number = parts.len();
            parts.push(format!(
                "SELECT {place} AS place, COUNT(*) AS seen FROM (SELECT 1 FROM dossier_lists l
                   WHERE l.list = ? ORDER BY l.submitted_at DESC, l.dossier_id DESC LIMIT ?)
                   AS some{number}"
            ));
            values.extend(params![list, COUNTED_MAX]);
        }
    }
    let sql = format!(
        "SELECT place FROM ({}) AS counted GROUP BY place ORDER BY SUM(seen), place LIMIT 1",
        parts.join(" UNION ALL ")
    );
    // Which list is short does not change in two seconds.
    let rows = db.query_lately(Statement::new(sql, values)).await?;
    let place = rows
        .first()
        .and_then(|row| usize::try_from(row.int(0)).ok());
    Ok(choices.swap_remove(place.unwrap_or_default()))
}

/// The lists whose names begin so, one more than are walked at the most: from each the next by one
/// step in the index, past all dossiers that stand on it.
async fn beginnings(db: &Database, start: &str) -> Result<Vec<String>, Trouble> {
    let Some(end) = after_prefix(start) else {
        return Ok(Vec::new());
    };
    let sql = "WITH RECURSIVE begun (list) AS (
         SELECT (SELECT MIN(l.list) FROM dossier_lists l WHERE l.list >= ? AND l.list < ?)
         UNION ALL
         SELECT (SELECT MIN(l.list) FROM dossier_lists l WHERE l.list > begun.list AND l.list < ?)
           FROM begun WHERE begun.list IS NOT NULL)
       SELECT list FROM begun WHERE list IS NOT NULL LIMIT ?";
    let limit = i64::try_from(BEGINNINGS_MAX + 1).unwrap_or(i64::MAX);
    let values = params![start, &end, &end, limit];
    let rows = db.query(Statement::new(sql, values)).await?;
    let lists = rows.iter().map(|row| row.string(0));
    // A collation that does not look at spaces may put others between.
    Ok(lists.filter(|list| list.starts_with(start)).collect())
}

/// The smallest text greater than all that begin with `prefix`, which ends with a letter or digit:
/// 0–9 a–z stand in this order in every collation.
fn after_prefix(prefix: &str) -> Option<String> {
    let kept = prefix.trim_end_matches('z');
    let last = kept.chars().next_back()?;
    let next = if last == '9' {
        'a'
    } else {
        char::from(u8::try_from(last).ok()? + 1)
    };
    Some(format!("{}{next}", &kept[..kept.len() - 1]))
}
