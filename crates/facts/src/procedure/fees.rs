//! What one dossier costs, which papers it needs and by when it is due: the procedure asked with
//! the answers in hand. Conditions see the answers, the derived values and `channel`.
//! Does not know: payments, receipts, the calendar.
use serde_json::Value as Json;

use super::fee::{Exemption, FeeLine, FeeRule};
use super::key::Channel;
use super::model::{ChannelOffer, Procedure, TimeLimit};
use super::paper::RequiredPaper;
use super::step::Step;
use super::words::Words;

impl Procedure {
    /// How it is handed in by this channel; `None` when that way is not offered.
    pub fn offer(&self, channel: Channel) -> Option<&ChannelOffer> {
        self.channels.iter().find(|offer| offer.channel == channel)
    }

    /// The time limit for a channel. A channel that is not offered has the limit of the first one.
    pub fn limit(&self, channel: Channel) -> &TimeLimit {
        let first = self
            .channels
            .first()
            .expect("the loader refuses a procedure without channels");
        &self.offer(channel).unwrap_or(first).limit
    }

    /// The bill for these answers, as `Form::check` cleaned them. Exempt lines stay, with 0 đồng
    /// and the reason; rules whose condition does not hold do not appear.
    pub fn fees(&self, channel: Channel, answers: &Json) -> Vec<FeeLine> {
        let seen = with_channel(answers, channel);
        let due = |rule: &&FeeRule| {
            rule.channel.is_none_or(|only| only == channel)
                && rule.when.as_ref().is_none_or(|when| when.holds(&seen))
        };
        self.fees
            .iter()
            .filter(due)
            .filter_map(|rule| line(rule, &seen))
            .collect()
    }

    /// The papers that these answers call for, in order.
    pub fn papers_for(&self, answers: &Json) -> Vec<&RequiredPaper> {
        let asked =
            |paper: &&RequiredPaper| paper.when.as_ref().is_none_or(|when| when.holds(answers));
        self.papers.iter().filter(asked).collect()
    }

    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// What an external status 1–10 means to the applicant.
    pub fn status_words(&self, status: u8) -> Option<&Words> {
        self.statuses.get(usize::from(status).checked_sub(1)?)
    }
}

fn line(rule: &FeeRule, answers: &Json) -> Option<FeeLine> {
    let full = rule.amount.of(answers)?;
    let holds = |exemption: &&Exemption| exemption.when.holds(answers);
    let exemption = rule.exemptions.iter().find(holds);
    let (amount, exempt, basis) = match exemption {
        None => (full, Words::default(), rule.basis.clone()),
        Some(one) => {
            let amount = full.saturating_mul(one.pays_percent) / 100;
            (amount, one.label.clone(), one.basis.clone())
        }
    };
    Some(FeeLine {
        code: rule.code.clone(),
        kind: rule.kind,
        name: rule.name.clone(),
        amount,
        exempt,
        basis,
    })
}

pub(super) fn with_channel(answers: &Json, channel: Channel) -> Json {
    let mut seen = answers.as_object().cloned().unwrap_or_default();
    seen.insert("channel".to_string(), channel.as_str().into());
    Json::Object(seen)
}
