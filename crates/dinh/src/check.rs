//! `dinh check`: reads a whole content folder as the program would, runs every story through the
//! law and draws every procedure, and reports every fault with its file and line.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use facts::content::ContentError;
use facts::procedure::Procedure;
use matters::dossier::{Law, stories};

use crate::house::Content;

/// Prints what the folder holds; with `drawings`, each procedure's steps are drawn there as SVG.
///
/// # Errors
/// All faults, one a line, each with its file and line.
pub fn print(folder: &Path, drawings: Option<&Path>) -> Result<(), String> {
    let content = Content::load(folder).map_err(|faults| list(&faults))?;
    let law = Law {
        catalogue: Arc::new(content.catalogue),
        calendars: Arc::new(content.calendars),
    };
    let mut faults = Vec::new();
    for procedure in law.catalogue.all() {
        let told = run_stories(procedure, &law, &mut faults);
        let steps = procedure.process.steps().len();
        println!(
            "{}  {} · {steps} bước · {told} câu chuyện",
            procedure.key, procedure.name.vi
        );
        for flag in &procedure.to_verify {
            println!("    cần kiểm chứng: {}", flag.note.vi);
        }
        if let Some(drawings) = drawings {
            draw(procedure, drawings).map_err(|error| error.to_string())?;
        }
    }
    println!("{} nơi làm việc", content.offices.len());
    if faults.is_empty() {
        Ok(())
    } else {
        Err(list(&faults))
    }
}

/// Runs a procedure's stories; returns how many there are.
fn run_stories(procedure: &Procedure, law: &Law, faults: &mut Vec<ContentError>) -> usize {
    let file: PathBuf = procedure.folder.join("story.txt");
    for story in &procedure.stories {
        if let Err(found) = stories::run(story, procedure, law) {
            faults.extend(found.into_iter().map(|fault| ContentError {
                file: file.clone(),
                line: fault.line,
                message: fault.message,
            }));
        }
    }
    procedure.stories.len()
}

fn draw(procedure: &Procedure, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let name = format!("{}-{}.svg", procedure.key.code, procedure.key.case);
    std::fs::write(folder.join(name), procedure.process.draw())
}

/// One fault a line.
#[must_use]
pub fn list(faults: &[ContentError]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
