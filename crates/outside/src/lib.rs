//! Outside: the world beyond the house, moved only by entries. Floor 3.
//!
//! Does not know: windows over many nouns, the building.
pub mod notice;
