//! The paper that a dossier ends in: made from the procedure's template, or uploaded, and kept
//! under its digest either way. Does not know: signatures, the act of issuing.
use facts::agency::Right;
use facts::blob::{Media, Unkept};
use facts::procedure::Procedure;
use jiff::Timestamp;
use kernel::{Json, Trouble};
use matters::{Ground, files};
use serde_json::json;
use web::{UploadedFile, show};

use super::names::Names;
use super::sheet::{Sheet, with_spelling};

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoFile {
    /// What came is no PDF.
    #[error("not a PDF")]
    NotPdf,
    /// What came cannot be taken, with what to do.
    #[error("{0}")]
    Untaken(String),
    /// Nothing was uploaded, and the procedure has nothing to make it from.
    #[error("the procedure has no template")]
    NoTemplate,
    /// Who acts no longer sees the dossier: it went to another office meanwhile.
    #[error("the dossier is out of sight")]
    NoDossier,
    /// The world failed.
    #[error("the file could not be kept: {0}")]
    Trouble(#[from] Trouble),
}

/// Whether the result of the procedure can be made from its own data.
pub(super) fn has_template(procedure: &Procedure) -> bool {
    procedure
        .results
        .first()
        .is_some_and(|result| result.printout.is_some())
}

/// The number with the sign of the procedure: `12/GPXD`.
pub(super) fn full_number(procedure: &Procedure, number: u64) -> String {
    let printout = procedure
        .results
        .first()
        .and_then(|result| result.printout.as_ref());
    match printout.map(|printout| printout.symbol.as_str()) {
        Some(symbol) if !symbol.is_empty() => format!("{number}/{symbol}"),
        _ => number.to_string(),
    }
}

/// Keeps an uploaded PDF and says its digest.
pub(super) async fn keep(ground: &Ground, file: &UploadedFile) -> Result<String, NoFile> {
    let kept = ground
        .keep_upload(file)
        .await
        .map_err(|fault| match fault {
            Unkept::Disk(error) => Trouble::Unavailable(error.to_string()).into(),
            Unkept::UnknownKind | Unkept::OldOffice | Unkept::Macros => NoFile::NotPdf,
            told => NoFile::Untaken(files::sentence(&file.file_name, &told)),
        })?;
    if kept.media == Media::Pdf {
        Ok(kept.digest)
    } else {
        Err(NoFile::NotPdf)
    }
}

/// What we print ourselves can be kept, unless the disk fails.
fn unkept(error: Unkept) -> NoFile {
    Trouble::Unavailable(error.to_string()).into()
}

/// What stands on the paper beside the answers.
pub(super) struct Heading<'a> {
    /// Số, ký hiệu; `None` for a draft.
    pub number: Option<&'a str>,
    /// The day of the paper.
    pub now: Timestamp,
}

/// Makes the result from the procedure's template and keeps it.
pub(super) async fn make(
    ground: &Ground,
    sheet: &Sheet,
    names: &Names,
    heading: &Heading<'_>,
) -> Result<String, NoFile> {
    let answers = sheet.answers().cloned().unwrap_or(Json::Null);
    let procedure = &sheet.procedure;
    let data = with_spelling(ground, heading.now, |spelling| {
        procedure.result_letter_data(&answers, spelling)
    });
    let mut data = data.ok_or(NoFile::NoTemplate)?;
    data["agency"] = json!({ "name": names.agency(&sheet.dossier.agency) });
    data["number"] = json!(heading.number);
    data["draft"] = json!(heading.number.is_none());
    data["date"] = json!(show::local_date(heading.now).to_string());
    data["signer"] = signer(ground, sheet, heading.now).await?;
    data["recipients"] = json!([sheet.applicant().name]);
    let printed = match &procedure.result_letter {
        Some(path) => ground.letters.result_pdf(path, data).await?,
        None => ground.letters.pdf("result", data).await?,
    };
    Ok(ground.files.keep(&printed).await.map_err(unkept)?.digest)
}

/// The head of the agency that approves: the title, and the name of whoever approved.
async fn signer(ground: &Ground, sheet: &Sheet, now: Timestamp) -> Result<Json, Trouble> {
    let agency = &sheet.dossier.agency;
    let approved = sheet.history.iter().rev().find(|entry| {
        matches!(&entry.event, matters::dossier::Event::StepDone { act, .. }
            if *act == matters::dossier::Act::Approve)
    });
    let positions = ground
        .offices
        .positions_with(Right::Approve, agency, now)
        .await?;
    let mut title = positions
        .first()
        .map(|position| position.title.clone())
        .unwrap_or_default();
    let mut name = Json::Null;
    if let Some(entry) = approved {
        name = json!(
            ground
                .offices
                .officer(&entry.actor)
                .await?
                .map(|officer| officer.name)
        );
        let posts = ground.offices.posts_of(&entry.actor, now).await?;
        let own = |id: &String| posts.iter().any(|post| post.position == *id);
        if let Some(position) = positions.iter().find(|position| own(&position.id)) {
            title.clone_from(&position.title);
        }
    }
    Ok(json!({ "title": title, "name": name }))
}
