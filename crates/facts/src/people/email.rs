//! Addresses of electronic mail, by one rule at every door.
//! Does not know: whether anybody reads them.

/// The limit of an address in SMTP (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;
/// What to do where a text is none, in Vietnamese.
pub const EMAIL_WRONG_VI: &str = "Nhập địa chỉ thư điện tử, ví dụ ten@vidu.vn";

/// Whether this may be an address: a name, an @ and a host of at least two parts.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '(' | ')' | ',');
    text.len() <= EMAIL_CHARS_MAX
        && !name.is_empty()
        && text.chars().all(plain)
        && !name.contains('@')
        && host.split('.').count() >= 2
        && host.split('.').all(is_host_label)
}

fn is_host_label(label: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !label.is_empty() && label.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for good in ["ten@vidu.vn", "an.nguyen+giay@xa.daklak.gov.vn"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "an",
            "an@",
            "@vidu.vn",
            "an@vidu",
            "a n@vidu.vn",
            "an@@vidu.vn",
            "an@vi_du.vn",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
