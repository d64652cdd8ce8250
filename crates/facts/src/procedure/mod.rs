//! Thủ tục hành chính: a procedure is a folder of data (`content/procedures/<code>-<name>/`). This
//! room reads the folders, checks them, and lends typed, immutable values, each version with its
//! validity.
//! Lends: `Catalogue`, `Procedure` and its parts, `ProcedureKey`, `Form` with its checks.
//! Does not know: dossiers, desks, pages, the clock; who `today` is told by the caller.
mod answer;
mod answers;
mod catalogue;
mod check;
mod collect;
mod fee;
mod fees;
mod folder;
mod form;
mod key;
mod model;
mod paper;
mod printout;
mod read_bounds;
mod read_channels;
mod read_form;
mod read_procedure;
mod read_rule;
mod read_rules;
mod reader;
mod rule;
mod same;
mod schema;
mod sentences;
mod step;
mod story;
mod summary;
mod trial;
mod when;
mod words;

pub use answers::Answers;
pub use catalogue::Catalogue;
pub use check::{ANSWERS_CHARS_MAX, Clean, Warning};
pub use fee::{Exemption, FeeKind, FeeLine, FeeRule, Issuer};
pub use form::{
    AddressOf, Choice, ChoiceOption, ChoiceShape, DateRange, Derived, Form, Group, Kind, Length,
    Question, Section, Span,
};
pub use key::{Channel, KeyError, Level, ProcedureKey};
pub use model::{
    ApplicantKind, ChannelOffer, Extension, Field, LegalBasis, Letters, OnlineLevel, PaymentMoment,
    PaymentRule, Plain, Procedure, PublicationStatus, ResultKind, SupplementClock, SupplementRule,
    TimeLimit, ToVerify,
};
pub use paper::{AUTHORISATION, PaperSource, RequiredPaper, Satisfaction, unlisted_paper};
pub use printout::Printout;
pub use rule::{Rule, Severity};
pub use same::SameMatter;
pub use step::{Act, Body, Consultation, Step};
pub use story::{Outcome, Story, StoryAct, VERBS};
pub use summary::{Spelling, SummaryRow, SummarySection, in_words};
pub use when::{Amount, When};
pub use words::{FieldError, Words};
#[cfg(test)]
mod tests;
