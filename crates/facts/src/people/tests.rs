//! The table of people on both databases.
use jiff::civil::date;
use kernel::proof::on_each;
use kernel::{Database, Trouble};
use proptest::prelude::*;

use super::*;

fn citizen(id: &str, name: &str, number: &str) -> Person {
    Person {
        id: id.into(),
        kind: PersonKind::Citizen,
        personal_id: Some(number.parse().unwrap()),
        tax_code: None,
        name: tidy_name(name),
        birth: Some("05/1990".parse().unwrap()),
        sex: Some(Sex::Female),
        phone: Some("0905 000 001".into()),
        email: None,
        address: Some(Address {
            line: "Thôn 3".into(),
            commune: "24235".into(),
            province: "66".into(),
        }),
        valid_from: date(2026, 1, 1),
        valid_to: None,
        origin: Origin::Office,
    }
}

async fn store(db: &Database, people: &[Person]) -> Result<(), Trouble> {
    db.write(people.iter().map(views::put).collect())
        .await
        .map(|_| ())
}

#[tokio::test]
async fn what_is_stored_comes_back() {
    on_each(MIGRATIONS, |db| async move {
        let ha = citizen("p1", "Nguyễn Thị  Thu Hà ", "066190000123");
        let company = Person {
            id: "o1".into(),
            kind: PersonKind::Organisation,
            personal_id: None,
            tax_code: Some("6000123456".parse().unwrap()),
            name: "Công ty TNHH Cà phê Ban Mê".into(),
            birth: None,
            sex: None,
            phone: None,
            email: Some("lienhe@example.vn".into()),
            address: None,
            ..ha.clone()
        };
        store(&db, &[ha.clone(), company.clone()]).await.unwrap();
        assert_eq!(ha.name, "Nguyễn Thị Thu Hà");
        assert_eq!(views::by_id(&db, "p1").await.unwrap(), Some(ha.clone()));
        let number = "066190000123".parse().unwrap();
        assert_eq!(views::by_personal_id(&db, &number).await.unwrap(), Some(ha));
        let code = "6000123456".parse().unwrap();
        assert_eq!(views::by_tax_code(&db, &code).await.unwrap(), Some(company));
        assert_eq!(views::by_id(&db, "nobody").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn one_number_is_one_person() {
    on_each(MIGRATIONS, |db| async move {
        let mut first = citizen("p1", "Trần Văn An", "066090000123");
        let second = citizen("p2", "Trần Văn Ân", "066090000123");
        store(&db, &[first.clone()]).await.unwrap();
        let refused = store(&db, std::slice::from_ref(&second)).await;
        assert!(matches!(refused, Err(Trouble::Conflict(_))), "{refused:?}");
        // A record that no longer holds frees the number.
        first.valid_to = Some(date(2026, 11, 1));
        store(&db, &[first, second.clone()]).await.unwrap();
        let number = "066090000123".parse().unwrap();
        assert_eq!(
            views::by_personal_id(&db, &number).await.unwrap(),
            Some(second)
        );
    })
    .await;
}

#[tokio::test]
async fn accounts_claim_a_number_and_only_the_office_gives_it() {
    on_each(MIGRATIONS, |db| async move {
        let number: PersonalId = "066090000123".parse().unwrap();
        let claim = |id: &str, name: &str| Person {
            origin: Origin::UNCONFIRMED,
            ..citizen(id, name, number.as_str())
        };
        let (first, second) = (claim("a1", "Kẻ Lạ"), claim("a2", "Trần Văn An"));
        store(&db, &[first.clone(), second.clone()]).await.unwrap();
        // Nobody is found by what an account says of itself.
        let found = async || views::by_personal_id(&db, &number).await.unwrap();
        assert_eq!(found().await, None);
        assert_eq!(views::search(&db, "ke la", 9).await.unwrap(), []);
        let an = citizen("p1", "Trần Văn An", number.as_str());
        store(&db, std::slice::from_ref(&an)).await.unwrap();
        assert_eq!(found().await, Some(an.clone()));
        let claims = views::claims(&db, number.as_str()).await.unwrap();
        assert_eq!(claims, [second.clone(), first]);
        let ids = views::ids_of(&db, number.as_str()).await.unwrap();
        assert_eq!(ids, ["a1", "a2", "p1"]);

        let confirmed = async || views::confirmed_as(&db, "a2").await.unwrap();
        assert_eq!(confirmed().await, None);
        let write = async |statement| db.write(vec![statement]).await.map(|_| ());
        for nobody in ["a1", "nobody"] {
            let refused = write(views::confirm("a2", nobody)).await;
            assert!(matches!(refused, Err(Trouble::Guard(_))), "{refused:?}");
        }
        write(views::confirm("a2", "p1")).await.unwrap();
        views::forget_confirmed_as(&db, "a2");
        assert_eq!(confirmed().await.as_deref(), Some("p1"));
        let again = write(views::confirm("a2", "p1")).await;
        assert!(matches!(again, Err(Trouble::Guard(_))), "{again:?}");
        let record = write(views::confirm("p1", "p1")).await;
        assert!(matches!(record, Err(Trouble::Guard(_))), "{record:?}");

        write(views::undo_confirmation("a2", "p1")).await.unwrap();
        views::forget_confirmed_as(&db, "a2");
        assert_eq!(confirmed().await, None);
        write(views::end_claim("a1", date(2026, 11, 23)))
            .await
            .unwrap();
        let claims = views::claims(&db, number.as_str()).await.unwrap();
        assert_eq!(claims, [second]);
        // Only accounts end so.
        write(views::end_claim("p1", date(2026, 11, 23)))
            .await
            .unwrap();
        assert_eq!(found().await, Some(an));
    })
    .await;
}

#[test]
fn what_one_does_not_know_is_no_difference() {
    let an = citizen("p1", "Trần Văn An", "066090000123");
    let typed = |name: &str, birth: Option<&str>| Person {
        birth: birth.map(|text| text.parse().unwrap()),
        sex: None,
        ..citizen("p2", name, "066090000123")
    };
    let differences = |other: &Person| an.differences(other);
    assert_eq!(differences(&typed("tran van an", Some("1990"))), []);
    assert_eq!(differences(&typed("Trần Văn An", None)), []);
    let other = typed("Trần Văn Ân Em", Some("06/1990"));
    assert_eq!(differences(&other), [Difference::Name, Difference::Birth]);
    let man = Person {
        sex: Some(Sex::Male),
        ..citizen("p3", "Trần Văn An", "066090000124")
    };
    assert_eq!(differences(&man), [Difference::Number, Difference::Sex]);
}

#[tokio::test]
async fn names_are_found_without_marks_in_order_of_given_names() {
    on_each(MIGRATIONS, |db| async move {
        let people = [
            citizen("1", "Y Wang Niê", "066090000001"),
            citizen("2", "Lê Hoàng Ánh", "066090000002"),
            citizen("3", "Lê Hoàng An", "066090000003"),
            citizen("4", "Đỗ Thị Hoà", "066090000004"),
            citizen("5", "100% _thử!", "066090000005"),
        ];
        store(&db, &people).await.unwrap();
        let names = async |text: &str| -> Vec<String> {
            let found = views::search(&db, text, 10).await.unwrap();
            found.into_iter().map(|person| person.name).collect()
        };
        assert_eq!(names("le hoang").await, ["Lê Hoàng An", "Lê Hoàng Ánh"]);
        assert_eq!(names("thị Hòa").await, ["Đỗ Thị Hoà"]);
        assert_eq!(names("100%").await, ["100% _thử!"]);
        assert_eq!(names("_t").await, ["100% _thử!"]);
        assert_eq!(names("!").await, ["100% _thử!"]);
        assert_eq!(views::search(&db, "", 2).await.unwrap().len(), 2);
    })
    .await;
}

/// Names of the highlands, as their owners and telephones write them; also in rows that were there
/// before apostrophes were one.
#[tokio::test]
async fn names_of_the_highlands_are_found_as_officers_type_them() {
    on_each(MIGRATIONS, |db| async move {
        let people = [
            citizen("1", "Y Tơ\u{306} Mlô", "066090000001"),
            citizen("2", "H’Hen Mlô", "066090000002"),
            citizen("3", "Ƀăn Kpă", "066090000003"),
        ];
        store(&db, &people).await.unwrap();
        assert_eq!(people[1].name, "H'Hen Mlô");
        let old = "UPDATE people SET name_folded = 'h’hen mlo' WHERE id = '2'";
        db.write(vec![kernel::Statement::new(old, vec![])])
            .await
            .unwrap();
        let again = kernel::Statement::new(include_str!("folded.sql"), vec![]);
        db.write(vec![again]).await.unwrap();
        for (text, name) in [
            ("to mlo", "Y Tơ\u{306} Mlô"),
            ("y to", "Y Tơ\u{306} Mlô"),
            ("H'Hen", "H'Hen Mlô"),
            ("H’hen mlo", "H'Hen Mlô"),
            ("h hen", "H'Hen Mlô"),
            ("hhen", "H'Hen Mlô"),
            ("ban kpa", "Ƀăn Kpă"),
        ] {
            let found = views::search(&db, text, 10).await.unwrap();
            let names: Vec<&str> = found.iter().map(|person| person.name.as_str()).collect();
            assert_eq!(names, [name], "{text}");
        }
    })
    .await;
}

#[test]
fn tax_codes_are_read_in_the_forms_in_use() {
    let read = |text: &str| text.parse::<TaxCode>().map(String::from);
    assert_eq!(read("6000 123 456"), Ok("6000123456".into()));
    assert_eq!(read("6000123456001"), Ok("6000123456-001".into()));
    assert_eq!(read("6000123456-001"), Ok("6000123456-001".into()));
    assert_eq!(read("066090000123"), Ok("066090000123".into()));
    assert_eq!(read("60001234"), Err(TaxCodeFault));
    assert_eq!(read("60001234ab"), Err(TaxCodeFault));
}

#[test]
fn a_person_warns_where_number_and_papers_differ() {
    let person = citizen("p1", "Trần Văn An", "066091000123");
    let both = [
        PersonalIdWarning::SexDiffers,
        PersonalIdWarning::BirthYearDiffers,
    ];
    assert_eq!(person.warnings(), both);
}

proptest! {
    #[test]
    fn any_tax_code_is_written_as_it_is_read(text in "\\PC{0,20}|[0-9]{9,13}(-[0-9]{2,4})?") {
        if let Ok(code) = text.parse::<TaxCode>() {
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
