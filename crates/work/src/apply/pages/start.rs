//! The first page: which procedure, for whom, at which agency.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use facts::agency::Agency;
use facts::people::{Person, PersonKind};
use facts::procedure::{ApplicantKind, Channel, Level, Procedure};
use jiff::Timestamp;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::{Party, day_of};
use matters::draft::{self, Authorised, DAYS_KEPT, DRAFTS_MAX, Draft, NotMade};
use matters::questions::Asker;
use std::sync::Arc;
use web::ui::{Choice, Link};
use web::{Answer, FieldErrors, Flash, FormData, Now, Problem, QueryData, Redirect, Shell, Visit};
use web::{render, render_with};

use super::Who;
use crate::apply::{agencies, applicant, doing};

#[derive(Template)]
#[template(path = "apply/pages/start.html")]
struct StartPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    name: String,
    what: String,
    key: [String; 3],
    online: bool,
    stranger: bool,
    searching: bool,
    q: String,
    whom: String,
    whoms: Vec<Choice>,
    agency: String,
    agencies: Vec<Choice>,
    begun: Vec<Link>,
    days_kept: i64,
}

struct Beginning {
    procedure: Arc<Procedure>,
    person: Person,
    all: Vec<Agency>,
}

pub(super) async fn ask(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let beginning = beginning(&ground, &who, &query, now).await?;
    let page = page(&ground, &who, beginning, (&query, now)).await?;
    render(&page(shell, FieldErrors::new()))
}

pub(super) async fn begin(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    visit: Visit,
    form: FormData,
) -> Answer {
    let beginning = beginning(&ground, &who, &form, now).await?;
    let errors = faults(&beginning, &form);
    if !errors.is_empty() {
        let page = page(&ground, &who, beginning, (&form, now)).await?;
        return render_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &page(Shell::new(&visit), errors),
        );
    }
    let draft = first_draft(&ground, &who, &beginning, (&form, now))?;
    let next = format!("/apply/{}", draft.id);
    match draft::create(ground.db(), &draft).await {
        // The same form sent twice has made its draft already.
        Ok(()) | Err(NotMade::Trouble(Trouble::Conflict(_))) => {
            Ok(Redirect::to(next).into_response())
        }
        Err(NotMade::TooMany) => {
            let text = format!(
                "Bạn đang có {DRAFTS_MAX} hồ sơ làm dở. Nộp hoặc xoá bớt rồi làm hồ sơ mới."
            );
            Ok(Redirect::to("/apply")
                .with(Flash::warn(text))
                .into_response())
        }
        Err(NotMade::Trouble(trouble)) => Err(trouble.into()),
    }
}

async fn beginning(
    ground: &Ground,
    who: &Who,
    asked: &FormData,
    now: Timestamp,
) -> Result<Beginning, Problem> {
    let case = asked.filled("case").unwrap_or("default");
    let level = asked.filled("level").unwrap_or("commune");
    let level: Level = level.parse().map_err(|_| Problem::NotFound)?;
    let found = ground
        .catalogue()
        .find(asked.text("code"), case, level, day_of(now));
    let procedure = found.cloned().ok_or(Problem::NotFound)?;
    let person = doing::person(ground, &who.viewer).await?;
    let person = person.ok_or_else(|| Problem::bug("a citizen without a person"))?;
    let all = agencies::offering(ground, &procedure, now).await?;
    Ok(Beginning {
        procedure,
        person,
        all,
    })
}

fn faults(beginning: &Beginning, form: &FormData) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if !matches!(form.text("whom"), "self" | "other") {
        errors.add("whom", "Chọn bạn nộp cho mình hay nộp thay người khác");
    }
    let agency = form.text("agency");
    if !beginning
        .all
        .iter()
        .any(|known| known.id.as_str() == agency)
    {
        errors.add("agency", "Chọn cơ quan giải quyết");
    }
    if !is_online(&beginning.procedure) {
        errors.add("agency", "Thủ tục này chưa nộp được qua mạng");
    }
    errors
}

fn is_online(procedure: &Procedure) -> bool {
    procedure.offer(Channel::Online).is_some()
}

fn first_draft(
    ground: &Ground,
    who: &Who,
    beginning: &Beginning,
    (form, now): (&FormData, Timestamp),
) -> Result<Draft, Problem> {
    let owner = draft::owner(&who.viewer).ok_or(Problem::Forbidden)?;
    let me = applicant::party(&beginning.person, &ground.places, now);
    let asker = Asker {
        form: &beginning.procedure.form,
        places: &ground.places,
        today: day_of(now),
        province: "",
    };
    let for_self = form.text("whom") == "self";
    let agency = form.text("agency").to_owned();
    Ok(Draft {
        id: draft::id_from(&owner, form.command_id()?),
        owner,
        dossier: String::new(),
        procedure: beginning.procedure.key.clone(),
        channel: Channel::Online,
        reception: agency.clone(),
        agency,
        // Who files for somebody else is asked about that person first.
        answers: match for_self {
            true => asker.prefilled(&applicant::known(&beginning.person)),
            false => serde_json::json!({}),
        },
        applicant: if for_self {
            me.clone()
        } else {
            Party::default()
        },
        filer: (!for_self).then(|| Authorised {
            party: me,
            authorisation: String::new(),
        }),
        papers: Vec::new(),
        return_way: None,
        post_address: String::new(),
        visited: Vec::new(),
        version: 0,
        updated_at: now,
    })
}

async fn page(
    ground: &Ground,
    who: &Who,
    beginning: Beginning,
    (asked, now): (&FormData, Timestamp),
) -> Result<impl FnOnce(Shell, FieldErrors) -> StartPage + use<>, Problem> {
    let (agencies, first) = offered(ground, &beginning, asked.text("q"), now);
    let Beginning {
        procedure,
        person,
        all,
    } = beginning;
    let begun = begun(ground, who, &procedure, now).await?;
    let agency = asked.filled("agency").map_or(first, str::to_owned);
    let whom = asked.filled("whom").unwrap_or("self").to_owned();
    let q = asked.text("q").to_owned();
    Ok(move |shell, errors| StartPage {
        shell,
        crumbs: vec![
            Link::new(guide(&procedure), procedure.name.vi.clone()),
            Link::new("", "Nộp hồ sơ"),
        ],
        errors,
        name: procedure.name.vi.clone(),
        what: procedure.plain.what.vi.clone(),
        key: [
            procedure.key.code.clone(),
            procedure.key.case.clone(),
            procedure.key.level.to_string(),
        ],
        online: is_online(&procedure),
        stranger: is_stranger(&person, &procedure),
        searching: all.len() > agencies::SHOWN_MAX,
        q,
        whom,
        whoms: vec![
            Choice::new("self", "Cho tôi, hoặc cho con tôi"),
            Choice::new("other", "Thay người khác")
                .hint("Cần giấy uỷ quyền có chữ ký của người đó"),
        ],
        agency,
        agencies,
        begun,
        days_kept: DAYS_KEPT,
    })
}

/// The agencies to choose from and the one ticked at first: that of the place where the person
/// lives.
fn offered(
    ground: &Ground,
    beginning: &Beginning,
    q: &str,
    now: Timestamp,
) -> (Vec<Choice>, String) {
    let all = &beginning.all;
    let home = beginning.person.address.as_ref();
    let own = all
        .iter()
        .find(|agency| home.is_some_and(|home| home.commune == agency.place_code));
    let is_own = |agency: &Agency| own.is_some_and(|own| own.id == agency.id);
    let mut offered: Vec<&Agency> = match (q.is_empty(), all.len() <= agencies::SHOWN_MAX) {
        (false, _) => agencies::found(all, q, &ground.places, now),
        (true, true) => all.iter().collect(),
        (true, false) => own.into_iter().collect(),
    };
    offered.sort_by_key(|agency| !is_own(agency));
    let choice = |agency: &&Agency| {
        let choice = Choice::new(agency.id.as_str(), agency.name.clone());
        match is_own(agency) {
            true => choice.hint("Nơi bạn ở, theo tài khoản"),
            false => choice,
        }
    };
    let first = match offered.first() {
        Some(agency) if offered.len() == 1 || is_own(agency) => agency.id.to_string(),
        _ => String::new(),
    };
    (offered.iter().map(choice).collect(), first)
}

fn guide(procedure: &Procedure) -> String {
    let key = &procedure.key;
    format!(
        "/procedures/{}?case={}&level={}",
        key.code, key.case, key.level
    )
}

fn is_stranger(person: &Person, procedure: &Procedure) -> bool {
    let allowed = |kind: ApplicantKind| procedure.applicants.contains(&kind);
    match person.kind {
        PersonKind::Citizen => {
            !allowed(ApplicantKind::Citizen) && !allowed(ApplicantKind::Foreigner)
        }
        PersonKind::Organisation => {
            !allowed(ApplicantKind::Organisation) && !allowed(ApplicantKind::Household)
        }
    }
}

/// Drafts of the same procedure: going on is better than beginning again.
async fn begun(
    ground: &Ground,
    who: &Who,
    procedure: &Procedure,
    now: Timestamp,
) -> Result<Vec<Link>, Problem> {
    let owner = draft::owner(&who.viewer).ok_or(Problem::Forbidden)?;
    let drafts = draft::list(ground.db(), &owner, now).await?;
    let same = drafts
        .iter()
        .filter(|draft| draft.procedure.code == procedure.key.code && draft.dossier.is_empty());
    let link = |draft: &Draft| {
        let label = format!("Hồ sơ làm dở lúc {}", web::show::moment(draft.updated_at));
        Link::new(format!("/apply/{}", draft.id), label)
    };
    Ok(same.map(link).collect())
}
