//! Floor 2: work around the matter. Each room is entered through its door.
//! Does not know: the world beyond the house, nor the windows that only read.
pub mod apply;
pub mod counter;
pub mod desk;
pub mod identity;
