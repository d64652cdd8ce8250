//! Who may do what with a dossier, in one table, and the one list predicate made from the same table. Printed
//! whole, role by role, in `access.golden.txt`.
//! Does not know: how a viewer proved who they are, nor rights beyond dossiers.

use super::events::Act;
use super::phase::Phase;
use super::refusal::Refusal;
use super::state::Dossier;
use facts::agency::{Right, Viewer};

/// What somebody may want to do with a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Tra cứu: status by code, no personal data.
    LookUp,
    /// See the dossier in lists and on its page.
    View,
    /// See what people wrote and uploaded.
    ViewPrivate,
    /// Print forms 01 to 07.
    Print,
    /// Nộp.
    Submit,
    /// Tiếp nhận.
    Accept,
    /// Từ chối tiếp nhận.
    Refuse,
    /// Yêu cầu bổ sung.
    AskSupplement,
    /// A second request, against the rule of one.
    AskSecondSupplement,
    /// Bổ sung.
    Supplement,
    /// Tiếp nhận bổ sung, or give it back as incomplete.
    AcceptSupplement,
    /// Phân công.
    Assign,
    /// Thẩm định.
    Appraise,
    /// Lấy ý kiến, and go on without the answer.
    AskConsult,
    /// Trả lời ý kiến.
    AnswerConsult,
    /// Trình.
    Endorse,
    /// Phê duyệt.
    Approve,
    /// Dự thảo kết quả.
    DraftResult,
    /// Phát hành.
    Issue,
    /// Yêu cầu nghĩa vụ tài chính.
    AskFee,
    /// Thu phí, lệ phí.
    CollectFee,
    /// Trả kết quả.
    Deliver,
    /// Rút.
    Withdraw,
    /// Dừng.
    Stop,
    /// Từ chối giải quyết.
    Reject,
    /// Xin lỗi, hẹn lại.
    Apologise,
    /// Đặt lại hạn.
    ResetDue,
}

/// Someone as they stand to a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anyone,
    Applicant,
    Filer,
    Competent(Right),
    Counter(Right),
    Consulted(Right),
}

/// What `may` needs to know of a dossier.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The competent agency.
    pub agency: &'a str,
    /// The agency that received it.
    pub reception: &'a str,
    /// The agency whose counter returns the result.
    pub return_agency: &'a str,
    /// Agencies ever consulted.
    pub consulted: &'a [String],
    /// Person id of the applicant.
    pub applicant: &'a str,
    /// Person id of the one who filed.
    pub filer: &'a str,
    /// Where it stands; `None` before the submission.
    pub phase: Option<Phase>,
}

impl<'a> Facts<'a> {
    /// The facts of a dossier.
    #[must_use]
    pub fn of(dossier: &'a Dossier) -> Self {
        Self {
            agency: &dossier.agency,
            reception: &dossier.reception_agency,
            return_agency: dossier.return_agency(),
            consulted: &dossier.consulted,
            applicant: &dossier.applicant,
            filer: dossier.filed_by(),
            phase: Some(dossier.phase),
        }
    }
}

struct Rule {
    action: Action,
    who: &'static [Who],
    phases: &'static [Phase],
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
const PAYABLE: &[Phase] = &[
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

/// Rights in the competent agency that open its dossiers. Administrators keep accounts, not dossiers.
const VIEW_COMPETENT: &[Right] = &[
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
const VIEW_COUNTER: &[Right] = &[Right::Intake, Right::Deliver, Right::CollectFee];
/// Rights in an agency that was consulted.
const VIEW_CONSULTED: &[Right] = &[Right::Appraise];

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
const INTAKE_OR_APPRAISE: &[Who] = &[
    Who::Competent(Right::Intake),
    Who::Counter(Right::Intake),
    Who::Competent(Right::Appraise),
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
const RULES: &[Rule] = &[
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
    rule(Action::CollectFee, COLLECT, PAYABLE),
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

impl Action {
    /// All actions, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|rule| rule.action)
    }

    /// The action that finishing, claiming or returning a task of `act` is.
    #[must_use]
    pub fn of_act(act: Act) -> Self {
        match act {
            Act::Assign => Self::Assign,
            Act::Appraise => Self::Appraise,
            Act::Consult => Self::AnswerConsult,
            Act::Endorse => Self::Endorse,
            Act::Approve => Self::Approve,
            Act::Issue => Self::Issue,
        }
    }
}

/// Whether `viewer` may do `action` with the dossier of `facts`.
///
/// # Errors
/// `NotAllowed` when never; `WrongPhase` when not now.
pub fn may(viewer: &Viewer, action: Action, facts: &Facts<'_>) -> Result<(), Refusal> {
    let rule = RULES.iter().find(|rule| rule.action == action);
    let rule = rule.ok_or(Refusal::NotAllowed { action })?;
    if !rule.who.iter().any(|who| is(viewer, *who, facts)) {
        return Err(Refusal::NotAllowed { action });
    }
    match facts.phase {
        Some(phase) if !rule.phases.contains(&phase) => Err(Refusal::WrongPhase { action, phase }),
        None if !rule.phases.is_empty() => Err(Refusal::NoSuchDossier),
        _ => Ok(()),
    }
}

/// Everything that `viewer` may do now: the buttons of the page.
#[must_use]
pub fn allowed(viewer: &Viewer, facts: &Facts<'_>) -> Vec<Action> {
    Action::all()
        .filter(|action| may(viewer, *action, facts).is_ok())
        .collect()
}

fn is(viewer: &Viewer, who: Who, facts: &Facts<'_>) -> bool {
    match who {
        Who::Anyone => true,
        Who::Applicant => is_person(viewer, facts.applicant),
        Who::Filer => is_person(viewer, facts.filer),
        Who::Competent(right) => holds(viewer, right, facts.agency),
        Who::Counter(right) => {
            holds(viewer, right, facts.reception) || holds(viewer, right, facts.return_agency)
        }
        Who::Consulted(right) => facts
            .consulted
            .iter()
            .any(|agency| holds(viewer, right, agency)),
    }
}

fn is_person(viewer: &Viewer, person: &str) -> bool {
    matches!(viewer, Viewer::Citizen { person: own } if own == person && !own.is_empty())
}

/// Whether an officer has `right` in `agency` by one of the posts in force.
#[must_use]
pub fn holds(viewer: &Viewer, right: Right, agency: &str) -> bool {
    let Viewer::Officer { posts, .. } = viewer else {
        return false;
    };
    posts
        .iter()
        .any(|post| post.agency == agency && post.rights.contains(&right))
}

/// The keys under which a dossier may be listed: who stands to it how. Written with the dossier's row.
#[must_use]
pub fn scopes_of(facts: &Facts<'_>) -> Vec<String> {
    // Whoever has a right at a counter of the competent agency sees the dossier as the agency's already.
    let mut scopes = vec![format!("agency:{}", facts.agency)];
    let counters = [facts.reception, facts.return_agency].into_iter();
    let counters = counters.filter(|agency| *agency != facts.agency);
    scopes.extend(counters.map(|agency| format!("counter:{agency}")));
    scopes.extend(
        facts
            .consulted
            .iter()
            .map(|agency| format!("consulted:{agency}")),
    );
    let people = [facts.applicant, facts.filer]
        .into_iter()
        .filter(|person| !person.is_empty());
    scopes.extend(people.map(|person| format!("person:{person}")));
    scopes.sort();
    scopes.dedup();
    scopes
}

/// The keys under which `viewer` may list dossiers: the list predicate is that one of them is a scope of
/// the dossier (`views/lists.rs`). It agrees with `may(View)`; a test compares them on every combination.
#[must_use]
pub fn scopes_for(viewer: &Viewer) -> Vec<String> {
    let mut scopes = Vec::new();
    match viewer {
        Viewer::Citizen { person } if !person.is_empty() => scopes.push(format!("person:{person}")),
        Viewer::Officer { posts, .. } => {
            for post in posts {
                let any = |rights: &[Right]| rights.iter().any(|right| post.rights.contains(right));
                for (kind, rights) in [
                    ("agency", VIEW_COMPETENT),
                    ("counter", VIEW_COUNTER),
                    ("consulted", VIEW_CONSULTED),
                ] {
                    if any(rights) {
                        scopes.push(format!("{kind}:{}", post.agency));
                    }
                }
            }
        }
        _ => {}
    }
    scopes.sort();
    scopes.dedup();
    scopes
}
