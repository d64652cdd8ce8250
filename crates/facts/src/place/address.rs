//! Whether an address is one of a given day, and how it is written.
//! Does not know: whether the house exists.
use jiff::civil::Date;

use super::Places;
use crate::address::{ADDRESS_LINE_MAX, Address};

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

impl Places {
    /// Whether both codes exist on that day and belong together.
    pub fn check_address(&self, address: &Address, on: Date) -> Result<(), AddressFault> {
        if address.line.chars().count() > ADDRESS_LINE_MAX {
            return Err(AddressFault::LineTooLong);
        }
        let province = self.province(&address.province, on);
        let province = province.ok_or(AddressFault::UnknownProvince)?;
        let commune = self
            .commune(&address.commune, on)
            .ok_or(AddressFault::UnknownCommune)?;
        if commune.province != province.code {
            return Err(AddressFault::CommuneElsewhere);
        }
        Ok(())
    }

    /// As it is written on that day: `12 Lê Duẩn, Phường Buôn Ma Thuột, Tỉnh Đắk Lắk`. Codes that
    /// no place has are left out.
    pub fn address_text(&self, address: &Address, on: Date) -> String {
        let mut parts = vec![address.line.trim().to_string()];
        parts.extend(
            self.commune(&address.commune, on)
                .map(|commune| commune.full_name()),
        );
        parts.extend(
            self.province(&address.province, on)
                .map(|province| province.full_name()),
        );
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}
