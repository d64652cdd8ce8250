//! `procedure.toml` → the parts of a `Procedure`, with every fault at its line.
//! Does not know: folders and files beside it; whether versions overlap (the catalogue does).
use std::collections::BTreeSet;

use super::fee::FeeRule;
use super::key::{self, Level, ProcedureKey};
use super::model::{
    ApplicantKind, ChannelOffer, Field, LegalBasis, Letters, PaymentMoment, PaymentRule, Plain,
    PublicationStatus, ResultKind, SupplementClock, SupplementRule, ToVerify,
};
use super::paper::RequiredPaper;
use super::printout;
use super::read_channels::channels;
use super::read_form::check_names;
use super::read_rules::{Reader, small};
use super::reader::Table;
use super::same::SameMatter;
use super::step::Step;
use super::words::Words;
use crate::calendar::Limit;

const APPLICANTS: [(&str, ApplicantKind); 5] = [
    ("citizen", ApplicantKind::Citizen),
    ("organisation", ApplicantKind::Organisation),
    ("household", ApplicantKind::Household),
    ("agency", ApplicantKind::Agency),
    ("foreigner", ApplicantKind::Foreigner),
];

/// The common result letter: paragraphs and labelled lines.
pub(super) const COMMON_RESULT: &str = "result";

/// Everything that `procedure.toml` says.
pub(super) struct Written {
    pub(super) key: ProcedureKey,
    pub(super) name: Words,
    pub(super) case_name: Words,
    pub(super) field: Field,
    pub(super) life_event: String,
    pub(super) status: PublicationStatus,
    pub(super) valid_to: Option<jiff::civil::Date>,
    pub(super) decision: String,
    pub(super) legal_basis: Vec<LegalBasis>,
    pub(super) applicants: Vec<ApplicantKind>,
    pub(super) conditions: Words,
    pub(super) plain: Plain,
    pub(super) channels: Vec<ChannelOffer>,
    pub(super) papers: Vec<RequiredPaper>,
    pub(super) fees: Vec<FeeRule>,
    pub(super) supplement: SupplementRule,
    pub(super) payment: PaymentRule,
    pub(super) steps: Vec<Step>,
    pub(super) process: Option<process::Model>,
    pub(super) letters: Letters,
    pub(super) results: Vec<ResultKind>,
    pub(super) statuses: Vec<(usize, Words)>,
    pub(super) to_verify: Vec<ToVerify>,
    pub(super) same_matter: Vec<SameMatter>,
}

/// Reads it. `names` are those that conditions may use; `None` while the form itself is broken, so
/// that one fault is not reported many times. Gives `None` when even the key is unreadable.
pub(super) fn read(root: Table<'_>, names: Option<&BTreeSet<String>>) -> Option<Written> {
    let key = key_of(&root);
    let valid_to = root.date("valid_to");
    let early = key
        .as_ref()
        .zip(valid_to)
        .is_some_and(|(key, to)| to < key.version);
    if early {
        root.fault_at("valid_to", "`valid_to` lies before `valid_from`");
    }
    let reader = Reader { names };
    let (steps, process) = reader.steps(&root);
    let statuses = [
        ("draft", PublicationStatus::Draft),
        ("published", PublicationStatus::Published),
        ("repealed", PublicationStatus::Repealed),
    ];
    let written = Written {
        name: root.words("name"),
        case_name: root.words_opt("case_name"),
        field: field(&root),
        life_event: root.text("life_event"),
        status: root
            .word("status", &statuses)
            .unwrap_or(PublicationStatus::Draft),
        valid_to,
        decision: root.text_opt("decision").unwrap_or_default(),
        legal_basis: legal_basis(&root),
        applicants: applicants(&root),
        conditions: root.words_opt("conditions"),
        plain: plain(&root),
        channels: channels(&root),
        papers: reader.papers(&root),
        fees: reader.fees(&root),
        supplement: supplement(&root),
        payment: payment(&root),
        steps,
        process,
        letters: letters(&root),
        results: results(&root),
        statuses: status_words(&root),
        to_verify: to_verify(&root),
        same_matter: same_matter(&root, names),
        key: key.clone().unwrap_or(ProcedureKey {
            code: String::new(),
            case: String::new(),
            level: Level::Commune,
            version: jiff::civil::Date::ZERO,
        }),
    };
    root.done();
    key.map(|_| written)
}

fn key_of(root: &Table<'_>) -> Option<ProcedureKey> {
    let checked = |key: &'static str, check: fn(&str) -> Result<String, key::KeyError>| {
        let text = root.text(key);
        check(&text)
            .inspect_err(|error| {
                if !text.is_empty() {
                    root.fault_at(key, error.to_string());
                }
            })
            .ok()
    };
    let code = checked("code", key::code);
    let case = checked("case", key::case);
    let level: Option<Level> = root.parsed("level");
    let version = root.date("valid_from");
    if version.is_none() && !root.has("valid_from") {
        root.fault("`valid_from` is missing");
    }
    Some(ProcedureKey {
        code: code?,
        case: case?,
        level: level?,
        version: version?,
    })
}

fn field(root: &Table<'_>) -> Field {
    let mut field = Field {
        code: String::new(),
        name: Words::default(),
    };
    if let Some(table) = root.table_required("field") {
        field.code = table.text("code");
        field.name = table.words("name");
        table.done();
    }
    field
}

fn legal_basis(root: &Table<'_>) -> Vec<LegalBasis> {
    let tables = root.tables("legal_basis");
    if tables.is_empty() {
        root.fault("a procedure needs at least one [[legal_basis]]");
    }
    let read = |table: Table<'_>| {
        let basis = LegalBasis {
            number: table.text("number"),
            title: table.text("title"),
            article: table.text_opt("article").unwrap_or_default(),
        };
        table.done();
        basis
    };
    tables.into_iter().map(read).collect()
}

fn same_matter(root: &Table<'_>, names: Option<&BTreeSet<String>>) -> Vec<SameMatter> {
    let read = |table: Table<'_>| {
        let of = table.texts("of");
        if of.is_empty() {
            table.fault("`of` is missing: which answers are the same?");
        }
        if let Some(names) = names {
            check_names(&table, "of", &of, names);
        }
        let while_open = table.flag("while_open", false);
        table.done();
        SameMatter { of, while_open }
    };
    root.tables("same_matter").into_iter().map(read).collect()
}

fn applicants(root: &Table<'_>) -> Vec<ApplicantKind> {
    let mut kinds = Vec::new();
    let texts = root.texts("applicants");
    if texts.is_empty() {
        root.fault("`applicants` is missing: who may apply?");
    }
    for text in texts {
        match APPLICANTS.iter().find(|(name, _)| *name == text) {
            Some((_, kind)) => kinds.push(*kind),
            None => {
                let allowed: Vec<&str> = APPLICANTS.iter().map(|(name, _)| *name).collect();
                let allowed = allowed.join(", ");
                let message = format!("applicants: unknown `{text}` (allowed: {allowed})");
                root.fault_at("applicants", message);
            }
        }
    }
    kinds
}

fn plain(root: &Table<'_>) -> Plain {
    let table = root.table_required("plain");
    let words = |key| table.as_ref().map(|t| t.words(key)).unwrap_or_default();
    let plain = Plain {
        what: words("what"),
        who: words("who"),
        need: table
            .as_ref()
            .map(|t| t.words_list("need"))
            .unwrap_or_default(),
        how_long: words("how_long"),
        cost: words("cost"),
        search: table
            .as_ref()
            .map(|t| t.texts("search"))
            .unwrap_or_default(),
    };
    if let Some(table) = table {
        table.done();
    }
    plain
}

fn supplement(root: &Table<'_>) -> SupplementRule {
    let table = root.table_required("supplement");
    let clocks = [
        ("restart", SupplementClock::Restart),
        ("resume", SupplementClock::Resume),
    ];
    let clock = table.as_ref().and_then(|t| t.word("clock", &clocks));
    let close_after: Option<Limit> = table.as_ref().and_then(|t| t.parsed("close_after"));
    let basis = table.as_ref().map(|t| t.text("basis")).unwrap_or_default();
    if let Some(table) = table {
        table.done();
    }
    SupplementRule {
        clock: clock.unwrap_or(SupplementClock::Restart),
        close_after: close_after.unwrap_or(Limit::WorkingDays(15)),
        basis,
    }
}

fn payment(root: &Table<'_>) -> PaymentRule {
    let mut rule = PaymentRule {
        when: PaymentMoment::BeforeResult,
        stops_clock: false,
        basis: String::new(),
    };
    let Some(table) = root.table("payment") else {
        return rule;
    };
    let moments = [
        ("on_submission", PaymentMoment::OnSubmission),
        ("before_result", PaymentMoment::BeforeResult),
    ];
    rule.when = table.word("when", &moments).unwrap_or(rule.when);
    rule.stops_clock = table.flag("stops_clock", false);
    rule.basis = table.text_opt("basis").unwrap_or_default();
    if rule.stops_clock && rule.basis.is_empty() {
        table.fault("waiting for money stops the clock only with a legal `basis`");
    }
    table.done();
    rule
}

/// Without `[letters]` all letters are the common ones of `content/letters/`.
fn letters(root: &Table<'_>) -> Letters {
    const COMMON: [&str; 7] = [
        "receipt",
        "supplement",
        "refusal",
        "apology",
        "stop",
        "control_slip",
        "book",
    ];
    let mut letters = Letters {
        result: COMMON_RESULT.to_string(),
        replaced: Vec::new(),
    };
    let Some(table) = root.table("letters") else {
        return letters;
    };
    if let Some(own) = table.text_opt("result") {
        letters.result = own;
    }
    for common in COMMON {
        if let Some(own) = table.text_opt(common) {
            letters.replaced.push((common.to_string(), own));
        }
    }
    table.done();
    letters
}

fn results(root: &Table<'_>) -> Vec<ResultKind> {
    let tables = root.tables("result");
    if tables.is_empty() {
        root.fault("a procedure needs at least one [[result]]");
    }
    let mut taken = BTreeSet::new();
    let mut read = |table: Table<'_>| {
        let result = ResultKind {
            code: table.text("code"),
            name: table.words("name"),
            paper_originals: small(&table, "paper_originals"),
            store: table.flag("store", true),
            validity: table.words_opt("validity"),
            printout: printout::read(&table),
        };
        if !taken.insert(result.code.clone()) {
            table.fault_at("code", format!("result `{}` is there twice", result.code));
        }
        table.done();
        result
    };
    tables.into_iter().map(&mut read).collect()
}

fn status_words(root: &Table<'_>) -> Vec<(usize, Words)> {
    const KEYS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let Some(table) = root.table("status_words") else {
        return Vec::new();
    };
    let read =
        |(index, key): (usize, &&'static str)| table.has(key).then(|| (index, table.words(key)));
    let words = KEYS.iter().enumerate().filter_map(read).collect();
    table.done();
    words
}

fn to_verify(root: &Table<'_>) -> Vec<ToVerify> {
    let read = |table: Table<'_>| {
        let flag = ToVerify {
            path: table.text("path"),
            note: table.words("note"),
        };
        table.done();
        flag
    };
    root.tables("to_verify").into_iter().map(read).collect()
}
