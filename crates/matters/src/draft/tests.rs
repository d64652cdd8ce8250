//! Drafts on both databases: kept, changed from two tabs, another's, too old, too many.
use facts::procedure::{Group, Kind, Length, Question, Section, Words};
use jiff::{SignedDuration, Timestamp};
use kernel::proof::{count, on_each};
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().expect("a moment")
}

fn draft(id: &str) -> Draft {
    Draft {
        id: id.to_owned(),
        owner: "person:an".to_owned(),
        dossier: String::new(),
        procedure: "1.001193/default/commune@2026-07-01"
            .parse()
            .expect("a key"),
        channel: Channel::Online,
        agency: "H15.101".to_owned(),
        reception: "H15.101".to_owned(),
        applicant: Party {
            person: "an".to_owned(),
            name: "Nguyễn Văn An".to_owned(),
            ..Party::default()
        },
        filer: None,
        answers: json!({"child_name": "Nguyễn Hoàng Ánh"}),
        papers: vec![DraftPaper {
            code: "birth-note".to_owned(),
            form: PaperForm::Electronic,
            count: 1,
            file: Some("ab".repeat(32)),
            name: "giấy chứng sinh.jpg".to_owned(),
            size: 120_000,
        }],
        return_way: Some(ReturnWay::Electronic),
        post_address: "12 Y Jút, Buôn Ma Thuột".to_owned(),
        visited: vec!["child".to_owned()],
        version: 0,
        updated_at: now(),
    }
}

#[test]
fn one_form_opens_one_draft_and_later_ones_come_after_it() {
    let form = "019abc12f00dc0ffeec0ffeec0ffee01";
    let id = id_from("person:an", form);
    assert_eq!(id, id_from("person:an", form));
    assert_ne!(id, id_from("person:binh", form));
    assert!(id.starts_with("019abc12-f00d-8"), "{id}");
    let role = id_from("applicant", &id);
    assert!(role.starts_with("019abc12-f00d-8") && role != id, "{role}");
    for odd in ["", "short", "đđđđđđđđđđđđđđ", "+23456789012"] {
        let id = id_from("person:an", odd);
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
    }
}

#[tokio::test]
async fn a_draft_is_kept_whole_and_only_for_its_owner() {
    on_each(MIGRATIONS, async |db| {
        create(&db, &draft("d1")).await.expect("made");
        let kept = load(&db, "d1", "person:an", now()).await.expect("reads");
        assert_eq!(kept, Some(draft("d1")));
        assert_eq!(
            load(&db, "d1", "person:binh", now()).await.expect("reads"),
            None
        );
        assert!(
            kept.expect("there")
                .has_file(&Form::default(), &"ab".repeat(32))
        );
        db.write(vec![delete("d1", "person:binh")])
            .await
            .expect("writes");
        assert_eq!(count(&db, "drafts").await, 1);
        db.write(vec![delete("d1", "person:an")])
            .await
            .expect("writes");
        assert_eq!(count(&db, "drafts").await, 0);
    })
    .await;
}

/// `photo` is a question for a file, as `list[].scan` is; `note` is not.
fn form_with_files() -> Form {
    let question = |id: &str, kind: Kind| Question {
        id: id.to_owned(),
        label: Words::new(id, id),
        paper_label: Words::default(),
        hint: Words::default(),
        help: Words::default(),
        missing: Words::default(),
        required: false,
        when: None,
        source: None,
        kind,
    };
    let text = || Kind::Text(Length { min: 0, max: 100 });
    let group = Group {
        min: 0,
        max: 3,
        item: Words::default(),
        questions: vec![question("scan", Kind::File), question("name", text())],
    };
    let questions = vec![
        question("photo", Kind::File),
        question("note", text()),
        question("list", Kind::Group(group)),
    ];
    let section = Section {
        id: "all".to_owned(),
        questions,
        ..Section::default()
    };
    let mut form = Form::default();
    form.sections.push(section);
    form
}

#[test]
fn a_digest_is_a_file_only_where_a_file_was_asked_for() {
    let (form, digest) = (form_with_files(), "cd".repeat(32));
    let has = |answers: serde_json::Value| {
        let mut draft = draft("d1");
        draft.answers = answers;
        draft.has_file(&form, &digest)
    };
    assert!(has(json!({"photo": {"digest": digest, "name": "a.jpg"}})));
    assert!(has(json!({"list": [{}, {"scan": {"digest": digest}}]})));
    for text in [
        json!({"note": digest}),
        json!({"photo": digest}),
        json!({"list": [{"name": digest}]}),
        json!({"note": {"digest": digest}}),
        json!({"unknown": {"digest": digest}}),
        json!(null),
    ] {
        assert!(!has(text.clone()), "{text}");
    }
    // Among the papers it is a file whatever the form asks for.
    assert!(draft("d1").has_file(&form, &"ab".repeat(32)));
}

#[tokio::test]
async fn two_tabs_do_not_overwrite_each_other() {
    on_each(MIGRATIONS, async |db| {
        create(&db, &draft("d1")).await.expect("made");
        let set = async |key: &'static str| {
            let edit = |draft: &mut Draft| draft.answers[key] = json!(true);
            change(&db, ("d1", "person:an"), now(), edit)
                .await
                .expect("writes")
                .expect("there")
        };
        let (one, two) = tokio::join!(set("one"), set("two"));
        assert_eq!(one.version.max(two.version), 2);
        let kept = load(&db, "d1", "person:an", now())
            .await
            .expect("reads")
            .expect("there");
        assert_eq!(
            (&kept.answers["one"], &kept.answers["two"]),
            (&json!(true), &json!(true))
        );
        let none = change(&db, ("d2", "person:an"), now(), |_| ())
            .await
            .expect("reads");
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test]
async fn what_an_account_holds_is_counted_over_all_its_drafts_and_bounded() {
    on_each(MIGRATIONS, async |db| {
        let folder = std::env::temp_dir().join(format!("dinh-held-{}", web::fresh_id()));
        let files = Files::open(folder, 1_000_000).expect("a folder");
        let pdf = facts::blob::blank_pdf("an answer");
        let digest = files.keep(&pdf).await.expect("kept").digest;
        let mut other = draft("d2");
        other.answers = json!({"plans": [{"plan": {"digest": digest, "name": "a.pdf"}}]});
        for draft in [draft("d1"), other] {
            create(&db, &draft).await.expect("made");
        }
        let held = held(&db, &files, "person:an", now()).await.expect("reads");
        let sum = Held {
            files: 3,
            bytes: 2 * 120_000 + pdf.len() as u64,
        };
        assert_eq!(held, sum);
        assert_eq!(held.with(10).map(|held| held.files), Some(4));
        assert_eq!(held.with(BYTES_HELD_MAX), None);
        let full = Held {
            files: FILES_HELD_MAX,
            ..held
        };
        assert_eq!(full.with(1), None);
    })
    .await;
}

#[tokio::test]
async fn old_drafts_go_and_nobody_keeps_too_many() {
    on_each(MIGRATIONS, async |db| {
        create(&db, &draft("old")).await.expect("made");
        let later = now() + SignedDuration::from_hours(24 * DAYS_KEPT);
        assert_eq!(
            load(&db, "old", "person:an", later).await.expect("reads"),
            None
        );
        for number in 0..DRAFTS_MAX {
            let fresh = Draft {
                updated_at: later,
                ..draft(&format!("d{number}"))
            };
            create(&db, &fresh).await.expect("made");
        }
        assert_eq!(count(&db, "drafts").await, DRAFTS_MAX as i64);
        let more = Draft {
            updated_at: later,
            ..draft("more")
        };
        assert!(matches!(create(&db, &more).await, Err(NotMade::TooMany)));
        let other = Draft {
            owner: "officer:hoa".to_owned(),
            dossier: "x".to_owned(),
            ..more
        };
        create(&db, &other).await.expect("made");
        let found = of_dossier(&db, "x", "officer:hoa", later)
            .await
            .expect("reads");
        assert_eq!(found.map(|draft| draft.id), Some("more".to_owned()));
    })
    .await;
}
