//! Numbers of results: given once, and only to what is issued. The way of a result, changed for the
//! applicant.
use axum::http::StatusCode;
use facts::agency::Right;
use kernel::proof::on_each;
use matters::dossier::{Act, ReturnWay};
use serde_json::json;

use super::ward::{MIGRATIONS, Ward};

/// A dossier that waits to be issued, with who issues it.
async fn to_issue(ward: &Ward, name: &str) -> (String, String, String) {
    let (id, code) = ward.submit("2.000815", name, json!({})).await;
    ward.accept(&id, &code).await;
    for _ in 0..10 {
        ward.wait(1);
        let dossier = ward.dossier(&id).await;
        let (key, task) = dossier.tasks.iter().next().expect("work");
        let who = ward.holder(task.act.right()).await;
        let task_field = ("task", key.as_str());
        match task.act {
            Act::Issue => return (id, code, who),
            Act::Appraise => {
                ward.act(&who, &code, "claim", &[task_field]).await;
                ward.act(&who, &code, "appraisal", &[task_field]).await;
            }
            _ => ward.act(&who, &code, "approval", &[task_field]).await,
        }
    }
    panic!("{code} is never ready");
}

#[tokio::test]
async fn a_number_of_a_result_is_given_once() {
    on_each(&MIGRATIONS, async |db| {
        let ward = Ward::new(db).await;
        let number = async |id: &str| ward.dossier(id).await.result.expect("issued").number;
        let (first, code, who) = to_issue(&ward, "An").await;
        ward.act(&who, &code, "issuance", &[("number", "2/SCT/BS")])
            .await;
        let (second, code, who) = to_issue(&ward, "Bình").await;
        for same in ["2/SCT/BS", "2/sct/bs", "02/SCT/BS"] {
            let told = [("number", same)];
            ward.refused(&who, &code, "issuance", (&told, "number_taken"))
                .await;
        }
        ward.act(&who, &code, "issuance", &[]).await;
        assert_eq!(
            number(&second).await,
            "1/SCT/BS",
            "a refused number was lost"
        );
        let (third, code, who) = to_issue(&ward, "Cúc").await;
        ward.act(&who, &code, "issuance", &[]).await;
        assert_eq!(
            number(&third).await,
            "3/SCT/BS",
            "the typed one is passed by"
        );
        assert_eq!(number(&first).await, "2/SCT/BS");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_refused_takes_no_number() {
    on_each(&MIGRATIONS, async |db| {
        let ward = Ward::new(db).await;
        let (id, code, who) = to_issue(&ward, "An").await;
        let path = format!("/desk/dossiers/{code}/issuance");
        for _ in 0..3 {
            let file = ("giấy.pdf", &b"not a PDF"[..]);
            let reply = ward.post_file(&who, &path, file).await;
            assert_eq!(
                reply.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                reply.text
            );
        }
        // Who has no right to issue takes none either.
        let stranger = ward.holder(Right::CollectFee).await;
        ward.post(&stranger, &format!("/desk/dossiers/{code}/issuance"), &[])
            .await;
        ward.act(&who, &code, "issuance", &[]).await;
        let result = ward.dossier(&id).await.result.expect("issued");
        assert_eq!(result.number, "1/SCT/BS");
    })
    .await;
}

#[tokio::test]
async fn an_officer_changes_the_way_until_it_is_handed_over() {
    on_each(&MIGRATIONS, async |db| {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("2.000815", "An", json!({})).await;
        ward.accept(&id, &code).await;
        ward.until_issued(&id, &code).await;
        let who = ward.holder(Right::Deliver).await;
        let page = ward.page(&who, &format!("/desk/dossiers/{code}")).await;
        assert!(page.contains("Đổi cách nhận kết quả"), "{page}");
        let nowhere = [("way", "post"), ("address", "")];
        ward.refused(&who, &code, "return-way", (&nowhere, "address_missing"))
            .await;
        let there = [("way", "post"), ("address", "3 Ngô Quyền, Ea Kar")];
        ward.act(&who, &code, "return-way", &there).await;
        assert_eq!(ward.dossier(&id).await.return_way, ReturnWay::Post);
        let page = ward.page(&who, &format!("/desk/dossiers/{code}")).await;
        assert!(page.contains("3 Ngô Quyền, Ea Kar"), "{page}");
    })
    .await;
}
