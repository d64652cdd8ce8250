//! Phiếu tiếp nhận: everything about one intake while somebody stands at the counter, kept as a
//! draft until it becomes a dossier. Pure: reading a form into it, what it costs, what it lacks,
//! the submission it makes.
//! Does not know: HTTP answers, the database, how the questions of a procedure are drawn.

use super::entered::Entered;
use super::papers::{self, Ticks};
use facts::people::is_same_name;
use facts::procedure::{Channel, FeeLine, Procedure, RequiredPaper};
use kernel::Json;
use matters::dossier::{Code, Filer, Party, ReturnWay, Submission};
use matters::questions::{Asker, Press, Sought};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{FieldErrors, FormData};

/// One intake. Everything is kept as typed, right or wrong.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sheet {
    /// The agency at whose counter it happens.
    pub reception: String,
    /// The competent agency; may be another one (phi địa giới).
    pub agency: String,
    /// `counter`: the person is present; `post`: the papers came by post.
    pub channel: String,
    /// Whose affair it is.
    pub applicant: Entered,
    /// Somebody else files for them.
    pub by_filer: bool,
    /// Who files.
    pub filer: Entered,
    /// Number and day of the authorisation paper.
    pub authorisation: String,
    /// How the identity of whoever is present was checked: `card`, `vneid`, `passport`, or empty.
    pub identity: String,
    /// The papers.
    pub papers: Ticks,
    /// `counter`, `post` or `electronic`.
    pub return_way: String,
    /// The agency whose counter returns the result.
    pub return_agency: String,
    /// Where the post delivers; empty until it was said.
    pub post_address: String,
    /// For form 03: why it is not received.
    pub refusal_text: String,
    /// For form 03: the legal basis.
    pub refusal_basis: String,
    /// Account of the officer who opened it; empty in sheets of before that was kept.
    pub opened_by: String,
}

/// How an identity is checked at the counter, in words.
pub(super) const IDENTITIES: [(&str, &str); 3] = [
    ("card", "Đã đối chiếu thẻ căn cước"),
    ("vneid", "Đã đối chiếu căn cước điện tử (VNeID mức 2)"),
    ("passport", "Đã đối chiếu hộ chiếu hoặc giấy tờ khác có ảnh"),
];

/// The words of an identity check; empty for none.
pub(super) fn identity_words(identity: &str) -> &'static str {
    let found = IDENTITIES.iter().find(|(name, _)| *name == identity);
    found.map_or("", |(_, words)| words)
}

/// The sheet and the answers together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filled {
    /// All but the answers.
    pub sheet: Sheet,
    /// The answers to the form.
    pub answers: Json,
}

impl Sheet {
    /// An empty sheet at the counter of `reception`, for a procedure whose competent agency is
    /// `agency`.
    pub fn begin(reception: &str, agency: &str) -> Self {
        Self {
            reception: reception.to_owned(),
            agency: agency.to_owned(),
            channel: Channel::Counter.as_str().to_owned(),
            return_way: "counter".to_owned(),
            return_agency: reception.to_owned(),
            ..Self::default()
        }
    }

    /// Whether somebody's identity was compared: who stands there may be shown what is kept of
    /// them.
    pub fn is_compared(&self) -> bool {
        !identity_words(&self.identity).is_empty()
    }

    /// How it came.
    pub fn channel(&self) -> Channel {
        match self.channel.as_str() {
            "post" => Channel::Post,
            _ => Channel::Counter,
        }
    }

    /// Where the result goes.
    pub fn way(&self) -> ReturnWay {
        match self.return_way.as_str() {
            "post" => ReturnWay::Post,
            "electronic" => ReturnWay::Electronic,
            _ => ReturnWay::Counter {
                agency: self.return_agency.clone(),
            },
        }
    }

    /// What the form calls known: for questions with a `source`.
    pub fn known(&self) -> Json {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let birth = self
            .applicant
            .birth
            .parse::<facts::people::PartialDate>()
            .ok();
        json!({ "applicant": {
            "name": filled(&self.applicant.name),
            "personal_id": self.applicant.personal_id().map(|number| number.to_string()),
            "phone": filled(&self.applicant.phone),
            "email": filled(&self.applicant.email),
            "sex": filled(&self.applicant.sex),
            "birth_date": birth.map(facts::people::PartialDate::to_iso),
        }})
    }

    /// One number is one person: two names under it are a mistake.
    fn is_filer_of_other_name(&self) -> bool {
        let (filer, applicant) = (&self.filer, &self.applicant);
        let same = !filer.number.is_empty() && filer.number == applicant.number;
        same && !is_same_name(&filer.name, &applicant.name)
    }

    /// Whether the officer saw the papers of the applicant (of the filer, where somebody files for
    /// another): they stand at the counter. Whoever is only written about does not.
    pub fn has_seen(&self, role: &str) -> bool {
        let same = !self.filer.number.is_empty() && self.filer.number == self.applicant.number;
        let present = if self.by_filer && !same {
            "filer"
        } else {
            "applicant"
        };
        let checked = !identity_words(&self.identity).is_empty();
        role == present && checked && self.channel() == Channel::Counter
    }

    /// Reads everything but papers and answers from a form.
    fn read_fields(&mut self, form: &FormData) {
        for (field, slot) in [
            ("agency", &mut self.agency),
            ("channel", &mut self.channel),
            ("authorisation", &mut self.authorisation),
            ("identity", &mut self.identity),
            ("return_way", &mut self.return_way),
            ("return_agency", &mut self.return_agency),
            ("post_address", &mut self.post_address),
            ("refusal_text", &mut self.refusal_text),
            ("refusal_basis", &mut self.refusal_basis),
        ] {
            if form.has(field) {
                *slot = form.text(field).to_owned();
            }
        }
        if form.has("applicant.name") {
            self.applicant = Entered::read(form, "applicant");
            self.by_filer = form.has("by_filer");
        }
        if form.has("filer.name") {
            self.filer = Entered::read(form, "filer");
        }
    }
}

impl Filled {
    /// Nothing was typed, chosen or scanned yet.
    pub fn is_empty(&self) -> bool {
        let Sheet {
            applicant, filer, ..
        } = &self.sheet;
        let answered = self.answers.as_object().is_some_and(|map| !map.is_empty());
        let laid_down = self.sheet.papers.values().any(|tick| !tick.file.is_empty());
        let written = [&self.sheet.authorisation, &self.sheet.refusal_text];
        applicant.is_empty()
            && filer.is_empty()
            && !answered
            && !laid_down
            && written.iter().all(|text| text.is_empty())
    }

    /// Reads a whole form. What the page did not show stays as it was. The second value is the
    /// element at which the page opens again, when a button among the questions was pressed.
    pub fn read(
        &self,
        form: &FormData,
        asker: &Asker<'_>,
        procedure: &Procedure,
    ) -> (Self, Option<Sought>) {
        let mut sheet = self.sheet.clone();
        sheet.read_fields(form);
        let mut answers = self.answers.clone();
        let mut stay = None;
        for section in &asker.form.sections {
            let reading = asker.read(&section.id, &answers, form);
            answers = reading.answers;
            match reading.press {
                Press::GoOn => {}
                Press::Stay(field) => {
                    let text = String::new();
                    stay = Some(Sought { field, text });
                }
                Press::Seek(sought) => stay = Some(sought),
            }
        }
        let kept = asker.kept(&answers);
        let required = procedure.papers_for(&kept);
        sheet.papers = papers::read(form, &required, &sheet.papers);
        (Self { sheet, answers }, stay)
    }

    /// Carries what is known of the applicant into the answers: where nothing stands yet, or what
    /// was known `before` a correction. What an officer typed is never replaced.
    pub fn carry_over(&mut self, before: &Sheet, asker: &Asker<'_>) {
        let before = asker.prefilled(&before.known());
        let known = asker.prefilled(&self.sheet.known());
        fill_known(&mut self.answers, &before, &known);
    }

    /// What is to be paid, as far as the answers say.
    pub fn fees(&self, asker: &Asker<'_>, procedure: &Procedure) -> Vec<FeeLine> {
        procedure.fees(self.sheet.channel(), &asker.kept(&self.answers))
    }

    /// Mandatory papers that are not there.
    pub fn missing<'p>(
        &self,
        asker: &Asker<'_>,
        procedure: &'p Procedure,
    ) -> Vec<&'p RequiredPaper> {
        papers::missing(
            &procedure.papers_for(&asker.kept(&self.answers)),
            &self.sheet.papers,
        )
    }

    /// Everything that is wrong, field by field in the order of the page; papers are told apart.
    pub fn check(&self, asker: &Asker<'_>) -> FieldErrors {
        let mut errors = FieldErrors::new();
        let sheet = &self.sheet;
        sheet.applicant.check("applicant", asker.today, &mut errors);
        if sheet.by_filer {
            sheet.filer.check("filer", asker.today, &mut errors);
            if sheet.is_filer_of_other_name() {
                errors.add(
                    "filer.number",
                    "Số này là của người nộp đã ghi ở trên, với tên khác. Xem lại số hoặc tên.",
                );
            }
            if sheet.authorisation.is_empty() {
                errors.add("authorisation", "Ghi số, ngày của giấy uỷ quyền");
            }
        }
        if sheet.channel() == Channel::Counter && identity_words(&sheet.identity).is_empty() {
            errors.add(
                "identity",
                "Đối chiếu giấy tờ của người có mặt rồi chọn một cách",
            );
        }
        if sheet.way() == ReturnWay::Post && self.delivered_to(asker).is_empty() {
            errors.add("post_address", "Ghi địa chỉ để bưu điện giao");
        }
        if let Err(wrong) = asker.form.check(&self.answers, asker.today) {
            for (field, message) in asker.errors(&wrong).items() {
                errors.add(field.clone(), message.clone());
            }
        }
        errors
    }

    /// Where the post delivers: as was said, else where the applicant lives.
    pub fn delivered_to(&self, asker: &Asker<'_>) -> String {
        let said = [&self.sheet.post_address, &self.sheet.applicant.address];
        let said = said.into_iter().find(|address| !address.trim().is_empty());
        said.cloned()
            .unwrap_or_else(|| asker.applicant_address(&asker.kept(&self.answers)))
    }

    /// The submission, under ids that the people room has or will have.
    pub fn submission(
        &self,
        code: Code,
        procedure: &Procedure,
        asker: &Asker<'_>,
        ids: &Ids,
    ) -> Submission {
        let sheet = &self.sheet;
        let required = procedure.papers_for(&asker.kept(&self.answers));
        let filer = sheet.by_filer.then(|| {
            let party: Party = sheet.filer.party(&ids.filer);
            let filer = Filer {
                person: ids.filer.clone(),
                authorisation: sheet.authorisation.clone(),
            };
            (party, filer)
        });
        let mut applicant = sheet.applicant.party(&ids.applicant);
        asker.complete(&mut applicant, &self.answers);
        Submission {
            code,
            procedure: procedure.key.clone(),
            agency: sheet.agency.clone(),
            reception: sheet.reception.clone(),
            channel: sheet.channel(),
            applicant,
            filer,
            answers: match asker.form.check(&self.answers, asker.today) {
                Ok(clean) => clean.answers,
                // The law says what is wrong with them.
                Err(_) => self.answers.clone().into(),
            },
            papers: papers::handed_in(&required, &sheet.papers),
            paper_names: self.paper_names(),
            post_address: match sheet.way() {
                ReturnWay::Post => self.delivered_to(asker),
                ReturnWay::Counter { .. } | ReturnWay::Electronic => String::new(),
            },
            return_way: sheet.way(),
        }
    }

    /// File names by digest; and beside them how the identity was checked, which so stands in the
    /// journal.
    fn paper_names(&self) -> Json {
        let mut names = serde_json::Map::new();
        for tick in self
            .sheet
            .papers
            .values()
            .filter(|tick| !tick.file.is_empty())
        {
            names.insert(tick.file.clone(), tick.file_name.clone().into());
        }
        let words = identity_words(&self.sheet.identity);
        if !words.is_empty() {
            names.insert("identity_checked".to_owned(), words.into());
        }
        Json::Object(names)
    }
}

/// Ids of the people of a submission in the people room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ids {
    /// Of the applicant.
    pub applicant: String,
    /// Of the filer; empty without one.
    pub filer: String,
}

fn fill_known(answers: &mut Json, before: &Json, known: &Json) {
    let (Some(answers), Some(known)) = (answers.as_object_mut(), known.as_object()) else {
        return;
    };
    // What is known no longer goes with whom it was known of.
    for (id, value) in before.as_object().into_iter().flatten() {
        if !known.contains_key(id) && answers.get(id) == Some(value) {
            answers.remove(id);
        }
    }
    for (id, value) in known {
        let follows = answers
            .get(id)
            .is_none_or(|answer| Some(answer) == before.get(id));
        if follows {
            answers.insert(id.clone(), value.clone());
        }
    }
}
