//! Who may do what with a dossier, in one table, and the one list predicate made from the same
//! table. Printed whole, role by role, in `access.golden.txt`.
//! Does not know: how a viewer proved who they are, nor rights beyond dossiers.

mod table;

use super::parts::Act;
use super::phase::Phase;
use super::refusal::Refusal;
use super::state::Dossier;
use facts::agency::{Right, Viewer};
use table::{RULES, VIEW_COMPETENT, VIEW_CONSULTED, VIEW_COUNTER};

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
    /// Ghi đã xem giấy tờ.
    SeePaper,
    /// Đổi cách nhận kết quả.
    ChangeReturnWay,
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

impl Action {
    /// All actions, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|rule| rule.action)
    }

    /// Name in words files and in the golden file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LookUp => "look_up",
            Self::View => "view",
            Self::ViewPrivate => "view_private",
            Self::Print => "print",
            Self::Submit => "submit",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::AskSupplement => "ask_supplement",
            Self::AskSecondSupplement => "ask_second_supplement",
            Self::Supplement => "supplement",
            Self::AcceptSupplement => "accept_supplement",
            Self::SeePaper => "see_paper",
            Self::ChangeReturnWay => "change_return_way",
            Self::Assign => "assign",
            Self::Appraise => "appraise",
            Self::AskConsult => "ask_consult",
            Self::AnswerConsult => "answer_consult",
            Self::Endorse => "endorse",
            Self::Approve => "approve",
            Self::DraftResult => "draft_result",
            Self::Issue => "issue",
            Self::AskFee => "ask_fee",
            Self::CollectFee => "collect_fee",
            Self::Deliver => "deliver",
            Self::Withdraw => "withdraw",
            Self::Stop => "stop",
            Self::Reject => "reject",
            Self::Apologise => "apologise",
            Self::ResetDue => "reset_due",
        }
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

/// The scopes of a dossier: who stands to it how. Each is a list on which it stands (`lists.rs`).
#[must_use]
pub fn scopes_of(facts: &Facts<'_>) -> Vec<String> {
    let mut scopes = vec![format!("agency:{}", facts.agency)];
    // Whoever has a right at a counter of the competent agency sees the dossier as the agency's
    // already, and whoever took it in sees it as its counter's.
    if facts.reception != facts.agency {
        scopes.push(format!("counter:{}", facts.reception));
    }
    if facts.return_agency != facts.agency && facts.return_agency != facts.reception {
        scopes.push(format!("return:{}", facts.return_agency));
    }
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

/// Phases in which a dossier can be paid.
pub(super) const PAYABLE: &[Phase] = table::UNTIL_HANDED_OVER;

/// It owes money and can be paid.
#[must_use]
pub fn is_owing(dossier: &Dossier) -> bool {
    PAYABLE.contains(&dossier.phase) && dossier.owes()
}

/// The scopes under which `viewer` may list dossiers: the list predicate is that one of them is a
/// scope of the dossier (`views/lists.rs`). It agrees with `may(View)`; a test compares them on
/// every combination.
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
                    ("return", VIEW_COUNTER),
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
