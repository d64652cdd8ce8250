//! Made-up people, as many as are wanted, with the names of Viet Nam about as common as they are
//! there; always the same ones. Does not know: what they apply for.
use facts::people::{Person, PersonKind};

/// Family names and how many of a thousand people bear them (after Lê Trung Hoa, Họ và tên người
/// Việt Nam, 2005, rounded); the rest is spread over the last ones.
const FAMILIES: [(&str, u64); 40] = [
    ("Nguyễn", 384),
    ("Trần", 110),
    ("Lê", 95),
    ("Phạm", 70),
    ("Huỳnh", 26),
    ("Hoàng", 25),
    ("Phan", 45),
    ("Vũ", 20),
    ("Võ", 19),
    ("Đặng", 21),
    ("Bùi", 20),
    ("Đỗ", 14),
    ("Hồ", 13),
    ("Ngô", 13),
    ("Dương", 10),
    ("Lý", 5),
    ("Trương", 9),
    ("Đinh", 9),
    ("Đoàn", 8),
    ("Trịnh", 8),
    ("Đào", 7),
    ("Lương", 7),
    ("Mai", 6),
    ("Lâm", 6),
    ("Cao", 5),
    ("Hà", 5),
    ("Tạ", 4),
    ("Tô", 4),
    ("Thái", 4),
    ("Châu", 3),
    ("Quách", 3),
    ("Phùng", 3),
    ("Kiều", 2),
    ("Tống", 2),
    ("Triệu", 2),
    ("Niê", 4),
    ("Êban", 3),
    ("Ksor", 2),
    ("Mlô", 2),
    ("La", 2),
];
const MEN: [(&str, u64); 10] = [
    ("Văn", 420),
    ("Đình", 60),
    ("Minh", 80),
    ("Quốc", 70),
    ("Hữu", 70),
    ("Đức", 80),
    ("Xuân", 60),
    ("Thanh", 60),
    ("Công", 50),
    ("Ngọc", 50),
];
const WOMEN: [(&str, u64); 10] = [
    ("Thị", 560),
    ("Ngọc", 90),
    ("Thanh", 70),
    ("Thu", 60),
    ("Kim", 50),
    ("Phương", 40),
    ("Bích", 40),
    ("Hoài", 30),
    ("Mỹ", 30),
    ("Quỳnh", 30),
];
/// Given names; the first ones are the more common.
const GIVEN: [&str; 90] = [
    "Anh",
    "Hương",
    "Hùng",
    "Linh",
    "Hà",
    "Dũng",
    "Nam",
    "Lan",
    "Minh",
    "Hoa",
    "Tuấn",
    "Hằng",
    "Cường",
    "Mai",
    "Hải",
    "Thảo",
    "Sơn",
    "Nga",
    "Long",
    "Trang",
    "Bình",
    "Thuỷ",
    "Đức",
    "Yến",
    "Phúc",
    "Hạnh",
    "Khánh",
    "Vân",
    "Quân",
    "Ngọc",
    "Tâm",
    "Châu",
    "Hiếu",
    "Loan",
    "Phong",
    "Chi",
    "Thắng",
    "Hồng",
    "Trung",
    "Dung",
    "Thành",
    "Hiền",
    "Kiên",
    "Liên",
    "Tùng",
    "Nhung",
    "Việt",
    "Quỳnh",
    "An",
    "Bích",
    "Bảo",
    "Cúc",
    "Công",
    "Diệp",
    "Đạt",
    "Đào",
    "Điệp",
    "Duyên",
    "Giang",
    "Gấm",
    "Hoà",
    "Huệ",
    "Hưng",
    "Khuê",
    "Khôi",
    "Lệ",
    "Lâm",
    "Lý",
    "Lộc",
    "Mận",
    "Mạnh",
    "Ngân",
    "Năm",
    "Nhi",
    "Nghĩa",
    "Oanh",
    "Phát",
    "Phượng",
    "Quang",
    "Sen",
    "Tài",
    "Tuyết",
    "Thịnh",
    "Uyên",
    "Tín",
    "Vy",
    "Vinh",
    "Xuân",
    "Ý",
    "Ấn",
];
/// Applications of one person.
const APPLICATIONS: u64 = 5;

/// Who files the `number`-th application, living like `like`.
#[must_use]
pub fn person(like: &Person, number: u64) -> Person {
    // People come back at other times, not the next minute.
    let who = mixed(number, 0) % (number / APPLICATIONS + 1);
    Person {
        id: format!("00000000-0000-4000-a000-{who:012}"),
        kind: PersonKind::Citizen,
        name: name(who),
        phone: Some(format!("09{:08}", mixed(who, 5) % 100_000_000)),
        ..like.clone()
    }
}

/// The name of the `who`-th person: of three words, of every third person of four.
#[must_use]
pub fn name(who: u64) -> String {
    let family = weighed(&FAMILIES, mixed(who, 1));
    let middles = if mixed(who, 2).is_multiple_of(2) {
        &MEN
    } else {
        &WOMEN
    };
    let middle = weighed(middles, mixed(who, 3));
    let given = given(mixed(who, 4));
    match mixed(who, 6) % 3 {
        0 => format!("{family} {middle} {} {given}", self::given(mixed(who, 7))),
        _ => format!("{family} {middle} {given}"),
    }
}

fn weighed<'a>(names: &[(&'a str, u64)], mixed: u64) -> &'a str {
    let all: u64 = names.iter().map(|(_, weight)| weight).sum();
    let mut left = mixed % all;
    for (name, weight) in names {
        match left.checked_sub(*weight) {
            Some(less) => left = less,
            None => return name,
        }
    }
    names[0].0
}

/// Of two draws the smaller: the first are met often, the last seldom.
fn given(mixed: u64) -> &'static str {
    let count = GIVEN.len() as u64;
    let drawn = (mixed % count).min(mixed / count % count);
    GIVEN[usize::try_from(drawn).unwrap_or(0)]
}

/// A number that looks like chance and is always the same (SplitMix64).
#[must_use]
pub fn mixed(number: u64, salt: u64) -> u64 {
    let mut z = (number ^ (salt << 56)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_are_as_common_as_in_life() {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for who in 0..20_000 {
            *seen.entry(name(who)).or_default() += 1;
        }
        assert!((9_000..18_000).contains(&seen.len()), "{}", seen.len());
        let of = |begin: &str| -> usize {
            let begun = seen.iter().filter(|(name, _)| name.starts_with(begin));
            begun.map(|(_, count)| count).sum()
        };
        assert!((6_000..8_500).contains(&of("Nguyễn ")), "{}", of("Nguyễn "));
        assert!((20..200).contains(&of("Niê ")), "{}", of("Niê "));
    }
}
