//! Draws the sheet of an intake: people, questions, papers, money, and what may be pressed.
//! Does not know: what a press does.

use super::super::Clerk;
use super::super::view::{MoneyRow, long_moment, money_rows};
use super::{Intake, agencies_of, full_name};
use crate::counter::entered::Entered;
use crate::counter::papers::{self, Tick};
use crate::counter::receive::{CORRECT, KEEP, OTHER, on_record};
use crate::counter::sheet::{IDENTITIES, Sheet};
use askama::Template;
use axum::http::StatusCode;
use facts::people::{self, Difference, Person, Sex};
use facts::procedure::{Channel, RequiredPaper};
use jiff::civil::Date;
use matters::dossier::{ReturnWay, dong};
use matters::questions::{Asker, Questions, Sought};
use matters::{Alike, Ground};
use web::ui::Choice;
use web::{Answer, FieldErrors, Problem, Shell, render_with};

/// People of a name that are offered; with more, the officer types more of the name or the number.
const CANDIDATES_MAX: usize = 6;
/// Letters of a name before people are looked for.
const NAME_CHARS_MIN: usize = 3;
const NOBODY_OF_NAME: &str = "Không tìm thấy ai tên như vậy trong sổ. Nhập tiếp các ô dưới để ghi \
    người mới, hoặc thử số định danh.";

/// What a page shows beside the sheet.
#[derive(Default)]
pub(super) struct Drawn {
    pub errors: FieldErrors,
    /// Mandatory papers lack and the officer pressed "Tiếp nhận".
    pub lacking: bool,
    /// Form 03 can be printed.
    pub refusal_ready: bool,
    /// A place that is looked for by its name.
    pub sought: Sought,
}

#[derive(Template)]
#[template(path = "counter/pages/intake.html")]
struct IntakePage<'a> {
    shell: Shell,
    errors: FieldErrors,
    address: String,
    code: String,
    name: String,
    unverified: bool,
    sheet: &'a Sheet,
    agencies: Vec<Choice>,
    counters: Vec<Choice>,
    channels: Vec<Choice>,
    applicant: PersonBlock,
    filer: PersonBlock,
    identities: Vec<Choice>,
    sections: Vec<Questions>,
    alike: Vec<Alike>,
    papers: Vec<PaperLine>,
    fees: Vec<MoneyRow>,
    total: String,
    ways: Vec<Choice>,
    post_address: String,
    due: String,
    missing: Vec<String>,
    lacking: bool,
    refusal_ready: bool,
}

/// The fields of one person and what is known of them.
struct PersonBlock {
    prefix: &'static str,
    /// Where typing begins on an empty sheet.
    first: bool,
    /// Name of the button that takes over somebody found.
    button: &'static str,
    entered: Entered,
    kinds: Vec<Choice>,
    sexes: Vec<Choice>,
    hints: Vec<&'static str>,
    candidates: Vec<Candidate>,
    /// Nobody is looked for any more for now.
    too_often: bool,
    /// That nobody was found, or why nobody was looked for; empty when somebody is there.
    nobody: &'static str,
    /// What differs from the person on file with this number; empty: nothing does.
    differs: Vec<Differing>,
    choices: Vec<Choice>,
}

/// One thing that was typed, beside how it is on file.
struct Differing {
    what: &'static str,
    typed: String,
    on_file: String,
    differs: bool,
}

struct Candidate {
    id: String,
    name: String,
    detail: String,
}

/// One required paper with its tick.
struct PaperLine {
    code: String,
    name: String,
    hint: String,
    mandatory: bool,
    one_of: bool,
    scan: bool,
    lacking: bool,
    choices: Vec<Choice>,
    tick: Tick,
}

pub(super) async fn draw(ground: &Ground, clerk: &Clerk, intake: &Intake, drawn: Drawn) -> Answer {
    let filled = &intake.filled;
    let sheet = &filled.sheet;
    let procedure = &intake.procedure;
    let asker = intake.asker(ground, clerk);
    let missing = filled.missing(&asker, procedure);
    let fees = filled.fees(&asker, procedure);
    let status = match drawn.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let all_agencies = ground.offices.agencies(clerk.now).await?;
    let counters = all_agencies
        .iter()
        .map(|one| Choice::new(one.id.to_string(), one.name.clone()));
    let agencies = agencies_of(ground, clerk, procedure).await?;
    render_with(
        status,
        &IntakePage {
            address: intake.address(),
            code: procedure.key.code.clone(),
            name: full_name(procedure),
            unverified: !procedure.to_verify.is_empty(),
            sheet,
            agencies: agencies
                .into_iter()
                .map(|(id, name)| Choice::new(id, name))
                .collect(),
            counters: counters.collect(),
            channels: channels(intake),
            applicant: block(ground, clerk, ("applicant", "use"), &sheet.applicant).await?,
            filer: block(ground, clerk, ("filer", "use_filer"), &sheet.filer).await?,
            identities: IDENTITIES
                .map(|(name, words)| Choice::new(name, words))
                .into(),
            alike: {
                let answers = asker.kept(&filled.answers);
                ground
                    .alike(&clerk.viewer, (procedure, &answers), "")
                    .await?
            },
            sections: sections(intake, &asker, (&drawn.errors, &drawn.sought)),
            papers: lines(intake, &asker, drawn.lacking.then_some(missing.as_slice())),
            total: format!("{} đ", dong(fees.iter().map(|line| line.amount).sum())),
            fees: money_rows(&fees),
            ways: vec![
                Choice::new("counter", "Tại quầy"),
                Choice::new("post", "Qua bưu điện"),
                Choice::new("electronic", "Bản điện tử"),
            ],
            // Offered as soon as the post is chosen, to be read aloud and changed.
            post_address: match sheet.way() {
                ReturnWay::Post => filled.delivered_to(&asker),
                _ => sheet.post_address.clone(),
            },
            due: due(ground, clerk, intake),
            missing: missing.iter().map(|paper| paper.name.vi.clone()).collect(),
            lacking: drawn.lacking,
            refusal_ready: drawn.refusal_ready,
            errors: drawn.errors,
            shell: clerk.shell(),
        },
    )
}

fn channels(intake: &Intake) -> Vec<Choice> {
    let offered = |channel: Channel| intake.procedure.offer(channel).is_some();
    let all = [
        (Channel::Counter, "Người nộp có mặt tại quầy"),
        (Channel::Post, "Nhận qua bưu chính"),
    ];
    let all = all.into_iter().filter(|(channel, _)| offered(*channel));
    all.map(|(channel, label)| Choice::new(channel.as_str(), label))
        .collect()
}

async fn block(
    ground: &Ground,
    clerk: &Clerk,
    (prefix, button): (&'static str, &'static str),
    entered: &Entered,
) -> Result<PersonBlock, Problem> {
    let known = on_record(ground, entered).await?;
    let shown = Shown::of(ground, clerk, entered).await?;
    let people = shown.people().iter();
    let candidates = people.map(|person| candidate(person, ground, clerk.today()));
    let candidates: Vec<Candidate> = candidates.collect();
    let too_often = matches!(shown, Shown::TooOften);
    Ok(PersonBlock {
        prefix,
        nobody: match candidates.is_empty() && entered.person.is_empty() && !too_often {
            true => nobody(entered),
            false => "",
        },
        differs: match known {
            Some(known) if !too_often => differing(entered, &known),
            _ => Vec::new(),
        },
        choices: vec![
            Choice::new(KEEP, "Cùng một người, lấy thông tin đã lưu"),
            Choice::new(
                CORRECT,
                "Cùng một người, sửa thông tin đã lưu theo giấy tờ vừa xem",
            )
            .hint("Chỉ khi người đó có mặt và đã đối chiếu giấy tờ. Việc sửa được ghi lại."),
            Choice::new(OTHER, "Người khác: hồ sơ không gắn với người đã lưu"),
        ],
        first: prefix == "applicant" && entered.name.is_empty(),
        button,
        kinds: vec![
            Choice::new("citizen", "Cá nhân"),
            Choice::new("organisation", "Tổ chức, doanh nghiệp"),
        ],
        sexes: vec![Choice::new("male", "Nam"), Choice::new("female", "Nữ")],
        hints: entered.hints(),
        candidates,
        too_often,
        entered: entered.clone(),
    })
}

/// Name, birth and sex as typed and as on file, where any of them differs.
fn differing(entered: &Entered, known: &Person) -> Vec<Differing> {
    let differences = entered.differences(known);
    if differences.is_empty() {
        return Vec::new();
    }
    let sex = |sex: Option<Sex>| match sex {
        Some(Sex::Male) => "Nam".to_owned(),
        Some(Sex::Female) => "Nữ".to_owned(),
        None => String::new(),
    };
    let birth = known.birth.map(|birth| birth.to_string());
    let typed_sex = sex(entered.sex.parse().ok());
    let rows = [
        (
            Difference::Name,
            "Họ và tên",
            entered.name.clone(),
            known.name.clone(),
        ),
        (
            Difference::Birth,
            "Ngày sinh",
            entered.birth.clone(),
            birth.unwrap_or_default(),
        ),
        (Difference::Sex, "Giới tính", typed_sex, sex(known.sex)),
    ];
    let row = |(what, label, typed, on_file)| Differing {
        what: label,
        typed,
        on_file,
        differs: differences.contains(&what),
    };
    rows.into_iter().map(row).collect()
}

/// What to say when nobody is there.
fn nobody(entered: &Entered) -> &'static str {
    let numbered = entered.personal_id().is_some() || entered.tax_code().is_some();
    match entered.name.chars().count() {
        _ if numbered => "Chưa có ai trong sổ với số này. Nhập tiếp các ô dưới để ghi người mới.",
        // What is wrong with the number is said at its field.
        _ if !entered.number.is_empty() || entered.name.is_empty() => "",
        ..NAME_CHARS_MIN => "Gõ ít nhất ba chữ cái của họ tên, hoặc số định danh, để tìm.",
        _ => NOBODY_OF_NAME,
    }
}

/// Whom the officer may mean, as a search found them.
pub(super) enum Shown {
    /// People of that name, as long as no number says who it is; perhaps nobody.
    People(Vec<Person>),
    /// This officer has searched too often for now.
    TooOften,
}

impl Shown {
    /// Looks for the person of these fields. A name is looked for only from [`NAME_CHARS_MIN`]
    /// letters on, and so often: nobody reads the register through a search.
    pub(super) async fn of(
        ground: &Ground,
        clerk: &Clerk,
        entered: &Entered,
    ) -> Result<Self, Problem> {
        let long_enough = entered.name.chars().filter(|c| c.is_alphabetic()).count();
        let by_name = entered.number.is_empty() && entered.person.is_empty();
        let asks = !entered.number.is_empty() || (by_name && long_enough >= NAME_CHARS_MIN);
        if asks && clerk.people.take(&clerk.subject, clerk.now).is_err() {
            return Ok(Self::TooOften);
        }
        // Who has the number is compared beside the fields.
        if on_record(ground, entered).await?.is_some() {
            return Ok(Self::People(Vec::new()));
        }
        if !entered.number.is_empty() || long_enough < NAME_CHARS_MIN {
            return Ok(Self::People(Vec::new()));
        }
        let found = people::views::search(ground.db(), &entered.name, CANDIDATES_MAX).await?;
        Ok(Self::People(found))
    }

    pub(super) fn people(&self) -> &[Person] {
        match self {
            Self::People(people) => people,
            Self::TooOften => &[],
        }
    }
}

fn candidate(person: &Person, ground: &Ground, today: Date) -> Candidate {
    let address = person.address.as_ref();
    let tax_code = person
        .tax_code
        .as_ref()
        .map(|code| format!("MST {}", code.as_str()));
    let parts = [
        person.birth.map(|day| format!("sinh {day}")),
        person
            .personal_id
            .as_ref()
            .map(|number| format!("số định danh {}", number.masked())),
        tax_code,
        address.map(|at| ground.places.address_text(at, today)),
    ];
    Candidate {
        id: person.id.clone(),
        name: person.name.clone(),
        detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// Every section that the answers show, one below the other.
fn sections(
    intake: &Intake,
    asker: &Asker<'_>,
    (errors, sought): (&FieldErrors, &Sought),
) -> Vec<Questions> {
    let answers = &intake.filled.answers;
    let all = asker.form.sections.iter();
    all.filter_map(|section| asker.page_seeking(&section.id, answers, errors.clone(), sought))
        .collect()
}

fn lines(intake: &Intake, asker: &Asker<'_>, lacking: Option<&[&RequiredPaper]>) -> Vec<PaperLine> {
    let required = intake
        .procedure
        .papers_for(&asker.kept(&intake.filled.answers));
    let is_lacking =
        |code: &str| lacking.is_some_and(|all| all.iter().any(|paper| paper.code == code));
    let shared = |paper: &RequiredPaper| {
        let group = paper.alternative_group.as_ref();
        let same = |other: &&&RequiredPaper| other.alternative_group.as_ref() == group;
        group.is_some() && required.iter().filter(same).count() > 1
    };
    let line = |paper: &&RequiredPaper| PaperLine {
        code: paper.code.clone(),
        name: paper.name.vi.clone(),
        hint: paper.hint.vi.clone(),
        mandatory: paper.mandatory,
        one_of: shared(paper),
        scan: paper.digitise,
        lacking: is_lacking(&paper.code),
        choices: papers::choices(paper),
        tick: match intake.filled.sheet.papers.get(&paper.code) {
            Some(tick) => tick.clone(),
            None => papers::first_tick(paper),
        },
    };
    required.iter().map(line).collect()
}

/// When it would be due if it were received now.
fn due(ground: &Ground, clerk: &Clerk, intake: &Intake) -> String {
    let sheet = &intake.filled.sheet;
    let calendar = ground.law.calendars.of(&sheet.agency);
    let limit = &intake.procedure.limit(sheet.channel()).promised;
    calendar
        .due_at(clerk.now, limit)
        .map(long_moment)
        .unwrap_or_default()
}
