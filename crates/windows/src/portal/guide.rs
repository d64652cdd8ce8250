//! A procedure as its page tells it: in plain words first, the text of the law after it. Pure.
//! Does not know: HTML, who is looking, whether anybody ever applied.
use facts::calendar::Limit;
use facts::procedure::{
    Amount, ChannelOffer, Extension, FeeRule, OnlineLevel, PaperSource, Procedure, RequiredPaper,
};
use matters::dossier::ExternalStatus;
use web::show;

use super::phrases;

/// Everything the page shows.
#[derive(Debug, Clone)]
pub(super) struct Guide {
    pub code: String,
    pub name: String,
    pub case_name: String,
    pub field: String,
    pub level: String,
    pub what: String,
    pub who: String,
    pub applicants: Vec<String>,
    pub conditions: String,
    pub need: Vec<String>,
    pub how_long: String,
    pub cost: String,
    /// The shortest promise in two words, for the key figures.
    pub fastest: String,
    pub papers: Vec<PaperGroup>,
    pub ways: Vec<Way>,
    pub fees: Vec<Fee>,
    pub results: Vec<Outcome>,
    pub basis: Vec<Basis>,
    pub statuses: Vec<Meaning>,
    /// An SVG element made by the process engine, which escapes what it is given.
    pub drawing: String,
    pub version: String,
    pub valid_to: String,
    pub decision: String,
    pub to_verify: Vec<String>,
    /// Empty when it cannot be applied for online.
    pub apply: String,
    pub schema: String,
    pub close_after: String,
}

/// Papers of which one is enough; most groups have one paper.
#[derive(Debug, Clone)]
pub(super) struct PaperGroup {
    pub papers: Vec<Paper>,
}

#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub name: String,
    pub hint: String,
    /// "1 bản chính, 2 bản sao".
    pub count: String,
    pub form_code: String,
    /// "Nếu có", phrases::say("paper", "depends") or empty.
    pub when: String,
    pub sources: Vec<String>,
    /// The state answers itself: nothing to bring when its data are there.
    pub by_data: bool,
}

/// One way to hand it in.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub channel: String,
    pub how: String,
    /// The promise in two or three words.
    pub promised: String,
    /// The whole of it, where two words do not say all.
    pub in_full: String,
    /// The legal limit, when it is longer than the promise.
    pub legal: String,
    pub reduction: String,
    pub longer: Vec<String>,
    pub note: String,
    pub partial: String,
    pub basis: String,
}

#[derive(Debug, Clone)]
pub(super) struct Fee {
    pub kind: String,
    pub name: String,
    pub amount: String,
    pub only: String,
    pub issuer: String,
    pub basis: String,
    pub exempt: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub name: String,
    pub form: String,
    pub validity: String,
}

#[derive(Debug, Clone)]
pub(super) struct Basis {
    pub number: String,
    pub title: String,
    pub article: String,
}

#[derive(Debug, Clone)]
pub(super) struct Meaning {
    pub name: String,
    pub text: String,
}

impl Guide {
    /// The page of a procedure.
    pub(super) fn of(procedure: &Procedure) -> Self {
        let key = &procedure.key;
        let plain = &procedure.plain;
        let query = format!("case={}&level={}", key.case, key.level);
        let online = procedure.channels.iter().any(is_online);
        let validity = procedure.valid_to.map_or_else(String::new, show::day);
        Self {
            code: key.code.clone(),
            name: procedure.name.vi.clone(),
            case_name: procedure.case_name.vi.clone(),
            field: procedure.field.name.vi.clone(),
            level: phrases::level(key.level),
            what: plain.what.vi.clone(),
            who: plain.who.vi.clone(),
            applicants: procedure
                .applicants
                .iter()
                .map(|kind| phrases::applicant(*kind))
                .collect(),
            conditions: procedure.conditions.vi.clone(),
            need: plain.need.iter().map(|words| words.vi.clone()).collect(),
            how_long: plain.how_long.vi.clone(),
            cost: plain.cost.vi.clone(),
            fastest: fastest(procedure),
            papers: papers(&procedure.papers),
            ways: ways(&procedure.channels),
            fees: procedure.fees.iter().map(fee).collect(),
            results: results(procedure),
            basis: basis(procedure),
            statuses: statuses(procedure),
            drawing: drawing(procedure),
            version: show::day(key.version),
            valid_to: validity,
            decision: procedure.decision.clone(),
            to_verify: procedure
                .to_verify
                .iter()
                .map(|one| one.note.vi.clone())
                .collect(),
            apply: if online {
                format!("/apply/start?code={}&{query}", key.code)
            } else {
                String::new()
            },
            schema: format!("/procedures/{}/form.schema.json?{query}", key.code),
            close_after: phrases::limit(&procedure.supplement.close_after),
        }
    }
}

fn is_online(offer: &ChannelOffer) -> bool {
    offer.channel == facts::procedure::Channel::Online
}

/// The promise of the first way that the page lists, online before counter.
pub(super) fn fastest(procedure: &Procedure) -> String {
    let online = procedure.channels.iter().find(|offer| is_online(offer));
    let offer = online.or(procedure.channels.first());
    offer.map_or_else(String::new, |offer| {
        phrases::limit_short(&offer.limit.promised)
    })
}

fn papers(required: &[RequiredPaper]) -> Vec<PaperGroup> {
    let mut groups: Vec<(Option<&str>, PaperGroup)> = Vec::new();
    for one in required {
        let name = one.alternative_group.as_deref();
        let same = |(other, _): &&mut (Option<&str>, PaperGroup)| name.is_some() && *other == name;
        match groups.iter_mut().find(same) {
            Some((_, group)) => group.papers.push(paper(one)),
            None => groups.push((
                name,
                PaperGroup {
                    papers: vec![paper(one)],
                },
            )),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn paper(one: &RequiredPaper) -> Paper {
    let when = match (&one.when, one.mandatory) {
        _ if one.alternative_group.is_some() => String::new(),
        (Some(_), _) => phrases::say("paper", "depends"),
        (None, false) => phrases::say("paper", "if_any"),
        (None, true) => String::new(),
    };
    let sources = one.satisfied_by.iter();
    Paper {
        name: one.name.vi.clone(),
        hint: one.hint.vi.clone(),
        count: count(one),
        form_code: one.form_code.clone(),
        when,
        sources: sources.map(|way| phrases::source(way.source)).collect(),
        by_data: one
            .satisfied_by
            .iter()
            .any(|way| matches!(way.source, PaperSource::Database | PaperSource::Store)),
    }
}

fn count(paper: &RequiredPaper) -> String {
    let part = |count: u32, name: &str| {
        (count > 0).then(|| {
            format!(
                "{count} {}",
                phrases::say("paper_form", name).to_lowercase()
            )
        })
    };
    let parts = [
        part(paper.originals, "original"),
        part(paper.copies, "copy"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Online first, then the counter, then the post.
fn ways(offers: &[ChannelOffer]) -> Vec<Way> {
    let order = facts::procedure::Channel::ALL;
    let of = |channel| offers.iter().filter(move |offer| offer.channel == channel);
    order.into_iter().flat_map(of).map(way).collect()
}

fn way(offer: &ChannelOffer) -> Way {
    let limit = &offer.limit;
    let (how, partial) = match &offer.online {
        OnlineLevel::Partial { reason, basis } if is_online(offer) => {
            ("online_partial", format!("{} ({basis})", reason.vi))
        }
        _ => (offer.channel.as_str(), String::new()),
    };
    let more = [&limit.extension, &limit.verification];
    Way {
        channel: phrases::channel(offer.channel),
        how: phrases::say("how", how),
        promised: phrases::limit_short(&limit.promised),
        in_full: match &limit.promised {
            same_day @ Limit::SameDay { .. } => phrases::limit(same_day),
            _ => String::new(),
        },
        legal: if limit.legal == limit.promised {
            String::new()
        } else {
            phrases::limit(&limit.legal)
        },
        reduction: limit.reduction.clone(),
        longer: more.into_iter().flatten().map(longer).collect(),
        note: offer.note.vi.clone(),
        partial,
        basis: limit.basis.clone(),
    }
}

fn longer(extension: &Extension) -> String {
    let more = more_time(&extension.limit);
    format!("{more}: {}", extension.condition.vi)
}

fn more_time(limit: &Limit) -> String {
    phrases::fill("limit", "more", &[("limit", &phrases::limit(limit))])
}

fn fee(rule: &FeeRule) -> Fee {
    let amount = match &rule.amount {
        _ if !rule.rate.vi.is_empty() => rule.rate.vi.clone(),
        Amount::Fixed(0) => phrases::say("fee", "free"),
        Amount::Fixed(amount) => show::dong(*amount),
        Amount::Feel(_) => phrases::say("fee", "worked_out"),
    };
    let exempt = rule.exemptions.iter().map(|one| match one.pays_percent {
        0 => one.label.vi.clone(),
        percent => format!(
            "{} ({})",
            one.label.vi,
            phrases::fill("fee", "pays_percent", &[("n", &percent.to_string())])
        ),
    });
    Fee {
        kind: phrases::fee_kind(rule.kind),
        name: rule.name.vi.clone(),
        amount,
        only: rule.channel.map_or_else(String::new, |channel| {
            phrases::say("channel_short", channel.as_str())
        }),
        issuer: phrases::issuer(rule.issuer),
        basis: rule.basis.clone(),
        exempt: exempt.collect(),
    }
}

fn results(procedure: &Procedure) -> Vec<Outcome> {
    let outcome = |kind: &facts::procedure::ResultKind| Outcome {
        name: kind.name.vi.clone(),
        form: match kind.paper_originals {
            0 => phrases::say("result", "electronic"),
            count => phrases::fill("result", "paper", &[("n", &count.to_string())]),
        },
        validity: kind.validity.vi.clone(),
    };
    procedure.results.iter().map(outcome).collect()
}

fn basis(procedure: &Procedure) -> Vec<Basis> {
    let one = |text: &facts::procedure::LegalBasis| Basis {
        number: text.number.clone(),
        title: text.title.clone(),
        article: text.article.clone(),
    };
    procedure.legal_basis.iter().map(one).collect()
}

fn statuses(procedure: &Procedure) -> Vec<Meaning> {
    let meaning = |status: ExternalStatus| {
        let words = procedure.status_words(status.code())?;
        (!words.vi.is_empty()).then(|| Meaning {
            name: phrases::status(status),
            text: words.vi.clone(),
        })
    };
    ExternalStatus::ALL
        .into_iter()
        .filter_map(meaning)
        .collect()
}

fn drawing(procedure: &Procedure) -> String {
    let title = phrases::fill("process", "title", &[("name", &procedure.name.vi)]);
    procedure.process.draw_with(&process::Words {
        title: &title,
        role: &|role| {
            let bodies = procedure.steps.iter();
            let bodies = bodies.filter_map(|step| step.consultation.as_ref());
            let mut bodies = bodies.flat_map(|consultation| consultation.bodies.iter());
            let body = bodies.find(|body| body.id == role);
            body.map_or_else(|| phrases::say("role", role), |body| body.name.vi.clone())
        },
        duration: &phrases::limit_text,
    })
}
