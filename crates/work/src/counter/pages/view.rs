//! The pieces that several pages of the counter show: the head of a dossier, papers as handed in,
//! money lines.
//! Does not know: requests.

use super::super::papers::form_name;
use super::Opened;
use facts::people::Phone;
use facts::procedure::{FeeLine, Procedure};
use jiff::Timestamp;
use matters::Ground;
use matters::dossier::{Action, Dossier, Phase, Refusal, ReturnWay, dong};
use web::ui::{SummaryRow, Tag};
use web::{FieldErrors, Problem, Tone, show};

/// The head of a page about one dossier.
pub(in crate::counter) struct Head {
    pub code: String,
    pub name: String,
    pub phone: String,
    pub procedure: String,
    pub phase: Tag,
    pub due: String,
    pub late: bool,
    /// The competent agency, when the dossier was received or is returned elsewhere.
    pub elsewhere: String,
}

impl Head {
    /// Of an opened dossier.
    pub async fn of(ground: &Ground, opened: &Opened) -> Result<Self, Problem> {
        let dossier = &opened.dossier;
        let foreign = dossier.agency != dossier.reception_agency;
        let elsewhere = match foreign {
            true => agency_name(ground, &dossier.agency).await?,
            false => String::new(),
        };
        Ok(Self {
            code: opened.code(),
            name: opened.line.applicant_name.clone(),
            phone: opened.line.applicant_phone.clone(),
            procedure: opened.procedure.name.vi.clone(),
            phase: phase_tag(dossier.phase),
            due: dossier
                .term
                .map(|term| long_moment(term.due))
                .unwrap_or_default(),
            late: dossier.overdue || dossier.unlawful,
            elsewhere,
        })
    }
}

/// The name of an agency; its identifier when it has none.
pub(in crate::counter) async fn agency_name(ground: &Ground, id: &str) -> Result<String, Problem> {
    let agency = ground.offices.agency(id).await?;
    Ok(agency.map_or_else(|| id.to_owned(), |agency| agency.name))
}

/// `15:00, thứ Ba 24/11/2026`.
pub(in crate::counter) fn long_moment(at: Timestamp) -> String {
    const DAYS: [&str; 7] = [
        "thứ Hai",
        "thứ Ba",
        "thứ Tư",
        "thứ Năm",
        "thứ Sáu",
        "thứ Bảy",
        "Chủ nhật",
    ];
    let day = show::local_date(at);
    let weekday = DAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
    format!("{}, {weekday} {}", show::clock(at), show::day(day))
}

/// Where a dossier stands, in words and colour.
pub(in crate::counter) fn phase_tag(phase: Phase) -> Tag {
    let tone = match phase {
        Phase::Released | Phase::Delivered => Tone::Good,
        Phase::Submitted | Phase::SupplementAsked | Phase::SupplementReceived | Phase::FeeDue => {
            Tone::Warn
        }
        _ if phase.is_terminal() => Tone::Quiet,
        _ => Tone::Info,
    };
    Tag::new(tone, phase.label("vi"))
}

/// The way of return in words, with where the post delivers.
pub(in crate::counter) async fn way_words(
    ground: &Ground,
    (way, post_address): (&ReturnWay, &str),
) -> Result<String, Problem> {
    Ok(match way {
        ReturnWay::Counter { agency } => {
            format!("Nhận tại quầy: {}", agency_name(ground, agency).await?)
        }
        ReturnWay::Post if post_address.is_empty() => "Nhận qua bưu điện".to_owned(),
        ReturnWay::Post => format!("Nhận qua bưu điện: {post_address}"),
        ReturnWay::Electronic => "Nhận bản điện tử".to_owned(),
    })
}

/// One paper of the list.
pub(in crate::counter) struct PaperRow {
    pub code: String,
    pub name: String,
    pub form: &'static str,
    pub count: u32,
    /// Address of the file; empty without one.
    pub href: String,
    pub file_name: String,
    /// That a supplement brought it.
    pub supplement: Option<Tag>,
    pub checked: bool,
}

/// The papers as handed in.
pub(in crate::counter) fn paper_rows(opened: &Opened) -> Vec<PaperRow> {
    let name = |code: &str| opened.procedure.paper_name(code).vi;
    let rows = opened.dossier.papers.iter().map(|paper| PaperRow {
        code: paper.code.clone(),
        name: name(&paper.code),
        form: form_name(paper.form),
        count: paper.count,
        href: paper
            .file
            .as_ref()
            .map(|file| format!("/dossiers/{}/papers/{file}", opened.code()))
            .unwrap_or_default(),
        file_name: paper
            .file
            .as_ref()
            .map(|file| opened.told.file_name(file))
            .unwrap_or_default(),
        supplement: opened.dossier.supplement_tag(paper, "vi"),
        checked: false,
    });
    rows.collect()
}

/// One line of a bill.
pub(in crate::counter) struct MoneyRow {
    pub kind: &'static str,
    pub name: String,
    pub basis: String,
    /// Who is exempt; may be empty.
    pub exempt: String,
    /// `8.000 đ`.
    pub amount: String,
}

/// The bill of a procedure.
pub(in crate::counter) fn money_rows(lines: &[FeeLine]) -> Vec<MoneyRow> {
    let row = |line: &FeeLine| MoneyRow {
        kind: match line.kind {
            facts::procedure::FeeKind::Fee => "Phí",
            facts::procedure::FeeKind::Levy => "Lệ phí",
        },
        name: line.name.vi.clone(),
        basis: line.basis.clone(),
        exempt: line.exempt.vi.clone(),
        amount: format!("{} đ", dong(line.amount)),
    };
    lines.iter().map(row).collect()
}

/// The bill that a dossier keeps, with the names of its procedure.
pub(in crate::counter) fn bill(opened: &Opened) -> Vec<MoneyRow> {
    let lines: Vec<FeeLine> = opened
        .dossier
        .fees
        .iter()
        .map(|fee| {
            let rule = opened
                .procedure
                .fees
                .iter()
                .find(|rule| rule.code == fee.code);
            FeeLine {
                code: fee.code.clone(),
                kind: fee.kind,
                name: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
                amount: fee.amount,
                exempt: facts::procedure::Words::default(),
                basis: rule.map(|rule| rule.basis.clone()).unwrap_or_default(),
            }
        })
        .collect();
    money_rows(&lines)
}

/// The people of a dossier, for those who may read them.
pub(in crate::counter) fn people_rows(opened: &Opened) -> Vec<SummaryRow> {
    let told = &opened.told;
    let person = |party: &matters::dossier::Party| {
        let phone = Phone::shown(&party.phone);
        let parts = [
            &party.name,
            &party.personal_id,
            &phone,
            &party.address,
            &party.email,
        ];
        let filled = parts.into_iter().filter(|part| !part.is_empty());
        filled.map(String::as_str).collect::<Vec<_>>().join("\n")
    };
    let mut rows = vec![SummaryRow::new("Người nộp", person(&told.applicant))];
    if let Some(filer) = &told.filer {
        rows.push(SummaryRow::new("Người được uỷ quyền", person(filer)));
    }
    if let Some(filer) = &opened.dossier.filer {
        rows.push(SummaryRow::new("Giấy uỷ quyền", filer.in_words()));
    }
    if !told.identity_checked.is_empty() {
        rows.push(SummaryRow::new("Danh tính", told.identity_checked.clone()));
    }
    rows
}

/// Why not, as a list of one sentence at the head of the form, filed under `field`.
pub(in crate::counter) fn at_form(
    field: &str,
    refusal: &Refusal,
    procedure: &Procedure,
) -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add(field, sentence(refusal, procedure));
    errors
}

/// A refusal in Vietnamese; papers are called by their names.
pub(in crate::counter) fn sentence(refusal: &Refusal, procedure: &Procedure) -> String {
    let mut text = refusal.sentence("vi");
    if let Refusal::PapersMissing { papers }
    | Refusal::PapersUnchecked { papers }
    | Refusal::SupplementIncomplete { papers } = refusal
    {
        let names: Vec<String> = papers
            .iter()
            .map(|code| procedure.paper_name(code).vi)
            .collect();
        text = text.replace(&papers.join(", "), &names.join("; "));
    }
    text
}

/// The rest of the dossier stands on the desk; only who may read it gets the link.
pub(in crate::counter) fn desk_link(opened: &Opened) -> String {
    match opened.may(Action::ViewPrivate) {
        true => format!("/desk/dossiers/{}", opened.code()),
        false => String::new(),
    }
}

/// The kinds of work at a counter that a dossier offers this officer now.
pub(in crate::counter) fn next_page(
    opened_phase: Phase,
    dossier: &Dossier,
) -> Option<&'static str> {
    match opened_phase {
        Phase::Submitted | Phase::SupplementReceived => Some("reception"),
        Phase::Released => Some("return"),
        _ if dossier.overpaid() > 0 => Some("fees"),
        _ if dossier.owes() && !opened_phase.is_terminal() => Some("fees"),
        _ => None,
    }
}
