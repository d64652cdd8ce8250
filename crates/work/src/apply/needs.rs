//! Which papers an application needs, how each can be given online, and what still lacks. Pure.
//! Does not know: files on disk, screens.
use facts::procedure::{PaperSource, Procedure, RequiredPaper};
use kernel::Json;
use matters::dossier::{Paper, PaperForm};
use matters::draft::{Draft, DraftPaper};

/// How a paper comes online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The electronic form is the paper.
    Form,
    /// A photo, a scan or a PDF.
    Upload,
    /// Nothing is sent; the officer sees the original.
    Show,
}

/// One paper on the list.
#[derive(Debug, Clone)]
pub(super) struct Sheet<'p> {
    pub(super) paper: &'p RequiredPaper,
    pub(super) way: Way,
    /// A database could answer, were it connected: said honestly, and the file is asked for.
    pub(super) awaits_database: bool,
}

/// Papers of which one is enough; mostly there is only one.
#[derive(Debug, Clone)]
pub(super) struct Need<'p> {
    pub(super) sheets: Vec<Sheet<'p>>,
    pub(super) mandatory: bool,
}

/// What these answers call for, in the order of the procedure.
pub(super) fn needs<'p>(procedure: &'p Procedure, answers: &Json) -> Vec<Need<'p>> {
    let mut all: Vec<(Option<&str>, Need<'p>)> = Vec::new();
    for paper in procedure.papers_for(answers) {
        let group = paper.alternative_group.as_deref();
        let sheet = sheet(paper);
        let known = all
            .iter_mut()
            .find(|(known, _)| group.is_some() && *known == group);
        match known {
            Some((_, need)) => {
                need.mandatory |= paper.mandatory;
                need.sheets.push(sheet);
            }
            None => {
                let mandatory = paper.mandatory;
                let sheets = vec![sheet];
                all.push((group, Need { sheets, mandatory }));
            }
        }
    }
    all.into_iter().map(|(_, need)| need).collect()
}

fn sheet(paper: &RequiredPaper) -> Sheet<'_> {
    let can = |source: PaperSource| paper.satisfied_by.iter().any(|way| way.source == source);
    let way = if can(PaperSource::Form) {
        Way::Form
    } else if can(PaperSource::Upload) || !can(PaperSource::ShowOnly) {
        Way::Upload
    } else {
        Way::Show
    };
    Sheet {
        paper,
        way,
        awaits_database: can(PaperSource::Database) || can(PaperSource::Store),
    }
}

impl Need<'_> {
    /// Whether one of its papers is there.
    pub(super) fn is_met(&self, draft: &Draft) -> bool {
        let there = |sheet: &Sheet<'_>| match sheet.way {
            Way::Form | Way::Show => true,
            Way::Upload => !draft.files_of(&sheet.paper.code).is_empty(),
        };
        self.sheets.iter().any(there)
    }
}

/// The first papers of needs that must be met and are not.
pub(super) fn lacking<'p>(needs: &[Need<'p>], draft: &Draft) -> Vec<&'p RequiredPaper> {
    let open = needs
        .iter()
        .filter(|need| need.mandatory && !need.is_met(draft));
    open.filter_map(|need| need.sheets.first().map(|sheet| sheet.paper))
        .collect()
}

/// The papers as they are handed in: what the form and the original replace, and every file of a
/// paper
/// that is still asked for.
pub(super) fn handed_in(needs: &[Need<'_>], draft: &Draft) -> Vec<Paper> {
    let mut papers = Vec::new();
    for sheet in needs.iter().flat_map(|need| &need.sheets) {
        let plain = |form: PaperForm| Paper {
            code: sheet.paper.code.clone(),
            form,
            count: 1,
            file: None,
        };
        match sheet.way {
            Way::Form => papers.push(plain(PaperForm::Electronic)),
            Way::Show => papers.push(plain(PaperForm::ToShow)),
            Way::Upload => {
                let files = draft.files_of(&sheet.paper.code);
                papers.extend(files.into_iter().map(DraftPaper::paper));
            }
        }
    }
    let authorisation = draft.files_of(super::AUTHORISATION);
    papers.extend(authorisation.into_iter().map(DraftPaper::paper));
    papers
}
