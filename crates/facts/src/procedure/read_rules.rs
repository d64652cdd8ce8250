//! The parts of `procedure.toml` that hold conditions: papers, fees and steps.
//! Does not know: the rest of the file (`read_procedure`).
use std::collections::BTreeSet;

use super::fee::{Exemption, FeeKind, FeeRule, Issuer};
use super::paper::{PaperSource, RequiredPaper, Satisfaction};
use super::read_form::check_names;
use super::reader::Table;
use super::step::{Act, Body, Consultation, Step};
use super::when::{Amount, When};
use crate::calendar::Limit;

/// The greatest amount of one fee line: ten thousand million đồng.
const FEE_MAX: i64 = 10_000_000_000;
/// Rights that a step can need: the names of `agency::Right`.
pub(super) const ROLES: [&str; 11] = [
    "intake",
    "assign",
    "appraise",
    "endorse",
    "approve",
    "issue",
    "deliver",
    "collect_fee",
    "oversee",
    "audit",
    "administer",
];
const ACTS: [(&str, Act); 6] = [
    ("assign", Act::Assign),
    ("appraise", Act::Appraise),
    ("consult", Act::Consult),
    ("endorse", Act::Endorse),
    ("approve", Act::Approve),
    ("issue", Act::Issue),
];
const PAPER_SOURCES: [(&str, PaperSource); 5] = [
    ("form", PaperSource::Form),
    ("database", PaperSource::Database),
    ("store", PaperSource::Store),
    ("upload", PaperSource::Upload),
    ("show_only", PaperSource::ShowOnly),
];

/// Copies and originals: nobody is asked for more than twenty.
pub(super) fn small(table: &Table<'_>, key: &'static str) -> u32 {
    let number = table.integer(key, 0..20).unwrap_or(0);
    u32::try_from(number).unwrap_or(0)
}

pub(super) struct Reader<'n> {
    pub(super) names: Option<&'n BTreeSet<String>>,
}

impl Reader<'_> {
    fn when(&self, table: &Table<'_>) -> Option<When> {
        let when: When = table.parsed_opt("when")?;
        self.check(table, "when", when.names());
        Some(when)
    }

    fn check(&self, table: &Table<'_>, key: &str, used: &[String]) {
        if let Some(names) = self.names {
            check_names(table, key, used, names);
        }
    }

    pub(super) fn papers(&self, root: &Table<'_>) -> Vec<RequiredPaper> {
        let mut taken = BTreeSet::new();
        let mut papers = Vec::new();
        for table in root.tables("paper") {
            let paper = self.paper(&table);
            if !taken.insert(paper.code.clone()) {
                table.fault_at("code", format!("paper `{}` is there twice", paper.code));
            }
            papers.push(paper);
            table.done();
        }
        papers
    }

    fn paper(&self, table: &Table<'_>) -> RequiredPaper {
        let ways = table.tables("satisfied_by");
        if ways.is_empty() {
            table.fault("`satisfied_by` is missing: how can this paper be given?");
        }
        RequiredPaper {
            code: table.text("code"),
            name: table.words("name"),
            hint: table.words_opt("hint"),
            originals: small(table, "originals"),
            copies: small(table, "copies"),
            form_code: table.text_opt("form_code").unwrap_or_default(),
            mandatory: table.flag("mandatory", true),
            alternative_group: table.text_opt("alternative_group"),
            when: self.when(table),
            satisfied_by: ways.into_iter().filter_map(satisfaction).collect(),
            digitise: table.flag("digitise", true),
        }
    }

    pub(super) fn fees(&self, root: &Table<'_>) -> Vec<FeeRule> {
        let mut taken = BTreeSet::new();
        let mut fees = Vec::new();
        for table in root.tables("fee") {
            let fee = self.fee(&table);
            if let Some(fee) = fee {
                if !taken.insert(fee.code.clone()) {
                    table.fault_at("code", format!("fee `{}` is there twice", fee.code));
                }
                fees.push(fee);
            }
            table.done();
        }
        fees
    }

    fn fee(&self, table: &Table<'_>) -> Option<FeeRule> {
        let kind = table.word("kind", &[("fee", FeeKind::Fee), ("levy", FeeKind::Levy)]);
        let issuers = [
            ("central", Issuer::Central),
            ("provincial_council", Issuer::ProvincialCouncil),
        ];
        let issuer = table.word("issuer", &issuers);
        let amount = self.amount(table);
        let exemptions = table.tables("exemption").into_iter();
        let rule = FeeRule {
            code: table.text("code"),
            name: table.words("name"),
            rate: table.words_opt("rate"),
            when: self.when(table),
            channel: table.parsed_opt("channel"),
            exemptions: exemptions.filter_map(|t| self.exemption(t)).collect(),
            basis: table.text("basis"),
            kind: kind?,
            issuer: issuer?,
            amount: amount?,
        };
        Some(rule)
    }

    /// `amount = 75000` or `amount_feel = "if pages <= 2 then …"`.
    fn amount(&self, table: &Table<'_>) -> Option<Amount> {
        let fixed = table.integer("amount", 0..FEE_MAX).map(Amount::Fixed);
        let worked: Option<process::feel::Expression> = table.parsed_opt("amount_feel");
        if table.has("amount") == table.has("amount_feel") {
            table.fault("a fee has either `amount` or `amount_feel`");
        }
        fixed.or_else(|| {
            let expression = worked?;
            self.check(table, "amount_feel", expression.names());
            Some(Amount::Feel(expression))
        })
    }

    fn exemption(&self, table: Table<'_>) -> Option<Exemption> {
        let when = self.when(&table);
        if when.is_none() && !table.has("when") {
            table.fault("`when` is missing: who is exempt?");
        }
        let label = table.words("label");
        let pays_percent = table.integer("pays_percent", 0..100).unwrap_or(0);
        let basis = table.text("basis");
        table.done();
        Some(Exemption {
            when: when?,
            label,
            pays_percent,
            basis,
        })
    }

    pub(super) fn steps(&self, root: &Table<'_>) -> (Vec<Step>, Option<process::Model>) {
        let tables = root.tables("step");
        let steps: Vec<Option<Step>> = tables.iter().map(|table| self.step(table)).collect();
        let whole = steps.iter().all(Option::is_some);
        let steps: Vec<Step> = steps.into_iter().flatten().collect();
        let model = match process::Model::new(steps.iter().map(engine_step).collect()) {
            Ok(model) => Some(model),
            Err(errors) if whole => {
                for error in errors {
                    tables.get(error.step).unwrap_or(root).fault(error.message);
                }
                None
            }
            Err(_) => None,
        };
        tables.into_iter().for_each(Table::done);
        (steps, model)
    }

    fn step(&self, table: &Table<'_>) -> Option<Step> {
        let role = table.text("role");
        if !role.is_empty() && !ROLES.contains(&role.as_str()) {
            let message = format!("role: unknown `{role}` (allowed: {})", ROLES.join(", "));
            table.fault_at("role", message);
        }
        let act = table.word("act", &ACTS);
        let duration: Option<Limit> = table.parsed("duration");
        let consultation = self.consultation(table);
        if (act == Some(Act::Consult)) != consultation.is_some() {
            table.fault("`act = \"consult\"` and `consultation` belong together");
        }
        let (id, name) = (table.text("id"), table.words("name"));
        let (may_return_to, when) = (table.texts("may_return_to"), self.when(table));
        let (act, duration) = act.zip(duration)?;
        Some(Step {
            id,
            name,
            role,
            act,
            duration,
            may_return_to,
            when,
            consultation,
        })
    }

    fn consultation(&self, table: &Table<'_>) -> Option<Consultation> {
        let table = table.table("consultation")?;
        let term: Option<Limit> = table.parsed("term");
        let silence = table.word("silence", &[("consent", true), ("wait", false)]);
        let read = |body: Table<'_>| {
            let body_read = Body {
                id: body.text("id"),
                name: body.words("name"),
            };
            body.done();
            body_read
        };
        let bodies = table.tables("bodies").into_iter().map(read).collect();
        let basis = table.text("basis");
        table.done();
        let (term, silence_is_consent) = term.zip(silence)?;
        Some(Consultation {
            bodies,
            term,
            silence_is_consent,
            basis,
        })
    }
}

fn satisfaction(table: Table<'_>) -> Option<Satisfaction> {
    let source = table.word("source", &PAPER_SOURCES);
    let database = table.text_opt("database").unwrap_or_default();
    let outside = matches!(source, Some(PaperSource::Database | PaperSource::Store));
    if outside && database.is_empty() {
        table.fault("`database` is missing: which one answers?");
    }
    let data = table.texts("data");
    let basis = table.text_opt("basis").unwrap_or_default();
    table.done();
    Some(Satisfaction {
        source: source?,
        database,
        data,
        basis,
    })
}

/// The step as the process engine knows it: opaque words only.
fn engine_step(step: &Step) -> process::Step {
    let kind = match &step.consultation {
        None => process::Kind::Task,
        Some(consultation) => process::Kind::Consult {
            with: consultation
                .bodies
                .iter()
                .map(|body| body.id.clone())
                .collect(),
            term: consultation.term.to_string(),
            silence: match consultation.silence_is_consent {
                true => process::Silence::Consent,
                false => process::Silence::Wait,
            },
        },
    };
    let act = ACTS
        .iter()
        .find(|(_, act)| *act == step.act)
        .map_or("", |(name, _)| name);
    process::Step {
        id: step.id.clone(),
        name: process::Name {
            vi: step.name.vi.clone(),
            en: step.name.en.clone(),
        },
        role: step.role.clone(),
        duration: step.duration.to_string(),
        kind,
        when: step.when.as_ref().map(|when| when.text().to_string()),
        may_return_to: step.may_return_to.clone(),
        act: act.to_string(),
    }
}
