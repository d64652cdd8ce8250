//! The sentences of this room, from `words.vi.toml` beside it.
//! Does not know: where a sentence is shown.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};

use super::account::{CloseReason, Event, Seen};
use super::rules::{self, PasswordFault, Refusal};

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("words.vi.toml")).expect("the words file is checked by a test")
});

/// The sentence of this name.
pub fn word(name: &str) -> &'static str {
    WORDS.get(name).map_or("", String::as_str)
}

/// The sentence for a refusal.
pub fn refusal(refusal: &Refusal, now: Timestamp) -> String {
    match refusal {
        Refusal::NotRecognised => word("not_recognised").to_owned(),
        Refusal::DeviceNotProved => word("code_not_recognised").to_owned(),
        Refusal::StepOver => word("step_over").to_owned(),
        Refusal::NumberNotFree => word("number_not_free").to_owned(),
        Refusal::TooManyTries { seconds } => {
            let wait = SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or(0) + 59);
            word("too_many_tries").replace("{clock}", &web::show::clock(now + wait))
        }
        Refusal::CodeNotRecognised => word("one_time_code_wrong").to_owned(),
        Refusal::PrintedBefore => word("printed_before").to_owned(),
        Refusal::OfficerHasAccount => word("officer_has_account").to_owned(),
        Refusal::LoginUnfit => word("login_unfit").to_owned(),
        Refusal::CardUnseen => word("card_unseen").to_owned(),
        Refusal::AccountClosed => word("account_closed").to_owned(),
        Refusal::AccountOpen => word("account_open").to_owned(),
        Refusal::Password(fault) => password(fault),
    }
}

/// What an officer ticks at the counter.
pub fn seen(seen: Seen) -> &'static str {
    match seen {
        Seen::Card => word("seen_card"),
        Seen::Face => word("seen_face"),
        Seen::Names => word("seen_names"),
        Seen::Authority => word("seen_authority"),
    }
}

/// Why an account is closed.
pub fn close_reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Left => word("reason_left"),
        CloseReason::Misused => word("reason_misused"),
        CloseReason::Mistake => word("reason_mistake"),
        CloseReason::NotTheirs => word("reason_not_theirs"),
    }
}

/// A line of an account's life.
pub fn happened(event: &Event) -> String {
    match event {
        Event::Opened { .. } => word("was_opened").to_owned(),
        Event::Closed { reason } => word("was_closed").replace("{reason}", close_reason(*reason)),
        Event::Reopened {} => word("was_reopened").to_owned(),
        Event::CodePrinted { until, .. } => {
            word("was_printed").replace("{until}", &web::show::moment(*until))
        }
        Event::CodeUsed {} => word("was_used").to_owned(),
        Event::PasswordSet {} => word("was_password_set").to_owned(),
        Event::DeviceSet {} => word("was_device_set").to_owned(),
        Event::DeviceRemoved {} => word("was_device_removed").to_owned(),
        Event::StrangersStopped { until } => {
            word("was_strangers_stopped").replace("{until}", &web::show::moment(*until))
        }
    }
}

/// What a new password must be, said before it is typed.
pub fn password_hint(with_step: bool) -> String {
    password_of(rules::password_chars_min(with_step))
}

/// That a new password has at least so many characters.
pub fn password_of(chars_min: usize) -> String {
    word("password_hint").replace("{min}", &chars_min.to_string())
}

fn password(fault: &PasswordFault) -> String {
    match fault {
        PasswordFault::TooShort { chars_min } => {
            word("password_too_short").replace("{min}", &chars_min.to_string())
        }
        PasswordFault::TooLong => word("password_too_long").to_owned(),
        PasswordFault::Guessable => word("password_guessable").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_named_is_there_and_every_one_there_is_named() {
        let sources = [
            include_str!("words.rs"),
            include_str!("pages.rs"),
            include_str!("pages/account.rs"),
            include_str!("pages/register.rs"),
            include_str!("pages/one_time.rs"),
            include_str!("pages/card.rs"),
            include_str!("pages/administer.rs"),
            include_str!("pages/paper.rs"),
            include_str!("pages/outcome.rs"),
        ];
        let sources = sources.join("\n");
        for name in WORDS.keys() {
            assert!(
                sources.contains(&format!("\"{name}\"")),
                "{name} is never said"
            );
        }
        for piece in sources.split("word(\"").skip(1) {
            let name = piece.split('"').next().unwrap();
            assert!(!word(name).is_empty(), "{name} has no sentence");
        }
    }
}
