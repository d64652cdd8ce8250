//! An address of today: what is written before the commune, and the two codes.
//! Does not know: which codes exist (`place` checks and writes it out), and addresses abroad.
use serde::{Deserialize, Serialize};

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
