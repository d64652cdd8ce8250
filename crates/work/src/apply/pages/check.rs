//! Check your answers, hand in once, and what happens next.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use facts::agency::Viewer;
use facts::procedure::{Answers, Channel, FeeLine, PaymentMoment};
use jiff::Timestamp;
use kernel::{Failure, Json};
use matters::dossier::{Command, Order, Refusal, ReturnWay};
use matters::draft;
use matters::questions::Part;
use matters::{Alike, Ground};
use web::ui::{Link, SummaryRow, id_of};
use web::{Answer, FieldErrors, FormData, Problem, Shell, Visit, render, render_with};

use super::papers::rows_of;
use super::{Opened, Who, crumbs, ctx, refused, to};
use crate::apply::doing::{self, Doing};
use crate::apply::needs::{self, Way};
use crate::apply::{AUTHORISATION, applicant, submission};

struct Fee {
    name: String,
    amount: String,
    exempt: String,
}

#[derive(Template)]
#[template(path = "apply/pages/check.html")]
struct CheckPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    refusal: String,
    name: String,
    action: String,
    open_parts: Vec<Link>,
    /// What may be wrong, with where it is changed.
    doubts: Vec<Link>,
    /// Their own other dossiers about the same.
    alike: Vec<Alike>,
    people: Vec<SummaryRow>,
    parts: Vec<Part>,
    papers: Vec<SummaryRow>,
    receive: Vec<SummaryRow>,
    fees: Vec<Fee>,
    /// What is to be paid; empty for nothing.
    total: String,
    pay: &'static str,
    steps: usize,
}

#[derive(Template)]
#[template(path = "apply/pages/done.html")]
struct DonePage {
    shell: Shell,
    code: String,
    name: String,
    agency: String,
    reception_due: String,
    how_long: String,
    /// What is to be paid; empty for nothing.
    total: String,
    receive: String,
}

pub(super) async fn show(
    Opened {
        ground, who, doing, ..
    }: Opened,
    shell: Shell,
) -> Answer {
    let told = (FieldErrors::new(), String::new());
    render(&page(&ground, &doing, (&who.viewer, told), shell).await?)
}

pub(super) async fn submit(opened: Opened, visit: Visit, form: FormData) -> Answer {
    let Opened {
        ground,
        who,
        doing,
        now,
    } = opened;
    if !doing.draft.dossier.is_empty() {
        return Err(Problem::NotFound);
    }
    let mut errors = FieldErrors::new();
    let again = async |errors: FieldErrors, refusal: String| -> Answer {
        let told = (&*who.viewer, (errors, refusal));
        let page = page(&ground, &doing, told, Shell::new(&visit)).await?;
        render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let checked = doing.form().check(&doing.draft.answers, doing.today);
    let lacks = match &checked {
        Ok(clean) => doing.lacks_beside(&clean.answers),
        Err(_) => !doing.open_parts().is_empty(),
    };
    if lacks {
        return again(errors, String::new()).await;
    }
    if form.text("promise") != "yes" {
        errors.add("promise", "Đánh dấu vào ô cam đoan trước khi nộp");
        return again(errors, String::new()).await;
    }
    let answers = match checked {
        Ok(clean) => clean.answers,
        Err(fields) => return again(doing.asker().errors(&fields), String::new()).await,
    };
    match hand_in(&ground, &who, &doing, (answers, form.command_id()?, now)).await? {
        Ok(dossier) => Ok(to(super::done(&dossier))),
        Err(Refusal::AnswersWrong { fields }) => {
            again(doing.asker().errors(&fields), String::new()).await
        }
        Err(refusal) => again(errors, refusal.sentence("vi")).await,
    }
}

/// The dossier begins and the draft ends in one transaction. Returns the dossier's id.
async fn hand_in(
    ground: &Ground,
    who: &Who,
    doing: &Doing,
    (answers, command_id, now): (Answers, &str, Timestamp),
) -> Result<Result<String, Refusal>, Problem> {
    let draft = &doing.draft;
    let mut applicant = draft.applicant.clone();
    let along = vec![draft::delete(&draft.id, &draft.owner)];
    if draft.filer.is_some() {
        applicant.person = applicant::nobody();
    }
    let code = ground.numbers.code(&draft.agency, now).await?;
    let handed_in = (answers, applicant, code.clone());
    let submission = submission::of(draft, &doing.asker(), &doing.procedure, handed_in);
    let order = Order::new(&who.viewer, Command::Submit(Box::new(submission)));
    let ctx = ctx(who, now, command_id);
    let handled = ground.begin(&draft.id, order, ctx, along).await;
    if let Err(Failure::Refused(_)) = &handled {
        ground.numbers.give_back(&code, now).await;
    }
    Ok(refused(handled)?.map(|handled| handled.id))
}

async fn page(
    ground: &Ground,
    doing: &Doing,
    (viewer, (errors, refusal)): (&Viewer, (FieldErrors, String)),
    shell: Shell,
) -> Result<CheckPage, Problem> {
    let answers = doing.answers();
    let change = |section: &str, field: &str| {
        doing.url(&format!("form/{section}?from=check#{}", id_of(field)))
    };
    let lines = doing.procedure.fees(Channel::Online, &answers);
    let open_parts = doing.open_parts();
    Ok(CheckPage {
        shell,
        crumbs: crumbs(doing, "Kiểm tra và nộp"),
        errors: linked(doing, errors),
        refusal,
        name: doing.procedure.name.vi.clone(),
        action: doing.url("check"),
        open_parts: open_parts
            .into_iter()
            .map(|(href, label)| Link::new(href, label))
            .collect(),
        doubts: doing
            .asker()
            .doubts(&doing.draft.answers)
            .into_iter()
            .map(|one| Link::new(change(&one.section, &one.field), one.text))
            .collect(),
        alike: ground
            .alike(viewer, (&doing.procedure, &answers), "")
            .await?,
        people: people(doing),
        parts: doing.asker().summary(&doing.draft.answers, &change),
        papers: papers(doing, &answers),
        receive: receive(ground, doing).await?,
        total: total(lines.iter().map(|line| line.amount).sum()),
        fees: lines.into_iter().map(fee).collect(),
        pay: match doing.procedure.payment.when {
            PaymentMoment::OnSubmission => "Bạn trả tại bộ phận một cửa khi hồ sơ được tiếp nhận.",
            PaymentMoment::BeforeResult => "Bạn trả trước khi nhận kết quả, tại bộ phận một cửa.",
        },
        steps: doing.progress().len() + 3,
    })
}

/// Errors of answers stand on other pages: here they say on which.
fn linked(doing: &Doing, errors: FieldErrors) -> FieldErrors {
    let mut told = FieldErrors::new();
    for (field, message) in errors.items() {
        let section = doing
            .asker()
            .section_of(field)
            .and_then(|id| doing.form().section(id));
        match section {
            Some(section) => told.add("", format!("{} (phần {})", message, section.title.vi)),
            None => told.add(field.clone(), message.clone()),
        }
    }
    told
}

fn people(doing: &Doing) -> Vec<SummaryRow> {
    let draft = &doing.draft;
    let mut rows = vec![SummaryRow::new("Nơi giải quyết", doing.agency_name())];
    let applicant = &draft.applicant;
    let number = |number: &str| match number {
        "" => String::new(),
        number => format!("\nSố định danh {number}"),
    };
    let text = format!("{}{}", applicant.name, number(&applicant.personal_id));
    match &draft.filer {
        None => rows.push(SummaryRow::new("Người nộp", text)),
        Some(filer) => {
            let page = doing.url("person");
            let files = draft.files_of(AUTHORISATION).len();
            rows.push(SummaryRow::new("Hồ sơ của", text).change(page.clone()));
            rows.push(SummaryRow::new("Người nộp thay", filer.party.name.clone()));
            rows.push(SummaryRow::new("Giấy uỷ quyền", format!("{files} tệp")).change(page));
        }
    }
    rows
}

fn papers(doing: &Doing, answers: &Json) -> Vec<SummaryRow> {
    let page = doing.url("papers?from=check");
    let mut rows = Vec::new();
    for need in needs::needs(&doing.procedure, answers) {
        for sheet in &need.sheets {
            let code = &sheet.paper.code;
            let files: Vec<String> = rows_of(doing, code)
                .into_iter()
                .map(|file| file.name)
                .collect();
            let name = sheet.paper.name.vi.clone();
            let row = match sheet.way {
                Way::Form => SummaryRow::new(name, "Đã có: phần bạn khai ở trên"),
                Way::Show => SummaryRow::new(name, "Mang theo để cán bộ xem"),
                Way::Upload if files.is_empty() && !need.mandatory => continue,
                Way::Upload if files.is_empty() => {
                    SummaryRow::new(name, "Chưa có").change(page.clone())
                }
                Way::Upload => SummaryRow::new(name, files.join("\n")).change(page.clone()),
            };
            rows.push(row);
        }
    }
    rows
}

async fn receive(ground: &Ground, doing: &Doing) -> Result<Vec<SummaryRow>, Problem> {
    let text = way_text(ground, doing.draft.return_way.as_ref()).await?;
    let text = match doing.draft.return_way {
        Some(ReturnWay::Post) => format!("{text}\n{}", doing.delivered_to()),
        _ => text,
    };
    let page = doing.url("receive?from=check");
    Ok(vec![SummaryRow::new("Cách nhận", text).change(page)])
}

async fn way_text(ground: &Ground, way: Option<&ReturnWay>) -> Result<String, Problem> {
    Ok(match way {
        None => "Chưa chọn".to_owned(),
        Some(ReturnWay::Electronic) => "Bản điện tử trên mạng".to_owned(),
        Some(ReturnWay::Post) => "Qua bưu điện".to_owned(),
        Some(ReturnWay::Counter { agency }) => {
            let known = ground.offices.agency(agency).await?;
            let name = known.map_or_else(|| agency.clone(), |agency| agency.name);
            format!("Đến nhận tại bộ phận một cửa, {name}")
        }
    })
}

fn total(sum: i64) -> String {
    match sum {
        0 => String::new(),
        sum => web::show::dong(sum),
    }
}

fn fee(line: FeeLine) -> Fee {
    Fee {
        name: line.name.vi,
        amount: web::show::dong(line.amount),
        exempt: line.exempt.vi,
    }
}

pub(super) async fn done(
    State(ground): State<Ground>,
    who: Who,
    Path(id): Path<String>,
    shell: Shell,
) -> Answer {
    let dossier = doing::dossier(&ground, &who.viewer, &id).await?;
    let dossier = dossier.ok_or(Problem::NotFound)?;
    let agency = ground.offices.agency(&dossier.agency).await?;
    let procedure = ground.catalogue().get(&dossier.procedure);
    let receive = way_text(&ground, Some(&dossier.return_way)).await?;
    render(&DonePage {
        shell,
        code: dossier.code.to_string(),
        name: procedure
            .map(|known| known.name.vi.clone())
            .unwrap_or_default(),
        agency: agency.map(|agency| agency.name).unwrap_or_default(),
        reception_due: web::show::moment(dossier.reception.due),
        how_long: procedure
            .map(|known| known.plain.how_long.vi.clone())
            .unwrap_or_default(),
        total: total(dossier.amount_due()),
        receive,
    })
}
