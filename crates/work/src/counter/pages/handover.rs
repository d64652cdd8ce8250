//! `/counter/return`: hands the result over, at the counter against identity, by post with the
//! number of the item, or electronically. A late result is returned with an apology; lateness never
//! blocks it.
//! Does not know: what the result says.

use super::today::narrowed;
use super::view::{Head, at_form, desk_link, people_rows, way_words};
use super::{Clerk, Opened, open, refused};
use crate::counter::sheet::{IDENTITIES, identity_words};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use facts::agency::Right;
use facts::people::{PersonName, tidy_name};
use matters::Ground;
use matters::dossier::{Action, Command, Handover, Order, Phase, Receiver, ReturnWay, dong};
use web::ui::{Choice, SummaryRow};
use web::{Answer, FieldErrors, FormData, QueryData, Redirect, Shell, render_with, show};

#[derive(Template)]
#[template(path = "counter/pages/handover.html")]
struct HandoverPage {
    shell: Shell,
    errors: FieldErrors,
    head: Head,
    people: Vec<SummaryRow>,
    wanted_way: String,
    may_change_way: bool,
    result: Option<ResultShown>,
    late: Option<Late>,
    /// Money that must come first; empty when none.
    owed: String,
    /// Money to be paid back; empty when none.
    overpaid: String,
    may_collect: bool,
    may_deliver: bool,
    typed: Typed,
    ways: Vec<Choice>,
    receivers: Vec<Choice>,
    identities: Vec<Choice>,
    signature: Option<Signature>,
    desk: String,
}

struct ResultShown {
    number: String,
    at: String,
}

struct Late {
    promised: String,
    apologised: bool,
}

/// Dòng ký nhận.
struct Signature {
    at: String,
    who: String,
}

/// The form as typed.
#[derive(Default, Clone)]
struct Typed {
    way: String,
    receiver: String,
    receiver_name: String,
    authorisation: String,
    identity: String,
    item: String,
}

impl Typed {
    fn read(form: &FormData) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            way: text("way"),
            receiver: text("receiver"),
            receiver_name: tidy_name(form.text("receiver_name")),
            authorisation: text("receiver_authorisation"),
            identity: text("identity"),
            item: text("item"),
        }
    }

    /// What the applicant asked for is chosen from the start.
    fn fresh(opened: &Opened) -> Self {
        let way = match opened.dossier.return_way {
            ReturnWay::Counter { .. } => "counter",
            ReturnWay::Post => "post",
            ReturnWay::Electronic => "electronic",
        };
        Self {
            way: way.to_owned(),
            receiver: "applicant".to_owned(),
            ..Self::default()
        }
    }

    /// What the page itself must know before the law of the dossier is asked.
    fn check(&self, opened: &Opened) -> FieldErrors {
        let mut errors = FieldErrors::new();
        if self.way == "counter" && identity_words(&self.identity).is_empty() {
            errors.add(
                "identity",
                "Đối chiếu giấy tờ của người nhận rồi chọn một cách",
            );
        }
        if self.way == "counter" && self.receiver == "filer" && opened.dossier.filer.is_none() {
            errors.add("receiver", "Hồ sơ này không có người được uỷ quyền nộp");
        }
        // Without a name the law of the dossier refuses it, in its words.
        let named = self.way == "counter" && self.receiver == "authorised";
        if named
            && !self.receiver_name.is_empty()
            && let Err(fault) = self.receiver_name.parse::<PersonName>()
        {
            errors.add("receiver_name", fault.vi());
        }
        errors
    }

    fn handover(&self) -> Handover {
        match self.way.as_str() {
            "post" => Handover::Post {
                item: self.item.clone(),
            },
            "electronic" => Handover::Electronic,
            _ => Handover::Counter {
                receiver: match self.receiver.as_str() {
                    "filer" => Receiver::Filer,
                    "authorised" => Receiver::Authorised {
                        authorisation: self.authorisation.clone(),
                    },
                    _ => Receiver::Applicant,
                },
            },
        }
    }

    /// The line of the book of signatures: who took it, and how their identity was checked. It
    /// stands in the private document of the entry.
    fn taken_by(&self, opened: &Opened) -> String {
        let told = &opened.told;
        let name = match (self.way.as_str(), self.receiver.as_str()) {
            ("counter", "applicant") => told.applicant.name.clone(),
            ("counter", "filer") => told.filer.clone().unwrap_or_default().name,
            ("counter", _) => self.receiver_name.clone(),
            _ => return String::new(),
        };
        match name.is_empty() {
            // An authorised receiver without a name is refused by the law, in its words.
            true => name,
            false => format!("{name}. {}", identity_words(&self.identity)),
        }
    }

    /// The field at which a refusal is shown.
    fn field(&self) -> &'static str {
        match (self.way.as_str(), self.receiver.as_str()) {
            ("post", _) => "item",
            ("counter", "authorised") if self.receiver_name.is_empty() => "receiver_name",
            ("counter", "authorised") => "receiver_authorisation",
            _ => "way",
        }
    }
}

pub(super) async fn list(
    State(ground): State<Ground>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    narrowed(&ground, &clerk, &query, "return").await
}

pub(super) async fn show(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    let typed = Typed::fresh(&opened);
    page(&ground, &clerk, &opened, (typed, FieldErrors::new())).await
}

async fn page(
    ground: &Ground,
    clerk: &Clerk,
    opened: &Opened,
    (typed, errors): (Typed, FieldErrors),
) -> Answer {
    let dossier = &opened.dossier;
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    render_with(
        status,
        &HandoverPage {
            head: Head::of(ground, opened).await?,
            people: people_rows(opened),
            wanted_way: way_words(ground, (&dossier.return_way, &opened.told.post_address)).await?,
            may_change_way: opened.may(Action::ChangeReturnWay) && opened.may(Action::ViewPrivate),
            result: dossier.result.as_ref().map(|result| ResultShown {
                number: result.number.clone(),
                at: show::moment(result.at),
            }),
            late: late(opened),
            owed: if dossier.owes() {
                format!("{} đ", dong(dossier.owed()))
            } else {
                String::new()
            },
            overpaid: match dossier.overpaid() {
                0 => String::new(),
                overpaid => format!("{} đ", dong(overpaid)),
            },
            may_collect: opened.may(Action::CollectFee),
            may_deliver: opened.may(Action::Deliver),
            typed,
            ways: vec![
                Choice::new("counter", "Tại quầy"),
                Choice::new("post", "Gửi bưu điện"),
                Choice::new("electronic", "Bản điện tử"),
            ],
            receivers: receivers(opened),
            identities: IDENTITIES
                .map(|(name, words)| Choice::new(name, words))
                .into(),
            signature: signature(opened),
            desk: desk_link(opened),
            errors,
            shell: clerk.shell(),
        },
    )
}

fn late(opened: &Opened) -> Option<Late> {
    let dossier = &opened.dossier;
    if !dossier.overdue && !dossier.unlawful && dossier.apology.is_none() {
        return None;
    }
    let promised = match dossier.apology {
        Some((old, _)) => Some(old),
        None => dossier.term.map(|term| term.due),
    };
    Some(Late {
        promised: promised.map(show::moment).unwrap_or_default(),
        apologised: dossier.apology.is_some(),
    })
}

fn receivers(opened: &Opened) -> Vec<Choice> {
    let told = &opened.told;
    let mut list = vec![Choice::new("applicant", "Người nộp").hint(told.applicant.name.clone())];
    if let Some(filer) = &told.filer {
        list.push(Choice::new("filer", "Người được uỷ quyền nộp").hint(filer.name.clone()));
    }
    list.push(Choice::new(
        "authorised",
        "Người khác, có giấy uỷ quyền nhận kết quả",
    ));
    list
}

fn signature(opened: &Opened) -> Option<Signature> {
    let at = opened.dossier.delivered_at?;
    let who = match opened.line.received_by.as_str() {
        "post" => "Gửi qua bưu điện".to_owned(),
        "electronic" => "Bản điện tử".to_owned(),
        _ => opened.told.received_by.clone(),
    };
    Some(Signature {
        at: show::moment(at),
        who,
    })
}

pub(super) async fn deliver(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    let typed = Typed::read(&form);
    // A second press finds the dossier delivered: the journal knows whether it is the same form.
    let errors = match opened.dossier.phase {
        Phase::Delivered => FieldErrors::new(),
        _ => typed.check(&opened),
    };
    if !errors.is_empty() {
        return page(&ground, &clerk, &opened, (typed, errors)).await;
    }
    let command = Command::Deliver {
        handover: typed.handover(),
        receiver_name: typed.taken_by(&opened),
    };
    let order = Order::new(&clerk.viewer, command);
    let ctx = clerk.ctx(
        clerk.office(&opened.dossier, Right::Deliver),
        form.command_id()?,
    );
    match ground.order(&opened.id, order, ctx).await {
        Ok(_) => {
            // The page itself shows the line of the book of signatures.
            Ok(Redirect::to(format!("/counter/return/{code}")).into_response())
        }
        Err(failure) => {
            let refusal = refused(failure)?;
            let errors = at_form(typed.field(), &refusal, &opened.procedure);
            page(&ground, &clerk, &opened, (typed, errors)).await
        }
    }
}
