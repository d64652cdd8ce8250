//! Dossiers about the same matter, as a page shows them.
//! Does not know: which answers make them the same, pages.
use facts::agency::Viewer;
use facts::procedure::Procedure;
use kernel::{Json, Trouble};

use crate::Ground;
use crate::dossier::views::{self, Line};

/// Another dossier about the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Its code.
    pub code: String,
    /// Where it can be looked at.
    pub href: String,
    /// Where it stands, when it was handed in, which agency has it.
    pub text: String,
}

impl Ground {
    /// Other dossiers than `except` (an id; empty for none) about the same as these answers.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn alike(
        &self,
        viewer: &Viewer,
        about: (&Procedure, &Json),
        except: &str,
    ) -> Result<Vec<Alike>, Trouble> {
        let lines = views::about_the_same(self.db(), viewer, about, except).await?;
        let mut all = Vec::new();
        for line in lines {
            let agency = self.offices.agency(&line.agency).await?;
            let agency = agency.map(|agency| agency.name).unwrap_or_default();
            all.push(Alike {
                text: format!(
                    "{}, nộp {}, {agency}",
                    line.phase.label("vi"),
                    web::show::moment(line.submitted_at)
                ),
                href: place(viewer, &line),
                code: line.code,
            });
        }
        Ok(all)
    }
}

/// Who may not open it still sees where it stands, as anybody with the code does.
fn place(viewer: &Viewer, line: &Line) -> String {
    let own = |agency: &str| viewer.posts().iter().any(|post| post.agency == agency);
    match viewer {
        Viewer::Citizen { .. } => format!("/dossiers/{}", line.code),
        _ if own(&line.agency) || own(&line.reception_agency) => {
            format!("/desk/dossiers/{}", line.code)
        }
        _ => format!("/lookup/{}", line.code),
    }
}
