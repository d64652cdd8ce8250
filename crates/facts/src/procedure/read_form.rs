//! `form.toml` → `Form`, with every fault at its line. A `when` may only name questions asked
//! before it, so that a person answers downwards and never meets a question that changes above.
//! Does not know: how answers are checked or shown.
use std::collections::{BTreeMap, BTreeSet};

use super::check::TODAY;
use super::form::{
    Choice, ChoiceOption, ChoiceShape, Derived, Form, Group, Kind, Question, Section,
};
use super::read_bounds::{dates, decimals, integers, length};
use super::read_rule;
use super::reader::Table;
use super::when::When;
use super::words::Words;

/// Named lists of options from `content/lists/`.
pub(super) type Lists = BTreeMap<String, Vec<ChoiceOption>>;

/// A form with more sections is two forms.
const SECTIONS_MAX: usize = 30;
/// More questions on one page cannot be answered on a telephone.
const QUESTIONS_MAX: usize = 60;
/// Entries of one group: a household, not a village.
const GROUP_ENTRIES_MAX: i64 = 100;
/// Characters of a one-line answer.
const TEXT_MAX: i64 = 300;
/// Characters of a long answer: about two pages.
const LONG_TEXT_MAX: i64 = 5_000;
/// Options of one choice; a longer list needs a search.
const OPTIONS_MAX: usize = 300;
/// The list from which a place takes its countries.
const COUNTRIES: &str = "countries";
/// Longest id of a question.
const ID_CHARS_MAX: usize = 60;

/// What the account of a signed-in person can fill in.
pub(super) const SOURCES: [&str; 11] = [
    "applicant.name",
    "applicant.personal_id",
    "applicant.birth_date",
    "applicant.sex",
    "applicant.ethnicity",
    "applicant.nationality",
    "applicant.phone",
    "applicant.email",
    "applicant.residence",
    "applicant.organisation",
    "applicant.tax_code",
];

/// Names that conditions may use beside questions.
pub(super) const GIVEN: [&str; 1] = [TODAY];

/// Reads a form. With faults the form is incomplete, and the caller drops it.
pub(super) fn read(root: Table<'_>, lists: &Lists) -> Form {
    let mut reader = Reader {
        lists,
        known: GIVEN.iter().map(|name| name.to_string()).collect(),
        ids: BTreeSet::new(),
    };
    let mut form = Form {
        code: root.text("code"),
        title: root.words("title"),
        version: root.integer("version", 1..10_000).unwrap_or(1),
        ..Form::default()
    };
    let sections = root.tables("section");
    if sections.is_empty() || sections.len() > SECTIONS_MAX {
        root.fault(format!("a form has 1 to {SECTIONS_MAX} [[section]] tables"));
    }
    let mut section_ids = BTreeSet::new();
    for table in sections {
        let section = reader.section(&table);
        if !section_ids.insert(section.id.clone()) {
            table.fault_at("id", format!("section `{}` is there twice", section.id));
        }
        form.sections.push(section);
        table.done();
    }
    for table in root.tables("derived") {
        form.derived.extend(reader.derived(&table));
        table.done();
    }
    read_rule::read(&root, &mut form, &reader.known);
    root.done();
    form
}

/// Reports names that a condition uses but nobody asks.
pub(super) fn check_names(
    table: &Table<'_>,
    key: &str,
    names: &[String],
    known: &BTreeSet<String>,
) {
    for name in names {
        if !known.contains(name) {
            let message =
                format!("{key}: nothing is called `{name}` here (a question asked before)");
            table.fault_at(key, message);
        }
    }
}

struct Reader<'l> {
    lists: &'l Lists,
    /// Names that a condition may use at this point.
    known: BTreeSet<String>,
    /// Ids taken so far outside groups.
    ids: BTreeSet<String>,
}

impl Reader<'_> {
    fn section(&mut self, table: &Table<'_>) -> Section {
        let id = id(table);
        let when = self.when(table);
        let questions = table.tables("question");
        if questions.is_empty() || questions.len() > QUESTIONS_MAX {
            table.fault(format!("a section has 1 to {QUESTIONS_MAX} questions"));
        }
        Section {
            id,
            title: table.words("title"),
            paper_title: table.words_opt("paper_title"),
            hint: table.words_opt("hint"),
            when,
            questions: questions
                .into_iter()
                .filter_map(|t| self.question(t, true))
                .collect(),
        }
    }

    fn question(&mut self, table: Table<'_>, groups_allowed: bool) -> Option<Question> {
        let id = id(&table);
        if !self.ids.insert(id.clone()) {
            table.fault_at("id", format!("question `{id}` is there twice"));
        }
        let when = self.when(&table);
        let source = table.text_opt("source");
        if let Some(unknown) = source.as_deref().filter(|s| !SOURCES.contains(s)) {
            let message = format!(
                "source: unknown `{unknown}` (allowed: {})",
                SOURCES.join(", ")
            );
            table.fault_at("source", message);
        }
        let kind = self.kind(&table, (&id, groups_allowed));
        let question = Question {
            label: table.words("label"),
            paper_label: table.words_opt("paper_label"),
            hint: table.words_opt("hint"),
            help: table.words_opt("help"),
            missing: table.words_opt("missing"),
            required: table.flag("required", true),
            id: id.clone(),
            when,
            source,
            kind: kind?,
        };
        self.known.insert(id);
        table.done();
        Some(question)
    }

    fn when(&self, table: &Table<'_>) -> Option<When> {
        let when: When = table.parsed_opt("when")?;
        check_names(table, "when", when.names(), &self.known);
        Some(when)
    }

    fn derived(&mut self, table: &Table<'_>) -> Option<Derived> {
        let id = id(table);
        if !self.ids.insert(id.clone()) {
            table.fault_at("id", format!("question `{id}` is there twice"));
        }
        let when = self.when(table);
        if when.is_none() && !table.has("when") {
            table.fault("`when` is missing");
        }
        let label = table.words("label");
        self.known.insert(id.clone());
        Some(Derived {
            id,
            label,
            when: when?,
        })
    }

    fn kind(&mut self, table: &Table<'_>, (id, groups_allowed): (&str, bool)) -> Option<Kind> {
        let name = table.word("kind", &KINDS)?;
        Some(match name {
            "personal_id" => Kind::PersonalId,
            "person_name" => Kind::PersonName,
            "date" => Kind::Date(dates(table, id)),
            "partial_date" => Kind::PartialDate(dates(table, id)),
            "address" => Kind::Address,
            "place" => Kind::Place(self.countries(table)),
            "phone" => Kind::Phone,
            "email" => Kind::Email,
            "money" => Kind::Money(integers(table)),
            "integer" => Kind::Integer(integers(table)),
            "decimal" => Kind::Decimal(decimals(table)),
            "text" => Kind::Text(length(table, TEXT_MAX)),
            "long_text" => Kind::LongText(length(table, LONG_TEXT_MAX)),
            "yes_no" => Kind::YesNo,
            "file" => Kind::File,
            "choice" => Kind::Choice(self.choice(table)),
            _ if groups_allowed => Kind::Group(self.group(table)),
            _ => {
                table.fault_at("kind", "a group may not stand inside a group");
                return None;
            }
        })
    }

    /// The one list of countries, `content/lists/countries.toml`.
    fn countries(&self, table: &Table<'_>) -> Choice {
        let options = self.lists.get(COUNTRIES).cloned().unwrap_or_default();
        if options.is_empty() {
            table.fault_at("kind", "a place needs content/lists/countries.toml");
        }
        Choice {
            shape: ChoiceShape::Select,
            list: Some(COUNTRIES.to_owned()),
            options,
        }
    }

    fn choice(&self, table: &Table<'_>) -> Choice {
        let list = table.text_opt("list");
        let written = table.tables("options");
        let options = match (&list, written.is_empty()) {
            (Some(name), true) => self.lists.get(name).cloned().unwrap_or_else(|| {
                let known: Vec<&str> = self.lists.keys().map(String::as_str).collect();
                let known = known.join(", ");
                table.fault_at("list", format!("list: unknown `{name}` (allowed: {known})"));
                Vec::new()
            }),
            (Some(_), false) => {
                table.fault("a choice has either `list` or `options`");
                Vec::new()
            }
            (None, _) => {
                let options = options(written);
                // One option is a promise: it is given, or the form is not sent.
                if options.is_empty() {
                    table.fault("a choice needs at least one option");
                }
                options
            }
        };
        let radio_up_to = 7;
        let usual = if options.len() > radio_up_to {
            ChoiceShape::Select
        } else {
            ChoiceShape::Radio
        };
        let shapes = [
            ("radio", ChoiceShape::Radio),
            ("select", ChoiceShape::Select),
        ];
        let shape = if table.has("shape") {
            table.word("shape", &shapes)
        } else {
            None
        };
        Choice {
            shape: shape.unwrap_or(usual),
            list,
            options,
        }
    }

    fn group(&mut self, table: &Table<'_>) -> Group {
        let min = table.integer("min", 0..GROUP_ENTRIES_MAX).unwrap_or(1);
        let max = table
            .integer("max", 1..GROUP_ENTRIES_MAX)
            .unwrap_or(GROUP_ENTRIES_MAX);
        if min > max {
            table.fault_at("max", "`max` is less than `min`");
        }
        let outer_ids = std::mem::take(&mut self.ids);
        let outer_known = self.known.clone();
        let questions = table.tables("question");
        if questions.is_empty() || questions.len() > QUESTIONS_MAX {
            table.fault(format!("a group has 1 to {QUESTIONS_MAX} questions"));
        }
        let questions = questions
            .into_iter()
            .filter_map(|t| self.question(t, false))
            .collect();
        self.ids = outer_ids;
        self.known = outer_known;
        Group {
            min: usize::try_from(min).unwrap_or(0),
            max: usize::try_from(max).unwrap_or(1),
            item: table.words("item"),
            questions,
        }
    }
}

const KINDS: [(&str, &str); 17] = [
    ("personal_id", "personal_id"),
    ("person_name", "person_name"),
    ("date", "date"),
    ("partial_date", "partial_date"),
    ("address", "address"),
    ("place", "place"),
    ("phone", "phone"),
    ("email", "email"),
    ("money", "money"),
    ("integer", "integer"),
    ("decimal", "decimal"),
    ("text", "text"),
    ("long_text", "long_text"),
    ("choice", "choice"),
    ("yes_no", "yes_no"),
    ("file", "file"),
    ("group", "group"),
];

/// An id is a plain word, because it becomes a key, a field name and a FEEL name.
pub(super) fn id(table: &Table<'_>) -> String {
    let id = table.text("id");
    let mut chars = id.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && id.len() <= ID_CHARS_MAX;
    if !good && table.has("id") {
        table.fault_at(
            "id",
            format!("id `{id}` must be small letters a–z, digits and _"),
        );
    }
    if GIVEN.contains(&id.as_str()) || id == "channel" {
        table.fault_at("id", format!("id `{id}` has a meaning of its own"));
    }
    id
}

/// Reads `{ value, vi, en }` options; values are unique.
pub(super) fn options(tables: Vec<Table<'_>>) -> Vec<ChoiceOption> {
    let mut taken = BTreeSet::new();
    let mut options = Vec::new();
    for table in tables {
        let value = table.text("value");
        if !taken.insert(value.clone()) {
            table.fault(format!("option `{value}` is there twice"));
        }
        if options.len() == OPTIONS_MAX {
            table.fault(format!("more than {OPTIONS_MAX} options"));
            break;
        }
        let label = Words::new(table.text("vi"), table.text("en"));
        options.push(ChoiceOption { value, label });
        table.done();
    }
    options
}

/// Every name that fees, papers and steps may use: questions and derived values.
pub(super) fn names(form: &Form) -> BTreeSet<String> {
    let given = GIVEN.iter().map(|name| name.to_string());
    let asked = form.questions().map(|q| q.id.clone());
    let derived = form.derived.iter().map(|d| d.id.clone());
    given.chain(asked).chain(derived).collect()
}
