//! The `[[channel]]` tables of `procedure.toml`: ways to hand a dossier in, each with its time
//! limit.
//! Does not know: the calendar that turns a limit into a day.
use super::key::Channel;
use super::model::{ChannelOffer, Extension, OnlineLevel, TimeLimit};
use super::reader::Table;
use crate::calendar::Limit;

/// Reads all of them; a channel may be there once.
pub(super) fn channels(root: &Table<'_>) -> Vec<ChannelOffer> {
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
    let promised = table.parsed_opt("promised").or(legal);
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
