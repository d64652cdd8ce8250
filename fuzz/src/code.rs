//! What people type and scanners read into one field: dossier codes, the text of a QR code, personal
//! numbers, tax codes, dates, agencies, procedures, time limits. What is read can be written and
//! read again.
use std::fmt::Display;
use std::str::FromStr;

use facts::agency::AgencyId;
use facts::calendar::{Limit, parse_received};
use facts::people::{PartialDate, PersonalId, TaxCode};
use facts::procedure::{Channel, Level, ProcedureKey};

use crate::dossier::Code;
use crate::found::{Wanted, wanted};

/// Reads one text as each of them.
pub fn eat(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    again::<Code>(text);
    again::<PersonalId>(text);
    again::<TaxCode>(text);
    again::<PartialDate>(text);
    again::<AgencyId>(text);
    again::<ProcedureKey>(text);
    again::<Level>(text);
    again::<Channel>(text);
    again::<Limit>(text);
    let _ = parse_received(text);
    let _ = AgencyId::from_older_form(text);
    if let Ok(id) = text.parse::<PersonalId>() {
        let _ = (id.birth_year(), id.sex(), id.birth_province());
        assert!(id.masked().len() == 12 && !format!("{id:?}").contains(id.as_str()));
    }
    if let Ok(date) = text.parse::<PartialDate>() {
        assert!(date.earliest() <= date.latest());
    }
    match wanted(text) {
        Wanted::Nothing => assert!(text.trim().is_empty()),
        Wanted::Code(code) => assert_eq!(wanted(&code.to_string()), Wanted::Code(code)),
        Wanted::Words(words) => assert_eq!(words, text.trim()),
    }
    let folded = facts::fold::fold(text);
    assert_eq!(facts::fold::fold(&folded), folded, "{text:?}");
}

fn again<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let written = read.to_string();
        let same = written.parse::<T>().is_ok_and(|again| again == read);
        assert!(same, "{text:?} is written as {written:?}");
    }
}
