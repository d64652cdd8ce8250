//! The office file of the content folder, faults in such files, and the tables on both databases.
use std::path::Path;

use jiff::Timestamp;
use kernel::Database;
use kernel::proof::{count, on_each};
use proptest::prelude::*;

use super::*;

const WARD: &str = "H15.101";
const CLERK: &str = "H15.101/van-phong/van-thu";

fn files() -> Vec<OfficeFile> {
    let content = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content"));
    match Offices::load(content) {
        Ok(files) => files,
        Err(faults) => panic!(
            "{}",
            faults.iter().map(|f| format!("{f}\n")).collect::<String>()
        ),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn stored(db: &Database) -> Offices {
    for file in files() {
        db.write(store(&file)).await.unwrap();
    }
    Offices::new(db.clone())
}

fn faults(text: &str) -> Vec<String> {
    let faults = Offices::parse(Path::new("a.toml"), text).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn both_communes_have_every_right_and_ten_officers() {
    let files = files();
    for agency in ["H15.101", "H15.160"] {
        let of = |position: &&Position| position.agency.as_str() == agency;
        let positions: Vec<&Position> = files[0].positions.iter().filter(of).collect();
        for right in Right::ALL {
            let with = positions
                .iter()
                .filter(|one| one.rights.contains(&right))
                .count();
            let least = if right == Right::Intake { 2 } else { 1 };
            assert!(with >= least, "{agency}: {right}");
        }
        let held = files[0].appointments.iter();
        assert!(held.filter(|one| one.position.starts_with(agency)).count() >= 10);
    }
    assert!(
        files[0]
            .agencies
            .iter()
            .all(|one| one.to_verify == (one.id.level() > 1))
    );
}

#[tokio::test]
async fn storing_twice_changes_nothing() {
    on_each(MIGRATIONS, |db| async move {
        let tables = [
            "agencies",
            "agency_aliases",
            "units",
            "positions",
            "officers",
            "appointments",
            "delegations",
        ];
        let mut before = Vec::new();
        for round in 0..2 {
            let offices = stored(&db).await;
            let mut counts = Vec::new();
            for table in tables {
                counts.push(count(&db, table).await);
            }
            assert!(round == 0 || counts == before);
            before = counts;
            let agencies = offices
                .agencies(at("2026-11-23T08:00:00+07:00"))
                .await
                .unwrap();
            assert_eq!(agencies, {
                let mut all = files().remove(0).agencies;
                all.sort_by(|a, b| a.id.cmp(&b.id));
                all
            });
        }
        assert!(before.iter().all(|count| *count > 0), "{before:?}");
    })
    .await;
}

#[tokio::test]
async fn an_older_identifier_finds_the_agency() {
    on_each(MIGRATIONS, |db| async move {
        let offices = stored(&db).await;
        for id in ["H15", "000.00.00.H15", "H45"] {
            let agency = offices.agency(id).await.unwrap().expect("found");
            assert_eq!(agency.name, "Ủy ban nhân dân tỉnh Đắk Lắk");
        }
        assert_eq!(offices.agency("H99").await.unwrap(), None);
        let now = at("2026-11-23T08:00:00+07:00");
        let found = offices.search("buon ma thuot", now).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(
            offices
                .agencies(at("2025-06-30T16:59:59Z"))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            !offices
                .agencies(at("2025-06-30T17:00:00Z"))
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn posts_are_those_in_force_and_delegations_last_their_days() {
    on_each(MIGRATIONS, |db| async move {
        let offices = stored(&db).await;
        let posts = async |now: &str| offices.posts_of("vu-duc-long.bmt", at(now)).await.unwrap();
        let own = Post {
            position: "H15.101/van-phong/kiem-soat".into(),
            unit: "H15.101/van-phong".into(),
            agency: WARD.into(),
            rights: vec![Right::Audit],
            ..Post::default()
        };
        let lent = Post {
            position: CLERK.into(),
            rights: vec![Right::Issue],
            ..own.clone()
        };
        // Days are days in Viet Nam: the delegation holds from 16/11 to 30/11/2026.
        assert_eq!(
            posts("2026-11-15T23:59:59+07:00").await,
            std::slice::from_ref(&own)
        );
        assert_eq!(
            posts("2026-11-16T00:00:00+07:00").await,
            [own.clone(), lent.clone()]
        );
        assert_eq!(
            posts("2026-11-30T23:59:59+07:00").await,
            [own.clone(), lent]
        );
        assert_eq!(posts("2026-12-01T00:00:00+07:00").await, [own]);
        assert_eq!(posts("2025-06-30T12:00:00+07:00").await, []);
        let now = at("2026-11-20T08:00:00+07:00");
        let names = |officers: Vec<Officer>| {
            officers
                .into_iter()
                .map(|officer| officer.name)
                .collect::<Vec<_>>()
        };
        let holders = names(offices.holders(CLERK, now).await.unwrap());
        assert_eq!(holders, ["Vũ Đức Long", "Đoàn Thị Mai"]);
        let viewer = offices.viewer("vu-duc-long.bmt", now).await.unwrap();
        assert!(viewer.has(Right::Issue) && !viewer.has(Right::Approve));
        let post = viewer.post_in(WARD, Right::Issue).expect("lent");
        assert_eq!(post.position, CLERK);
        assert_eq!(viewer.agencies_with(Right::Audit), [WARD]);
        assert!(Viewer::Anonymous.posts().is_empty());
    })
    .await;
}

#[tokio::test]
async fn positions_are_found_by_right_in_the_order_of_the_file() {
    on_each(MIGRATIONS, |db| async move {
        let offices = stored(&db).await;
        let now = at("2026-11-23T08:00:00+07:00");
        let counter = offices
            .positions_with(Right::Intake, WARD, now)
            .await
            .unwrap();
        let ids: Vec<&str> = counter
            .iter()
            .map(|position| position.id.as_str())
            .collect();
        assert_eq!(ids, ["H15.101/mot-cua/quay-1", "H15.101/mot-cua/quay-2"]);
        let units = offices.units(WARD).await.unwrap();
        assert_eq!(units[1].name, "Trung tâm Phục vụ hành chính công phường");
        let officers = offices.officers(WARD, now).await.unwrap();
        assert_eq!(officers.len(), 11);
        let officer = offices.officer(&officers[0].id).await.unwrap();
        assert_eq!(officer.as_ref(), Some(&officers[0]));
        let mut ids: Vec<String> = officers.iter().map(|one| one.id.clone()).collect();
        ids.extend((0..40).map(|nobody| format!("nobody-{nobody}")));
        let named = offices.officers_of(&ids).await.unwrap();
        assert_eq!(named.len(), officers.len());
        assert!(officers.iter().all(|one| named.contains(one)));
        assert!(offices.officers_of(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_position_that_ended_gives_nothing() {
    on_each(MIGRATIONS, |db| async move {
        let offices = stored(&db).await;
        let mut file = files().remove(0);
        for position in file.positions.iter_mut().filter(|one| one.id == CLERK) {
            position.term.to = Some(jiff::civil::date(2026, 11, 20));
        }
        db.write(store(&file)).await.unwrap();
        let rights = async |now: &str| {
            let posts = offices.posts_of("vu-duc-long.bmt", at(now)).await.unwrap();
            posts
                .into_iter()
                .flat_map(|post| post.rights)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            rights("2026-11-19T12:00:00+07:00").await,
            [Right::Audit, Right::Issue]
        );
        assert_eq!(rights("2026-11-20T12:00:00+07:00").await, [Right::Audit]);
    })
    .await;
}

const GOOD: &str = r#"
[[agency]]
id = "H15"
name = "Ủy ban"
level = "province"
place = "66"
valid_from = 2025-07-01
[[agency.unit]]
id = "u"
name = "U"
[[agency.unit.position]]
id = "p"
title = "P"
rights = ["issue", "audit"]

[[officer]]
id = "o"
name = "O"
appointment = [{ position = "H15/u/p", valid_from = 2025-07-01 }]

[[delegation]]
from_position = "H15/u/p"
to_officer = "o"
rights = ["issue"]
valid_from = 2026-01-01
valid_to = 2026-02-01
basis = "QĐ 1"
"#;

#[test]
fn a_small_file_is_read() {
    let file = Offices::parse(Path::new("a.toml"), GOOD).unwrap();
    assert_eq!(file.positions[0].id, "H15/u/p");
    assert_eq!(file.delegations[0].rights, [Right::Issue]);
}

#[test]
fn every_fault_names_its_line() {
    let changed = |from: &str, to: &str| faults(&GOOD.replacen(from, to, 1)).join("\n");
    let cases = [
        (
            "\"H15\"\nname",
            "\"15\"\nname",
            "a.toml:3: \"15\": an agency identifier begins",
        ),
        (
            "place = \"66\"",
            "place = \"24133\"",
            "a.toml:6: place \"24133\": this level",
        ),
        (
            "\"issue\", \"audit\"",
            "\"issue\", \"sign\"",
            "a.toml:14: unknown right \"sign\"",
        ),
        (
            "\"H15/u/p\", v",
            "\"H15/u/q\", v",
            "a.toml:19: no position \"H15/u/q\"",
        ),
        (
            "to_officer = \"o\"",
            "to_officer = \"x\"",
            "a.toml:23: no officer \"x\"",
        ),
        (
            "rights = [\"issue\"]",
            "rights = [\"approve\"]",
            "a.toml:24: the position has no",
        ),
        (
            "valid_to = 2026-02-01",
            "valid_to = 2026-01-01",
            "a.toml:26: valid_to 2026-01-01",
        ),
        (
            "valid_from = 2026-01-01",
            "valid_from = 09:30:00",
            "a.toml:25: 09:30:00 is not a day",
        ),
        ("place =", "plaze =", "a.toml:6: unknown field `plaze`"),
        ("id = \"u\"", "id = ", "a.toml:9:"),
        ("id = \"p\"", "id = \"P/p\"", "a.toml:12: \"P/p\": only a-z"),
    ];
    for (from, to, expected) in cases {
        let found = changed(from, to);
        assert!(found.contains(expected), "{to}: {found}");
    }
    let twice = format!("{GOOD}\n[[officer]]\nid = \"o\"\nname = \"P\"\n");
    assert_eq!(faults(&twice), ["a.toml:30: officer \"o\" is there twice"]);
}

#[test]
fn rights_are_read_as_they_are_written() {
    for right in Right::ALL {
        assert_eq!(right.as_str().parse(), Ok(right));
        assert_eq!(serde_json::to_value(right).unwrap(), right.as_str());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A piece of the real file replaced by anything is read, or refused with its faults.
    #[test]
    fn any_file_of_offices_is_read_or_refused(
        noise in "\\PC{0,12}|[a-z]{1,8} = [0-9\"-]{1,12}",
        start in 0usize..20_000,
        length in 0usize..200,
    ) {
        let real = include_str!("../../../../content/agencies/dak-lak.toml");
        let mut signs: Vec<char> = real.chars().collect();
        let start = start.min(signs.len());
        let end = (start + length).min(signs.len());
        signs.splice(start..end, noise.chars());
        let text: String = signs.into_iter().collect();
        if let Err(faults) = Offices::parse(Path::new("a.toml"), &text) {
            prop_assert!(!faults.is_empty());
        }
    }
}

#[tokio::test]
async fn who_may_be_given_work_holds_a_post_with_the_right_for_its_field() {
    on_each(MIGRATIONS, |db| async move {
        let offices = stored(&db).await;
        let pairs = [("ho-tich", "1"), ("xay-dung", "2"), ("dat-dai", "3")];
        db.write(store_fields(pairs)).await.unwrap();
        let now = at("2026-11-20T08:00:00+07:00");
        let able = async |right: Right, procedure: &str| {
            let offices = Offices::new(db.clone());
            let able = offices.able((WARD, right, procedure), now).await.unwrap();
            able.into_iter()
                .map(|(officer, _)| officer.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(able(Right::Appraise, "1").await, ["h-huong-eban.bmt"]);
        assert_eq!(able(Right::Appraise, "2").await, ["truong-cong-thanh.bmt"]);
        // No unit names the third field: everybody who appraises does.
        assert_eq!(able(Right::Appraise, "3").await.len(), 2);
        // Who leads and who issues are of the whole ward; so is whoever was lent the post.
        assert_eq!(able(Right::Approve, "2").await.len(), 2);
        assert!(
            able(Right::Issue, "2")
                .await
                .contains(&"vu-duc-long.bmt".to_owned())
        );
        assert!(offices.posts_of("nobody", now).await.unwrap().is_empty());
        // Stored anew, what was known before is gone.
        db.write(store_fields([("xay-dung", "1")])).await.unwrap();
        assert_eq!(able(Right::Appraise, "1").await, ["truong-cong-thanh.bmt"]);
    })
    .await;
}

#[test]
fn fields_of_a_unit_are_words_each_once() {
    let text = r#"
[[agency]]
id = "H15"
name = "Tỉnh"
level = "province"
place = "66"
valid_from = 2025-07-01
[[agency.unit]]
id = "a"
name = "A"
fields = ["ho-tich", "ho-tich", "Hộ tịch"]
"#;
    let found = faults(text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found.iter().any(|fault| fault.contains("there twice")),
        "{found:?}"
    );
}
