//! The real files of `content/places/`, against the counts and names of the law.
use std::path::Path;
use std::sync::OnceLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::address::{ADDRESS_LINE_MAX, Address};

/// Counts per province, QĐ 19/2025/QĐ-TTg.
const COUNTS: [(&str, usize); 34] = [
    ("01", 126),
    ("04", 56),
    ("08", 124),
    ("11", 45),
    ("12", 38),
    ("14", 75),
    ("15", 99),
    ("19", 92),
    ("20", 65),
    ("22", 54),
    ("24", 99),
    ("25", 148),
    ("31", 114),
    ("33", 104),
    ("37", 129),
    ("38", 166),
    ("40", 130),
    ("42", 69),
    ("44", 78),
    ("46", 40),
    ("48", 94),
    ("51", 96),
    ("52", 135),
    ("56", 65),
    ("66", 102),
    ("68", 124),
    ("75", 95),
    ("79", 168),
    ("80", 96),
    ("82", 102),
    ("86", 124),
    ("91", 102),
    ("92", 103),
    ("96", 64),
];
const TODAY: Date = date(2026, 11, 23);

fn content() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content"))
}

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(|| match Places::load(content()) {
        Ok(places) => places,
        Err(faults) => panic!(
            "{}",
            faults.iter().map(|f| format!("{f}\n")).collect::<String>()
        ),
    })
}

fn kinds(on: Date) -> [usize; 3] {
    let count = |kind| {
        let all = places().communes.iter();
        all.filter(|commune| commune.kind == kind && commune.validity.holds(on))
            .count()
    };
    [
        CommuneKind::Commune,
        CommuneKind::Ward,
        CommuneKind::SpecialZone,
    ]
    .map(count)
}

fn cities(on: Date) -> usize {
    places()
        .provinces(on)
        .filter(|province| province.kind == ProvinceKind::City)
        .count()
}

fn names(communes: &[&Commune]) -> Vec<String> {
    communes.iter().map(|commune| commune.full_name()).collect()
}

#[test]
fn every_province_has_its_communes_on_every_day() {
    for on in [
        date(2025, 7, 1),
        date(2026, 4, 29),
        date(2026, 4, 30),
        date(2026, 9, 20),
        TODAY,
    ] {
        assert_eq!(places().provinces(on).count(), 34, "{on}");
        for (code, count) in COUNTS {
            assert_eq!(
                places().communes_of(code, on).len(),
                count,
                "{code} on {on}"
            );
        }
        assert_eq!(kinds(on).iter().sum::<usize>(), 3321, "{on}");
    }
    assert_eq!(places().provinces(date(2025, 6, 30)).count(), 0);
}

#[test]
fn the_changes_of_2026_come_on_their_day() {
    assert_eq!(kinds(date(2025, 7, 1)), [2621, 687, 13]);
    assert_eq!(kinds(date(2026, 4, 29)), [2621, 687, 13]);
    assert_eq!(kinds(date(2026, 4, 30)), [2611, 697, 13]);
    assert_eq!(kinds(date(2026, 9, 19)), [2611, 697, 13]);
    assert_eq!(kinds(date(2026, 9, 20)), [2599, 709, 13]);
    let days = [
        date(2026, 4, 29),
        date(2026, 4, 30),
        date(2026, 9, 1),
        date(2026, 9, 20),
    ];
    assert_eq!(days.map(cities), [6, 7, 8, 9]);
    let name = |on| places().province("75", on).map(Province::full_name);
    assert_eq!(name(date(2026, 4, 29)).as_deref(), Some("Tỉnh Đồng Nai"));
    assert_eq!(
        name(date(2026, 4, 30)).as_deref(),
        Some("Thành phố Đồng Nai")
    );
    let name = |on| places().commune("26368", on).map(Commune::full_name);
    assert_eq!(name(date(2026, 4, 29)).as_deref(), Some("Xã Long Thành"));
    assert_eq!(
        name(date(2026, 4, 30)).as_deref(),
        Some("Phường Long Thành")
    );
}

#[test]
fn the_islands_are_there() {
    for (code, name, province) in [("20333", "Hoàng Sa", "48"), ("22736", "Trường Sa", "56")] {
        let zone = places().commune(code, TODAY).expect("present");
        assert_eq!(
            (zone.name.as_str(), zone.province.as_str()),
            (name, province)
        );
        assert_eq!(zone.kind, CommuneKind::SpecialZone);
    }
}

#[test]
fn a_code_published_wrongly_finds_its_unit() {
    let right = places().commune("06970", TODAY).expect("Ba Chẽ");
    assert_eq!(right.full_name(), "Xã Ba Chẽ");
    assert_eq!(places().commune("06978", TODAY), Some(right));
    assert_eq!(places().commune("99999", TODAY), None);
}

#[test]
fn lists_are_in_the_order_of_the_alphabet() {
    let provinces: Vec<&str> = places()
        .provinces(TODAY)
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        provinces[..6],
        [
            "An Giang",
            "Bắc Ninh",
            "Cà Mau",
            "Cao Bằng",
            "Cần Thơ",
            "Đà Nẵng"
        ]
    );
    let communes = names(&places().communes_of("66", TODAY));
    assert_eq!(
        communes[..3],
        ["Phường Bình Kiến", "Xã Buôn Đôn", "Phường Buôn Hồ"]
    );
}

#[test]
fn search_needs_no_marks_and_takes_either_tone_position() {
    let first = |text| names(&places().search(text, TODAY, 1)).pop();
    for text in [
        "Buôn Ma Thuột",
        "buon ma thuot",
        "phuong buon ma th",
        "BUÔN MA THUỘT",
        "24133",
    ] {
        assert_eq!(
            first(text).as_deref(),
            Some("Phường Buôn Ma Thuột"),
            "{text}"
        );
    }
    assert_eq!(first("tuy hoa dak lak").as_deref(), Some("Phường Tuy Hòa"));
    assert_eq!(first("Tuy Hoà").as_deref(), Some("Phường Tuy Hòa"));
    assert_eq!(first("Tuy Hòa").as_deref(), Some("Phường Tuy Hòa"));
    assert_eq!(first("ea h'leo").as_deref(), Some("Xã Ea H'Leo"));
    assert_eq!(
        first("dien bien phu").as_deref(),
        Some("Phường Điện Biên Phủ")
    );
    assert_eq!(first("  "), None);
    assert_eq!(first("không có nơi này"), None);
}

#[test]
fn search_puts_the_nearest_first() {
    let found = places().search("Mỹ Thọ", TODAY, 2);
    assert_eq!(names(&found)[0], "Xã Mỹ Thọ");
    let found = places().search("Tân An", TODAY, 50);
    assert!(found.iter().take(2).all(|commune| commune.name == "Tân An"));
    assert!(found.len() > 2);
    assert_eq!(places().search("a", TODAY, 7).len(), 7);
}

#[test]
fn an_old_address_finds_the_unit_of_today() {
    let resolve =
        |province, district, commune| names(&places().resolve_old(province, district, commune));
    let thanh_cong = ["Phường Buôn Ma Thuột"];
    assert_eq!(
        resolve(
            "Tỉnh Đắk Lắk",
            "Thành phố Buôn Ma Thuột",
            "Phường Thành Công"
        ),
        thanh_cong
    );
    assert_eq!(
        resolve("dak lak", "tp buon ma thuot", "p. thanh cong"),
        thanh_cong
    );
    assert_eq!(
        resolve("Đắk Lắk", "TP.Buôn Ma Thuột", "P.Thành Công"),
        thanh_cong
    );
    // The province may be today's: this district was in Phú Yên.
    assert_eq!(
        resolve("Phú Yên", "Huyện Sông Hinh", "Thị trấn Hai Riêng"),
        ["Xã Sông Hinh"]
    );
    assert_eq!(
        resolve("Đắk Lắk", "Sông Hinh", "TT Hai Riêng"),
        ["Xã Sông Hinh"]
    );
    // Numbers, abbreviated.
    assert_eq!(resolve("TPHCM", "Q1", "P. Bến Nghé"), ["Phường Sài Gòn"]);
    assert_eq!(
        resolve("TP HCM", "Q.5", "P01"),
        resolve("Hồ Chí Minh", "Quận 5", "Phường 1")
    );
    // Districts without communes.
    assert_eq!(
        resolve("Đà Nẵng", "Huyện Hoàng Sa", ""),
        ["Đặc khu Hoàng Sa"]
    );
    assert_eq!(
        resolve("Khánh Hòa", "Trường Sa", "Thị trấn Trường Sa"),
        ["Đặc khu Trường Sa"]
    );
    // The district was left out.
    assert_eq!(resolve("Đắk Lắk", "", "Phường Thành Công"), thanh_cong);
    assert!(resolve("Đắk Lắk", "Buôn Ma Thuột", "").is_empty());
    assert!(resolve("Nơi Khác", "Quận 1", "Bến Nghé").is_empty());
}

#[test]
fn the_same_name_in_two_districts_needs_the_district() {
    let all = places().resolve_old("Hà Nội", "", "Xã Tân Hòa").len();
    let one = places().resolve_old("Thừa Thiên Huế", "Quận Phú Xuân", "Phường Tây Lộc");
    assert!(all >= 1);
    assert_eq!(names(&one), ["Phường Phú Xuân"]);
}

#[test]
fn former_communes_resolve_by_their_own_names() {
    let former = &places().former;
    let mut missed = Vec::new();
    // Every seventh of 10,040 keeps the test quick; all of them hold.
    for commune in former.full_names().step_by(7) {
        let parts: Vec<&str> = commune.1.split(", ").collect();
        let found = match parts[..] {
            [commune, district, province] => places().resolve_old(province, district, commune),
            [district, province] => places().resolve_old(province, district, ""),
            _ => Vec::new(),
        };
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        if codes != commune.0 {
            missed.push(commune.1);
        }
    }
    assert!(
        missed.is_empty(),
        "{} of 10,040: {:?}",
        missed.len(),
        &missed[..missed.len().min(9)]
    );
}

#[test]
fn former_names_are_told() {
    let names = places().formerly("00097");
    assert!(names.contains(&"Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội".to_string()));
}

#[test]
fn an_address_is_checked_and_written_as_of_a_day() {
    let mut address = Address {
        line: "12 Lê Duẩn".into(),
        commune: "24133".into(),
        province: "66".into(),
    };
    assert_eq!(places().check_address(&address, TODAY), Ok(()));
    let text = "12 Lê Duẩn, Phường Buôn Ma Thuột, Tỉnh Đắk Lắk";
    assert_eq!(places().address_text(&address, TODAY), text);
    address.province = "01".into();
    assert_eq!(
        places().check_address(&address, TODAY),
        Err(AddressFault::CommuneElsewhere)
    );
    address.commune = "00001".into();
    assert_eq!(
        places().check_address(&address, TODAY),
        Err(AddressFault::UnknownCommune)
    );
    address.line = "x".repeat(ADDRESS_LINE_MAX + 1);
    assert_eq!(
        places().check_address(&address, TODAY),
        Err(AddressFault::LineTooLong)
    );
}

#[test]
fn faults_carry_file_and_line() {
    let folder = std::env::temp_dir().join(format!("dinh-places-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("places")).unwrap();
    for entry in std::fs::read_dir(content().join("places")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join("places").join(path.file_name().unwrap())).unwrap();
    }
    let file = folder.join("places/provinces.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("04,Cao Bằng,tinh", "04,Cao Bằng,huyen")).unwrap();
    let faults = Places::load(&folder).unwrap_err();
    std::fs::remove_dir_all(&folder).unwrap();
    let first = faults[0].to_string();
    assert!(
        first.contains("provinces.csv:3: kind \"huyen\": allowed are"),
        "{first}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A table of places with anything in it is read, or refused with its faults.
    #[test]
    fn any_table_of_places_is_read_or_refused(
        noise in "\\PC{0,12}|[0-9,\"\n-]{0,20}",
        file in 0usize..6,
        start in 0usize..600,
        length in 0usize..100,
    ) {
        let names = [
            "provinces", "communes", "former_provinces", "former_districts", "successions",
            "code_aliases",
        ];
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(home.path().join("places")).expect("a folder");
        for (number, name) in names.iter().enumerate() {
            let name = format!("places/{name}.csv");
            let real = std::fs::read_to_string(content().join(&name)).expect("our own content");
            let mut signs: Vec<char> = real.chars().take(2_000).collect();
            if number == file {
                let start = start.min(signs.len());
                let end = (start + length).min(signs.len());
                signs.splice(start..end, noise.chars());
            }
            let text: String = signs.into_iter().collect();
            std::fs::write(home.path().join(&name), text).expect("written");
        }
        if let Err(faults) = Places::load(home.path()) {
            prop_assert!(!faults.is_empty());
        }
    }
}

fn found(text: &str) -> Vec<String> {
    let all = places().find(text, TODAY, 9).into_iter();
    all.map(|one| match one.formerly.as_str() {
        "" => one.commune.full_name(),
        formerly => format!("{formerly} → {:?} {}", one.part, one.commune.full_name()),
    })
    .collect()
}

#[test]
fn an_old_name_leads_to_the_commune_of_today() {
    let cu_ebur = "Xã Cư ÊBur, Thành phố Buôn Ma Thuột, Tỉnh Đắk Lắk → Whole";
    for text in [
        "xã Cư Êbur, TP Buôn Ma Thuột",
        "Cư Êbur",
        "cu ebur",
        "xã cư êbur tp buôn ma thuột tỉnh đắk lắk",
        "Cư Êbur, Đắk Lắk",
        "Cư Êbur, huyện không ai biết",
    ] {
        let all = found(text);
        assert!(
            all.len() == 1 && all[0].starts_with(cu_ebur),
            "{text}: {all:?}"
        );
    }
}

#[test]
fn of_a_divided_commune_every_part_is_offered_the_largest_first() {
    let all = found("phường Cống Vị, quận Ba Đình, Hà Nội");
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(
        all[0].contains("→ Most") && all[1].contains("→ Some"),
        "{all:?}"
    );
}

#[test]
fn a_name_of_today_is_found_with_and_without_its_province() {
    let all = found("phường Buôn Ma Thuột");
    assert_eq!(all[0], "Phường Buôn Ma Thuột", "{all:?}");
    let all = found("Tân An, Đắk Lắk");
    assert!(all.iter().any(|one| one == "Phường Tân An"), "{all:?}");
    assert!(found("  ,").is_empty() && found("").is_empty());
}
