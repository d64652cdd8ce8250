//! Đổi cách nhận kết quả: another counter, the post, electronically, until the result is there.
//! Does not know: until when it is allowed (the law of the dossier says).
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::{Action, Command, Dossier, Facts, Order, Refusal, may, post_address};
use web::ui::{Choice, Link};
use web::{
    Answer, FieldErrors, Flash, FormData, Now, Problem, Redirect, Shell, Visit, render, render_with,
};

use super::receive::{Chosen, counters, read, ways};
use super::{Who, ctx, dossier, refused};

#[derive(Template)]
#[template(path = "apply/pages/return_way.html")]
struct ReturnWayPage {
    shell: Shell,
    crumbs: Vec<Link>,
    errors: FieldErrors,
    code: String,
    name: String,
    refusal: String,
    way: String,
    ways: Vec<Choice>,
    counter: String,
    counters: Vec<Choice>,
    address: String,
}

/// What the page is drawn from.
struct Asked<'a> {
    ground: &'a Ground,
    dossier: &'a Dossier,
    counters: Vec<Choice>,
}

pub(super) async fn ask(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    Path(code): Path<String>,
    shell: Shell,
) -> Answer {
    let (id, dossier) = dossier(&ground, &who, &code).await?;
    let refusal = may(&who.viewer, Action::ChangeReturnWay, &Facts::of(&dossier)).err();
    let agencies = ground.offices.agencies(now).await?;
    let address = address_of(&ground, &id).await?;
    let chosen = Chosen::of(Some(&dossier.return_way), &dossier.agency, &address);
    let asked = Asked {
        ground: &ground,
        dossier: &dossier,
        counters: counters(&agencies),
    };
    let page = asked.page(shell, chosen, (refusal, FieldErrors::new()))?;
    render(&page)
}

pub(super) async fn sent(
    State(ground): State<Ground>,
    who: Who,
    Now(now): Now,
    Path(code): Path<String>,
    visit: Visit,
    form: FormData,
) -> Answer {
    let (id, dossier) = dossier(&ground, &who, &code).await?;
    let agencies = ground.offices.agencies(now).await?;
    let chosen = Chosen::typed(&form);
    let asked = Asked {
        ground: &ground,
        dossier: &dossier,
        counters: counters(&agencies),
    };
    let (way, errors) = read(&chosen, &agencies);
    let Some(return_way) = way else {
        let page = asked.page(Shell::new(&visit), chosen, (None, errors))?;
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let by_post = return_way == matters::dossier::ReturnWay::Post;
    let command = Command::ChangeReturnWay {
        return_way,
        address: Some(chosen.address.clone())
            .filter(|_| by_post)
            .unwrap_or_default(),
    };
    let order = Order::new(&who.viewer, command);
    let ctx = ctx(&who, now, form.command_id()?);
    match refused(ground.order(&id, order, ctx).await)? {
        Ok(_) => {
            let told = Flash::good("Đã đổi cách nhận kết quả.");
            let page = Redirect::to(format!("/dossiers/{code}"));
            Ok(page.with(told).into_response())
        }
        Err(refusal) => {
            let told = (Some(refusal), FieldErrors::new());
            let page = asked.page(Shell::new(&visit), chosen, told)?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Where the post would deliver.
async fn address_of(ground: &Ground, id: &str) -> Result<String, Trouble> {
    let whole = ground.journal.whole(&*ground.law, id).await?;
    Ok(post_address(whole.written()).unwrap_or_default().to_owned())
}

impl Asked<'_> {
    fn page(
        &self,
        shell: Shell,
        chosen: Chosen,
        (refusal, errors): (Option<Refusal>, FieldErrors),
    ) -> Result<ReturnWayPage, Problem> {
        let code = self.dossier.code.to_string();
        let procedure = self.ground.catalogue().get(&self.dossier.procedure);
        let procedure =
            procedure.ok_or_else(|| Problem::bug("a dossier of an unknown procedure"))?;
        let refusal = refusal.map(|refusal| refusal.sentence("vi"));
        Ok(ReturnWayPage {
            shell,
            crumbs: vec![
                Link::new("/dossiers", "Hồ sơ của tôi"),
                Link::new(format!("/dossiers/{code}"), code.clone()),
                Link::new("", "Cách nhận kết quả"),
            ],
            errors,
            code,
            name: procedure.name.vi.clone(),
            refusal: refusal.unwrap_or_default(),
            way: chosen.way,
            ways: ways(procedure),
            counter: chosen.counter,
            counters: self.counters.clone(),
            address: chosen.address,
        })
    }
}
