//! Numbers as people write them: whole ones, amounts of money and those with a fraction, in the
//! writing of Vietnam (`1.250.000`, `72,5`) and in the English one (`1,250,000`, `72.5`). What can
//! be read in two ways is read in neither: whoever asked shows both.
//! Does not know: what is counted, which values are allowed.

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Written<T> {
    /// This number, however one reads it.
    One(T),
    /// One number here, another one in the English writing.
    Either(T, T),
    /// No number.
    Nothing,
}

/// Signs of the longest number that anybody writes.
const SIGNS_MAX: usize = 40;
/// Digits of a group.
const GROUP: usize = 3;

/// A whole number: digits, or groups of three with one kind of sign between them. A fraction makes
/// it none, also one of zeros: `1,5` copies are no copies.
#[must_use]
pub fn whole(text: &str) -> Written<i64> {
    let read = Digits::of(text).and_then(|digits| digits.whole());
    read.map_or(Written::Nothing, Written::One)
}

/// An amount in whole đồng: a whole number, perhaps with its unit and with two zeros after the
/// decimal sign, as banks print them.
#[must_use]
pub fn money(text: &str) -> Written<i64> {
    let lower = text.trim().to_lowercase();
    let units = ["đồng", "vnđ", "vnd", "đ", "₫"];
    let bare = units.iter().find_map(|unit| lower.strip_suffix(unit));
    let bare = bare.unwrap_or(&lower).trim_end();
    let bare = ["₫", "vnd"]
        .iter()
        .find_map(|unit| bare.strip_prefix(unit))
        .unwrap_or(bare);
    let cents = [(',', ",00"), ('.', ".00")]
        .iter()
        .find_map(|(sign, cents)| {
            let rest = bare.strip_suffix(cents)?;
            (!rest.contains(*sign)).then_some(rest)
        });
    whole(cents.unwrap_or(bare))
}

/// A number with a fraction. One sign with three digits after it is a thousand in one writing and a
/// thousandth in the other.
#[must_use]
pub fn decimal(text: &str) -> Written<f64> {
    let Some(digits) = Digits::of(text) else {
        return Written::Nothing;
    };
    let here = digits.decimal('.', ',');
    let english = digits.decimal(',', '.');
    match (here, english) {
        (Some(here), Some(english)) if here == english => Written::One(here),
        (Some(here), Some(english)) => Written::Either(here, english),
        (Some(one), None) | (None, Some(one)) => Written::One(one),
        (None, None) => Written::Nothing,
    }
}

/// A number with a fraction as it stands in a field: with a decimal comma, and so that it is read
/// again as the same. One of three places gets a fourth, which nobody takes for thousands.
#[must_use]
pub fn in_field(number: f64) -> String {
    let text = number.to_string();
    match text.split_once('.') {
        Some((head, tail)) if tail.len() == GROUP && head.trim_start_matches('-') != "0" => {
            format!("{head},{tail}0")
        }
        Some((head, tail)) => format!("{head},{tail}"),
        None => text,
    }
}

/// The signs of a number, blanks and a minus apart.
struct Digits {
    minus: bool,
    /// Digits, points and commas; a blank between digits is one space.
    signs: String,
}

impl Digits {
    fn of(text: &str) -> Option<Digits> {
        let text = text::line(text);
        let (minus, rest) = match text.strip_prefix(['-', '−', '–']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.as_ref()),
        };
        let mut signs = String::with_capacity(rest.len());
        for sign in rest.chars().take(SIGNS_MAX + 1) {
            signs.push(match sign {
                '.' | ',' | ' ' => sign,
                _ => text::digit(sign)?,
            });
        }
        let known = !signs.is_empty() && signs.len() <= SIGNS_MAX;
        known.then_some(Digits { minus, signs })
    }

    fn whole(&self) -> Option<i64> {
        let grouped = [' ', '.', ','].into_iter();
        let digits = grouped
            .filter_map(|sign| ungrouped(&self.signs, sign))
            .next()?;
        let value: i64 = digits.parse().ok()?;
        Some(if self.minus { -value } else { value })
    }

    /// Read with this sign, or a blank, between groups and that one before the fraction.
    fn decimal(&self, group: char, point: char) -> Option<f64> {
        let (head, tail) = match self.signs.split_once(point) {
            Some((head, tail)) => (head, tail),
            None => (self.signs.as_str(), "0"),
        };
        let are_digits = !tail.is_empty() && tail.bytes().all(|digit| digit.is_ascii_digit());
        let head = ungrouped(head, group).or_else(|| ungrouped(head, ' '))?;
        let value: f64 = are_digits.then(|| format!("{head}.{tail}").parse().ok())??;
        Some(if self.minus { -value } else { value })
    }
}

/// The digits of `1.250.000` or `1250000`: groups of three after a first one that does not begin
/// with a zero.
fn ungrouped(text: &str, sign: char) -> Option<String> {
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let are_digits = |group: &&str| group.bytes().all(|digit| digit.is_ascii_digit());
    let is_alone = rest.is_empty();
    let begins = (1..=GROUP).contains(&first.len()) && !first.starts_with('0');
    let good = !first.is_empty()
        && (is_alone || begins)
        && are_digits(&first)
        && rest
            .iter()
            .all(|group| group.len() == GROUP && are_digits(group));
    good.then(|| format!("{first}{}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Written::{Either, Nothing, One};
    use proptest::prelude::*;

    #[test]
    fn whole_numbers_are_read_in_both_writings() {
        for (text, number) in [
            ("0", 0),
            ("15", 15),
            ("007", 7),
            ("1.250", 1_250),
            ("1,250", 1_250),
            ("1 250", 1_250),
            ("1.250.000", 1_250_000),
            ("1,250,000", 1_250_000),
            ("1\u{a0}250\u{202f}000", 1_250_000),
            ("−3", -3),
            ("１５", 15),
            ("\u{200e}15\u{200e}", 15),
        ] {
            assert_eq!(whole(text), One(number), "{text}");
        }
        for text in [
            "",
            "1,5",
            "1.5",
            "1,0",
            "1 5",
            "12.50",
            "1.25.000",
            "1.250,000",
            "0.250",
            "1.250.00",
            "hai",
            "1e3",
            "+5",
            "5-",
            "0x5",
            "9223372036854775808",
            ".5",
            "5.",
            "1..250",
            "2 bản",
        ] {
            assert_eq!(whole(text), Nothing, "{text}");
        }
    }

    #[test]
    fn money_has_its_unit_and_no_fraction() {
        for text in [
            "1.250.000",
            "1,250,000",
            "1 250 000 đ",
            "1.250.000 đồng",
            "1250000VND",
            "1.250.000,00",
            "1,250,000.00 ₫",
        ] {
            assert_eq!(money(text), One(1_250_000), "{text}");
        }
        for text in ["1,5 triệu", "1.250,50", "1.250.00", "đ", "", "1,25"] {
            assert_eq!(money(text), Nothing, "{text}");
        }
    }

    #[test]
    fn a_fraction_is_read_or_asked_back() {
        for (text, number) in [
            ("72,5", 72.5),
            ("72.5", 72.5),
            ("1250", 1250.0),
            ("1.250,5", 1250.5),
            ("1,250.5", 1250.5),
            ("1 250,5", 1250.5),
            ("1 250", 1250.0),
            ("1.250.000", 1_250_000.0),
            ("0,250", 0.25),
            ("0.250", 0.25),
            ("1250,125", 1250.125),
            ("1,2500", 1.25),
            ("-0,5", -0.5),
            ("1.250.000,125", 1_250_000.125),
        ] {
            assert_eq!(decimal(text), One(number), "{text}");
        }
        assert_eq!(decimal("1.250"), Either(1250.0, 1.25));
        assert_eq!(decimal("1,250"), Either(1.25, 1250.0));
        assert_eq!(decimal("12.000"), Either(12_000.0, 12.0));
        for text in [
            "", "1.250.00", "1,2,3", "1.2.3", "inf", "NaN", "1e3", "72,5 m²", ",5", "5,", "1,250,5",
        ] {
            assert_eq!(decimal(text), Nothing, "{text}");
        }
    }

    /// The plain readings of a text: with nothing between groups, or with the signs of one country.
    fn readings(text: &str) -> Vec<f64> {
        let bare: String = text.chars().filter(|sign| *sign != ' ').collect();
        let here = bare.replace('.', "").replace(',', ".");
        let english = bare.replace(',', "");
        [here, english]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect()
    }

    proptest! {
        /// Never another number than one of the plain readings, and never one of two in silence.
        #[test]
        fn never_another_number_than_was_meant(text in "[0-9]{0,4}([., ][0-9]{0,4}){0,3}") {
            let plain = readings(&text);
            match decimal(&text) {
                One(number) => prop_assert!(plain.contains(&number), "{} {:?}", number, plain),
                Either(one, other) => {
                    prop_assert!(plain.contains(&one) && plain.contains(&other));
                    prop_assert_ne!(one, other);
                }
                Nothing => {}
            }
            if let One(number) = whole(&text) {
                prop_assert!(plain.contains(&(number as f64)), "{} {:?}", number, plain);
            }
            if let (One(number), One(money)) = (whole(&text), money(&text)) {
                prop_assert_eq!(number, money);
            }
        }

        #[test]
        fn what_stands_in_a_field_is_read_as_the_same(
            number in prop_oneof![
                any::<i32>().prop_map(f64::from),
                (any::<i32>(), 1i32..7).prop_map(|(n, places)| f64::from(n) / 10f64.powi(places)),
                -1e12f64..1e12,
            ]
        ) {
            let text = in_field(number);
            prop_assume!(text.len() <= SIGNS_MAX);
            prop_assert_eq!(decimal(&text), One(number), "{}", text);
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,30}|.{0,50}") {
            let _ = (whole(&text), money(&text), decimal(&text));
        }
    }
}
