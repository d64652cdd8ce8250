//! The report of a period: the columns of form II.06a/VPCP of each agency and procedure, as of the
//! end of its last day, and the identity that must hold:
//!
//! carried over + received = done + refused + withdrawn + stopped + waiting + in progress.
//!
//! Its two sides are counted apart (`fold.rs`): a line that does not balance was lost or changed on
//! the way, and then there is no report but the list of such lines.
//! Does not know: where the counts come from, how a report looks.
use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::count::{Count, Counts};
use super::views::Sums;

/// The words of a column and how its figure is told.
type Column = (&'static str, fn(&Figures) -> i64);

/// The columns, in the order of the form.
pub(super) const COLUMNS: [Column; 22] = [
    ("received", Figures::in_hand),
    ("carried", |line| line.carried),
    ("received_online", |line| line.within[Count::Online]),
    ("received_counter", |line| line.within[Count::Counter]),
    ("received_post", |line| line.within[Count::Post]),
    ("received_elsewhere", |line| line.within[Count::Elsewhere]),
    ("done", Figures::done),
    ("done_early", |line| line.within[Count::Early]),
    ("done_on_time", |line| line.within[Count::OnTime]),
    ("done_late_sorry", |line| line.within[Count::LateSorry]),
    ("done_late", |line| line.within[Count::Late]),
    ("open", |line| {
        line.at_end.sum(&[Count::Open, Count::OpenLate])
    }),
    ("open_in_time", |line| line.at_end[Count::Open]),
    ("open_late", |line| line.at_end[Count::OpenLate]),
    ("refused", |line| line.within[Count::Refused]),
    ("waiting", |line| line.at_end[Count::Waiting]),
    ("waiting_late", |line| line.at_end[Count::WaitingLate]),
    ("stopped", |line| line.within[Count::Stopped]),
    ("withdrawn", |line| line.within[Count::Withdrawn]),
    ("paid", |line| {
        line.within.sum(&[Count::PaidOnline, Count::PaidDirect])
    }),
    ("paid_online", |line| line.within[Count::PaidOnline]),
    ("paid_direct", |line| line.within[Count::PaidDirect]),
];

/// What stands over the columns, with how many it spans.
pub(super) const GROUPS: [(&str, usize); 8] = [
    ("received", 6),
    ("done", 5),
    ("open", 3),
    ("refused", 1),
    ("waiting", 2),
    ("stopped", 1),
    ("withdrawn", 1),
    ("paid", 3),
];

/// One line, or the sum of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Not ended when the period began.
    pub(super) carried: i64,
    /// What came and ended in the period.
    pub(super) within: Counts,
    /// What stands at its end; only the columns of [`Count::STANDING`].
    pub(super) at_end: Counts,
}

impl Figures {
    /// Tổng tiếp nhận: carried over and received.
    pub(super) fn in_hand(&self) -> i64 {
        self.carried + self.within.sum(&Count::RECEIVED)
    }

    pub(super) fn done(&self) -> i64 {
        self.within.sum(&Count::DONE)
    }

    /// What became of it.
    fn accounted_for(&self) -> i64 {
        self.done() + self.within.sum(&Count::GIVEN_UP) + self.at_end.sum(&Count::STANDING)
    }

    /// The identity, and that nothing is less than nothing.
    fn balances(&self) -> bool {
        let none_negative = COLUMNS.iter().all(|(_, value)| value(self) >= 0);
        none_negative && self.in_hand() == self.accounted_for()
    }
}

impl AddAssign<&Figures> for Figures {
    fn add_assign(&mut self, more: &Figures) {
        self.carried += more.carried;
        self.within += &more.within;
        self.at_end += &more.at_end;
    }
}

/// A line of which the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unbalanced {
    pub(super) agency: String,
    pub(super) procedure: String,
    /// Carried over and received.
    pub(super) in_hand: i64,
    /// Done, ended otherwise, waiting and in progress.
    pub(super) accounted_for: i64,
}

/// A report whose every line balances.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// By agency and procedure; lines without any figure are left out.
    pub(super) lines: BTreeMap<(String, String), Figures>,
}

impl Report {
    /// The report from what counted before the period and within it.
    ///
    /// # Errors
    /// Every line that does not balance.
    pub(super) fn of(before: &Sums, within: &Sums) -> Result<Self, Vec<Unbalanced>> {
        let mut lines: BTreeMap<(String, String), Figures> = BTreeMap::new();
        for (key, counts) in before {
            let line = lines.entry(key.clone()).or_default();
            line.carried = counts.sum(&Count::STANDING);
            line.stand(counts);
        }
        for (key, counts) in within {
            let line = lines.entry(key.clone()).or_default();
            line.within = *counts;
            line.stand(counts);
        }
        let unbalanced = lines.iter().filter(|(_, line)| !line.balances());
        let unbalanced: Vec<Unbalanced> = unbalanced
            .map(|((agency, procedure), line)| Unbalanced {
                agency: agency.clone(),
                procedure: procedure.clone(),
                in_hand: line.in_hand(),
                accounted_for: line.accounted_for(),
            })
            .collect();
        if !unbalanced.is_empty() {
            return Err(unbalanced);
        }
        lines.retain(|_, line| COLUMNS.iter().any(|(_, value)| value(line) != 0));
        Ok(Self { lines })
    }

    /// One line an agency.
    pub(super) fn by_agency(&self) -> BTreeMap<&str, Figures> {
        self.by(|(agency, _)| agency)
    }

    /// One line a procedure.
    pub(super) fn by_procedure(&self) -> BTreeMap<&str, Figures> {
        self.by(|(_, procedure)| procedure)
    }

    pub(super) fn total(&self) -> Figures {
        let mut total = Figures::default();
        for line in self.lines.values() {
            total += line;
        }
        total
    }

    fn by<'a>(&'a self, name: fn(&'a (String, String)) -> &'a str) -> BTreeMap<&'a str, Figures> {
        let mut sums: BTreeMap<&str, Figures> = BTreeMap::new();
        for (key, line) in &self.lines {
            *sums.entry(name(key)).or_default() += line;
        }
        sums
    }
}

impl Figures {
    fn stand(&mut self, counts: &Counts) {
        for count in Count::STANDING {
            self.at_end.add(count, counts[count]);
        }
    }
}
