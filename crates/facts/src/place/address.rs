//! An address of today: what is written before the commune, and the two codes.
//! Does not know: whether the house exists, and addresses abroad.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Places;

/// Longest first part of an address, in characters: the widest column of the paper forms, twice.
pub const ADDRESS_LINE_MAX: usize = 250;

/// Where somebody lives or a house stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// House number, street, thôn or tổ dân phố; may be empty.
    #[serde(default)]
    pub line: String,
    /// Code of the commune, five digits.
    pub commune: String,
    /// Code of the province, two digits.
    pub province: String,
}

/// Why an address is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No province has this code on that day.
    #[error("no such province on that day")]
    UnknownProvince,
    /// No commune has this code on that day.
    #[error("no such commune on that day")]
    UnknownCommune,
    /// The commune lies in another province.
    #[error("the commune lies in another province")]
    CommuneElsewhere,
    /// More than [`ADDRESS_LINE_MAX`] characters.
    #[error("the line is longer than {ADDRESS_LINE_MAX} characters")]
    LineTooLong,
}

impl Address {
    /// Whether both codes exist on that day and belong together.
    pub fn check(&self, places: &Places, on: Date) -> Result<(), AddressFault> {
        if self.line.chars().count() > ADDRESS_LINE_MAX {
            return Err(AddressFault::LineTooLong);
        }
        let province = places.province(&self.province, on);
        let province = province.ok_or(AddressFault::UnknownProvince)?;
        let commune = places
            .commune(&self.commune, on)
            .ok_or(AddressFault::UnknownCommune)?;
        if commune.province != province.code {
            return Err(AddressFault::CommuneElsewhere);
        }
        Ok(())
    }

    /// As it is written on that day: `12 Lê Duẩn, Phường Buôn Ma Thuột, Tỉnh Đắk Lắk`. Codes that
    /// no place has are left out.
    pub fn text(&self, places: &Places, on: Date) -> String {
        let mut parts = vec![self.line.trim().to_string()];
        parts.extend(
            places
                .commune(&self.commune, on)
                .map(|commune| commune.full_name()),
        );
        parts.extend(
            places
                .province(&self.province, on)
                .map(|province| province.full_name()),
        );
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}
