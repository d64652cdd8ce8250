//! The questions of a procedure, in plain types. A form is data; checking answers (`check`),
//! reading them from a web form (`collect`), showing them (`summary`) and describing them to other
//! computers (`schema`) stand in their own files.
//! Does not know: HTML, HTTP, who answers, where answers are kept.
//!
//! Answers are one JSON object whose keys are question ids:
//! text, choice, personal_id, phone, email … a string; `integer` and `money` (whole đồng) a number;
//! `decimal` a number; `yes_no` a boolean; `date` "2026-11-22"; `partial_date` "1960", "1960-05" or
//! "1960-05-12"; `address` {province, commune, detail}; `place` the same or {country, detail};
//! `file` {digest, name}; `group` an array of such objects.
use serde_json::Value as Json;

use super::rule::Rule;
use super::schema::Compiled;
use super::when::When;
use super::words::Words;

/// The questions of one version of one procedure.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Form code of the law ("Mẫu 01"), or the id that we gave it.
    pub code: String,
    /// The heading.
    pub title: Words,
    /// Number of the form version.
    pub version: i64,
    /// One section is one page.
    pub sections: Vec<Section>,
    /// Values that the computer works out from the answers when they are checked
    /// (`late_registration`).
    pub derived: Vec<Derived>,
    /// What must fit together among several answers.
    pub rules: Vec<Rule>,
    /// Which answer says where the applicant lives.
    pub applicant_address: Vec<AddressOf>,
    pub(super) compiled: Compiled,
}

/// One page of questions.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Unique in the form; used in page addresses.
    pub id: String,
    /// The heading.
    pub title: Words,
    /// The heading on papers and for officers; empty where the heading itself does.
    pub paper_title: Words,
    /// A sentence below the heading; may be empty.
    pub hint: Words,
    /// Shown only when this holds.
    pub when: Option<When>,
    /// In the order of asking.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Unique in the form (inside a group: in the group). The key in the answers.
    pub id: String,
    /// The question.
    pub label: Words,
    /// What papers and officers call the answer ("Họ, chữ đệm, tên người yêu cầu"); empty where the
    /// question itself does.
    pub paper_label: Words,
    /// One short line below the label; may be empty.
    pub hint: Words,
    /// A longer explanation that opens on request; may be empty.
    pub help: Words,
    /// The sentence when it is missing ("Nhập họ và tên người được khai sinh").
    pub missing: Words,
    /// Must be answered whenever it is shown.
    pub required: bool,
    /// Shown only when this holds. Hidden questions have no answer: theirs is dropped.
    pub when: Option<When>,
    /// Where the state already knows the answer: `applicant.name`, `applicant.personal_id` …
    pub source: Option<String>,
    /// What kind of answer.
    pub kind: Kind,
}

/// The kinds of answers and their bounds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// 12 digits after a known place, số định danh cá nhân. No check digit exists.
    PersonalId,
    /// Họ, chữ đệm và tên.
    PersonName,
    /// A full date.
    Date(DateRange),
    /// A date whose day or month may be unknown, as in old civil-status papers.
    PartialDate(DateRange),
    /// Province, commune and house number or hamlet.
    Address,
    /// A place in Vietnam (commune) or abroad (one of these countries), with detail: nơi sinh, nơi
    /// cấp.
    Place(Choice),
    /// A telephone number of Vietnam or abroad, kept in E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// Whole đồng.
    Money(Span<i64>),
    /// A whole number.
    Integer(Span<i64>),
    /// A number with a fraction; screens use a decimal comma.
    Decimal(Span<f64>),
    /// One line.
    Text(Length),
    /// Several lines.
    LongText(Length),
    /// One of several values.
    Choice(Choice),
    /// Có / Không.
    YesNo,
    /// One uploaded file.
    File,
    /// The same questions several times.
    Group(Group),
}

/// Which dates are allowed relative to the day of checking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// May the date lie after today?
    pub future: bool,
    /// May the date lie before today?
    pub past: bool,
    /// At most so many years ago: the life of whoever was born then.
    pub years: Option<i16>,
}

/// Least and greatest value, both allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span<T> {
    /// The least value.
    pub min: T,
    /// The greatest value.
    pub max: T,
}

/// How many characters, both ends allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Fewest characters (of a given answer).
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

/// A choice: how it looks and what it offers.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Radio buttons up to a handful, a drop-down above.
    pub shape: ChoiceShape,
    /// The name of the list in `content/lists/` when the options come from there.
    pub list: Option<String>,
    /// What can be chosen; values are unique.
    pub options: Vec<ChoiceOption>,
}

/// How a choice is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceShape {
    /// All options open.
    Radio,
    /// A drop-down list.
    Select,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: Words,
}

/// Questions that repeat.
#[derive(Debug, Clone)]
pub struct Group {
    /// Fewest entries when the group is required; 0 lets it stay empty.
    pub min: usize,
    /// Most entries.
    pub max: usize,
    /// What one entry is called: "Người con".
    pub item: Words,
    /// The questions of one entry; a group inside a group is refused by the loader.
    pub questions: Vec<Question>,
}

/// A value worked out when answers are checked, kept with them so that fees, papers and steps see
/// the same value ever after.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Key among the answers.
    pub id: String,
    /// Shown to officers: "Đăng ký quá hạn".
    pub label: Words,
    /// A FEEL expression over the answers and `today` that is true or false.
    pub when: When,
}

/// An answer that says where the applicant lives.
#[derive(Debug, Clone)]
pub struct AddressOf {
    /// The question; its answer is an address.
    pub question: String,
    /// Only when this holds: the mother's residence is the applicant's when the mother applies.
    pub when: Option<When>,
}

impl Section {
    /// The heading as papers and officers read it.
    pub fn on_paper(&self) -> &Words {
        on_paper(&self.paper_title, &self.title)
    }
}

impl Question {
    /// What papers and officers call the answer.
    pub fn on_paper(&self) -> &Words {
        on_paper(&self.paper_label, &self.label)
    }
}

fn on_paper<'w>(paper: &'w Words, asked: &'w Words) -> &'w Words {
    match paper.is_empty() {
        true => asked,
        false => paper,
    }
}

impl Form {
    /// Every question outside groups, in order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|s| s.questions.iter())
    }

    /// The question with this id, outside groups.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|q| q.id == id)
    }

    /// Digests of the files that these answers are: what stands at a question of the kind `file`,
    /// outside groups and inside. A digest that somebody typed elsewhere is a text and no file.
    pub fn files<'a>(&self, answers: &'a Json) -> Vec<&'a str> {
        let mut files = Vec::new();
        for question in self.questions() {
            let answer = answers.get(&question.id);
            match &question.kind {
                Kind::File => files.extend(answer.and_then(digest)),
                Kind::Group(group) => {
                    let entries = answer.and_then(Json::as_array);
                    for entry in entries.into_iter().flatten() {
                        let inner = group.questions.iter().filter(|inner| inner.kind.is_file());
                        files.extend(inner.filter_map(|inner| digest(entry.get(&inner.id)?)));
                    }
                }
                _ => {}
            }
        }
        files
    }

    /// Where the applicant lives, as far as the form asked: the answer to the first of its
    /// `applicant_address` that applies, else to the question that the account would have filled
    /// in.
    pub fn applicant_address<'a>(&self, answers: &'a Json) -> Option<(&Question, &'a Json)> {
        let said = self.applicant_address.iter();
        let said = said
            .filter(|of| of.when.as_ref().is_none_or(|when| when.holds(answers)))
            .map(|of| of.question.as_str());
        let lives = |q: &&Question| q.source.as_deref() == Some("applicant.residence");
        let sourced = self.questions().filter(lives).map(|q| q.id.as_str());
        said.chain(sourced).find_map(|id| {
            let answer = answers.get(id).filter(|answer| answer.is_object())?;
            Some((self.question(id)?, answer))
        })
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.id == id)
    }
}

/// The file that the answer to a `file` question names.
fn digest(answer: &Json) -> Option<&str> {
    answer.get("digest")?.as_str()
}

impl Kind {
    /// Whether the answer is an uploaded file.
    pub fn is_file(&self) -> bool {
        matches!(self, Kind::File)
    }

    /// The name in `form.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::PersonalId => "personal_id",
            Kind::PersonName => "person_name",
            Kind::Date(_) => "date",
            Kind::PartialDate(_) => "partial_date",
            Kind::Address => "address",
            Kind::Place(_) => "place",
            Kind::Phone => "phone",
            Kind::Email => "email",
            Kind::Money(_) => "money",
            Kind::Integer(_) => "integer",
            Kind::Decimal(_) => "decimal",
            Kind::Text(_) => "text",
            Kind::LongText(_) => "long_text",
            Kind::Choice(_) => "choice",
            Kind::YesNo => "yes_no",
            Kind::File => "file",
            Kind::Group(_) => "group",
        }
    }
}
