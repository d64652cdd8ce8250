//! Agencies, their units, positions and officers: who may do what, where and from when until when.
//! A right belongs to a position in a unit for a period; officers are appointed to positions, and a
//! position may be lent (delegated) for some days.
//! Does not know: passwords and sessions (`identity`), dossiers, which place a code names.
mod check;
mod file;
mod id;
mod reach;
mod right;
mod viewer;
mod views;

pub use file::OfficeFile;
pub use id::{AGENCY_ID_MAX, AgencyId, AgencyIdFault};
pub use reach::Reach;
pub use right::{Right, UnknownRight};
pub use viewer::{Post, Viewer};
pub use views::{Offices, store, store_fields};

use jiff::civil::Date;
use kernel::Migration;
use serde::{Deserialize, Serialize};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "facts/0002_agencies",
        sql: include_str!("schema.sql"),
    },
    // Which fields of government a unit or position handles.
    Migration {
        name: "facts/0003_fields",
        sql: include_str!("fields.sql"),
    },
];

/// The level of local government an agency belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyLevel {
    /// Cấp tỉnh: the people's committee and its departments.
    Province,
    /// Cấp xã: xã, phường, đặc khu.
    Commune,
}

impl AgencyLevel {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AgencyLevel::Province => "province",
            AgencyLevel::Commune => "commune",
        }
    }
}

/// The days something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds; `None` while no end is set.
    pub to: Option<Date>,
}

/// Cơ quan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Electronic identifier (QĐ 20/2020/QĐ-TTg): `H15.101`.
    pub id: AgencyId,
    /// As on its seal: `Ủy ban nhân dân phường Buôn Ma Thuột`.
    pub name: String,
    /// Province or commune.
    pub level: AgencyLevel,
    /// Code of its province (2 digits) or commune (5 digits).
    pub place_code: String,
    /// The agency above it.
    pub parent: Option<AgencyId>,
    /// When it exists.
    pub term: Term,
    /// Its identifier was assumed and must be compared with the official list; officers see it.
    pub to_verify: bool,
}

/// Đơn vị: a part of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// `<agency>/<slug>`.
    pub id: String,
    /// The agency.
    pub agency: AgencyId,
    /// Shown to people.
    pub name: String,
    /// Codes of the fields of government (lĩnh vực) that it handles; empty: all of its agency.
    pub fields: Vec<String>,
}

/// Chức vụ, vị trí việc làm: what an officer is appointed to. Rights belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// `<agency>/<unit>/<slug>`.
    pub id: String,
    /// Its unit.
    pub unit: String,
    /// Its agency.
    pub agency: AgencyId,
    /// Shown to people.
    pub title: String,
    /// What its holder may do.
    pub rights: Vec<Right>,
    /// Codes of the fields that it handles; empty: those of its unit.
    pub fields: Vec<String>,
    /// When it exists.
    pub term: Term,
}

/// Cán bộ, công chức.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Unique in the province; also the name to sign in with.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Official address for messages.
    pub email: Option<String>,
}

/// An officer holds a position for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Who.
    pub officer: String,
    /// To what.
    pub position: String,
    /// When.
    pub term: Term,
}

/// Uỷ quyền, phân công: rights of a position lent to an officer for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Whose rights.
    pub from_position: String,
    /// Who receives them.
    pub to_officer: String,
    /// Which of the rights of that position.
    pub rights: Vec<Right>,
    /// When.
    pub term: Term,
    /// The paper that says so.
    pub basis: String,
}

#[cfg(test)]
mod tests;
