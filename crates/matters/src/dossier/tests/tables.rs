//! The rows, on both databases: stories told through the journal leave the rows that the states
//! call for, and a rebuild leaves the same ones.
use super::{LAW, stories};
use crate::dossier::rules::next_timer;
use crate::dossier::views::{self, Inbox, Search, Series};
use crate::dossier::{
    By, Code, Command, ExternalStatus, Law, MIGRATIONS, Numbers, Order, Phase, State, work,
};
use facts::agency::{Post, Right, Viewer};
use jiff::Timestamp;
use kernel::rebuild::{AnyNoun as _, Known, digests, rebuild};
use kernel::{Ctx, Database, Journal, Trouble, proof};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Codes and receipts of stories are all number 1; here they share one database.
fn own_numbers(mut order: Order, number: u64, now: Timestamp) -> Order {
    match &mut order.command {
        Command::Submit(submission) => {
            submission.code = Code::new(submission.code.agency(), now, number).unwrap();
            submission.applicant.phone = format!("09{number:08}");
            submission.applicant.name = match number {
                3 => "H’Hen Tơ\u{306} Nguyễn Văn Ấn".to_owned(),
                number => format!("Nguyễn Văn Ấn {number}"),
            };
        }
        Command::CollectFee { receipt_no, .. } => {
            // A dossier may be paid in parts.
            let part = now.as_second();
            *receipt_no = format!("{number:07}-{part}");
        }
        _ => {}
    }
    order
}

/// Tells every story through the journal; returns the states at the end, by id.
async fn tell(journal: &Journal) -> Vec<(String, State)> {
    let lives = stories::all().into_iter().flat_map(|(_, told)| told.lives);
    let mut told = Vec::new();
    for (number, life) in lives.filter(|life| !life.entries.is_empty()).enumerate() {
        let id = format!("d{number:03}");
        let mut state = State::default();
        for (step, (order, now)) in life.orders.into_iter().enumerate() {
            let actor = match &order.by {
                By::Viewer(Viewer::Officer { officer, .. }) => officer.clone(),
                By::Viewer(Viewer::Citizen { person, .. }) => person.clone(),
                _ => "system".to_owned(),
            };
            let command_id = format!("{id}-{step}");
            let ctx = Ctx {
                actor,
                office: String::new(),
                now,
                command_id,
            };
            let order = own_numbers(order, number as u64 + 1, now);
            let handled = journal.handle(&*LAW, order.request(&id, ctx)).await;
            state = handled
                .unwrap_or_else(|failure| panic!("{id}: {failure:?}"))
                .state;
        }
        told.push((id, state));
    }
    told
}

fn officer(agency: &str, rights: &[Right]) -> Viewer {
    let post = Post {
        position: "p".into(),
        unit: "u".into(),
        agency: agency.into(),
        rights: rights.to_vec(),
        ..Post::default()
    };
    Viewer::Officer {
        officer: "Hoa".into(),
        posts: vec![post],
    }
}

#[tokio::test]
async fn rows_say_what_states_say_and_a_rebuild_says_it_again() {
    proof::on_each(MIGRATIONS, async |db| {
        let journal = Journal::new(db.clone());
        let told = tell(&journal).await;
        let (mut alarms, mut tasks) = (0, 0);
        for (id, state) in &told {
            let dossier = state.dossier.as_deref().unwrap();
            let line = views::by_id(&db, id).await.unwrap().unwrap();
            assert_eq!(line.phase, dossier.phase, "{id}");
            assert_eq!(line.due_at, dossier.term.map(|term| term.due), "{id}");
            assert_eq!(line.overdue, dossier.overdue, "{id}");
            assert_eq!(line.fee_due, dossier.amount_due(), "{id}");
            assert!(line.applicant_name.contains("Nguyễn Văn Ấn"));
            assert_eq!(
                views::id_of(&db, &dossier.code).await.unwrap().as_ref(),
                Some(id)
            );
            alarms += usize::from(next_timer(dossier).is_some());
            tasks += work(dossier).len();
        }
        assert_eq!(proof::count(&db, "timers").await, alarms as i64);
        assert_eq!(proof::count(&db, "dossier_tasks").await, tasks as i64);
        let noun = Known(Arc::new(Law::clone(&LAW)));
        let before = digests(&db, noun.tables()).await.unwrap();
        assert_eq!(rebuild(&journal, &noun).await.unwrap(), told.len() as u64);
        assert_eq!(digests(&db, noun.tables()).await.unwrap(), before);
        assert_eq!(proof::count(&db, "timers").await, alarms as i64);
        lists_find(&db, &told).await;
        inboxes_show(&db, &told).await;
    })
    .await;
}

/// Page by page, exactly those that owe money and can be paid; nothing for who may not list them.
async fn unpaid_are_found(db: &Database, told: &[(String, State)], viewer: &Viewer) {
    let mut search = Search {
        unpaid_only: true,
        ..Search::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = views::list(db, viewer, &search, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        search.after = Some(last.cursor());
        listed.extend(page.into_iter().map(|line| line.id));
    }
    listed.sort();
    let owes = |state: &State| {
        let dossier = state.dossier.as_deref().unwrap();
        dossier.owes() && !dossier.phase.is_terminal() || dossier.overpaid() > 0
    };
    let told = told.iter().filter(|(_, state)| owes(state));
    let mut owing: Vec<String> = told.map(|(id, _)| id.clone()).collect();
    owing.sort();
    assert!(owing.len() > 2, "the stories leave too little unpaid");
    assert_eq!(listed, owing);
    let stranger = officer("H15.999", &[Right::CollectFee]);
    search.after = None;
    assert!(
        views::list(db, &stranger, &search, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Rows that were written before numbers had one form: as `+84…`, with its list under those digits.
async fn numbers_of_older_rows_are_found(db: &Database, viewer: &Viewer) {
    let of = |statement: &str| kernel::Statement::new(statement.to_owned(), vec![]);
    let (new, old) = ("+84900000002", "+84 900.000.002");
    let change = vec![
        of(&format!(
            "UPDATE dossiers SET applicant_phone = '{old}' WHERE applicant_phone = '{new}'"
        )),
        of("UPDATE dossier_lists SET list = REPLACE(list, ' 10900000002', ' 184900000002')"),
    ];
    let back = vec![
        of(&format!(
            "UPDATE dossiers SET applicant_phone = '{new}' WHERE applicant_phone = '{old}'"
        )),
        of("UPDATE dossier_lists SET list = REPLACE(list, ' 184900000002', ' 10900000002')"),
    ];
    db.write(change).await.unwrap();
    for text in ["0900 000 002", "+84900000002", "0900 000 00"] {
        let search = Search {
            text: text.to_owned(),
            ..Search::default()
        };
        let found = views::list(db, viewer, &search, 500).await.unwrap();
        let phones: Vec<&str> = found
            .iter()
            .map(|line| line.applicant_phone.as_str())
            .collect();
        assert!(phones.contains(&"0900 000 002"), "{text}: {phones:?}");
    }
    db.write(back).await.unwrap();
}

async fn lists_find(db: &Database, told: &[(String, State)]) {
    let viewer = officer("H15.101", &[Right::Oversee]);
    let find = async |search: Search| views::list(db, &viewer, &search, 500).await.unwrap().len();
    let text = |text: &str| Search {
        text: text.to_owned(),
        ..Search::default()
    };
    assert_eq!(find(Search::default()).await, told.len());
    assert_eq!(find(text("nguyen an")).await, told.len());
    assert_eq!(find(text("ẤN 2")).await, find(text("an 2")).await);
    for phone in [
        "0900000002",
        "0900 000 002",
        "+84 900 000 002",
        "84900000002",
        "0900.000.002",
    ] {
        assert_eq!(find(text(phone)).await, 1, "{phone}");
    }
    for name in ["hhen to", "H'Hen", "H’HEN to", "h hen", "to an"] {
        assert_eq!(find(text(name)).await, 1, "{name}");
    }
    numbers_of_older_rows_are_found(db, &viewer).await;
    assert_eq!(find(text("nobody")).await, 0);
    assert_eq!(find(text("zz")).await, 0);
    let code = told[0].1.dossier.as_ref().unwrap().code.clone();
    assert_eq!(find(text(&code.to_string().to_lowercase())).await, 1);
    unpaid_are_found(db, told, &viewer).await;
    for phase in Phase::ALL {
        let here = told.iter().filter_map(|(_, state)| state.dossier.as_ref());
        let here: Vec<_> = here.filter(|dossier| dossier.phase == phase).collect();
        let of_phase = Search {
            phase: Some(phase),
            ..Search::default()
        };
        assert_eq!(find(of_phase.clone()).await, here.len());
        let late = Search {
            overdue_only: true,
            ..of_phase
        };
        let overdue = here.iter().filter(|dossier| dossier.overdue).count();
        assert_eq!(find(late).await, overdue);
    }
    let status = views::public_status(db, &code).await.unwrap().unwrap();
    assert_eq!(status.status, ExternalStatus::Delivered);
    let book = views::Book {
        agency: "H15.101".into(),
        from: Timestamp::MIN,
        to: Timestamp::MAX,
        after: None,
    };
    let viewer = officer("H15.101", &[Right::Oversee]);
    let rows = views::book(db, &viewer, &book, 500).await.unwrap();
    assert!(
        rows.windows(2)
            .all(|two| two[0].accepted_at <= two[1].accepted_at)
    );
    assert!(!rows.is_empty());
}

async fn inboxes_show(db: &Database, told: &[(String, State)]) {
    let viewer = officer("H15.101", &[Right::Intake, Right::Appraise, Right::Deliver]);
    let mut filter = Inbox::default();
    let mut shown = Vec::new();
    loop {
        let page = views::inbox(db, &viewer, &filter, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some(last.cursor());
        shown.extend(page);
    }
    assert!(shown.windows(2).all(|two| two[0].due_at <= two[1].due_at));
    let wanted: usize = told
        .iter()
        .flat_map(|(_, state)| work(state.dossier.as_deref().unwrap()).into_values())
        .filter(|item| item.agency == "H15.101" && item.officer.is_empty())
        .filter(|item| matches!(item.right, Right::Intake | Right::Appraise | Right::Deliver))
        .count();
    assert_eq!(shown.len(), wanted);
    assert!(
        views::inbox(db, &Viewer::Anonymous, &Inbox::default(), 9)
            .await
            .unwrap()
            .is_empty()
    );
    let nobody = officer("H15.999", &[Right::Intake]);
    assert!(
        views::inbox(db, &nobody, &Inbox::default(), 9)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn numbers_of_many_nodes_never_collide_and_begin_anew_each_day() {
    proof::on_each(MIGRATIONS, async |db| {
        let now: Timestamp = "2026-11-23T16:59:00Z".parse().unwrap();
        let nodes: Vec<Numbers> = (0..4).map(|_| Numbers::new(db.clone())).collect();
        let mut running = Vec::new();
        for worker in 0..16 {
            let node = nodes[worker % nodes.len()].clone();
            running.push(tokio::spawn(async move {
                let mut codes = Vec::new();
                for _ in 0..50 {
                    codes.push(node.code("H15.101", now).await.unwrap().to_string());
                }
                codes
            }));
        }
        let mut codes = BTreeSet::new();
        for worker in running {
            codes.extend(worker.await.unwrap());
        }
        assert_eq!(codes.len(), 16 * 50);
        let tomorrow = now + jiff::SignedDuration::from_mins(2);
        let first = nodes[0].code("H15.101", tomorrow).await.unwrap();
        assert_eq!(first.to_string(), "H15.101-261124-0001");
        assert!(nodes[0].code("nowhere", now).await.is_err());
        let blocks = db.write(vec![views::reserve_numbers(
            &Series::receipts("H15.1", now),
            3,
        )]);
        assert_eq!(blocks.await.unwrap()[0].rows[0].int(0), 4);
        assert_eq!(nodes[0].receipt("H15.1", now).await.unwrap(), "0000004");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_number_is_used_once() {
    proof::on_each(MIGRATIONS, async |db| {
        let journal = Journal::new(db.clone());
        let told = tell(&journal).await;
        let paid = told.iter().find_map(|(id, state)| {
            let dossier = state.dossier.as_deref()?;
            Some((id, dossier.payment.receipts.first()?.clone()))
        });
        let (id, receipt) = paid.expect("somebody paid in a story");
        let year = crate::dossier::day_of(receipt.at).year();
        let found = views::receipt_of(&db, &receipt.agency, year, &receipt.number)
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(id));
        let again = kernel::Statement::new(
            "INSERT INTO dossier_receipts (agency, period, number, dossier_id)
               VALUES (?, ?, ?, 'other')",
            kernel::params![&receipt.agency, year.to_string(), &receipt.number],
        );
        assert!(matches!(
            db.write(vec![again]).await,
            Err(Trouble::Conflict(_))
        ));
    })
    .await;
}
