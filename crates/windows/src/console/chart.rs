//! The last weeks as bars: what came and what was done, as an SVG drawn here. Only numbers and
//! places; the template writes them, the style sheet colours them.
//! Does not know: where the numbers come from.

/// The picture in its own units; a telephone shows it at about its size.
pub(super) const WIDTH: i64 = 400;
/// As [`WIDTH`].
pub(super) const HEIGHT: i64 = 190;
/// Beside the bars: the numbers of the lines.
const LEFT: i64 = 34;
/// Below them: the names of the weeks.
const BOTTOM: i64 = 22;
/// Above them, so that the topmost number is whole.
const TOP: i64 = 10;
/// Lines across, without the lowest.
const LINES: i64 = 4;

/// One week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Week {
    /// Its Monday, `23/11`.
    pub(super) name: String,
    pub(super) received: i64,
    pub(super) done: i64,
}

/// A bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// A week as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    /// The middle, where its name stands.
    pub(super) middle: i64,
    pub(super) received: Bar,
    pub(super) done: Bar,
}

/// A line across with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) y: i64,
    pub(super) value: i64,
}

/// The picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) groups: Vec<Group>,
    pub(super) lines: Vec<Line>,
}

impl Chart {
    /// The weeks in the order given.
    pub(super) fn of(weeks: &[Week]) -> Self {
        let highest = weeks.iter().map(|week| week.received.max(week.done)).max();
        let top = round_up(highest.unwrap_or(0));
        let room = HEIGHT - BOTTOM - TOP;
        let y = |value: i64| HEIGHT - BOTTOM - value.clamp(0, top) * room / top;
        let count = i64::try_from(weeks.len()).unwrap_or(1).max(1);
        let wide = (WIDTH - LEFT) / count;
        let bar = |x: i64, value: i64| Bar {
            x,
            y: y(value),
            width: wide * 3 / 10,
            height: HEIGHT - BOTTOM - y(value),
        };
        let group = |(place, week): (i64, &Week)| {
            let middle = LEFT + place * wide + wide / 2;
            Group {
                name: week.name.clone(),
                middle,
                received: bar(middle - wide * 3 / 10 - 1, week.received),
                done: bar(middle + 1, week.done),
            }
        };
        let line = |step: i64| Line {
            y: y(top * step / LINES),
            value: top * step / LINES,
        };
        Self {
            groups: (0..).zip(weeks).map(group).collect(),
            lines: (0..=LINES).map(line).collect(),
        }
    }
}

/// The next of 4, 8, 20, 40, 80, 200 …: a quarter of it is a round number too.
fn round_up(value: i64) -> i64 {
    let mut unit = 4;
    loop {
        for top in [unit, unit * 2] {
            if value <= top {
                return top;
            }
        }
        if value <= unit * 5 {
            return unit * 5;
        }
        unit *= 10;
    }
}
