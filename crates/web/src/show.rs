//! Dates, times, money and sizes as people here write them.
//!
//! It does not know what a number means.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// The one clock of the country: UTC+7 all year.
const LOCAL: Offset = Offset::constant(7);

/// `22/11/2026`.
pub fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// `14:03 22/11/2026`.
pub fn moment(at: Timestamp) -> String {
    format!("{} {}", clock(at), day(LOCAL.to_datetime(at).date()))
}

/// `14:03`.
pub fn clock(at: Timestamp) -> String {
    let local = LOCAL.to_datetime(at);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// The local date of a moment.
pub fn local_date(at: Timestamp) -> Date {
    LOCAL.to_datetime(at).date()
}

/// `1.250.000`, also for negative numbers.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if value < 0 { format!("−{out}") } else { out }
}

/// `1.250.000 đ`, with a space that does not break.
pub fn dong(value: i64) -> String {
    format!("{}\u{a0}đ", number(value))
}

/// `2,4 MB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let mut unit = 0;
    let mut tenths = count.saturating_mul(10);
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if unit == 0 || tenth == 0 {
        format!("{whole}\u{a0}{}", UNITS[unit])
    } else {
        format!("{whole},{tenth}\u{a0}{}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_250_000), "1.250.000");
        assert_eq!(number(-1_000), "−1.000");
        assert_eq!(dong(8_000), "8.000\u{a0}đ");
        assert_eq!(bytes(900), "900\u{a0}B");
        assert_eq!(bytes(2_500_000), "2,3\u{a0}MB");
        let at: Timestamp = "2026-11-22T18:03:00Z".parse().unwrap();
        assert_eq!(moment(at), "01:03 23/11/2026");
        assert_eq!(local_date(at), jiff::civil::date(2026, 11, 23));
    }
}
