//! The people of the demonstration world: officers come from `content/agencies`, citizens and
//! businesses are made up here from lists of common names, always the same ones.
use facts::address::Address;
use facts::agency::{Agency, AgencyLevel, Officer};
use facts::people::{PartialDate, Person, PersonKind, PersonalId, Sex, TaxCode};
use jiff::civil::date;
use work::identity::{Account, Failure, Identity, Refusal};

use crate::house::House;
use crate::serve::now;

/// The one password of all demonstration accounts.
pub const PASSWORD: &str = "dinh-lang-2026";
/// Citizens made up; enough that a search has something to find.
const CITIZENS: usize = 60;
/// Of whom so many have an account: hashing a password is slow on purpose.
pub(super) const WITH_ACCOUNT: usize = 4;
/// Businesses made up.
const BUSINESSES: [&str; 6] = [
    "Công ty TNHH Cà phê Buôn Hồ",
    "Công ty cổ phần Xây dựng Tây Nguyên Xanh",
    "Hợp tác xã Nông nghiệp Ea Kar",
    "Hộ kinh doanh Tạp hoá Cô Ba",
    "Công ty TNHH Vận tải Krông Ana",
    "Hợp tác xã Hồ tiêu Cư Kuin",
];
const FAMILIES: [&str; 12] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Y",
];
const WOMEN: [&str; 10] = [
    "Thị Hoa",
    "Thị Mai",
    "Thanh Hương",
    "Ngọc Ánh",
    "Thị Bích",
    "Thu Thuỷ",
    "Diễm Quỳnh",
    "Hoài An",
    "Thị Nga",
    "Mỹ Duyên",
];
const MEN: [&str; 10] = [
    "Văn Bình",
    "Minh Đức",
    "Quốc Hùng",
    "Thanh Tùng",
    "Hữu Phước",
    "Đình Khôi",
    "Công Thành",
    "Văn Ấn",
    "Bảo Long",
    "Xuân Hoà",
];
const STREETS: [&str; 6] = [
    "Lê Duẩn",
    "Y Jút",
    "Phan Chu Trinh",
    "Nguyễn Tất Thành",
    "Hùng Vương",
    "Quang Trung",
];

/// Everybody.
pub struct World {
    /// The two communes.
    pub communes: Vec<Agency>,
    /// Citizens, the first ones with accounts.
    pub citizens: Vec<Person>,
}

/// Makes up people and accounts.
///
/// # Errors
/// A sentence when the database failed.
pub async fn settle(house: &House) -> Result<World, String> {
    let ground = &house.ground;
    let agencies = ground
        .offices
        .agencies(now())
        .await
        .map_err(|e| e.to_string())?;
    let (communes, others): (Vec<Agency>, Vec<Agency>) = agencies
        .into_iter()
        .partition(|agency| agency.level == AgencyLevel::Commune);
    let citizens: Vec<Person> = (0..CITIZENS).map(|n| citizen(n, &communes)).collect();
    let businesses: Vec<Person> = BUSINESSES
        .iter()
        .enumerate()
        .map(|(n, name)| business(n, name, &communes))
        .collect();
    let known = citizens[WITH_ACCOUNT..].iter().chain(&businesses);
    let rows = known.map(facts::people::views::put).collect();
    ground
        .db()
        .write(rows)
        .await
        .map_err(|error| error.to_string())?;
    let identity = &house.identity;
    for person in &citizens[..WITH_ACCOUNT] {
        let made = identity.add_citizen(person, PASSWORD, now()).await;
        unless_known(made, &person.name)?;
    }
    // Those of the communes work; those of the province itself look on.
    let province = others.iter().filter(|agency| agency.parent.is_none());
    for agency in communes.iter().chain(province) {
        let officers = ground.offices.officers(agency.id.as_str(), now()).await;
        for officer in officers.map_err(|error| error.to_string())? {
            add_officer(identity, &officer).await?;
        }
    }
    Ok(World { communes, citizens })
}

async fn add_officer(identity: &Identity, officer: &Officer) -> Result<(), String> {
    let made = identity
        .add_officer(officer, &officer.id, PASSWORD, now())
        .await;
    unless_known(made, &officer.id)
}

/// A world that is settled already stays as it is.
fn unless_known(made: Result<Account, Failure>, who: &str) -> Result<(), String> {
    match made {
        Ok(_) | Err(Failure::Refusal(Refusal::NumberNotFree)) => Ok(()),
        Err(failure) => Err(format!("{who}: {failure:?}")),
    }
}

fn is_woman(n: usize) -> bool {
    n.is_multiple_of(2)
}

fn birth_year(n: usize) -> i16 {
    1962 + i16::try_from(n * 11 % 42).unwrap_or(0)
}

/// Name and personal number of the n-th citizen.
fn named(n: usize) -> (String, Option<PersonalId>) {
    let given = if is_woman(n) {
        WOMEN[n / 2 % 10]
    } else {
        MEN[n / 2 % 10]
    };
    let year = birth_year(n);
    let century = if year < 2000 { 0 } else { 2 } + u8::from(is_woman(n));
    let number = format!("066{century}{:02}{:06}", year % 100, 1_017 * (n + 1));
    let family = FAMILIES[(n * 7 + n / 10) % FAMILIES.len()];
    (format!("{family} {given}"), number.parse().ok())
}

fn citizen(n: usize, communes: &[Agency]) -> Person {
    let (name, personal_id) = named(n);
    let month = 1 + i8::try_from(n * 5 % 12).unwrap_or(0);
    let day = 1 + i8::try_from(n % 28).unwrap_or(0);
    Person {
        personal_id,
        birth: Some(PartialDate::Day(date(birth_year(n), month, day))),
        sex: Some(if is_woman(n) { Sex::Female } else { Sex::Male }),
        phone: Some(format!("0905{:06}", 112_233 + n * 3_571)),
        email: Some(format!("cong-dan-{n}@dinh.example")),
        ..somebody(n, PersonKind::Citizen, &name, communes)
    }
}

fn business(n: usize, name: &str, communes: &[Agency]) -> Person {
    Person {
        tax_code: format!("60012{:05}", 34_567 + n * 811)
            .parse::<TaxCode>()
            .ok(),
        phone: Some(format!("02623{:06}", 851_000 + n * 37)),
        ..somebody(1_000 + n, PersonKind::Organisation, name, communes)
    }
}

fn somebody(n: usize, kind: PersonKind, name: &str, communes: &[Agency]) -> Person {
    let commune = &communes[n % communes.len()];
    let line = format!("{} {}", 3 + n * 13 % 240, STREETS[n % STREETS.len()]);
    Person {
        // The same ids in every demonstration, so that links in guides keep working.
        id: format!("00000000-0000-4000-8000-{n:012}"),
        kind,
        personal_id: None,
        tax_code: None,
        name: name.to_owned(),
        birth: None,
        sex: None,
        phone: None,
        email: None,
        address: Some(Address {
            line,
            commune: commune.place_code.clone(),
            province: "66".into(),
        }),
        valid_from: date(2025, 7, 1),
        valid_to: None,
        origin: facts::people::Origin::Office,
    }
}

/// Who can sign in, for the greeting: who it is, and the name to type.
#[must_use]
pub fn sign_ins() -> Vec<(String, String)> {
    let citizens = (0..2).filter_map(|n| {
        let (name, number) = named(n);
        Some((format!("{name}: công dân"), number?.as_str().to_owned()))
    });
    let officers = OFFICERS
        .iter()
        .map(|(who, login)| ((*who).to_owned(), (*login).to_owned()));
    citizens.chain(officers).collect()
}

/// One officer of each kind, for the greeting; all others sign in the same way.
const OFFICERS: [(&str, &str); 9] = [
    ("Lê Thị Hoa: một cửa phường Buôn Ma Thuột", "le-thi-hoa.bmt"),
    ("H Hương Êban: tư pháp - hộ tịch", "h-huong-eban.bmt"),
    ("Lê Quang Thắng: phụ trách tư pháp", "le-quang-thang.bmt"),
    ("Trương Công Thành: xây dựng", "truong-cong-thanh.bmt"),
    ("Trần Văn Hùng: Chủ tịch phường", "tran-van-hung.bmt"),
    ("Đoàn Thị Mai: văn thư", "doan-thi-mai.bmt"),
    (
        "Nguyễn Thị Hồng Nhung: một cửa xã Ea Kar",
        "nguyen-thi-hong-nhung.eakar",
    ),
    ("Vũ Đức Long: kiểm soát thủ tục", "vu-duc-long.bmt"),
    ("Nguyễn Hữu Thịnh: Chủ tịch tỉnh", "nguyen-huu-thinh.tinh"),
];
