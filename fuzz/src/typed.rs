//! Texts that people type where one thing has many writings: names, telephone numbers, personal
//! numbers, dates and numbers. What is read is written as it is read again, and a number is never
//! another one than a plain reading of its digits.
use facts::number::{self, Written};
use facts::people::{OrganisationName, PartialDate, PersonName, PersonalId, Phone, TaxCode};

/// Reads a text as each of them.
pub fn eat(bytes: &[u8]) {
    let Ok(typed) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(name) = typed.parse::<PersonName>() {
        assert_eq!(name.as_str().parse().as_ref(), Ok(&name));
        assert!(facts::people::is_same_name(name.as_str(), typed));
        assert!(typed.parse::<OrganisationName>().is_ok());
    }
    if let Ok(phone) = typed.parse::<Phone>() {
        assert_eq!(phone.as_str().parse().as_ref(), Ok(&phone));
        assert_eq!(phone.to_string().parse().as_ref(), Ok(&phone));
        for former in phone.former_digits() {
            assert_eq!(former.parse().as_ref(), Ok(&phone));
        }
    }
    if let Ok(number) = typed.parse::<PersonalId>() {
        assert_eq!(number.as_str().parse().as_ref(), Ok(&number));
    }
    if let Ok(code) = typed.parse::<TaxCode>() {
        assert_eq!(code.as_str().parse().as_ref(), Ok(&code));
    }
    if let Ok(date) = typed.parse::<PartialDate>() {
        assert_eq!(date.to_iso().parse(), Ok(date));
    }
    numbers(typed);
}

fn numbers(typed: &str) {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    if let (Written::One(whole), true) = (number::whole(typed), typed.is_ascii()) {
        let zeros = digits(typed);
        assert_eq!(whole.unsigned_abs().to_string(), match zeros.trim_start_matches('0') {
            "" => "0",
            rest => rest,
        });
    }
    let _ = number::money(typed);
    match number::decimal(typed) {
        Written::One(fraction) => {
            let again = number::in_field(fraction);
            assert!(matches!(number::decimal(&again), Written::One(same) if same == fraction)
                || again.len() > 40, "{again}");
        }
        Written::Either(here, english) => assert_ne!(here, english),
        Written::Nothing => {}
    }
}
