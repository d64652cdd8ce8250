//! What stands in a result letter: paragraphs and labelled answers, said in `procedure.toml`, so
//! that a new procedure has its result without a line of Rust or Typst.
//! Does not know: Typst, who signs, the number of the paper.
use serde_json::{Value as Json, json};

use super::form::Form;
use super::model::Procedure;
use super::reader::Table;
use super::summary::{self, Spelling, SummaryRow};

/// The text of a result (`[result.printout]`). Vietnamese, as the paper is. `{question}` in a
/// paragraph stands for the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printout {
    /// "Giấy xác nhận".
    pub title: String,
    /// "Tình trạng hôn nhân".
    pub subtitle: String,
    /// Sign after the number: "UBND-XNTTHN".
    pub symbol: String,
    /// Paragraphs before the answers.
    pub intro: Vec<String>,
    /// Ids of the questions shown with their labels, in order.
    pub lines: Vec<String>,
    /// The last paragraph.
    pub closing: String,
}

pub(super) fn read(table: &Table<'_>) -> Option<Printout> {
    let table = table.table("printout")?;
    let printout = Printout {
        title: table.text("title"),
        subtitle: table.text_opt("subtitle").unwrap_or_default(),
        symbol: table.text_opt("symbol").unwrap_or_default(),
        intro: table.texts("intro"),
        lines: table.texts("lines"),
        closing: table.text_opt("closing").unwrap_or_default(),
    };
    table.done();
    Some(printout)
}

/// Names in a printout that are no question of the form.
pub(super) fn unknown_names(printout: &Printout, form: &Form) -> Vec<String> {
    let texts = printout.intro.iter().chain([&printout.closing]);
    let named = texts
        .flat_map(|text| placeholders(text))
        .chain(printout.lines.clone());
    named.filter(|name| form.question(name).is_none()).collect()
}

fn placeholders(text: &str) -> Vec<String> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0.to_string()))
        .collect()
}

impl Procedure {
    /// The part of the data of the result letter that comes from the procedure and the answers:
    /// `title`,
    /// `subtitle`, `symbol`, `body` (paragraphs and `{ label, value }`), `closing`. Agency, number,
    /// date and signer are added by the caller. `None` when the first result has no printout.
    pub fn result_letter_data(&self, answers: &Json, spelling: &Spelling<'_>) -> Option<Json> {
        let printout = self.results.first()?.printout.as_ref()?;
        let value = |id: &str| -> Vec<SummaryRow> {
            let shown = self.form.question(id).zip(answers.get(id));
            shown
                .map(|(q, answer)| summary::rows(q, answer, spelling))
                .unwrap_or_default()
        };
        let fill = |text: &String| {
            let mut filled = text.clone();
            for name in placeholders(text) {
                let shown = value(&name).into_iter().next().map(|row| row.answer.vi);
                filled = filled.replace(&format!("{{{name}}}"), &shown.unwrap_or_default());
            }
            filled
        };
        let mut body: Vec<Json> = printout
            .intro
            .iter()
            .map(|text| fill(text).into())
            .collect();
        for row in printout.lines.iter().flat_map(|id| value(id)) {
            body.push(json!({ "label": row.on_paper.vi, "value": row.answer.vi }));
        }
        Some(json!({
            "title": printout.title,
            "subtitle": printout.subtitle,
            "symbol": printout.symbol,
            "body": body,
            "closing": fill(&printout.closing),
        }))
    }
}
