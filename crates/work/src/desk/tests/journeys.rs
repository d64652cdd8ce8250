//! Whole lives, who sees what, the inbox, double clicks.
use axum::http::StatusCode;
use facts::agency::Right;
use kernel::proof::on_each;
use kernel::{Statement, params};
use matters::dossier::Phase;
use serde_json::json;

use super::ward::{COUNTER, MIGRATIONS, Ward, codes};

#[tokio::test(flavor = "multi_thread")]
async fn each_procedure_goes_from_the_counter_to_its_result() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let clerk = ward.holder(Right::Issue).await;
        for code in ["1.001193", "1.004873", "2.000815", "1.013225"] {
            let patch = if code == "1.013225" {
                json!({ "near_dyke": true })
            } else {
                json!({})
            };
            let (id, number) = ward.submit(code, "Đoàn Phú Thịnh", patch).await;
            ward.accept(&id, &number).await;
            ward.until_issued(&id, &number).await;
            let dossier = ward.dossier(&id).await;
            assert_eq!(dossier.phase, Phase::Released, "{code}");
            let result = dossier.result.expect("a result");
            assert!(
                result.number.starts_with(char::is_numeric),
                "{}",
                result.number
            );
            let file = ward
                .ground
                .files
                .open_kept(&result.file)
                .await
                .expect("a store");
            assert!(file.is_some(), "{code}: the result is kept");
            let page = ward.page(&clerk, &format!("/desk/dossiers/{number}")).await;
            assert!(page.contains(&result.number) && page.contains("Hồ sơ đủ điều kiện"));
            assert!(page.contains("trước hạn") || page.contains("đúng hạn"));
            let book = ward.page(COUNTER, "/desk/book").await;
            assert!(book.contains(&number), "{code} stands in the book");
        }
        let pdf = ward.get(COUNTER, "/desk/book.pdf").await;
        assert!(pdf.bytes.starts_with(b"%PDF"), "{}", pdf.text);
    })
    .await;
}

const LOCKED: &[u8] = include_bytes!("../../../../facts/src/blob/samples/locked.pdf");

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_taken_issues_nothing_and_takes_no_number() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("2.000815", "Đoàn Phú Thịnh", json!({})).await;
        ward.accept(&id, &code).await;
        let clerk = ward.until_issue(&id, &code).await.expect("it waits");
        let signed = facts::blob::blank_pdf("signed");
        let word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a letter";
        for (act, names) in [
            ("draft", ["rỗng.pdf", "khoá.pdf"]),
            ("issuance", ["a.pdf", "b.pdf"]),
        ] {
            let path = format!("/desk/dossiers/{code}/{act}");
            for (name, bytes, told) in [
                (names[0], &b""[..], "Tệp rỗng"),
                (names[1], LOCKED, "có mật khẩu hoặc bị khoá"),
                ("hỏng.pdf", b"%PDF-1.7 and nothing more", "bị hỏng"),
                ("thư.doc", word, "Kết quả phải là một tệp PDF"),
            ] {
                let reply = ward.post_file(&clerk, &path, (name, bytes)).await;
                assert_eq!(
                    reply.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{act} {name}"
                );
                assert!(reply.text.contains(told), "{act} {name}: {}", reply.text);
                let dossier = ward.dossier(&id).await;
                assert!(
                    dossier.result.is_none() && dossier.draft.is_none(),
                    "{act} {name}"
                );
            }
        }
        let path = format!("/desk/dossiers/{code}/issuance");
        let reply = ward.post_file(&clerk, &path, ("đã ký.pdf", &signed)).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        let result = ward.dossier(&id).await.result.expect("a result");
        assert!(
            result.number.starts_with("1/"),
            "no number was lost: {}",
            result.number
        );
        let shown = ward.get(&clerk, &format!("/desk/dossiers/{code}")).await;
        assert!(shown.text.contains(&format!("/dossiers/{code}/result")));
        let kept = ward
            .ground
            .files
            .open_kept(&result.file)
            .await
            .expect("a store");
        assert_eq!(
            kept.expect("kept").size,
            signed.len() as u64,
            "what was uploaded"
        );
    })
    .await;
}

/// An empty choice is none: then the template is meant.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_the_template_is_issued() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("2.000815", "Đoàn Phú Thịnh", json!({})).await;
        ward.accept(&id, &code).await;
        let clerk = ward.until_issue(&id, &code).await.expect("it waits");
        let path = format!("/desk/dossiers/{code}/issuance");
        let reply = ward.post_file(&clerk, &path, ("", b"")).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        assert!(ward.dossier(&id).await.result.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_book_as_a_table_has_every_line_once_and_no_formula() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let mut expected = Vec::new();
        for name in ["=2+3", "Đoàn \"Phú\" Thịnh", "Lê Thị Hoà"] {
            let (id, code) = ward.submit("2.000815", name, json!({})).await;
            ward.accept(&id, &code).await;
            expected.push(code);
            ward.wait(1);
        }
        ward.submit("2.000815", "Chờ Tiếp Nhận", json!({})).await;
        let file = ward.get(COUNTER, "/desk/book.csv").await;
        assert!(file.bytes.starts_with("\u{feff}STT,Mã hồ sơ,".as_bytes()));
        let lines: Vec<&str> = file.text.lines().skip(1).collect();
        assert_eq!(lines.len(), 3, "{}", file.text);
        for ((number, code), line) in (1..).zip(&expected).zip(&lines) {
            assert!(line.starts_with(&format!("{number},{code},")), "{line}");
            assert!(line.contains(",23/11/2026 09:0"), "{line}");
        }
        assert!(lines[0].contains(",\"'=2+3\","), "{}", lines[0]);
        assert!(
            lines[1].contains("\"Đoàn \"\"Phú\"\" Thịnh\""),
            "{}",
            lines[1]
        );
        let wrong = "/desk/book.csv?from=2026-11-23&to=2026-11-22";
        assert_eq!(
            ward.get(COUNTER, wrong).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let stranger = "nguyen-thi-hong-nhung.eakar";
        let other = ward.get(stranger, "/desk/book.csv?agency=H15.101").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let own = ward.get(stranger, "/desk/book.csv").await;
        assert_eq!(own.text.lines().count(), 1, "only the head");
        assert!(
            ward.page(COUNTER, "/desk/book")
                .await
                .contains("/desk/book.csv?")
        );
    })
    .await;
}

/// More lines than one page of the database, some of the same millisecond.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_book_is_read_page_after_page_without_a_line_lost_or_twice() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, _) = ward.submit("2.000815", "Lê Thị Hoà", json!({})).await;
        let copies = (0..1_203i64).map(|number| {
            let sql = "INSERT INTO dossiers (id, code, accepted_at, submitted_at, reception_due_at,
                  changed_at, overdue, unlawful, fee_due, fee_paid, procedure_key, procedure_code,
                  agency, reception_agency, channel, phase, applicant, applicant_name,
                  applicant_folded, applicant_phone, applicant_address, received_by)
                SELECT ?, ?, ?, submitted_at, reception_due_at, changed_at, overdue, unlawful,
                  fee_due, fee_paid, procedure_key, procedure_code, agency, reception_agency,
                  channel, phase, applicant, applicant_name, applicant_folded, applicant_phone,
                  applicant_address, received_by
                FROM dossiers WHERE id = ?";
            let at = ward.now().as_millisecond() + number / 300;
            let (copy, code) = (format!("c{number:05}"), format!("C-{number:05}"));
            Statement::new(sql, params![copy, code, at, &id])
        });
        ward.ground
            .db()
            .write(copies.collect())
            .await
            .expect("copied");
        let file = ward.get(COUNTER, "/desk/book.csv").await.text;
        let lines: Vec<&str> = file.lines().skip(1).collect();
        assert_eq!(lines.len(), 1_203);
        for (number, line) in lines.iter().enumerate() {
            let begin = format!("{},C-{number:05},", number + 1);
            assert!(line.starts_with(&begin), "{line}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agency_and_other_people_see_nothing() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (_, code) = ward.submit("1.004873", "Đoàn Phú Thịnh", json!({})).await;
        let path = format!("/desk/dossiers/{code}");
        for who in ["nguyen-thi-hong-nhung.eakar", "nguyen-thi-my-duyen.stp"] {
            assert_eq!(
                ward.get(who, &path).await.status,
                StatusCode::NOT_FOUND,
                "{who}"
            );
            assert!(codes(&ward.page(who, "/desk/search?q=thinh").await).is_empty());
            assert!(!ward.page(who, "/desk/book").await.contains(&code));
            let book = ward.get(who, "/desk/book?agency=H15.101").await;
            assert_eq!(book.status, StatusCode::NOT_FOUND);
        }
        let stranger = "nguyen-thi-hong-nhung.eakar";
        let reply = ward
            .post(stranger, &format!("{path}/acceptance"), &[])
            .await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        let citizen = ward.get("person-an", &path).await;
        assert_eq!(citizen.status, StatusCode::FORBIDDEN);
        let inspector = ward.page("vu-duc-long.bmt", &path).await;
        assert!(inspector.contains("Đoàn Phú Thịnh"));
        assert!(
            !inspector.contains("class=\"fold act\""),
            "an auditor changes nothing"
        );
        let clerk = ward.holder(Right::Issue).await;
        let reply = ward.post(&clerk, &format!("{path}/acceptance"), &[]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let found = codes(&ward.page(COUNTER, "/desk/search?q=doan+phu+thinh").await);
        assert_eq!(found, [code]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_in_the_order_of_what_is_due_page_after_page() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let mut submitted = Vec::new();
        for number in 0..43 {
            let code = if number % 4 == 0 {
                "1.013225"
            } else {
                "2.000815"
            };
            submitted.push(ward.submit(code, "Hoàng Thị Bích", json!({})).await);
            ward.wait(2);
        }
        let first = ward.page(COUNTER, "/desk?queue=intake").await;
        let mut seen = codes(&first);
        assert_eq!(seen.len(), 40);
        let next = first
            .split("rel=\"next\" href=\"")
            .nth(1)
            .expect("a next page");
        let next = next
            .split('"')
            .next()
            .expect("an address")
            .replace("&#38;", "&");
        seen.extend(codes(
            &ward.page(COUNTER, &next.replace("&amp;", "&")).await,
        ));
        let expected: Vec<String> = submitted.iter().map(|(_, code)| code.clone()).collect();
        assert_eq!(seen, expected, "all, each once, the earliest due first");
        let houses = codes(&ward.page(COUNTER, "/desk?procedure=1.013225").await);
        assert_eq!(houses.len(), 11);
        let (id, code) = &submitted[1];
        ward.accept(id, code).await;
        let appraiser = ward.holder(Right::Appraise).await;
        let task = ward
            .dossier(id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone();
        let pick = format!("{id}~{task}");
        let reply = ward
            .post(&appraiser, "/desk/claims", &[("pick", &pick)])
            .await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        assert_eq!(
            ward.dossier(id).await.tasks[&task].officer.as_ref(),
            Some(&appraiser)
        );
        assert_eq!(
            codes(&ward.page(&appraiser, "/desk?mine=yes").await),
            std::slice::from_ref(code)
        );
        ward.wait(60 * 24 * 7);
        let late = codes(&ward.page(&appraiser, "/desk?queue=late").await);
        assert_eq!(late, std::slice::from_ref(code));
        assert!(ward.page(&appraiser, "/desk").await.contains("Quá hạn"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_act_with_one_answer() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("2.000815", "Phạm Mỹ Duyên", json!({})).await;
        let papers = ward.dossier(&id).await.papers;
        let checked: Vec<(&str, &str)> = papers
            .iter()
            .map(|paper| ("checked", paper.code.as_str()))
            .collect();
        let path = format!("/desk/dossiers/{code}/acceptance");
        let command = web::fresh_id();
        let (one, two) = tokio::join!(
            ward.post_as(COUNTER, &path, &checked, &command),
            ward.post_as(COUNTER, &path, &checked, &command),
        );
        for reply in [&one, &two] {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
            assert_eq!(reply.location, format!("/desk/dossiers/{code}"));
        }
        let history = ward
            .ground
            .journal
            .history(&*ward.ground.law, &id)
            .await
            .expect("history");
        let accepted = history
            .iter()
            .filter(|entry| entry.event.kind() == "accepted")
            .count();
        assert_eq!(accepted, 1);
    })
    .await;
}
