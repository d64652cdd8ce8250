//! The table of rights, printed whole; and the list predicate against it, on every combination and
//! on both databases.
use super::{golden, room};
use crate::dossier::access::{Action, Facts, may, scopes_for, scopes_of};
use crate::dossier::lists::Part;
use crate::dossier::{Act, MIGRATIONS, Phase, Task, views};
use facts::agency::{Post, Reach, Right, Viewer};
use jiff::Timestamp;
use kernel::{Database, Statement, params, proof};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const COMPETENT: &str = "H15.1";
const RECEPTION: &str = "H15.2";
const RETURN: &str = "H15.3";
const CONSULTED: &str = "H15.4";
const ELSEWHERE: &str = "H15.5";

fn officer(agency: &str, right: Right) -> Viewer {
    let post = Post {
        position: "p".into(),
        unit: "u".into(),
        agency: agency.into(),
        rights: vec![right],
        ..Post::default()
    };
    Viewer::Officer {
        officer: "o".into(),
        posts: vec![post],
    }
}

/// The same, but for some procedures only, in a position of this name.
fn limited(agency: &str, right: Right, (position, reach): (&str, Reach)) -> Viewer {
    let post = Post {
        position: format!("{agency}/{position}"),
        unit: "u".into(),
        agency: agency.into(),
        rights: vec![right],
        reaches: vec![(right, reach)],
        ..Post::default()
    };
    Viewer::Officer {
        officer: "o".into(),
        posts: vec![post],
    }
}

fn only(codes: &[&str]) -> Reach {
    Reach::Only(codes.iter().map(|code| (*code).to_owned()).collect())
}

fn but(codes: &[&str]) -> Reach {
    Reach::Except(codes.iter().map(|code| (*code).to_owned()).collect())
}

/// Procedures of two fields.
const PROCEDURES: [&str; 2] = ["1.000001", "2.000002"];
/// The position that was given a step.
const GIVEN: &str = "given";

/// A step that `agency` does, in the hands of [`GIVEN`].
fn given(agency: &str) -> BTreeMap<String, Task> {
    let task = Task {
        step: "appraise".into(),
        act: Act::Appraise,
        party: String::new(),
        agency: agency.into(),
        officer: Some("somebody".into()),
        position: format!("{agency}/{GIVEN}"),
        opened_at: Timestamp::UNIX_EPOCH,
        due: Timestamp::UNIX_EPOCH,
        late: false,
    };
    BTreeMap::from([("appraise#1".to_owned(), task)])
}

fn citizen(person: &str) -> Viewer {
    Viewer::citizen(person)
}

/// Somebody with an account of their own, whom the office confirmed to be a person on file.
fn confirmed(account: &str, person: &str) -> Viewer {
    Viewer::Citizen {
        person: account.into(),
        confirmed_as: Some(person.into()),
    }
}

/// Every role that somebody can have towards a dossier.
fn roles() -> Vec<(String, Viewer)> {
    let mut roles = vec![
        ("anonymous".to_owned(), Viewer::Anonymous),
        ("applicant".to_owned(), citizen("applicant")),
        ("filer".to_owned(), citizen("filer")),
        ("another citizen".to_owned(), citizen("nobody")),
        (
            "confirmed as applicant".to_owned(),
            confirmed("account", "applicant"),
        ),
    ];
    for (place, agency) in [
        ("competent", COMPETENT),
        ("reception", RECEPTION),
        ("return", RETURN),
        ("consulted", CONSULTED),
        ("elsewhere", ELSEWHERE),
    ] {
        for right in Right::ALL {
            roles.push((format!("{place} {right}"), officer(agency, right)));
        }
    }
    for right in Right::ALL.into_iter().filter(|right| right.is_by_field()) {
        let other = limited(COMPETENT, right, ("p", only(&PROCEDURES[1..])));
        roles.push((format!("competent {right}, of another field"), other));
        let given = limited(COMPETENT, right, (GIVEN, only(&PROCEDURES[1..])));
        let name = format!("competent {right}, of another field, who was given a step");
        roles.push((name, given));
    }
    let other = limited(CONSULTED, Right::Appraise, ("p", but(&PROCEDURES[..1])));
    roles.push(("consulted appraise, of another field".to_owned(), other));
    roles
}

fn facts<'a>(
    consulted: &'a [String],
    tasks: &'a BTreeMap<String, Task>,
    phase: Option<Phase>,
) -> Facts<'a> {
    Facts {
        procedure: PROCEDURES[0],
        tasks,
        agency: COMPETENT,
        reception: RECEPTION,
        return_agency: RETURN,
        consulted,
        applicant: "applicant",
        filer: "filer",
        phase,
    }
}

#[test]
fn the_matrix_is_the_one_that_was_read() {
    let consulted = [CONSULTED.to_owned()];
    let tasks = given(COMPETENT);
    let mut text = String::from(
        "Who may do what with a dossier, in which phase. x: may.\n\
         The first column stands for the time before the submission, the others for the\n\
         phases. Roles without a line may only look up.\n\n",
    );
    for (number, phase) in Phase::ALL.iter().enumerate() {
        writeln!(text, "{:2} {}", number + 1, phase.name()).unwrap();
    }
    for (role, viewer) in roles() {
        let mut lines = String::new();
        for action in Action::all() {
            let phases = std::iter::once(None).chain(Phase::ALL.map(Some));
            let cell = |phase| match may(&viewer, action, &facts(&consulted, &tasks, phase)) {
                Ok(()) => 'x',
                Err(_) => '.',
            };
            let cells: String = phases.map(cell).collect();
            if cells.contains('x') && action != Action::LookUp {
                writeln!(lines, "  {:<22} {cells}", action.name()).unwrap();
            }
        }
        if !lines.is_empty() {
            write!(text, "\n{role}\n{lines}").unwrap();
        }
    }
    golden(&room().join("access.golden.txt"), &text);
}

/// A dossier as the lists know it.
struct Row {
    id: String,
    agencies: [&'static str; 3],
    people: [&'static str; 2],
    consulted: Vec<String>,
    procedure: &'static str,
    tasks: BTreeMap<String, Task>,
}

/// Dossiers in every arrangement of the five agencies and three people, of two procedures, some
/// with a step in somebody's hands.
fn arrangements() -> Vec<Row> {
    let agencies = [COMPETENT, RECEPTION, RETURN, CONSULTED];
    let people = ["applicant", "filer", ""];
    let mut found = Vec::new();
    for agency in agencies {
        for reception in agencies {
            for back in agencies {
                for applicant in people {
                    for consulted in [vec![], vec![CONSULTED.to_owned()]] {
                        let number = found.len();
                        let filer = people[number % people.len()];
                        let tasks = match number / 2 % 3 {
                            0 => BTreeMap::new(),
                            1 => given(agency),
                            _ => match consulted.as_slice() {
                                [asked] => given(asked),
                                _ => BTreeMap::new(),
                            },
                        };
                        found.push(Row {
                            id: format!("d{number:04}"),
                            agencies: [agency, reception, back],
                            people: [applicant, filer],
                            consulted,
                            procedure: PROCEDURES[number / 7 % 2],
                            tasks,
                        });
                    }
                }
            }
        }
    }
    found
}

fn of(row: &Row) -> Facts<'_> {
    let ([agency, reception, return_agency], [applicant, filer]) = (row.agencies, row.people);
    Facts {
        agency,
        reception,
        return_agency,
        consulted: &row.consulted,
        applicant,
        filer,
        procedure: row.procedure,
        tasks: &row.tasks,
        phase: Some(Phase::Submitted),
    }
}

async fn store(db: &Database) {
    let mut list = Vec::new();
    for (number, row) in arrangements().iter().enumerate() {
        let (id, facts) = (&row.id, of(row));
        let at = i64::try_from(number).unwrap();
        list.push(Statement::new(
            "INSERT INTO dossiers (id, code, procedure_key, procedure_code, agency,
               reception_agency, channel, applicant, applicant_name, applicant_folded,
               applicant_phone, applicant_address, submitted_at, reception_due_at, phase, overdue,
               unlawful, fee_due, fee_paid, received_by, changed_at)
             VALUES (?, ?, '', ?, ?, ?, 'online', ?, '', '', '', '', ?, 0, 'submitted', 0, 0, 0,
               0, '', 0)",
            params![
                id,
                id,
                facts.procedure,
                facts.agency,
                facts.reception,
                facts.applicant,
                at
            ],
        ));
        let procedure = Part::Procedure(facts.procedure.to_owned());
        let scopes = scopes_of(&facts);
        let parts: BTreeSet<String> = scopes.iter().map(|scope| procedure.of(scope)).collect();
        for name in parts.into_iter().chain(scopes).collect::<BTreeSet<_>>() {
            let sql = "INSERT INTO dossier_lists (list, submitted_at, dossier_id)
                       VALUES (?, ?, ?)";
            list.push(Statement::new(sql, params![name, at, id]));
        }
    }
    db.write(list).await.unwrap();
}

#[tokio::test]
async fn lists_show_exactly_what_may_be_viewed() {
    proof::on_each(MIGRATIONS, async |db| {
        store(&db).await;
        let mut viewers = roles();
        let two = |a: &Viewer, b: &Viewer| {
            let posts = [a.posts(), b.posts()].concat();
            Viewer::Officer {
                officer: "o".into(),
                posts,
            }
        };
        let both = two(
            &officer(RECEPTION, Right::Intake),
            &officer(CONSULTED, Right::Appraise),
        );
        viewers.push(("two posts".to_owned(), both));
        for reach in [
            only(&PROCEDURES[..1]),
            only(&PROCEDURES),
            but(&PROCEDURES[..1]),
            only(&[]),
            but(&PROCEDURES),
        ] {
            for (agency, right) in [
                (COMPETENT, Right::Appraise),
                (COMPETENT, Right::Approve),
                (CONSULTED, Right::Appraise),
                (CONSULTED, Right::Endorse),
            ] {
                for position in ["p", GIVEN] {
                    let one = limited(agency, right, (position, reach.clone()));
                    let name = format!("{agency} {right} {position} {reach:?}");
                    let other = limited(agency, Right::Endorse, ("q", only(&PROCEDURES[1..])));
                    viewers.push((format!("{name}, and another post"), two(&one, &other)));
                    viewers.push((name, one));
                }
            }
        }
        for (account, person) in [
            ("account", "applicant"),
            ("filer", "applicant"),
            ("applicant", "applicant"),
            ("account", ""),
            ("", "applicant"),
        ] {
            let role = format!("{account:?} confirmed as {person:?}");
            viewers.push((role, confirmed(account, person)));
        }
        for (role, viewer) in viewers {
            let mut listed = Vec::new();
            let mut search = views::Search::default();
            // Page by page: a line is neither lost nor shown twice.
            loop {
                let page = views::list(&db, &viewer, &search, 50).await.unwrap();
                let Some(last) = page.last() else { break };
                search.after = Some(last.cursor());
                listed.extend(page.into_iter().map(|line| line.id));
            }
            let mut allowed: Vec<String> = arrangements()
                .into_iter()
                .filter(|row| may(&viewer, Action::View, &of(row)).is_ok())
                .map(|row| row.id)
                .collect();
            allowed.reverse();
            assert_eq!(listed, allowed, "{role}: {:?}", scopes_for(&viewer));
        }
    })
    .await;
}
