//! A form of the desk as data: what is asked, what was typed, what is wrong. One template draws
//! them all, so that every act looks and behaves alike. Does not know: which acts there are.
use web::ui::{Choice, DateAnswer};
use web::{FieldErrors, FormData, UploadedFile};

use super::deed::Deed;
use super::words::{known, say};

/// How a field is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Area,
    Select,
    Radios,
    Checkboxes,
    Date,
    File,
    Hidden,
}

/// Fields in which people write sentences.
pub(super) const WRITTEN: &[&str] = &[
    "text", "basis", "reason", "opinion", "question", "what", "why", "contact", "second",
];

/// One question of a form.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub shape: Shape,
    pub value: String,
    pub values: Vec<String>,
    pub date: DateAnswer,
    pub choices: Vec<Choice>,
    pub optional: bool,
}

impl Field {
    /// Whether it is drawn this way; templates cannot name the shapes of a private room.
    pub(super) fn is(&self, name: &str) -> bool {
        format!("{:?}", self.shape).eq_ignore_ascii_case(name)
    }

    /// What can be chosen.
    pub(super) fn options(&self) -> &[Choice] {
        &self.choices
    }
}

/// One item of the list that a supplement must bring.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub number: usize,
    pub paper: String,
    pub what: String,
    pub why: String,
}

/// One act offered on the page of a dossier.
#[derive(Debug, Clone)]
pub(super) struct ActForm {
    pub deed: Deed,
    /// Unique on the page; before every name of a field.
    pub key: String,
    pub action: String,
    pub title: String,
    pub hint: String,
    pub warning: String,
    pub fields: Vec<Field>,
    pub items: Vec<Item>,
    pub papers: Vec<Choice>,
    pub upload: bool,
    pub open: bool,
    pub first: bool,
    pub errors: FieldErrors,
}

impl ActForm {
    /// The form of a deed, drawn at the dossier's page.
    pub(super) fn new(deed: Deed, code: &str, key: String) -> Self {
        Self {
            deed,
            key,
            action: format!("/desk/dossiers/{code}/{}", deed.slug()),
            title: say(&deed.key("title")),
            hint: String::new(),
            warning: String::new(),
            fields: Vec::new(),
            items: Vec::new(),
            papers: Vec::new(),
            upload: false,
            open: false,
            first: false,
            errors: FieldErrors::new(),
        }
    }

    /// The label of the button.
    pub(super) fn button(&self) -> String {
        say(&self.deed.key("button"))
    }

    /// What is asked again before it is sent; empty for what can be undone.
    pub(super) fn confirm(&self) -> String {
        known(&self.deed.key("confirm"))
            .unwrap_or_default()
            .to_owned()
    }

    /// The look of the button.
    pub(super) fn kind(&self) -> &'static str {
        match (self.first, self.confirm().is_empty()) {
            (true, _) => "",
            (false, true) => "second",
            (false, false) => "danger",
        }
    }

    /// The required papers, for the list of a supplement.
    pub(super) fn paper_choices(&self) -> &[Choice] {
        &self.papers
    }

    /// The sentence of one of its words.
    pub(super) fn word(&self, part: &str) -> String {
        say(&self.deed.key(part))
    }

    /// The whole name of a field.
    pub(super) fn name(&self, part: &str) -> String {
        format!("{}.{part}", self.key)
    }

    /// Adds a question whose label is the deed's word of the same name, filled with what was typed.
    pub(super) fn ask(&mut self, part: &str, shape: Shape, choices: Vec<Choice>) -> &mut Field {
        let hint = known(&self.deed.key(&format!("{part}_hint"))).unwrap_or_default();
        self.fields.push(Field {
            name: self.name(part),
            label: say(&self.deed.key(part)),
            hint: hint.to_owned(),
            shape,
            value: String::new(),
            values: Vec::new(),
            date: DateAnswer::default(),
            choices,
            optional: false,
        });
        self.fields.last_mut().expect("one was just added")
    }

    /// Adds a value that is sent along unseen.
    pub(super) fn carry(&mut self, part: &str, value: &str) {
        let field = self.ask(part, Shape::Hidden, Vec::new());
        field.value = value.to_owned();
    }

    /// Puts what was typed back, so that a refusal loses nothing.
    pub(super) fn refill(&mut self, typed: &Typed<'_>) {
        for field in &mut self.fields {
            let part = field.name.rsplit('.').next().unwrap_or_default().to_owned();
            match field.shape {
                Shape::Hidden | Shape::File => {}
                Shape::Checkboxes => field.values = typed.all(&part),
                Shape::Date => field.date = typed.date(&part),
                _ => field.value = typed.text(&part).to_owned(),
            }
        }
        if !self.items.is_empty() {
            self.items = typed.items();
        }
    }
}

/// What was sent for one form of the page. A script may leave the prefix of the names out.
pub(super) struct Typed<'a> {
    form: &'a FormData,
    key: String,
}

impl<'a> Typed<'a> {
    /// The fields of the form that was sent.
    pub(super) fn of(form: &'a FormData, deed: Deed) -> Self {
        let key = form.filled("form").unwrap_or(deed.slug()).to_owned();
        Self { form, key }
    }

    /// Which form of the page it was.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// One text.
    pub(super) fn text(&self, part: &str) -> &'a str {
        self.form
            .filled(&format!("{}.{part}", self.key))
            .unwrap_or(self.form.text(part))
    }

    /// All texts of one name.
    pub(super) fn all(&self, part: &str) -> Vec<String> {
        let mut found = self.form.all(&format!("{}.{part}", self.key));
        found.extend(self.form.all(part));
        found.into_iter().map(str::to_owned).collect()
    }

    /// The file that came with it, also one without any bytes: that is refused where it is kept.
    pub(super) fn upload(&self, form: &'a FormData) -> Option<&'a UploadedFile> {
        let named = form.files(&format!("{}.file", self.key));
        named.into_iter().chain(form.files("file")).next()
    }

    /// A date of three fields.
    pub(super) fn date(&self, part: &str) -> DateAnswer {
        let named = DateAnswer::of(self.form, &format!("{}.{part}", self.key));
        if named.is_empty() {
            DateAnswer::of(self.form, part)
        } else {
            named
        }
    }

    /// Everything that was written in words, for a form that the page no longer offers.
    pub(super) fn words(&self) -> Vec<String> {
        let words = WRITTEN.iter().flat_map(|part| self.all(part));
        words.filter(|word| !word.is_empty()).collect()
    }

    /// The rows of the supplement list as typed, empty ones at the end left out.
    pub(super) fn items(&self) -> Vec<Item> {
        let (papers, whats, whys) = (self.all("paper"), self.all("what"), self.all("why"));
        let rows = whats.len().max(whys.len());
        let at = |list: &[String], row: usize| list.get(row).cloned().unwrap_or_default();
        let mut items: Vec<Item> = (0..rows)
            .map(|row| Item {
                number: row + 1,
                paper: at(&papers, row),
                what: at(&whats, row),
                why: at(&whys, row),
            })
            .collect();
        if self.form.has("more") {
            items.push(Item {
                number: rows + 1,
                ..Item::default()
            });
        }
        items
    }
}
