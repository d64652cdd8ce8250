//! Answers in words, for "check your answers" and for the officer's screen.
//! Does not know: where a change is made; the caller says.
use facts::procedure::Spelling;
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
        let kept = self.kept(answers);
        let place = |code: &str| self.place_name(code);
        let spelling = Spelling { place: &place };
        let mut parts = Vec::new();
        for section in self.form.summary(&kept, &spelling) {
            let row = |row: facts::procedure::SummaryRow| {
                let href = change(&section.id, &row.field);
                SummaryRow::new(row.label.vi, row.answer.vi).change(href)
            };
            parts.push(Part {
                rows: section.rows.into_iter().map(row).collect(),
                section: section.id,
                title: section.title.vi,
            });
        }
        parts
    }

    fn place_name(&self, code: &str) -> Option<String> {
        let commune = self.places.commune(code, self.today);
        let province = || self.places.province(code, self.today);
        commune
            .map(|commune| commune.full_name())
            .or_else(|| province().map(|province| province.full_name()))
    }
}
