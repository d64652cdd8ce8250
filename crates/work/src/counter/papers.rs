//! The papers somebody lays on the counter, ticked against those that the procedure asks for:
//! original, copy, only shown, electronic, known from data, or not there. Pure.
//! Does not know: forms on screen, the store of files.

use facts::procedure::{PaperSource, RequiredPaper};
use matters::dossier::{Paper, PaperForm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::FormData;
use web::ui::Choice;

/// Copies of one paper: more than this is a slip of the finger.
const COUNT_MAX: u32 = 999;

/// One paper as ticked. `form` is empty while the paper is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Tick {
    /// Name of a [`PaperForm`], or empty.
    pub form: String,
    /// Sheets or copies.
    pub count: u32,
    /// Digest of the scan; empty without one.
    pub file: String,
    /// What the scan was called.
    pub file_name: String,
}

/// Ticks by the code of the required paper.
pub(super) type Ticks = BTreeMap<String, Tick>;

const FORMS: [(&str, PaperForm, &str); 6] = [
    ("original", PaperForm::Original, "Bản chính"),
    ("copy", PaperForm::Copy, "Bản sao"),
    ("shown", PaperForm::Shown, "Đã xuất trình"),
    ("to_show", PaperForm::ToShow, "Sẽ xuất trình"),
    ("electronic", PaperForm::Electronic, "Điện tử"),
    ("data", PaperForm::Data, "Dữ liệu đã có"),
];

/// How a paper form is called on screen.
pub(super) fn form_name(form: PaperForm) -> &'static str {
    let found = FORMS.iter().find(|(_, known, _)| *known == form);
    found.map_or("", |(_, _, label)| label)
}

impl Tick {
    /// The paper is there in some form.
    pub fn is_there(&self) -> bool {
        self.paper_form().is_some()
    }

    fn paper_form(&self) -> Option<PaperForm> {
        let found = FORMS.iter().find(|(name, _, _)| *name == self.form);
        found.map(|(_, form, _)| *form)
    }
}

/// What an untouched intake begins with: the declaration is the electronic form being filled in;
/// all else must be looked at first.
pub(super) fn first_tick(paper: &RequiredPaper) -> Tick {
    let is_form = paper
        .satisfied_by
        .iter()
        .any(|way| way.source == PaperSource::Form);
    let form = if is_form { "electronic" } else { "" };
    Tick {
        form: form.to_owned(),
        count: usual_count(paper),
        ..Tick::default()
    }
}

fn usual_count(paper: &RequiredPaper) -> u32 {
    paper.originals.max(paper.copies).max(1)
}

/// The ways in which a paper may be there, and the one for not there.
pub(super) fn choices(paper: &RequiredPaper) -> Vec<Choice> {
    let from = |source: PaperSource| paper.satisfied_by.iter().any(|way| way.source == source);
    let known = from(PaperSource::Database) || from(PaperSource::Store);
    let only_shown = !paper.satisfied_by.is_empty()
        && paper
            .satisfied_by
            .iter()
            .all(|way| way.source == PaperSource::ShowOnly);
    let offered = |name: &str| match name {
        "data" => known,
        // Whoever stands at the counter shows it now.
        "to_show" => false,
        "electronic" => !only_shown,
        "copy" => !only_shown || paper.copies > 0,
        "original" => !only_shown,
        _ => true,
    };
    let forms = FORMS.iter().filter(|(name, _, _)| offered(name));
    let mut list: Vec<Choice> = forms
        .map(|(name, _, label)| Choice::new(*name, *label))
        .collect();
    list.push(Choice::new("", "Chưa có"));
    list
}

/// Reads the ticks of `required` from a form; files keep what was uploaded before.
pub(super) fn read(form: &FormData, required: &[&RequiredPaper], before: &Ticks) -> Ticks {
    let mut ticks = before.clone();
    for paper in required {
        let code = &paper.code;
        let field = format!("paper.{code}");
        if !form.has(&field) {
            ticks
                .entry(code.clone())
                .or_insert_with(|| first_tick(paper));
            continue;
        }
        let count = form.text(&format!("count.{code}")).parse().unwrap_or(0);
        let tick = ticks.entry(code.clone()).or_default();
        tick.form = form.text(&field).to_owned();
        tick.count = if count == 0 {
            usual_count(paper)
        } else {
            u32::min(count, COUNT_MAX)
        };
        if form.has(&format!("drop.{code}")) {
            tick.file.clear();
            tick.file_name.clear();
        }
    }
    ticks
}

/// Mandatory papers that are not there, nor any that may replace them.
pub(super) fn missing<'p>(required: &[&'p RequiredPaper], ticks: &Ticks) -> Vec<&'p RequiredPaper> {
    let there = |paper: &RequiredPaper| ticks.get(&paper.code).is_some_and(Tick::is_there);
    let mut groups: BTreeMap<&str, Vec<&'p RequiredPaper>> = BTreeMap::new();
    for paper in required.iter().filter(|paper| paper.mandatory) {
        let group = paper.alternative_group.as_deref().unwrap_or(&paper.code);
        groups.entry(group).or_default().push(paper);
    }
    let lacking = groups
        .into_values()
        .filter(|group| !group.iter().any(|paper| there(paper)));
    let mut first: Vec<_> = lacking.filter_map(|group| group.first().copied()).collect();
    first.sort_by_key(|paper| required.iter().position(|other| other.code == paper.code));
    first
}

/// The papers of the submission: those asked for that are there.
pub(super) fn handed_in(required: &[&RequiredPaper], ticks: &Ticks) -> Vec<Paper> {
    let there = required.iter().filter_map(|paper| {
        let tick = ticks.get(&paper.code)?;
        Some(Paper {
            code: paper.code.clone(),
            form: tick.paper_form()?,
            count: tick.count.max(1),
            file: Some(tick.file.clone()).filter(|digest| !digest.is_empty()),
        })
    });
    there.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::procedure::Words;

    fn paper(code: &str, mandatory: bool, group: Option<&str>) -> RequiredPaper {
        RequiredPaper {
            code: code.into(),
            name: Words::new(code, code),
            hint: Words::default(),
            originals: 1,
            copies: 0,
            form_code: String::new(),
            mandatory,
            alternative_group: group.map(str::to_owned),
            when: None,
            satisfied_by: Vec::new(),
            digitise: true,
        }
    }

    fn ticks(there: &[&str]) -> Ticks {
        let tick = Tick {
            form: "original".into(),
            count: 2,
            ..Tick::default()
        };
        there
            .iter()
            .map(|code| ((*code).to_owned(), tick.clone()))
            .collect()
    }

    #[test]
    fn one_of_a_group_is_enough_and_the_optional_may_lack() {
        let all = [
            paper("a", true, None),
            paper("b", true, Some("g")),
            paper("c", true, Some("g")),
            paper("d", false, None),
        ];
        let required: Vec<&RequiredPaper> = all.iter().collect();
        let codes = |there: &[&str]| {
            let found = missing(&required, &ticks(there));
            found
                .iter()
                .map(|paper| paper.code.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(codes(&[]), ["a", "b"]);
        assert_eq!(codes(&["a", "c"]), [""; 0]);
        assert_eq!(codes(&["c", "d"]), ["a"]);
    }

    #[test]
    fn only_what_is_there_is_handed_in() {
        let all = [paper("a", true, None), paper("b", true, None)];
        let required: Vec<&RequiredPaper> = all.iter().collect();
        let mut ticks = ticks(&["a"]);
        ticks.insert("b".into(), Tick::default());
        ticks.insert("no-longer-asked".into(), ticks["a"].clone());
        let papers = handed_in(&required, &ticks);
        assert_eq!(papers.len(), 1);
        assert_eq!((papers[0].form, papers[0].count), (PaperForm::Original, 2));
    }

    #[test]
    fn a_tick_is_read_and_its_scan_stays() {
        let one = paper("a", true, None);
        let mut before = ticks(&["a"]);
        before.get_mut("a").expect("there").file = "ab12".into();
        let form = FormData::parse(b"paper.a=copy&count.a=5000").unwrap();
        let after = read(&form, &[&one], &before);
        assert_eq!(
            (after["a"].form.as_str(), after["a"].count),
            ("copy", COUNT_MAX)
        );
        assert_eq!(after["a"].file, "ab12");
        let form = FormData::parse(b"paper.a=copy&drop.a=yes").unwrap();
        assert_eq!(read(&form, &[&one], &before)["a"].file, "");
    }
}
