//! Days as rows, lines that balance, bars, words, and whose figures somebody sees.
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::chart::{Chart, HEIGHT, WIDTH, Week};
use super::count::{Count, Counts};
use super::report::{COLUMNS, GROUPS, Report};
use super::views::Sums;
use super::{period, words};

/// The days that a row counts.
fn days(row: i64) -> (Date, Date) {
    let part = |value: i64| i8::try_from(value).expect("a day or month");
    let year = |value: i64| i16::try_from(value).expect("a year");
    match row {
        1..=9_999 => {
            let first = date(year(row), 1, 1);
            (first, first.last_of_year())
        }
        10_000..=999_999 => {
            let first = date(year(row / 100), part(row % 100), 1);
            (first, first.last_of_month())
        }
        _ => {
            let day = date(year(row / 10_000), part(row / 100 % 100), part(row % 100));
            (day, day)
        }
    }
}

/// How often a day is counted in these rows.
fn times(ranges: &[(i64, i64)], day: Date) -> usize {
    let rows = period::of_procedure(day);
    let within = |row: &i64| {
        ranges
            .iter()
            .any(|(first, last)| (first..=last).contains(&row))
    };
    rows.iter().filter(|row| within(row)).count()
}

#[test]
fn any_days_are_few_rows_and_each_day_is_in_one_of_them() {
    let start = date(2023, 11, 20);
    for (skip, length) in [
        (0, 1),
        (3, 12),
        (11, 31),
        (12, 30),
        (17, 45),
        (42, 366),
        (7, 800),
    ] {
        let from = start.saturating_add(i64::from(skip).days());
        let to = from.saturating_add(i64::from(length - 1).days());
        let (ranges, earlier) = (period::ranges(from, to), period::before(from));
        assert!(ranges.len() <= 5, "{from} {to}: {ranges:?}");
        let mut day = start.saturating_sub(500.days());
        while day < start.saturating_add(1_500.days()) {
            let within = usize::from((from..=to).contains(&day));
            assert_eq!(times(&ranges, day), within, "{day} in {from} to {to}");
            let before = usize::from(day < from);
            assert_eq!(times(&earlier, day), before, "{day} before {from}");
            day = day.tomorrow().expect("a day");
        }
        let (first, _) = days(ranges[0].0);
        let (_, last) = days(ranges[ranges.len() - 1].1);
        assert_eq!((first, last), (from, to));
    }
}

#[test]
fn rows_of_different_periods_never_meet() {
    let day = date(2026, 11, 25);
    assert_eq!(period::of_procedure(day), [2026, 202_611, 20_261_125]);
    let week = 700_000_000 + 20_261_123;
    assert_eq!(period::of_agency(day), [0, 202_611, week, 20_261_125]);
    assert_eq!(period::monday(date(2026, 11, 29)), date(2026, 11, 23));
    assert_eq!(period::monday(date(2026, 11, 23)), date(2026, 11, 23));
}

fn counts(values: &[(Count, i64)]) -> Counts {
    let mut counts = Counts::default();
    for (count, value) in values {
        counts.add(*count, *value);
    }
    counts
}

fn sums(counts: Counts) -> Sums {
    Sums::from([(("H15.101".to_owned(), "1.004873".to_owned()), counts)])
}

#[test]
fn a_line_balances_or_there_is_no_report() {
    let before = sums(counts(&[
        (Count::Online, 9),
        (Count::Early, 6),
        (Count::Open, 3),
    ]));
    let month = [
        (Count::Online, 4),
        (Count::Post, 2),
        (Count::Late, 1),
        (Count::Refused, 1),
        (Count::Waiting, 2),
        (Count::Open, 1),
        (Count::OpenLate, 1),
    ];
    let report = Report::of(&before, &sums(counts(&month))).expect("balances");
    let total = report.total();
    assert_eq!((total.carried, total.in_hand(), total.done()), (3, 9, 1));
    assert_eq!(
        (total.at_end[Count::Open], total.at_end[Count::OpenLate]),
        (4, 1)
    );
    assert_eq!(report.by_agency()["H15.101"], total);
    assert_eq!(report.by_procedure()["1.004873"], total);

    for lost in [
        Count::Online,
        Count::Late,
        Count::Refused,
        Count::Open,
        Count::Waiting,
    ] {
        let mut wrong = counts(&month);
        wrong.add(lost, -1);
        let lines = Report::of(&before, &sums(wrong)).expect_err("does not balance");
        assert_eq!(
            lines[0].in_hand - lines[0].accounted_for,
            match lost {
                Count::Online => -1,
                _ => 1,
            }
        );
    }
    let impossible = counts(&[(Count::Open, -4), (Count::Early, 4)]);
    assert!(
        Report::of(&before, &sums(impossible)).is_err(),
        "less than nothing is open"
    );
}

#[test]
fn bars_stay_in_the_picture() {
    let week = |received, done| Week {
        name: "23/11".into(),
        received,
        done,
    };
    for highest in [0, 1, 3, 4, 7, 19, 21, 99, 12_345] {
        let weeks: Vec<Week> = (0..8)
            .map(|part| week(highest * part / 7, highest / 2))
            .collect();
        let chart = Chart::of(&weeks);
        let top = chart.lines.last().expect("lines").value;
        assert!(
            top >= highest && top <= highest.max(1) * 5,
            "{highest}: {top}"
        );
        assert!(
            chart
                .lines
                .windows(2)
                .all(|two| two[0].value < two[1].value)
        );
        for bar in chart
            .groups
            .iter()
            .flat_map(|group| [group.received, group.done])
        {
            assert!(bar.y >= 0 && bar.height >= 0 && bar.y + bar.height <= HEIGHT);
            assert!(bar.x >= 0 && bar.x + bar.width <= WIDTH);
        }
    }
}

#[test]
fn every_column_has_its_words() {
    for (name, _) in COLUMNS {
        assert_ne!(words::say("column", name), name);
    }
    let wide: usize = GROUPS.iter().map(|(_, wide)| wide).sum();
    assert_eq!(wide, COLUMNS.len(), "the heads span the columns");
    for (name, _) in GROUPS {
        assert_ne!(words::say("group", name), name);
    }
}
