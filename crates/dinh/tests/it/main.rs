//! The building's own tests, one binary: the rules of the house (tidy) and what crosses rooms.
mod damaged_log;
mod hot;
mod modes;
mod requirements;
mod storm;
mod tidy;
