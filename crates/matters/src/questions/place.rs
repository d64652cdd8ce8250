//! The fields of an address or a place: country, province, commune and the rest of the line.
//! Does not know: the other fields of a page.
use facts::procedure::Kind;
use kernel::Json;
use web::ui::Choice as Offered;

use super::Asker;
use super::fields::{offered, part};

pub(super) struct PlaceField {
    pub(super) country: Option<String>,
    pub(super) countries: Vec<Offered>,
    pub(super) province: String,
    pub(super) provinces: Vec<Offered>,
    pub(super) commune: String,
    pub(super) communes: Vec<Offered>,
    pub(super) detail: String,
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
        }
    }

    /// The countries that the form's own list of nationalities knows; one that is not among them is
    /// rare enough to be written into the detail.
    pub(super) fn countries(&self) -> Vec<Offered> {
        let listed = self
            .form
            .questions()
            .find_map(|question| match &question.kind {
                Kind::Choice(choice) if choice.list.as_deref() == Some("nationalities") => {
                    Some(choice)
                }
                _ => None,
            });
        match listed {
            Some(choice) => offered(choice),
            None => COUNTRIES
                .map(|(code, name)| Offered::new(code, name))
                .into(),
        }
    }
}

/// Where most Vietnamese abroad live, for forms without a list of nationalities.
const COUNTRIES: [(&str, &str); 12] = [
    (HOME, "Việt Nam"),
    ("AU", "Ô-xtrây-li-a"),
    ("CA", "Ca-na-đa"),
    ("CN", "Trung Quốc"),
    ("DE", "Đức"),
    ("FR", "Pháp"),
    ("JP", "Nhật Bản"),
    ("KH", "Cam-pu-chia"),
    ("KR", "Hàn Quốc"),
    ("LA", "Lào"),
    ("US", "Hoa Kỳ"),
    ("XX", "Nước khác"),
];
