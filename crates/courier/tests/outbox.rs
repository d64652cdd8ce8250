//! The outbox with a mail server of the test's own, which answers as it is told: taken, later,
//! never, nobody there. On both databases. (Somebody else's server is asked by `./test judges`.)
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

use std::sync::{Arc, Mutex};

use courier::{Breaker, Carrier, Courier, Lane, MailSettings, Mailer, Parcel, Security};
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Statement, params, proof};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Answers the recipient with the first word of their address: `250@…`, `450@…`, `550@…`.
async fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let (read, mut write) = socket.into_split();
                let mut lines = BufReader::new(read).lines();
                let _ = write.write_all(b"220 test\r\n").await;
                let mut message: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Some(text) = &mut message {
                        if line == "." {
                            told.lock().unwrap().push(std::mem::take(text));
                            message = None;
                            let _ = write.write_all(b"250 ok\r\n").await;
                        } else {
                            text.push_str(&line);
                            text.push('\n');
                        }
                        continue;
                    }
                    let upper = line.to_uppercase();
                    let answer = if upper.starts_with("RCPT TO:<") {
                        format!("{} told\r\n", &line[9..12])
                    } else if upper == "DATA" {
                        message = Some(String::new());
                        "354 go on\r\n".to_owned()
                    } else {
                        "250 ok\r\n".to_owned()
                    };
                    if write.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (port, taken)
}

fn now() -> Timestamp {
    "2026-11-30T02:00:00Z".parse().unwrap()
}

fn later() -> Timestamp {
    now() + SignedDuration::from_secs(30)
}

fn courier(db: &Database, port: u16) -> Courier {
    let mailer = Mailer::new(&MailSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        login: None,
        from: "Một cửa <mot-cua@example.vn>".into(),
    });
    Courier {
        db: db.clone(),
        holder: "test".into(),
        lanes: vec![Lane {
            name: "mail",
            carrier: Carrier::Mail(mailer.unwrap()),
        }],
        clock: now,
    }
}

async fn send(db: &Database, id: &str, to: &str) {
    let parcel = Parcel {
        id: id.into(),
        destination: to.into(),
        subject: "Hồ sơ được tiếp nhận".into(),
        text: "Hẹn trả 04/12/2026.\n".into(),
        unsubscribe: String::new(),
        at: now(),
        tries: 0,
    };
    db.write(vec![courier::send("mail", &parcel)])
        .await
        .unwrap();
}

async fn round(courier: &Courier, breaker: &mut Breaker) -> usize {
    let lane = &courier.lanes[0];
    courier.round(lane, "courier/mail", breaker).await.unwrap()
}

async fn row(db: &Database, id: &str) -> (String, String, String, i64) {
    let sql = "SELECT destination, body, outcome, tries FROM outgoing WHERE id = ?";
    let rows = db.query(Statement::new(sql, params![id])).await.unwrap();
    let row = &rows[0];
    (row.string(0), row.string(1), row.string(2), row.int(3))
}

fn tables() -> Vec<kernel::Migration> {
    courier::MIGRATIONS.to_vec()
}

#[tokio::test]
async fn what_is_taken_is_forgotten_what_is_busy_is_tried_again_what_is_refused_is_told() {
    proof::on_each(&tables(), |db| async move {
        let (port, taken) = mail_server().await;
        let courier = courier(&db, port);
        for (id, to) in [
            ("a", "250@example.vn"),
            ("b", "450@example.vn"),
            ("c", "550@example.vn"),
        ] {
            send(&db, id, to).await;
            send(&db, id, to).await;
        }
        let mut breaker = Breaker::default();
        assert_eq!(round(&courier, &mut breaker).await, 3);
        assert_eq!(round(&courier, &mut breaker).await, 0, "nothing is due now");
        let messages = taken.lock().unwrap().clone();
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(messages[0].contains("To: 250@example.vn"));
        let gone = |outcome: &str| (String::new(), String::new(), outcome.to_owned(), 1);
        assert_eq!(row(&db, "a").await, gone("taken"));
        assert_eq!(row(&db, "c").await, gone("refused SMTP 550"));
        let (to, body, outcome, tries) = row(&db, "b").await;
        assert!(to == "450@example.vn" && body.contains("Hẹn trả"));
        assert_eq!((outcome.as_str(), tries), ("SMTP 450", 1));
        let states = courier::states(&db).await.unwrap();
        assert_eq!(
            (states.len(), states[0].waiting, states[0].oldest),
            (1, 1, now())
        );
        let then = Courier {
            clock: later,
            ..courier
        };
        assert_eq!(
            round(&then, &mut breaker).await,
            1,
            "tried again after its pause"
        );
        assert_eq!(row(&db, "b").await.3, 2);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_not_hammered_and_nothing_is_lost() {
    proof::on_each(&tables(), |db| async move {
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        let courier = courier(&db, port);
        for number in 0..40 {
            send(&db, &format!("m{number:02}"), "250@example.vn").await;
        }
        let mut breaker = Breaker::default();
        assert_eq!(round(&courier, &mut breaker).await, 16);
        assert!(breaker.is_open());
        assert_eq!(round(&courier, &mut breaker).await, 0, "the lane rests");
        let states = courier::states(&db).await.unwrap();
        assert_eq!(states[0].waiting, 40);
    })
    .await;
}

#[tokio::test]
async fn of_two_nodes_one_carries_and_a_dead_ones_lease_runs_out() {
    proof::on_each(&tables(), |db| async move {
        let (port, taken) = mail_server().await;
        let one = courier(&db, port);
        let other = Courier {
            holder: "other".into(),
            ..courier(&db, port)
        };
        send(&db, "a", "250@example.vn").await;
        let (mut first, mut second) = (Breaker::default(), Breaker::default());
        let (carried, waited) = tokio::join!(round(&one, &mut first), async {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            other
                .round(&other.lanes[0], "courier/mail", &mut second)
                .await
        });
        assert_eq!(carried + waited.unwrap_or(0), 1);
        assert_eq!(taken.lock().unwrap().len(), 1);
        send(&db, "b", "250@example.vn").await;
        let after = Courier {
            clock: later,
            ..other
        };
        assert_eq!(
            round(&after, &mut second).await,
            1,
            "the first is silent for 30 s"
        );
        assert_eq!(taken.lock().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn several_things_are_told_together_and_a_late_one_is_not_lost() {
    proof::on_each(&tables(), |db| async move {
        let (port, taken) = mail_server().await;
        let courier = courier(&db, port);
        let add = async |text: &str| {
            let parcel = Parcel {
                id: "digest/1".into(),
                destination: "250@example.vn".into(),
                subject: "Tin trong ngày".into(),
                text: format!("- {text}\n"),
                unsubscribe: String::new(),
                at: later(),
                tries: 0,
            };
            let adding = courier::add("mail", "Hôm nay:\n", &parcel);
            db.write(vec![adding]).await.unwrap();
        };
        add("một").await;
        add("hai").await;
        let mut breaker = Breaker::default();
        assert_eq!(
            round(&courier, &mut breaker).await,
            0,
            "not before its time"
        );
        let then = Courier {
            clock: later,
            ..courier.clone()
        };
        assert_eq!(round(&then, &mut breaker).await, 1);
        add("ba").await;
        assert_eq!(round(&then, &mut breaker).await, 1);
        let bodies: Vec<String> = taken
            .lock()
            .unwrap()
            .iter()
            .map(|message| {
                let (_, body) = message.split_once("\n\n").unwrap();
                body.trim_end()
                    .replace("=\n", "")
                    .replace("=C3=B4", "ô")
                    .replace("=E1=BB=99", "ộ")
            })
            .collect();
        assert_eq!(bodies, ["Hôm nay:\n- một\n- hai", "Hôm nay:\n- ba"]);
    })
    .await;
}
