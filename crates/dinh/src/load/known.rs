//! Forms that a client has seen once and fills again without opening their page: an act is then one
//! request. The server checks such a form like any other: token, command id, rights, law.
//! Does not know: whose form it is.
use std::collections::BTreeMap;

use super::browser::{Browser, Seen};
use super::form::Form;
use super::letter::{FRESH, Letter, WHICH};
use super::page::Page;
use super::pile::Pile;
use super::prepared::Stock;

/// The step of handing in.
pub const SUBMIT: &str = "submit";
/// The step of bringing papers.
pub const PAPERS: &str = "papers";

/// Forms by step, and applications waiting to be handed in.
#[derive(Default)]
pub struct Known {
    forms: BTreeMap<String, (String, Form)>,
    /// What is prepared at the first application, while it is written; afterwards none.
    pub stock: Option<Stock>,
    /// Applications prepared.
    pub pile: Pile,
}

impl Known {
    /// Remembers the form of a step on the page `on`, about the dossier or draft `which`.
    pub fn learn(&mut self, step: &str, on: &Seen, form: &Form, which: &str) {
        let general = |text: &str| text.replace(which, WHICH);
        let mut form = form.clone();
        form.action = general(&form.action);
        for field in &mut form.fields {
            field.value = general(&field.value);
        }
        let known = (general(&on.address), form);
        self.forms.insert(step.to_owned(), known);
    }

    /// Learns how to hand in from the first application, and copies it.
    ///
    /// # Errors
    /// A sentence of the database.
    pub async fn prepare(&mut self, on: &Seen, form: &Form) -> Result<(), String> {
        let Some(stock) = &self.stock else {
            return Ok(());
        };
        self.pile = Pile::of(stock.copies().await?);
        let draft = on.address.split('/').nth(2).unwrap_or_default().to_owned();
        self.learn(SUBMIT, on, form, &draft);
        Ok(())
    }

    /// The next prepared application; `None` when all are handed in.
    pub fn next_application(&mut self) -> Option<(Seen, Form)> {
        self.again(SUBMIT, &self.pile.next()?)
    }

    /// The form of a step for `which`, with a command id of its own.
    pub fn again(&self, step: &str, which: &str) -> Option<(Seen, Form)> {
        let (address, form) = self.forms.get(step)?;
        let special = |text: &str| text.replace(WHICH, which);
        let mut form = form.clone();
        form.action = special(&form.action);
        for field in &mut form.fields {
            field.value = special(&field.value);
        }
        form.set("command_id", &web::fresh_command_id(crate::serve::now()));
        let on = Seen {
            status: 200,
            address: special(address),
            page: Page::default(),
        };
        Some((on, form))
    }
}

impl Known {
    /// The form of a step as a letter of this browser.
    pub fn letter(&self, step: &str, browser: &Browser) -> Option<Letter> {
        let (on, mut form) = self.again(step, WHICH)?;
        if form.has("command_id") {
            form.set("command_id", FRESH);
        }
        Some(Letter::form(browser, &on, &form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_again_for_another_dossier() {
        let on = Seen {
            status: 200,
            address: "/desk/dossiers/A-1".into(),
            page: Page::default(),
        };
        let mut form = Form {
            action: "/desk/dossiers/A-1/approval".into(),
            ..Form::default()
        };
        form.set("command_id", "first");
        form.set("about", "A-1");
        let mut known = Known::default();
        known.learn("approve", &on, &form, "A-1");
        let (on, again) = known.again("approve", "B-2").expect("learned");
        assert_eq!(on.address, "/desk/dossiers/B-2");
        assert_eq!(again.action, "/desk/dossiers/B-2/approval");
        assert_eq!(again.value("about"), Some("B-2"));
        assert_ne!(again.value("command_id"), Some("first"));
        assert!(known.again("issue", "B-2").is_none());
    }
}
