//! Nộp hồ sơ: a citizen's application from the first question to the receipt of the system, saved
//! as it grows;
//! and what the citizen does later: supplement and withdrawal. Every page works without a script.
//!
//! Lends: `routes`. URLs: `/apply`, `/apply/start?code=&case=&level=`, `/apply/{draft}/…`,
//! `/dossiers/{code}/supplement`, `/dossiers/{code}/withdrawal`.
//! Does not know: how people sign in, what officers do with the dossier, how its page looks.
mod agencies;
mod applicant;
mod doing;
mod needs;
mod pages;
mod submission;
mod supplement;
#[cfg(test)]
mod tests;

pub use pages::routes;

use facts::procedure::AUTHORISATION;
/// Code of files that a supplement brings without answering to a required paper.
const OTHER: &str = "other";
