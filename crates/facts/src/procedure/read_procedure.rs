//! `procedure.toml` → the parts of a `Procedure`, with every fault at its line.
//! Does not know: folders and files beside it; whether versions overlap (the catalogue does).
use std::collections::BTreeSet;

use super::key::{self, Channel, Level, ProcedureKey};
use super::model::{
    Act, ApplicantKind, Body, ChannelOffer, Consultation, Exemption, Extension, FeeKind, FeeRule,
    Field, Issuer, LegalBasis, Letters, OnlineLevel, PaperSource, PaymentMoment, PaymentRule,
    Plain, PublicationStatus, RequiredPaper, ResultKind, Satisfaction, Step, SupplementClock,
    SupplementRule, TimeLimit, ToVerify,
};
use super::read_form::check_names;
use super::reader::Table;
use super::when::{Amount, When};
use super::words::Words;
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

const APPLICANTS: [(&str, ApplicantKind); 5] = [
    ("citizen", ApplicantKind::Citizen),
    ("organisation", ApplicantKind::Organisation),
    ("household", ApplicantKind::Household),
    ("agency", ApplicantKind::Agency),
    ("foreigner", ApplicantKind::Foreigner),
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
}

/// Reads it. `names` are those that conditions may use; `None` while the form itself is broken, so that
/// one fault is not reported many times. Gives `None` when even the key is unreadable.
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

fn channels(root: &Table<'_>) -> Vec<ChannelOffer> {
    let tables = root.tables("channel");
    if tables.is_empty() {
        root.fault("a procedure needs at least one [[channel]]");
    }
    let mut offers: Vec<ChannelOffer> = Vec::new();
    for table in tables {
        let channel: Option<Channel> = table.parsed("channel");
        let limit = time_limit(&table);
        let online = online_level(&table);
        let note = table.words_opt("note");
        if let Some((channel, limit)) = channel.zip(limit) {
            if offers.iter().any(|offer| offer.channel == channel) {
                table.fault_at("channel", format!("channel `{channel}` is there twice"));
            }
            offers.push(ChannelOffer {
                channel,
                online,
                limit,
                note,
            });
        }
        table.done();
    }
    offers
}

/// Partial online service needs its reason and legal basis (NĐ 224/2026 Đ14).
fn online_level(table: &Table<'_>) -> OnlineLevel {
    let Some(partial) = table.table("partial") else {
        return OnlineLevel::Full;
    };
    let level = OnlineLevel::Partial {
        reason: partial.words("reason"),
        basis: partial.text("basis"),
    };
    partial.done();
    level
}

fn time_limit(table: &Table<'_>) -> Option<TimeLimit> {
    let legal: Option<Limit> = table.parsed("legal");
    let promised = table.parsed_opt("promised").or(legal.clone());
    let limit = TimeLimit {
        promised: promised?,
        legal: legal?,
        extension: extension(table, "extension"),
        verification: extension(table, "verification"),
        reduction: table.text_opt("reduction").unwrap_or_default(),
        basis: table.text("basis"),
    };
    if limit.promised != limit.legal && limit.reduction.is_empty() {
        table
            .fault("a promise that differs from the legal limit names its decision in `reduction`");
    }
    Some(limit)
}

fn extension(table: &Table<'_>, key: &'static str) -> Option<Extension> {
    let table = table.table(key)?;
    let limit: Option<Limit> = table.parsed("limit");
    let condition = table.words("condition");
    let basis = table.text("basis");
    table.done();
    Some(Extension {
        limit: limit?,
        condition,
        basis,
    })
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

fn letters(root: &Table<'_>) -> Letters {
    let Some(table) = root.table_required("letters") else {
        return Letters::default();
    };
    let mut letters = Letters {
        result: table.text("result"),
        replaced: Vec::new(),
    };
    const COMMON: [&str; 7] = [
        "receipt",
        "supplement",
        "refusal",
        "apology",
        "stop",
        "control_slip",
        "book",
    ];
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

/// Copies and originals: nobody is asked for more than twenty.
fn small(table: &Table<'_>, key: &'static str) -> u32 {
    let number = table.integer(key, 0..20).unwrap_or(0);
    u32::try_from(number).unwrap_or(0)
}

struct Reader<'n> {
    names: Option<&'n BTreeSet<String>>,
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

    fn papers(&self, root: &Table<'_>) -> Vec<RequiredPaper> {
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

    fn fees(&self, root: &Table<'_>) -> Vec<FeeRule> {
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

    fn steps(&self, root: &Table<'_>) -> (Vec<Step>, Option<process::Model>) {
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
