//! The parts of a dossier's screen as plain rows: facts, who has it, papers, fees, the picture
//! of the process, letters. Does not know: HTML, forms.
use facts::people::Phone;
use jiff::Timestamp;
use matters::Ground;
use matters::dossier::{Action, FeeDue, Paper, ReturnWay};
use web::show;
use web::ui::{SummaryRow, Tag};

use super::due::DueWords;
use super::names::Names;
use super::sheet::Sheet;
use super::slip::{paper_form_key, way};
use super::words::{fill, limit, say};

/// A paper as handed in.
pub(super) struct PaperRow {
    pub name: String,
    pub form: String,
    pub file: String,
    pub file_name: String,
    /// That a supplement brought it.
    pub supplement: Option<Tag>,
}

/// Somebody who has something to do with it now.
pub(super) struct Holder {
    pub work: String,
    pub who: String,
    pub due: DueWords,
}

/// A letter or result that can be opened.
pub(super) struct Document {
    pub label: String,
    pub href: String,
}

/// What the page is read from.
pub(super) struct View<'a> {
    pub ground: &'a Ground,
    pub sheet: &'a Sheet,
    pub names: &'a Names,
    pub now: Timestamp,
}

/// Who, where, when and for how long.
pub(super) fn facts(view: &View<'_>) -> Vec<SummaryRow> {
    let View { sheet, names, .. } = *view;
    let dossier = &sheet.dossier;
    let mut rows = Vec::new();
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            rows.push(SummaryRow::new(say(&format!("fact.{key}")), value));
        }
    };
    let party = |party: matters::dossier::Party| {
        let parts = [
            party.name,
            party.personal_id,
            party.address,
            Phone::shown(&party.phone),
            party.email,
        ];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    };
    add("applicant", party(sheet.applicant()));
    add("filer", sheet.filer().map(party).unwrap_or_default());
    add("agency", names.agency(&dossier.agency).to_owned());
    if dossier.reception_agency != dossier.agency {
        add(
            "reception",
            names.agency(&dossier.reception_agency).to_owned(),
        );
    }
    add(
        "channel",
        say(&format!("channel.{}", dossier.channel.as_str())),
    );
    add("submitted", show::moment(dossier.submitted_at));
    if dossier.accepted_at.is_none() && dossier.finished_at.is_none() {
        add("reception_due", show::moment(dossier.reception.due));
    }
    add(
        "accepted",
        dossier.accepted_at.map(show::moment).unwrap_or_default(),
    );
    add(
        "limit",
        limit(&sheet.procedure.limit(dossier.channel).promised),
    );
    add(
        "return",
        match (&dossier.return_way, sheet.post_address()) {
            (ReturnWay::Post, Some(address)) => {
                format!("{}: {address}", way(names, &dossier.return_way))
            }
            _ => way(names, &dossier.return_way),
        },
    );
    add(
        "result",
        dossier
            .result
            .as_ref()
            .map(|r| r.number.clone())
            .unwrap_or_default(),
    );
    rows
}

/// What is to be done now, by whom and until when.
pub(super) fn holders(view: &View<'_>) -> Vec<Holder> {
    let View {
        ground,
        sheet,
        names,
        now,
    } = *view;
    let work = matters::dossier::work(&sheet.dossier);
    let holder = |(key, work): (&String, &matters::dossier::Work)| {
        let task = sheet.dossier.tasks.get(key);
        let step = task
            .map(|task| sheet.step_name(&task.step))
            .filter(|name| !name.is_empty());
        let body = task.and_then(|task| sheet.body_name(&task.party));
        let act = say(&format!("act.{}", work.act));
        let label = step.map_or(act, str::to_owned);
        let agency = names.agency(&work.agency);
        Holder {
            work: body.map_or(label.clone(), |body| format!("{label}: {body}")),
            who: match work.officer.as_str() {
                "" => format!("{} · {agency}", say("who.anybody")),
                officer => format!("{} · {agency}", names.officer(officer)),
            },
            due: DueWords::of(ground.law.calendars.of(&work.agency), work.due, now),
        }
    };
    work.iter().map(holder).collect()
}

/// A paper as the officer may see it.
pub(super) fn paper_row(sheet: &Sheet, paper: &Paper) -> PaperRow {
    let word = paper_form_key(paper.form);
    let file = paper
        .file
        .clone()
        .filter(|_| sheet.may(Action::ViewPrivate))
        .unwrap_or_default();
    PaperRow {
        name: sheet.paper_name(&paper.code),
        form: format!("{} {}", paper.count, say(word)),
        file_name: sheet.file_name(&file).unwrap_or_default().to_owned(),
        supplement: sheet.dossier.supplement_tag(paper, "vi"),
        file,
    }
}

/// What is to be paid and what was.
pub(super) fn fees(view: &View<'_>) -> Vec<SummaryRow> {
    let View { sheet, .. } = *view;
    let line = |fee: &FeeDue| {
        let rule = sheet
            .procedure
            .fees
            .iter()
            .find(|rule| rule.code == fee.code);
        let name = rule.map_or(fee.code.as_str(), |rule| rule.name.vi.as_str());
        SummaryRow::new(name, show::dong(fee.amount))
    };
    let mut rows: Vec<SummaryRow> = sheet.dossier.fees.iter().map(line).collect();
    let payment = &sheet.dossier.payment;
    let receipts = payment.receipts.iter().map(|one| ("who.receipt", one));
    for (key, one) in receipts.chain(payment.refunds.iter().map(|one| ("who.refund", one))) {
        let amount = show::dong(one.amount);
        let values = [("amount", amount.as_str()), ("number", &one.number)];
        rows.push(SummaryRow::new(fill(key, &values), show::moment(one.at)));
    }
    // What is open is said only where it is not what the lines above say.
    let (owed, overpaid) = (sheet.dossier.owed(), sheet.dossier.overpaid());
    if owed > 0 && !payment.receipts.is_empty() {
        rows.push(SummaryRow::new(say("who.owed"), show::dong(owed)));
    }
    if overpaid > 0 {
        rows.push(SummaryRow::new(say("who.overpaid"), show::dong(overpaid)));
    }
    rows
}

/// The picture of the process with the step where it stands and those that were reached.
pub(super) fn drawing(sheet: &Sheet) -> String {
    let role = |word: &str| {
        let act = say(&format!("act.{word}"));
        sheet.body_name(word).map_or(act, str::to_owned)
    };
    let duration = |text: &str| text.parse().map_or(text.to_owned(), |known| limit(&known));
    let words = process::Words {
        title: &sheet.procedure.name.vi,
        role: &role,
        duration: &duration,
    };
    let mut svg = sheet.procedure.process.draw_with(&words);
    for step in sheet.procedure.process.steps() {
        let open = sheet
            .dossier
            .tasks
            .values()
            .any(|task| task.step == step.id);
        let reached = sheet.dossier.process.rounds.contains_key(&step.id);
        let class = match (open, reached) {
            (true, _) => "step now",
            (false, true) => "step reached",
            (false, false) => continue,
        };
        let plain = format!("class=\"step\" data-step=\"{}\"", step.id);
        let marked = format!("class=\"{class}\" data-step=\"{}\"", step.id);
        svg = svg.replace(&plain, &marked);
    }
    svg
}

/// The forms of TT 03/2025 that the dossier has caused so far.
pub(super) fn letters(sheet: &Sheet) -> Vec<Document> {
    if !sheet.may(Action::Print) {
        return Vec::new();
    }
    let happened = |kind: &str| sheet.history.iter().any(|entry| entry.event.kind() == kind);
    let caused = [
        (
            "01",
            happened("accepted") || happened("supplement_accepted"),
        ),
        ("02", happened("supplement_asked")),
        ("03", happened("refused") || happened("rejected")),
        ("04", happened("apologised")),
        (
            "05",
            happened("stopped") || happened("closed_unsupplemented"),
        ),
        ("06", happened("accepted")),
    ];
    let code = sheet.code();
    let letter = |(form, _): &(&str, bool)| Document {
        label: say(&format!("letter.{form}")),
        href: format!("/dossiers/{code}/letters/{form}.pdf"),
    };
    caused
        .iter()
        .filter(|(_, caused)| *caused)
        .map(letter)
        .collect()
}

/// What is done elsewhere: at the counter, or by opening the result.
pub(super) fn elsewhere(sheet: &Sheet) -> Vec<Document> {
    let code = sheet.code();
    let mut links = Vec::new();
    let mut add = |key: &str, href: String| {
        links.push(Document {
            label: say(&format!("link.{key}")),
            href,
        });
    };
    if sheet.may(Action::CollectFee) && sheet.dossier.owes() {
        add("collect_fee", format!("/counter/fees/{code}"));
    }
    if sheet.may(Action::RefundFee) && sheet.dossier.overpaid() > 0 {
        add("refund_fee", format!("/counter/fees/{code}"));
    }
    if sheet.may(Action::Deliver) {
        add("deliver", format!("/counter/dossiers/{code}"));
    }
    if sheet.may(Action::Supplement) {
        add("supplement", format!("/counter/dossiers/{code}"));
    }
    if sheet.dossier.result.is_some() && sheet.may(Action::ViewPrivate) {
        add("result", format!("/dossiers/{code}/result"));
    }
    let drafted = sheet.dossier.draft.is_some() && sheet.dossier.result.is_none();
    if drafted && sheet.may(Action::ViewPrivate) {
        add("draft", format!("/dossiers/{code}/result"));
    }
    links
}
