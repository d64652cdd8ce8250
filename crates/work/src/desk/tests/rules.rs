//! Refusals: a sentence at the form, and nothing typed is lost.
use axum::http::StatusCode;
use facts::agency::Right;
use kernel::proof::on_each;
use matters::dossier::{Act, PaperForm, Phase};
use serde_json::json;

use super::ward::{COUNTER, MIGRATIONS, Ward, codes};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_sentence_at_its_form_and_nothing_typed_is_lost() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let head = ward.holder(Right::Oversee).await;
        let assigner = ward.holder(Right::Assign).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.refused(COUNTER, &code, "acceptance", (&[], "papers_unchecked"))
            .await;
        let words = [
            ("reason", "other"),
            ("text", ""),
            ("basis", "Điều 5 Luật Xây dựng"),
        ];
        ward.refused(COUNTER, &code, "refusal", (&words, "reason_missing"))
            .await;
        let words = [
            ("reason", "other"),
            ("text", "Ngoài thẩm quyền của phường"),
            ("basis", ""),
        ];
        ward.refused(COUNTER, &code, "refusal", (&words, "basis_missing"))
            .await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&[], "supplement_list_empty"),
        )
        .await;
        ward.accept(&id, &code).await;
        ward.refused(COUNTER, &code, "acceptance", (&[], "wrong_phase"))
            .await;
        let task = ward
            .dossier(&id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone();
        let give = [("task", task.as_str()), ("officer", "")];
        ward.refused(&assigner, &code, "assignment", (&give, "officer_missing"))
            .await;
        let day_off = [
            ("day-day", "28"),
            ("day-month", "11"),
            ("day-year", "2026"),
            ("reason", "Cần xem thực địa lần nữa"),
        ];
        ward.refused(&head, &code, "due-date", (&day_off, "new_due_day_off"))
            .await;
        let no_basis = [("text", "Chủ đầu tư đang có tranh chấp"), ("basis", "")];
        ward.refused(&head, &code, "stop", (&no_basis, "wrong_phase"))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_of_the_list_keep_the_ones_that_are_there() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let head = ward.holder(Right::Oversee).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let ask = [
            ("what", "Bản vẽ móng"),
            ("why", "Bản vẽ thiếu mặt cắt"),
            ("paper", "drawings"),
        ];
        let more = [ask[0], ask[1], ask[2], ("more", "yes")];
        let path = format!("/desk/dossiers/{code}/supplement-request");
        let wider = ward.post(COUNTER, &path, &more).await;
        assert_eq!(wider.status, StatusCode::OK);
        assert!(wider.text.contains("Bản vẽ móng") && wider.text.contains("Mục 2"));
        ward.act(COUNTER, &code, "supplement-request", &ask).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-acceptance",
            (&[], "wrong_phase"),
        )
        .await;
        assert_eq!(ward.dossier(&id).await.phase, Phase::SupplementAsked);
        assert!(
            ward.page(&head, &format!("/desk/dossiers/{code}"))
                .await
                .contains("Bản vẽ móng")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_is_asked_once_and_again_only_by_the_head() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let head = ward.holder(Right::Oversee).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let ask = [
            ("what", "Bản vẽ móng"),
            ("why", "Thiếu mặt cắt"),
            ("paper", "drawings"),
        ];
        ward.act(COUNTER, &code, "supplement-request", &ask).await;
        ward.supplement(&id, &[]).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-acceptance",
            (&[], "supplement_incomplete"),
        )
        .await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-return",
            (&[("text", "")], "reason_missing"),
        )
        .await;
        let lacking = [("text", "Chưa có bản vẽ móng")];
        ward.act(COUNTER, &code, "supplement-return", &lacking)
            .await;
        ward.supplement(&id, &["drawings"]).await;
        ward.act(COUNTER, &code, "supplement-acceptance", &[]).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&ask, "supplement_already_asked"),
        )
        .await;
        let again = [
            ask[0],
            ask[1],
            ask[2],
            ("second", "Công trình có thay đổi thiết kế"),
        ];
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&again, "not_allowed"),
        )
        .await;
        ward.act(&head, &code, "supplement-request", &again).await;
        let page = ward.page(&head, &format!("/desk/dossiers/{code}")).await;
        assert!(
            page.contains("Công trình có thay đổi thiết kế"),
            "the override is on the slip"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_and_opinions_are_held_to_their_rules() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let assigner = ward.holder(Right::Assign).await;
        let appraiser = ward.holder(Right::Appraise).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let task = ward.task(&id).await;
        let give = [
            ("task", task.as_str()),
            ("officer", "truong-cong-thanh.bmt"),
        ];
        ward.act(&assigner, &code, "assignment", &give).await;
        let task = ward.task(&id).await;
        let own = ("task", task.as_str());
        if appraiser != "truong-cong-thanh.bmt" {
            let opinion = [own, ("opinion", "Đã xem bản vẽ")];
            ward.refused(
                &appraiser,
                &code,
                "appraisal",
                (&opinion, "task_held_by_other"),
            )
            .await;
        }
        let appraiser = "truong-cong-thanh.bmt";
        let question = ("question", "Đất có nằm trong hành lang đê không?");
        let nobody = [("agency", ""), ("term", "5wd"), question];
        ward.refused(
            appraiser,
            &code,
            "consultation",
            (&nobody, "consult_agency_wrong"),
        )
        .await;
        let ask = [("agency", "H15.08"), ("term", "5wd"), question];
        ward.act(appraiser, &code, "consultation", &ask).await;
        let consult = ward.dossier(&id).await.tasks;
        let consult = consult.iter().find(|(_, task)| task.act == Act::Consult);
        let consult = consult.expect("a consultation").0.clone();
        let opinion = [own, ("opinion", "Đủ điều kiện")];
        ward.refused(appraiser, &code, "appraisal", (&opinion, "consult_open"))
            .await;
        let early = [("task", consult.as_str()), ("reason", "Không thấy trả lời")];
        ward.refused(
            appraiser,
            &code,
            "continuation",
            (&early, "consult_term_not_passed"),
        )
        .await;
        let answer = [
            ("task", consult.as_str()),
            ("opinion", "agree"),
            ("text", "Ngoài hành lang đê"),
        ];
        let asked = ward.page("phan-xuan-linh.sxd", "/desk/search").await;
        assert!(
            codes(&asked).is_empty(),
            "the director of the agency asked does not appraise"
        );
        ward.act(appraiser, &code, "consultation-answer", &answer)
            .await;
        ward.act(appraiser, &code, "appraisal", &opinion).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_and_new_days_have_reasons() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let assigner = ward.holder(Right::Assign).await;
        let head = ward.holder(Right::Oversee).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let task = ward.task(&id).await;
        let give = [
            ("task", task.as_str()),
            ("officer", "truong-cong-thanh.bmt"),
        ];
        ward.act(&assigner, &code, "assignment", &give).await;
        let task = ward.task(&id).await;
        let own = [("task", task.as_str())];
        ward.act("truong-cong-thanh.bmt", &code, "appraisal", &own)
            .await;
        let task = ward.task(&id).await;
        let back = [("task", task.as_str()), ("to", "appraise"), ("reason", "")];
        ward.refused(&assigner, &code, "step-return", (&back, "reason_missing"))
            .await;
        let back = [back[0], back[1], ("reason", "Thiếu biên bản thực địa")];
        ward.act(&assigner, &code, "step-return", &back).await;
        let reason = ("reason", "Mưa lũ kéo dài");
        let day = |day| {
            [
                ("day-day", day),
                ("day-month", "12"),
                ("day-year", "2026"),
                reason,
            ]
        };
        ward.act(&head, &code, "apology", &day("21")).await;
        ward.refused(&head, &code, "apology", (&day("22"), "reappointed_already"))
            .await;
        ward.act(&head, &code, "due-date", &day("23")).await;
        let stop = [
            ("text", "Có tranh chấp đất"),
            ("basis", "Điều 21 NĐ 118/2025"),
        ];
        ward.act(&head, &code, "stop", &stop).await;
        ward.refused(&head, &code, "stop", (&stop, "wrong_phase"))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_that_is_to_be_shown_is_seen_by_an_officer_once() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("1.004873", "Vũ Mỹ Duyên", json!({})).await;
        let path = format!("/desk/dossiers/{code}");
        let page = ward.page(COUNTER, &path).await;
        assert!(page.contains("Sẽ xuất trình") && page.contains("Ghi đã xem giấy tờ"));
        let seen = [("paper", "identity"), ("form", "data")];
        ward.act(COUNTER, &code, "paper-seen", &seen).await;
        let papers = ward.dossier(&id).await.papers;
        let identity = papers.iter().find(|paper| paper.code == "identity");
        assert_eq!(identity.expect("asked for").form, PaperForm::Data);
        let page = ward.page(COUNTER, &path).await;
        assert!(!page.contains("Sẽ xuất trình") && !page.contains("Ghi đã xem giấy tờ"));
    })
    .await;
}
