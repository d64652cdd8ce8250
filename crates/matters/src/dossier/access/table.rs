//! The table: each action, who may do it, in which phases.
//! Does not know: viewers and dossiers.

use super::{Action, Who};
use crate::dossier::phase::Phase;
use facts::agency::Right;

pub(super) struct Rule {
    pub(super) action: Action,
    pub(super) who: &'static [Who],
    pub(super) phases: &'static [Phase],
}

const WORKING: &[Phase] = &[
    Phase::Accepted,
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
];
const IN_PROGRESS: &[Phase] = &[
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
];
const ACCEPTED_NOT_DONE: &[Phase] = &[
    Phase::Accepted,
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
    Phase::SupplementAsked,
    Phase::SupplementReceived,
    Phase::FeeDue,
];
const OPEN: &[Phase] = &[
    Phase::Submitted,
    Phase::Accepted,
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
    Phase::SupplementAsked,
    Phase::SupplementReceived,
    Phase::FeeDue,
];
const TO_SUPPLEMENT: &[Phase] = &[
    Phase::Submitted,
    Phase::Accepted,
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
];
/// Until the result is handed over.
pub(super) const UNTIL_HANDED_OVER: &[Phase] = &[
    Phase::Submitted,
    Phase::Accepted,
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
    Phase::SupplementAsked,
    Phase::SupplementReceived,
    Phase::FeeDue,
    Phase::Released,
];
const IN_4_5_6: &[Phase] = &[
    Phase::Appraising,
    Phase::Consulting,
    Phase::Endorsing,
    Phase::Approving,
    Phase::Issuing,
    Phase::SupplementAsked,
    Phase::SupplementReceived,
    Phase::FeeDue,
];
const SUPPLEMENTING: &[Phase] = &[Phase::SupplementAsked, Phase::SupplementReceived];
const ALL: &[Phase] = &Phase::ALL;

/// Rights in the competent agency that open its dossiers. Administrators keep accounts, not
/// dossiers.
pub(super) const VIEW_COMPETENT: &[Right] = &[
    Right::Intake,
    Right::Assign,
    Right::Appraise,
    Right::Endorse,
    Right::Approve,
    Right::Issue,
    Right::Deliver,
    Right::CollectFee,
    Right::Oversee,
    Right::Audit,
];
/// Rights at the counter that received it or returns the result (phi địa giới).
pub(super) const VIEW_COUNTER: &[Right] = &[Right::Intake, Right::Deliver, Right::CollectFee];
/// Rights in an agency that was consulted.
pub(super) const VIEW_CONSULTED: &[Right] = &[Right::Appraise];

const VIEWERS: &[Who] = &[
    Who::Applicant,
    Who::Filer,
    Who::Competent(Right::Intake),
    Who::Competent(Right::Assign),
    Who::Competent(Right::Appraise),
    Who::Competent(Right::Endorse),
    Who::Competent(Right::Approve),
    Who::Competent(Right::Issue),
    Who::Competent(Right::Deliver),
    Who::Competent(Right::CollectFee),
    Who::Competent(Right::Oversee),
    Who::Competent(Right::Audit),
    Who::Counter(Right::Intake),
    Who::Counter(Right::Deliver),
    Who::Counter(Right::CollectFee),
    Who::Consulted(Right::Appraise),
];
/// The cashier sees that a dossier owes money, not what people wrote in it.
const READERS: &[Who] = &[
    Who::Applicant,
    Who::Filer,
    Who::Competent(Right::Intake),
    Who::Competent(Right::Assign),
    Who::Competent(Right::Appraise),
    Who::Competent(Right::Endorse),
    Who::Competent(Right::Approve),
    Who::Competent(Right::Issue),
    Who::Competent(Right::Deliver),
    Who::Competent(Right::Oversee),
    Who::Competent(Right::Audit),
    Who::Counter(Right::Intake),
    Who::Counter(Right::Deliver),
    Who::Consulted(Right::Appraise),
];
const INTAKE: &[Who] = &[Who::Competent(Right::Intake), Who::Counter(Right::Intake)];
const PEOPLE_OR_INTAKE: &[Who] = &[
    Who::Applicant,
    Who::Filer,
    Who::Competent(Right::Intake),
    Who::Counter(Right::Intake),
];
/// The applicant chooses; whoever stands before them writes it down.
const PEOPLE_OR_COUNTER: &[Who] = &[
    Who::Applicant,
    Who::Filer,
    Who::Competent(Right::Intake),
    Who::Counter(Right::Intake),
    Who::Competent(Right::Deliver),
    Who::Counter(Right::Deliver),
];
const INTAKE_OR_APPRAISE: &[Who] = &[
    Who::Competent(Right::Intake),
    Who::Counter(Right::Intake),
    Who::Competent(Right::Appraise),
];
/// Whoever stands before the applicant, or compares the data, sees a paper that was to be shown.
const SEE: &[Who] = &[
    Who::Competent(Right::Intake),
    Who::Counter(Right::Intake),
    Who::Competent(Right::Appraise),
    Who::Competent(Right::Deliver),
    Who::Counter(Right::Deliver),
];
const APPRAISE: &[Who] = &[Who::Competent(Right::Appraise)];
const ANSWER: &[Who] = &[
    Who::Consulted(Right::Appraise),
    Who::Competent(Right::Appraise),
];
const DRAFT: &[Who] = &[
    Who::Competent(Right::Appraise),
    Who::Competent(Right::Endorse),
    Who::Competent(Right::Issue),
];
const ASK_FEE: &[Who] = &[
    Who::Competent(Right::Intake),
    Who::Competent(Right::Appraise),
    Who::Competent(Right::CollectFee),
];
const COLLECT: &[Who] = &[
    Who::Competent(Right::CollectFee),
    Who::Counter(Right::CollectFee),
];
const DELIVER: &[Who] = &[Who::Competent(Right::Deliver), Who::Counter(Right::Deliver)];
const HEAD: &[Who] = &[Who::Competent(Right::Oversee)];
const HEAD_OR_APPROVER: &[Who] = &[
    Who::Competent(Right::Oversee),
    Who::Competent(Right::Approve),
];

const fn rule(action: Action, who: &'static [Who], phases: &'static [Phase]) -> Rule {
    Rule {
        action,
        who,
        phases,
    }
}

/// The table. One line an action: who, and in which phases.
pub(super) const RULES: &[Rule] = &[
    rule(Action::LookUp, &[Who::Anyone], ALL),
    rule(Action::View, VIEWERS, ALL),
    rule(Action::ViewPrivate, READERS, ALL),
    rule(Action::Print, READERS, ALL),
    rule(Action::Submit, PEOPLE_OR_INTAKE, &[]),
    rule(Action::Accept, INTAKE, &[Phase::Submitted]),
    rule(
        Action::Refuse,
        INTAKE,
        &[Phase::Submitted, Phase::SupplementReceived],
    ),
    rule(Action::AskSupplement, INTAKE_OR_APPRAISE, TO_SUPPLEMENT),
    rule(Action::AskSecondSupplement, HEAD, TO_SUPPLEMENT),
    rule(Action::Supplement, PEOPLE_OR_INTAKE, SUPPLEMENTING),
    rule(
        Action::AcceptSupplement,
        INTAKE_OR_APPRAISE,
        &[Phase::SupplementReceived],
    ),
    rule(Action::SeePaper, SEE, UNTIL_HANDED_OVER),
    rule(
        Action::ChangeReturnWay,
        PEOPLE_OR_COUNTER,
        UNTIL_HANDED_OVER,
    ),
    rule(Action::IdentifyApplicant, INTAKE, ALL),
    rule(Action::Assign, &[Who::Competent(Right::Assign)], WORKING),
    rule(Action::Appraise, APPRAISE, WORKING),
    rule(Action::AskConsult, APPRAISE, WORKING),
    rule(Action::AnswerConsult, ANSWER, ACCEPTED_NOT_DONE),
    rule(Action::Endorse, &[Who::Competent(Right::Endorse)], WORKING),
    rule(Action::Approve, &[Who::Competent(Right::Approve)], WORKING),
    rule(Action::DraftResult, DRAFT, WORKING),
    rule(
        Action::Issue,
        &[Who::Competent(Right::Issue)],
        &[Phase::Issuing],
    ),
    rule(Action::AskFee, ASK_FEE, WORKING),
    rule(Action::CollectFee, COLLECT, UNTIL_HANDED_OVER),
    // Also of what has ended: the money is the applicant's.
    rule(Action::RefundFee, COLLECT, ALL),
    rule(Action::Deliver, DELIVER, &[Phase::Released]),
    rule(Action::Withdraw, PEOPLE_OR_INTAKE, OPEN),
    rule(Action::Stop, HEAD_OR_APPROVER, IN_4_5_6),
    rule(
        Action::Reject,
        &[Who::Competent(Right::Approve)],
        IN_PROGRESS,
    ),
    rule(Action::Apologise, HEAD_OR_APPROVER, ACCEPTED_NOT_DONE),
    rule(Action::ResetDue, HEAD, ACCEPTED_NOT_DONE),
];
