//! The table of rights, printed whole; and the list predicate against it, on every combination and
//! on both databases.
use super::{golden, room};
use crate::dossier::access::{Action, Facts, may, scopes_for, scopes_of};
use crate::dossier::{MIGRATIONS, Phase, views};
use facts::agency::{Post, Right, Viewer};
use kernel::{Database, Statement, params, proof};
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
    };
    Viewer::Officer {
        officer: "o".into(),
        posts: vec![post],
    }
}

fn citizen(person: &str) -> Viewer {
    Viewer::Citizen {
        person: person.into(),
    }
}

/// Every role that somebody can have towards a dossier.
fn roles() -> Vec<(String, Viewer)> {
    let mut roles = vec![
        ("anonymous".to_owned(), Viewer::Anonymous),
        ("applicant".to_owned(), citizen("applicant")),
        ("filer".to_owned(), citizen("filer")),
        ("another citizen".to_owned(), citizen("nobody")),
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
    roles
}

fn facts<'a>(consulted: &'a [String], phase: Option<Phase>) -> Facts<'a> {
    Facts {
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
            let cell = |phase| match may(&viewer, action, &facts(&consulted, phase)) {
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

/// Dossiers in every arrangement of the five agencies and three people.
fn arrangements() -> Vec<(String, [&'static str; 5], Vec<String>)> {
    let agencies = [COMPETENT, RECEPTION, RETURN, CONSULTED];
    let people = ["applicant", "filer", ""];
    let mut found = Vec::new();
    for agency in agencies {
        for reception in agencies {
            for back in agencies {
                for applicant in people {
                    for consulted in [vec![], vec![CONSULTED.to_owned()]] {
                        let id = format!("d{:04}", found.len());
                        let filer = people[found.len() % people.len()];
                        let row = [agency, reception, back, applicant, filer];
                        found.push((id, row, consulted));
                    }
                }
            }
        }
    }
    found
}

fn of<'a>(row: &'a [&'static str; 5], consulted: &'a [String]) -> Facts<'a> {
    let [agency, reception, return_agency, applicant, filer] = *row;
    let phase = Some(Phase::Submitted);
    Facts {
        agency,
        reception,
        return_agency,
        consulted,
        applicant,
        filer,
        phase,
    }
}

async fn store(db: &Database) {
    let mut list = Vec::new();
    for (number, (id, row, consulted)) in arrangements().iter().enumerate() {
        let facts = of(row, consulted);
        let at = i64::try_from(number).unwrap();
        list.push(Statement::new(
            "INSERT INTO dossiers (id, code, procedure_key, procedure_code, agency,
               reception_agency, channel, applicant, applicant_name, applicant_folded,
               applicant_phone, applicant_address, submitted_at, reception_due_at, phase, overdue,
               unlawful, fee_due, fee_paid, received_by, changed_at)
             VALUES (?, ?, '', '', ?, ?, 'online', ?, '', '', '', '', ?, 0, 'submitted', 0, 0, 0,
               0, '', 0)",
            params![id, id, facts.agency, facts.reception, facts.applicant, at],
        ));
        for scope in scopes_of(&facts) {
            let sql = "INSERT INTO dossier_lists (list, submitted_at, dossier_id)
                       VALUES (?, ?, ?)";
            list.push(Statement::new(sql, params![scope, at, id]));
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
                .filter(|(_, row, consulted)| {
                    may(&viewer, Action::View, &of(row, consulted)).is_ok()
                })
                .map(|(id, ..)| id)
                .collect();
            allowed.reverse();
            assert_eq!(listed, allowed, "{role}: {:?}", scopes_for(&viewer));
        }
    })
    .await;
}
