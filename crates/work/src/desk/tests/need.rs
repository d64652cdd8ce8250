//! Need to know over HTTP: whose field a dossier is, who may be given work, where it stays when
//! somebody leaves or lends the post, and who must say why they look.
use axum::http::StatusCode;
use facts::agency::{self, Appointment, Delegation, OfficeFile, Offices, Right, Term};
use jiff::civil::date;
use kernel::proof::on_each;
use matters::dossier::{Event, Phase};
use serde_json::json;

use super::ward::{ASKS_WHY, COUNTER, MIGRATIONS, Ward};

/// Civil status: who leads it and who appraises.
const LEADS: &str = "le-quang-thang.bmt";
const CIVIL: &str = "h-huong-eban.bmt";
const CIVIL_POST: &str = "H15.101/tu-phap/cong-chuc";
/// Leads construction, which gives a permit to whoever appraises it.
const BUILDS: &str = "nguyen-van-dung.bmt";
/// Appraises construction.
const BUILDER: &str = "truong-cong-thanh.bmt";
/// Audits the ward; another one audits another commune.
const AUDITOR: &str = "vu-duc-long.bmt";
const ELSEWHERE: &str = "phan-anh-tuan.eakar";

impl Ward {
    /// As the program does when it starts: fields have their procedures.
    async fn with_fields(self) -> Ward {
        let all = self.ground.catalogue().all();
        let pairs = all.map(|one| (one.field.code.as_str(), one.key.code.as_str()));
        let statements = agency::store_fields(pairs);
        self.store(statements).await;
        self
    }

    async fn store(&self, statements: Vec<kernel::Statement>) {
        let db = self.ground.db();
        db.write(statements).await.expect("stored");
        // What was asked before is forgotten.
        let _ = Offices::new(db.clone());
    }

    async fn lend(&self, position: &str, to: &str) {
        let lent = Delegation {
            from_position: position.into(),
            to_officer: to.into(),
            rights: vec![Right::Appraise],
            term: Term {
                from: date(2026, 11, 1),
                to: None,
            },
            basis: "QĐ 1".into(),
        };
        let file = OfficeFile {
            delegations: vec![lent],
            ..OfficeFile::default()
        };
        self.store(agency::store(&file)).await;
    }

    /// Their appointment, which began with the commune, ended yesterday.
    async fn leaves(&self, officer: &str, position: &str) {
        let ended = Appointment {
            officer: officer.into(),
            position: position.into(),
            term: Term {
                from: date(2025, 7, 1),
                to: Some(date(2026, 11, 1)),
            },
        };
        let file = OfficeFile {
            appointments: vec![ended],
            ..OfficeFile::default()
        };
        self.store(agency::store(&file)).await;
    }

    /// Whether the dossier stands in the inbox.
    async fn has_work(&self, who: &str, code: &str) -> bool {
        self.page(who, "/desk").await.contains(code)
    }

    /// A certificate of marital status, taken in.
    async fn taken_in(&self) -> (String, String) {
        let (id, code) = self.submit("1.004873", "Đoàn Phú Thịnh", json!({})).await;
        self.accept(&id, &code).await;
        (id, code)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_sees_its_own_dossiers_and_no_others() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await.with_fields().await;
        let (id, code) = ward.taken_in().await;
        let path = format!("/desk/dossiers/{code}");
        assert!(ward.has_work(CIVIL, &code).await);
        assert!(!ward.has_work(BUILDER, &code).await);
        for hidden in [
            path.clone(),
            "/desk/search?q=thinh".into(),
            "/desk/book".into(),
        ] {
            let text = ward.get(BUILDER, &hidden).await.text;
            assert!(
                !text.contains(&code) || text.contains("404"),
                "{hidden}: {text}"
            );
            assert!(!text.contains("Đoàn Phú Thịnh"), "{hidden}");
        }
        assert_eq!(ward.get(BUILDER, &path).await.status, StatusCode::NOT_FOUND);
        let task = ward.task(&id).await;
        let claim = ward
            .post(BUILDER, &format!("{path}/claim"), &[("task", &task)])
            .await;
        assert_eq!(claim.status, StatusCode::NOT_FOUND);
        let book = ward.get(BUILDER, "/desk/book.csv").await.text;
        assert_eq!(book.lines().count(), 1, "{book}");
        assert!(ward.get(CIVIL, "/desk/book.csv").await.text.contains(&code));
        // A house permit is the other's.
        let patch = json!({ "near_dyke": true });
        let (permit, number) = ward.submit("1.013225", "Lê Văn Cường", patch).await;
        ward.accept(&permit, &number).await;
        assert!(ward.has_work(BUILDS, &number).await);
        assert!(!ward.has_work(LEADS, &number).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_only_to_who_may_do_it_and_stays_with_the_post() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await.with_fields().await;
        let (id, code) = ward.taken_in().await;
        let task = ward.task(&id).await;
        let assign = format!("/desk/dossiers/{code}/reassignment");
        for nobody in ["khong-co-ai", BUILDER, ELSEWHERE, COUNTER, AUDITOR] {
            let fields = [("task", task.as_str()), ("officer", nobody)];
            let reply = ward.post(LEADS, &assign, &fields).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{nobody}");
            assert!(
                reply.text.contains("không giữ vị trí nào"),
                "{}",
                reply.text
            );
        }
        let page = ward.page(LEADS, &format!("/desk/dossiers/{code}")).await;
        assert!(page.contains(&format!("value=\"{CIVIL}\"")));
        assert!(!page.contains(&format!("value=\"{BUILDER}\"")));
        let fields = [("task", task.as_str()), ("officer", CIVIL)];
        ward.act(LEADS, &code, "reassignment", &fields).await;
        assert!(ward.has_work(CIVIL, &code).await);
        assert!(!ward.has_work(BUILDER, &code).await);
        // She lends her post for some days: who stands in sees the work and does it.
        ward.lend(CIVIL_POST, BUILDER).await;
        assert!(ward.has_work(BUILDER, &code).await);
        let taken = [("task", task.as_str())];
        ward.act(BUILDER, &code, "claim", &taken).await;
        assert!(ward.has_work(CIVIL, &code).await, "it is still her post's");
        ward.act(CIVIL, &code, "appraisal", &taken).await;
        assert_eq!(ward.dossier(&id).await.phase, Phase::Endorsing);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_vacant_post_is_in_somebodys_inbox() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await.with_fields().await;
        let (id, code) = ward.taken_in().await;
        let task = ward.task(&id).await;
        let taken = [("task", task.as_str())];
        ward.act(CIVIL, &code, "claim", &taken).await;
        assert!(!ward.has_work(BUILDER, &code).await);
        ward.leaves(CIVIL, CIVIL_POST).await;
        assert!(!ward.has_work(CIVIL, &code).await, "she has left");
        // Nobody else appraises here: the field falls to who does, and so does her work.
        assert!(ward.has_work(BUILDER, &code).await);
        ward.act(BUILDER, &code, "claim", &taken).await;
        ward.act(BUILDER, &code, "appraisal", &taken).await;
        assert_eq!(ward.dossier(&id).await.phase, Phase::Endorsing);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_the_step_drafts_the_result() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await.with_fields().await;
        let (id, code) = ward.taken_in().await;
        // The head of the unit endorses later; the step is not hers now.
        let draft = format!("/desk/dossiers/{code}/draft");
        let reply = ward.post(LEADS, &draft, &[]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reply.text.contains("Chỉ người đang giữ bước xử lý"),
            "{}",
            reply.text
        );
        let page = ward.page(LEADS, &format!("/desk/dossiers/{code}")).await;
        assert!(!page.contains(&draft), "the page offers no draft");
        ward.act(CIVIL, &code, "draft", &[]).await;
        let dossier = ward.dossier(&id).await;
        let officer = dossier
            .tasks
            .values()
            .next()
            .and_then(|task| task.officer.clone());
        assert_eq!(
            officer.as_deref(),
            Some(CIVIL),
            "who drafts has taken the step"
        );
        assert!(dossier.draft.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_work_on_a_dossier_says_why_they_look() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await.with_fields().await;
        let (id, code) = ward.taken_in().await;
        let path = format!("/desk/dossiers/{code}");
        // Who may take it, and who took it in, are asked nothing.
        for who in [CIVIL, COUNTER] {
            let page = ward.get(who, &path).await.text;
            assert!(
                page.contains("Đoàn Phú Thịnh") && !page.contains(ASKS_WHY),
                "{who}"
            );
        }
        let asked = ward.get(AUDITOR, &path).await;
        assert_eq!(asked.status, StatusCode::OK);
        assert!(asked.text.contains(ASKS_WHY) && !asked.text.contains("Thịnh"));
        for (fields, told) in [
            (vec![], "Chọn lý do xem hồ sơ"),
            (vec![("reason", "curious")], "Chọn lý do xem hồ sơ"),
            (vec![("reason", "other")], "Ghi rõ việc cần xem hồ sơ"),
        ] {
            let reply = ward.post(AUDITOR, &format!("{path}/look"), &fields).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(reply.text.contains(told), "{}", reply.text);
        }
        let refused = ward.look(ELSEWHERE, &path, "inspect").await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let said = ward.look(AUDITOR, &path, "inspect").await;
        assert_eq!(
            (said.status, &said.location),
            (StatusCode::SEE_OTHER, &path)
        );
        let shown = ward.get(AUDITOR, &path).await.text;
        assert!(shown.contains("Đoàn Phú Thịnh"));
        assert!(
            !shown.contains("Xem hồ sơ ngoài việc"),
            "a look hands nothing over"
        );
        // It is kept who, why and in which post; the next day they are asked again.
        let entries = ward.ground.journal.whole(&*ward.ground.law, &id).await;
        let entries = entries.expect("loads").entries;
        let last = entries.last().expect("an entry");
        assert!(matches!(&last.event, Event::Looked { position, .. }
            if position == "H15.101/van-phong/kiem-soat"));
        assert_eq!(last.actor, AUDITOR);
        let looks = ward.page(AUDITOR, "/desk/looks").await;
        assert!(looks.contains(&code) && looks.contains("Kiểm tra, thanh tra"));
        let elsewhere = ward.get(ELSEWHERE, "/desk/looks").await.text;
        assert!(!elsewhere.contains(&code));
        let theirs = ward.get(ELSEWHERE, "/desk/looks?agency=H15.101").await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        assert_eq!(
            ward.get(CIVIL, "/desk/looks").await.status,
            StatusCode::FORBIDDEN
        );
        ward.wait(24 * 60);
        assert!(ward.get(AUDITOR, &path).await.text.contains(ASKS_WHY));
        // Who has done the step knows the dossier.
        let task = ward.task(&id).await;
        ward.act(CIVIL, &code, "appraisal", &[("task", &task)])
            .await;
        assert!(ward.get(CIVIL, &path).await.text.contains("Đoàn Phú Thịnh"));
    })
    .await;
}
