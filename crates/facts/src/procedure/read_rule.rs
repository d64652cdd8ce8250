//! `[[rule]]` and `[[applicant_address]]` of `form.toml`, read once all questions are known.
//! Does not know: the questions' own keys (`read_form`), when a rule is broken (`rule`).
use std::collections::BTreeSet;

use super::form::{AddressOf, Form, Kind};
use super::read_form::{check_names, id};
use super::reader::Table;
use super::rule::{Rule, Severity, ends_of};
use super::when::When;

/// A form with more rules is several forms.
const RULES_MAX: usize = 100;

/// Reads them into `form`. `known` are the questions and derived values.
pub(super) fn read(root: &Table<'_>, form: &mut Form, known: &BTreeSet<String>) {
    let ends = form.questions().flat_map(ends_of);
    let known: BTreeSet<String> = known.iter().cloned().chain(ends).collect();
    let asked: BTreeSet<String> = form.questions().map(|q| q.id.clone()).collect();
    let tables = root.tables("rule");
    if tables.len() > RULES_MAX {
        root.fault_at("rule", format!("more than {RULES_MAX} [[rule]] tables"));
    }
    let mut ids = BTreeSet::new();
    for table in tables {
        if let Some(rule) = rule(&table, &known, &asked) {
            if !ids.insert(rule.id.clone()) {
                table.fault_at("id", format!("rule `{}` is there twice", rule.id));
            }
            form.rules.push(rule);
        }
        table.done();
    }
    for table in root.tables("applicant_address") {
        form.applicant_address.extend(address(&table, form, &known));
        table.done();
    }
}

fn rule(table: &Table<'_>, known: &BTreeSet<String>, asked: &BTreeSet<String>) -> Option<Rule> {
    let id = id(table);
    let when = condition(table, "when", known);
    let holds = condition(table, "holds", known);
    if !table.has("holds") {
        table.fault("`holds` is missing: what must be true?");
    }
    let severity = match (table.has("refuse"), table.has("warn")) {
        (true, false) => Severity::Refuse,
        (false, true) => Severity::Warn,
        _ => {
            table.fault("a rule has one sentence: `refuse` or `warn`");
            table.words_opt("refuse");
            table.words_opt("warn");
            return None;
        }
    };
    let sentence = table.words(match severity {
        Severity::Refuse => "refuse",
        Severity::Warn => "warn",
    });
    let at = table.texts("at");
    if at.is_empty() {
        table.fault("`at` is missing: at which questions is it shown?");
    }
    check_names(table, "at", &at, asked);
    Some(Rule {
        id,
        when,
        holds: holds?,
        severity,
        sentence,
        at,
    })
}

fn condition(table: &Table<'_>, key: &'static str, known: &BTreeSet<String>) -> Option<When> {
    let when: When = table.parsed_opt(key)?;
    check_names(table, key, when.names(), known);
    Some(when)
}

fn address(table: &Table<'_>, form: &Form, known: &BTreeSet<String>) -> Option<AddressOf> {
    let question = table.text("question");
    let when = condition(table, "when", known);
    match form.question(&question).map(|question| &question.kind) {
        Some(Kind::Address) => Some(AddressOf { question, when }),
        _ => {
            let message = format!("question: `{question}` is no question for an address");
            table.fault_at("question", message);
            None
        }
    }
}
