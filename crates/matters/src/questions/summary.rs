//! Answers in words, for "check your answers" and for the officer's screen.
//! Does not know: where a change is made; the caller says.
use facts::procedure::{Spelling, SummarySection};
use kernel::Json;
use web::ui::SummaryRow;

use super::Asker;

/// The answers of one section in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Id of the section.
    pub section: String,
    /// Its heading.
    pub title: String,
    /// Question and answer.
    pub rows: Vec<SummaryRow>,
}

impl Asker<'_> {
    /// The answers to what is shown, in words: labels, dd/mm/yyyy, names of places. `change` gives
    /// the address where a field (section, path) is changed, or an empty text.
    #[must_use]
    pub fn summary(&self, answers: &Json, change: &dyn Fn(&str, &str) -> String) -> Vec<Part> {
        let part = |section: SummarySection| {
            let row = |row: facts::procedure::SummaryRow| {
                let href = change(&section.id, &row.field);
                SummaryRow::new(row.label.vi, row.answer.vi).change(href)
            };
            Part {
                rows: section.rows.into_iter().map(row).collect(),
                section: section.id,
                title: section.title.vi,
            }
        };
        self.spelt(answers).into_iter().map(part).collect()
    }

    /// The same as papers and officers read it: who asked whom does not stand in it.
    #[must_use]
    pub fn record(&self, answers: &Json) -> Vec<Part> {
        let part = |section: SummarySection| {
            let row =
                |row: facts::procedure::SummaryRow| SummaryRow::new(row.on_paper.vi, row.answer.vi);
            Part {
                rows: section.rows.into_iter().map(row).collect(),
                section: section.id,
                title: section.on_paper.vi,
            }
        };
        self.spelt(answers).into_iter().map(part).collect()
    }

    fn spelt(&self, answers: &Json) -> Vec<SummarySection> {
        let place = |code: &str| self.places.name_of(code, self.today);
        let spelling = Spelling { place: &place };
        self.form.summary(&self.kept(answers), &spelling)
    }
}
