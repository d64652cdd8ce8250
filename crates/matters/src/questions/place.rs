//! The fields of an address or a place: country, province, commune and the rest of the line.
//! Does not know: the other fields of a page.
use facts::place::{Found, Part};
use kernel::Json;
use web::FormData;
use web::ui::Choice as Offered;

use super::Asker;
use super::fields::part;

pub(super) struct PlaceField {
    pub(super) country: Option<String>,
    pub(super) countries: Vec<Offered>,
    pub(super) province: String,
    pub(super) provinces: Vec<Offered>,
    pub(super) commune: String,
    pub(super) communes: Vec<Offered>,
    pub(super) detail: String,
    /// What was looked for, and what it may be.
    pub(super) sought: String,
    pub(super) found: Vec<Offer>,
}

/// A commune of today that a text may mean.
pub(super) struct Offer {
    /// What the button sends: field, province, commune.
    pub(super) value: String,
    pub(super) name: String,
    /// Why it is this one: the former name and what became of it; empty for a name of today.
    pub(super) why: String,
}

/// Communes that are offered for one text.
const OFFERS_MAX: usize = 12;
/// Characters of a name that is looked for: commune, district and province.
const SOUGHT_CHARS_MAX: usize = 200;

/// A place that somebody looks for by its name: at which field, by which text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// The path of the question.
    pub field: String,
    /// The name, of today or of before.
    pub text: String,
}

impl Sought {
    /// What stands in the address of the page (`?at=…&find=…`).
    #[must_use]
    pub fn of(query: &FormData) -> Self {
        Self {
            field: query.text("at").to_owned(),
            text: query.text("find").chars().take(SOUGHT_CHARS_MAX).collect(),
        }
    }

    /// The same as the end of an address, `at=…&find=…`; empty when nothing is looked for.
    #[must_use]
    pub fn query(&self) -> String {
        let encoded = |text: &str| web::percent_encode(text);
        match self.field.is_empty() {
            true => String::new(),
            false => format!("at={}&find={}", encoded(&self.field), encoded(&self.text)),
        }
    }
}

impl PlaceField {
    pub(super) fn at_home(&self) -> bool {
        self.country
            .as_deref()
            .is_none_or(|country| country.is_empty() || country == HOME)
    }
}

/// Việt Nam in ISO 3166-1.
pub(super) const HOME: &str = "VN";

impl Asker<'_> {
    /// What a name that is looked for may be today.
    pub(super) fn offers(&self, sought: &Sought) -> Vec<Offer> {
        let all = self.places.find(&sought.text, self.today, OFFERS_MAX);
        let offer = |one: Found<'_>| {
            let commune = one.commune;
            let province = self.places.name_of(&commune.province, self.today);
            let became = match one.part {
                Part::Whole => "nay là",
                Part::Most => "đã chia, phần lớn nay là",
                Part::Some => "đã chia, một phần nay là",
            };
            Offer {
                value: format!("{}={}={}", sought.field, commune.province, commune.code),
                name: format!("{}, {}", commune.full_name(), province.unwrap_or_default()),
                why: match one.formerly.as_str() {
                    "" => String::new(),
                    formerly => format!("{formerly} (cũ) {became}"),
                },
            }
        };
        all.into_iter().map(offer).collect()
    }

    pub(super) fn place(&self, answer: &Json, countries: Vec<Offered>) -> PlaceField {
        let given = part(answer, "province");
        let province = match given.is_empty() {
            true => self.province.to_owned(),
            false => given,
        };
        let of = |code: &str, name: String| Offered::new(code, name);
        let communes = self.places.communes_of(&province, self.today);
        PlaceField {
            country: (!countries.is_empty()).then(|| match part(answer, "country") {
                none if none.is_empty() => HOME.to_owned(),
                country => country,
            }),
            countries,
            provinces: self
                .places
                .provinces(self.today)
                .map(|province| of(&province.code, province.full_name()))
                .collect(),
            communes: communes
                .iter()
                .map(|commune| of(&commune.code, commune.full_name()))
                .collect(),
            province,
            commune: part(answer, "commune"),
            detail: part(answer, "detail"),
            sought: String::new(),
            found: Vec::new(),
        }
    }
}
