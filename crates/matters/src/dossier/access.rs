//! Who may do what with a dossier, in one table, and the one list predicate made from the same
//! table. Printed whole, role by role, in `access.golden.txt`.
//! Does not know: how a viewer proved who they are, nor rights beyond dossiers.

mod scopes;
mod table;

pub(super) use scopes::{ASKED, POST, reach_in, scopes_for, scopes_of};

use super::parts::Act;
use super::phase::Phase;
use super::refusal::Refusal;
use super::state::{Dossier, Task};
use facts::agency::{Post, Right, Viewer};
use std::collections::BTreeMap;
use table::RULES;

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
    /// Xác định người đứng tên, and undo it.
    IdentifyApplicant,
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
    /// Hoàn phí, lệ phí.
    RefundFee,
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
    /// National code of its procedure.
    pub procedure: &'a str,
    /// Its open tasks.
    pub tasks: &'a BTreeMap<String, Task>,
    /// Where it stands; `None` before the submission.
    pub phase: Option<Phase>,
}

/// The tasks of what is not yet submitted.
pub(super) static NO_TASKS: BTreeMap<String, Task> = BTreeMap::new();

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
            procedure: &dossier.procedure.code,
            tasks: &dossier.tasks,
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
            Self::IdentifyApplicant => "identify_applicant",
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
            Self::RefundFee => "refund_fee",
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
        Who::Competent(right) => works(viewer, (right, facts.agency), facts),
        Who::Counter(right) => {
            holds(viewer, right, facts.reception) || holds(viewer, right, facts.return_agency)
        }
        Who::Consulted(right) => facts
            .consulted
            .iter()
            .any(|agency| works(viewer, (right, agency), facts)),
    }
}

/// Whether a post in `agency` gives the right for this dossier: its fields have it, or it was given
/// a step of it.
fn works(viewer: &Viewer, (right, agency): (Right, &str), facts: &Facts<'_>) -> bool {
    let given = |post: &Post| {
        let mut tasks = facts.tasks.values();
        tasks.any(|task| task.position == post.position && task.agency == agency)
    };
    let does = |post: &Post| {
        let named = post.agency == agency && post.has(right);
        named && (post.handles(right, facts.procedure) || given(post))
    };
    viewer.posts().iter().any(does)
}

/// Whether `viewer` may take this task, or has it: it is free and their post handles the procedure,
/// or it stays with their position, held or lent or vacant beside them.
#[must_use]
pub fn takes(viewer: &Viewer, task: &Task, procedure: &str) -> bool {
    post_for(viewer, task, procedure).is_some()
}

/// The post in which `viewer` would do this task.
pub(super) fn post_for<'v>(viewer: &'v Viewer, task: &Task, procedure: &str) -> Option<&'v Post> {
    let right = task.act.right();
    let near = |post: &&Post| post.agency == task.agency && post.has(right);
    let mut posts = viewer.posts().iter().filter(near);
    if let Some(own) = posts.clone().find(|post| post.position == task.position) {
        return Some(own);
    }
    let is_free = |post: &&Post| task.position.is_empty() || post.covers(&task.position);
    posts.find(|post| is_free(post) && post.handles(right, procedure))
}

/// The first post in which somebody may be given work at `agency` that needs the right on a dossier
/// of the procedure.
pub(super) fn able_post<'v>(
    viewer: &'v Viewer,
    (agency, right): (&str, Right),
    procedure: &str,
) -> Option<&'v Post> {
    let able = |post: &&Post| post.agency == agency && post.handles(right, procedure);
    viewer.posts().iter().find(able)
}

/// Whether `viewer` does a step of this dossier that writes its result: they have it, or may take
/// it.
#[must_use]
pub fn drafts(viewer: &Viewer, dossier: &Dossier) -> bool {
    step_to_draft(viewer, dossier).is_some()
}

/// The step in which `viewer` would draft the result.
pub(super) fn step_to_draft<'d>(
    viewer: &Viewer,
    dossier: &'d Dossier,
) -> Option<(&'d String, &'d Task)> {
    let writes = |task: &Task| matches!(task.act, Act::Appraise | Act::Endorse | Act::Issue);
    let does = |(_, task): &(&String, &Task)| {
        writes(task)
            && may(viewer, Action::of_act(task.act), &Facts::of(dossier)).is_ok()
            && takes(viewer, task, &dossier.procedure.code)
    };
    dossier.tasks.iter().find(does)
}

fn is_person(viewer: &Viewer, person: &str) -> bool {
    viewer.is(person)
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

/// Phases in which a dossier can be paid.
pub(super) const PAYABLE: &[Phase] = table::UNTIL_HANDED_OVER;

/// It owes money and can be paid, or money is to be paid back.
#[must_use]
pub fn is_owing(dossier: &Dossier) -> bool {
    PAYABLE.contains(&dossier.phase) && dossier.owes() || dossier.overpaid() > 0
}
