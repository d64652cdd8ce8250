//! What the lines of an office file must agree on: every name means one thing that is there.
//! Does not know: other files.
use std::collections::HashSet;

use toml::Spanned;

use super::file::{RawFile, Reader};
use super::{AgencyLevel, OfficeFile, Right};

pub(super) fn check(raw: &RawFile, offices: &OfficeFile, reader: &mut Reader<'_>) {
    let agencies: HashSet<&str> = offices.agencies.iter().map(|one| one.id.as_str()).collect();
    let officers: HashSet<&str> = offices.officers.iter().map(|one| one.id.as_str()).collect();
    for agency in &raw.agency {
        let digits = match agency.level {
            AgencyLevel::Province => 2,
            AgencyLevel::Commune => 5,
        };
        let place = agency.place.get_ref();
        if place.len() != digits || !place.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("place {place:?}: this level has codes of {digits} digits");
            reader.fault(agency.place.span(), message);
        }
        if let Some(parent) = &agency.parent
            && !agencies.contains(parent.get_ref().as_str())
        {
            reader.fault(
                parent.span(),
                format!("no agency {:?} in this file", parent.get_ref()),
            );
        }
    }
    names(raw, reader);
    for appointment in raw.officer.iter().flat_map(|officer| &officer.appointment) {
        let position = &appointment.position;
        if rights_of(offices, position.get_ref()).is_none() {
            reader.fault(
                position.span(),
                format!("no position {:?}", position.get_ref()),
            );
        }
    }
    for delegation in &raw.delegation {
        let officer = &delegation.to_officer;
        if !officers.contains(officer.get_ref().as_str()) {
            reader.fault(
                officer.span(),
                format!("no officer {:?}", officer.get_ref()),
            );
        }
        let position = &delegation.from_position;
        let Some(rights) = rights_of(offices, position.get_ref()) else {
            reader.fault(
                position.span(),
                format!("no position {:?}", position.get_ref()),
            );
            continue;
        };
        for word in &delegation.rights {
            if word
                .get_ref()
                .parse()
                .is_ok_and(|right| !rights.contains(&right))
            {
                let message = format!("the position has no right {:?} to lend", word.get_ref());
                reader.fault(word.span(), message);
            }
        }
    }
}

fn rights_of<'a>(offices: &'a OfficeFile, position: &str) -> Option<&'a [Right]> {
    let found = offices.positions.iter().find(|one| one.id == position);
    found.map(|one| one.rights.as_slice())
}

/// Every name is there once: of agencies, their aliases and officers in the file, of units in their
/// agency, of positions in their unit.
fn names(raw: &RawFile, reader: &mut Reader<'_>) {
    unique(reader, "agency", raw.agency.iter().map(|one| &one.id));
    unique(
        reader,
        "alias",
        raw.agency.iter().flat_map(|one| &one.aliases),
    );
    unique(reader, "officer", raw.officer.iter().map(|one| &one.id));
    slugs(reader, raw.officer.iter().map(|one| &one.id));
    for agency in &raw.agency {
        unique(reader, "unit", agency.unit.iter().map(|one| &one.id));
        slugs(reader, agency.unit.iter().map(|one| &one.id));
        for unit in &agency.unit {
            unique(reader, "field", unit.fields.iter());
            slugs(reader, unit.fields.iter());
            for position in &unit.position {
                unique(reader, "field", position.fields.iter());
                slugs(reader, position.fields.iter());
            }
            unique(reader, "position", unit.position.iter().map(|one| &one.id));
            slugs(reader, unit.position.iter().map(|one| &one.id));
        }
    }
}

fn unique<'a>(
    reader: &mut Reader<'_>,
    what: &str,
    names: impl Iterator<Item = &'a Spanned<String>>,
) {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.get_ref()) {
            reader.fault(
                name.span(),
                format!("{what} {:?} is there twice", name.get_ref()),
            );
        }
    }
}

/// These become parts of addresses of pages.
fn slugs<'a>(reader: &mut Reader<'_>, names: impl Iterator<Item = &'a Spanned<String>>) {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    for name in names {
        let text = name.get_ref();
        if text.is_empty() || !text.bytes().all(allowed) {
            let message = format!("{text:?}: only a-z, 0-9, hyphen and point");
            reader.fault(name.span(), message);
        }
    }
}
