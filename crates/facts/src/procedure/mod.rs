//! Thủ tục hành chính: a procedure is a folder of data (`content/procedures/<code>-<name>/`). This room
//! reads the folders, checks them, and lends typed, immutable values, each version with its validity.
//! Lends: `Catalogue`, `Procedure` and its parts, `ProcedureKey`, `Form` with its checks.
//! Does not know: dossiers, desks, pages, the clock; who `today` is told by the caller.
mod answer;
mod catalogue;
mod check;
mod collect;
mod fees;
mod folder;
mod form;
mod key;
mod model;
mod read_form;
mod read_procedure;
mod reader;
mod schema;
mod sentences;
mod story;
mod summary;
mod when;
mod words;

pub use catalogue::Catalogue;
pub use check::{ANSWERS_CHARS_MAX, Clean};
pub use form::{
    Choice, ChoiceOption, ChoiceShape, DateRange, Derived, Form, Group, Kind, Length, Question,
    Section, Span,
};
pub use key::{Channel, KeyError, Level, ProcedureKey};
pub use model::{
    Act, ApplicantKind, Body, ChannelOffer, Consultation, Exemption, Extension, FeeKind, FeeLine,
    FeeRule, Field, Issuer, LegalBasis, Letters, OnlineLevel, PaperSource, PaymentMoment,
    PaymentRule, Plain, Procedure, PublicationStatus, RequiredPaper, ResultKind, Satisfaction,
    Step, SupplementClock, SupplementRule, TimeLimit, ToVerify,
};
pub use story::{Outcome, Story, StoryAct, VERBS};
pub use summary::{Spelling, SummaryRow, SummarySection};
pub use when::{Amount, When};
pub use words::{FieldError, Words};
