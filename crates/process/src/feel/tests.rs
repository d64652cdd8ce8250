//! FEEL as content uses it, and what it must never do.

use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Condition, Expression, MAX_ITEMS, Problem};

fn holds(text: &str, vars: Json) -> bool {
    let condition = Condition::parse(text).unwrap_or_else(|error| panic!("{error}"));
    condition
        .holds(&vars)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn gives(text: &str, vars: Json) -> Json {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{error}"));
    expression
        .evaluate(&vars)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    match Condition::parse(text) {
        Err(error) => error.to_string(),
        Ok(condition) => panic!("{text} was accepted as {condition:?}"),
    }
}

fn check(cases: &[(&str, bool)], vars: Json) {
    for (text, expected) in cases {
        assert_eq!(holds(text, vars.clone()), *expected, "{text} on {vars}");
    }
}

#[test]
fn the_plainest_conditions_need_no_evaluator() {
    let is_plain = |text| {
        Condition::parse(text)
            .unwrap()
            .expression
            .inner
            .plain
            .is_some()
    };
    for text in ["known", "kind = \"a\"", "loại = \"Kết hôn\""] {
        assert!(is_plain(text), "{text}");
    }
    for text in [
        "not(known)",
        "kind = \"2026-01-30\"",
        "a.b = \"c\"",
        "kind != \"a\"",
    ] {
        assert!(!is_plain(text), "{text}");
    }
}

#[test]
fn vietnamese_texts_and_names() {
    let cases = [
        (r#"purpose = "Kết hôn""#, true),
        (r#"purpose != "Kết hôn""#, false),
        (r#"purpose = "kết hôn""#, false),
        (r#"lower case(purpose) = "kết hôn""#, true),
        (r#"contains(place, "Đà Nẵng")"#, true),
        (r#"starts with(place, "Phường")"#, true),
        (r#"đối_tượng = "người có công""#, true),
        (r#"string length(purpose) = 7"#, true),
    ];
    let place = "Phường Hải Châu, Đà Nẵng";
    check(
        &cases,
        json!({"purpose": "Kết hôn", "place": place, "đối_tượng": "người có công"}),
    );
}

#[test]
fn lists_and_ranges() {
    let cases = [
        (r#"kind in ["new", "repair"]"#, true),
        (r#"kind in ("new", "repair")"#, true),
        (r#"kind in("repair")"#, false),
        (r#"not(kind in ["repair"])"#, true),
        ("floors in [1..7]", true),
        ("floors in [1..7)", false),
        ("floors in (>= 7)", true),
        ("floors between 1 and 7 and area > 100", true),
        (r#"list contains(papers, "deed")"#, true),
        (r#""deed" in papers"#, true),
        ("count(children) = 2", true),
        ("some child in children satisfies child.age < 6", true),
        ("every child in children satisfies child.age < 6", false),
        ("children[1].age = 4", true),
        ("sum([floors, 1]) = 8", true),
    ];
    let vars = json!({
        "kind": "new", "floors": 7, "area": 250.5, "papers": ["deed", "plan"],
        "children": [{"age": 4}, {"age": 9}],
    });
    check(&cases, vars);
}

#[test]
fn dates_written_in_any_way() {
    let cases = [
        (r#"birth_date < "2020-07-01""#, true),
        (r#"birth_date < @"2020-07-01""#, true),
        (r#"birth_date < date("2020-07-01")"#, true),
        (r#"date(birth_date) >= date("2019-02-28")"#, true),
        (r#"birth_date = "2019-02-28""#, true),
        (r#"birth_date in ["2019-02-28", "2019-03-01"]"#, true),
        (r#"birth_date in ["2019-01-01".."2019-12-31"]"#, true),
        ("birth_date.year = 2019", true),
        (r#"birth_date + duration("P60D") < today"#, true),
        ("today - birth_date > @\"P60D\"", true),
        (
            r#"years and months duration(birth_date, today) >= @"P7Y""#,
            true,
        ),
        // A date of which only the year is known compares with no date: it does not hold, and its
        // opposite neither.
        ("year_only < today", false),
        ("not(year_only < today)", false),
    ];
    check(
        &cases,
        json!({"birth_date": "2019-02-28", "today": "2026-11-23", "year_only": "1950"}),
    );
}

#[test]
fn and_or_not_with_what_is_missing() {
    let cases = [
        ("yes and yes", true),
        ("yes and no", false),
        ("no or yes", true),
        ("not(no)", true),
        ("missing", false),
        ("not(missing)", false),
        ("missing = null", true),
        ("missing != null", false),
        ("missing > 3", false),
        ("missing <= 3", false),
        ("missing or yes", true),
        ("missing and no", false),
        ("not(missing and no)", true),
        ("missing.deep.deeper = 1", false),
        ("yes and\n  not(no)", true),
        ("yes and(no or yes)", true),
        ("area-depth=8", true),
        ("if yes then no else yes", false),
        ("-area < 0", true),
        ("not_a_keyword or android or order or income", false),
    ];
    check(
        &cases,
        json!({"yes": true, "no": false, "area": 10, "depth": 2}),
    );
}

#[test]
fn values_come_back_as_json() {
    let vars = json!({"copies": 12, "price": 2000, "born": "2019-02-28", "a": [1, "x"], "r": 0.1});
    assert_eq!(gives("copies * price", vars.clone()), json!(24_000));
    assert_eq!(
        gives(
            "if copies > 2 then 2 * price + (copies - 2) * 1000 else copies * price",
            vars.clone()
        ),
        json!(14_000)
    );
    assert_eq!(gives("price / 8000", vars.clone()), json!(0.25));
    assert_eq!(gives("r + 0.2", vars.clone()), json!(0.3));
    assert_eq!(gives("born", vars.clone()), json!("2019-02-28"));
    assert_eq!(
        gives(r#"born + duration("P1D")"#, vars.clone()),
        json!("2019-03-01")
    );
    assert_eq!(gives("a", vars.clone()), json!([1, "x"]));
    assert_eq!(gives("nothing", vars.clone()), Json::Null);
    assert_eq!(gives("copies / 0", vars.clone()), Json::Null);
    assert_eq!(
        gives("min(copies * price, 15000)", vars.clone()),
        json!(15_000)
    );
    assert_eq!(gives(r#""số " + string(copies)"#, vars), json!("số 12"));
}

#[test]
fn names_are_what_the_form_must_have() {
    let text = r#"applicant.age >= 18 and (area - depth > 2 or kind in ["new"]) and
        (some c in children satisfies c.age < limit) and date and time("2026-01-01T00:00:00") > t"#;
    let condition = Condition::parse(text).unwrap();
    let names = [
        "applicant",
        "area",
        "children",
        "depth",
        "kind",
        "limit",
        "t",
    ];
    assert_eq!(condition.names(), names);
    assert_eq!(condition.paths()[0], "applicant.age");
    let day = Condition::parse(r#"day of week(day) = "Monday" and of_age"#).unwrap();
    assert_eq!(day.names(), ["day", "of_age"]);
}

#[test]
fn what_is_wrong_is_said_plainly() {
    let cases = [
        ("", "empty"),
        ("a = ", "not a FEEL expression"),
        ("a == 1", "one `=`"),
        ("a <> 1", "`!=`"),
        ("a && b", "`and`"),
        ("a || b", "`or`"),
        ("a = < 1", "not allowed here: UnaryLt"),
        ("a = 'x'", "straight"),
        ("a = \"x", "not closed"),
        ("(a", "not closed"),
        ("a)", "too many"),
        ("not a", "brackets"),
        ("a in not(b)", "not(… in"),
        ("today() > a", "looks at the clock"),
        ("now() > a", "looks at the clock"),
        ("frobnicate(a)", "the function `frobnicate`"),
        ("count > 3", "it is a function"),
        ("item > 3", "meaning of its own"),
        ("for i in 1..1000000000 return i", "loops"),
        ("external(a)", "external functions"),
        ("function(a) a + 1", "own functions"),
        ("{a: 1}", "braces"),
        ("a ** b", "`**`"),
        ("3x", "a letter follows"),
        ("a = @\"2026-02-30\"", "is no date"),
        (
            "every x in [1..1000000] satisfies x > 0",
            "over anything but a list",
        ),
        ("a instance of number", "`instance of`"),
        ("a;b", "has no meaning"),
    ];
    for (text, expected) in cases {
        let said = refused(text);
        assert!(said.contains(expected), "{text}: {said}");
    }
    let number = Condition::parse("a + 1")
        .unwrap()
        .holds(&json!({"a": 1}))
        .unwrap_err();
    assert_eq!(number.problem, Problem::NotTrueOrFalse("number".to_owned()));
    assert!(
        number
            .to_string()
            .starts_with("`a + 1`: a condition must give true or false")
    );
}

#[test]
fn limits_hold() {
    assert!(refused(&"a".repeat(1_001)).contains("1000 at most"));
    assert!(refused(&"a+".repeat(200)).contains("at most"));
    assert!(refused(&format!("{}a{}", "(".repeat(17), ")".repeat(17))).contains("16 brackets"));
    let chain = vec!["a"; 80].join(" or ");
    assert!(refused(&chain).contains("in one chain"));
    let nested = "some x in a, y in a, z in a satisfies x";
    assert!(refused(nested).contains("some"));
    let long = json!({"a": vec![1; MAX_ITEMS + 1]});
    let refused = Condition::parse("1 in a")
        .unwrap()
        .holds(&long)
        .unwrap_err();
    assert!(matches!(refused.problem, Problem::TooBig(_)));
    let huge = Condition::parse("a > 1")
        .unwrap()
        .holds(&json!({"a": 1e300}))
        .unwrap_err();
    assert!(matches!(huge.problem, Problem::Incalculable(_)));
}

#[test]
fn a_condition_is_shared_between_threads_and_is_its_text_in_json() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let condition = Condition::parse(" area > 3 ").unwrap();
    shared(&condition);
    let written = serde_json::to_string(&condition).unwrap();
    assert_eq!(written, "\"area > 3\"");
    assert_eq!(
        serde_json::from_str::<Condition>(&written).unwrap(),
        condition
    );
    assert!(serde_json::from_str::<Condition>("\"area >\"").is_err());
}

/// Not a bound, a figure: run with `--nocapture`.
#[test]
fn measure_one_evaluation() {
    const ROUNDS: u32 = 2_000;
    let vars = json!({"area": 250, "kind": "new", "born": "2019-02-28", "other": vec![1; 400]});
    for text in [
        "area > 100",
        r#"area > 100 and kind in ["new"] and born < "2020-01-01""#,
    ] {
        let start = Instant::now();
        let condition = Condition::parse(text).unwrap();
        let parsed = start.elapsed();
        let start = Instant::now();
        for _ in 0..ROUNDS {
            assert!(condition.holds(&vars).unwrap());
        }
        println!(
            "{text}: parse {parsed:?}, evaluate {:?}",
            start.elapsed() / ROUNDS
        );
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "item",
        "not(",
        "(",
        ")",
        "[",
        "]",
        ",",
        "and ",
        " or ",
        "in ",
        "1",
        "2.5",
        "\"x\"",
        "\"2026-01-01\"",
        "@",
        ".",
        "..",
        "=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "date(",
        "date and time(",
        "some x in a satisfies ",
        "if ",
        " then ",
        " else ",
        "between ",
        "null",
        "true",
        "count(",
        "matches(",
        "duration(",
        "string(",
        "floor(",
        "substring(",
        "year",
        "time(",
        " ",
        "\n",
        "years and months duration(",
        "modulo(",
        "index of(",
        "round half up(",
    ])
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
        prop::sample::select(vec![
            "2026-02-28",
            "9999-12-31",
            "P99999999D",
            "(",
            "999999999-12-31"
        ])
        .prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|fields| fields.into_iter().collect::<Json>()),
        ]
    })
}

/// Each `-` of a chain triples what a missing value costs: twenty took half a second.
#[test]
fn a_long_chain_of_subtractions_is_refused() {
    let chain = |count: usize| Expression::parse(&vec!["a"; count].join(" - "));
    let missing = chain(5).expect("four subtractions").evaluate(&json!({}));
    assert_eq!(missing, Ok(json!(null)));
    let refused = chain(6).expect_err("five subtractions");
    assert!(matches!(refused.problem, Problem::TooBig(_)), "{refused}");
    assert!(Expression::parse("a - (b + c + d + e + f) > b - c").is_ok());
}

/// Texts, truths, numbers, dates, nothing: what may stand in an answer.
fn any_answer() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        r#"[ab"\\é ]{0,3}|2026-0[12]-30|true|null"#.prop_map(Json::from),
        Just(json!(["a"])),
        Just(json!({ "a": "a" })),
    ]
}

proptest! {
    /// The shortcut says what the library says, or nothing.
    #[test]
    fn a_plain_condition_holds_as_the_library_says(
        text in r#"kind( = "([abé ]{0,3}|2026-0[12]-30|true|null|\\|\u0041)")?"#,
        answer in proptest::option::of(any_answer()),
    ) {
        let Ok(condition) = Condition::parse(&text) else {
            return Ok(());
        };
        let find = |name: &str| answer.as_ref().filter(|_| name == "kind");
        let plain = condition.expression.inner.plain.as_ref();
        if let Some(holds) = plain.and_then(|plain| plain.holds(find)) {
            let worked_out = condition.worked_out(find);
            prop_assert_eq!(worked_out, Ok(holds), "{} on {:?}", text, answer);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        let _ = Condition::parse(&text);
    }

    #[test]
    fn any_pieces_are_read_or_refused_and_never_break(
        pieces in prop::collection::vec(piece(), 1..14), a in value(), b in value(),
    ) {
        if let Ok(expression) = Expression::parse(&pieces.concat()) {
            let _ = expression.evaluate(&json!({"a": a, "b": b}));
        }
    }
}
