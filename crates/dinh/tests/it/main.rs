//! The building's own tests, one binary: the rules of the house (tidy) and what crosses rooms.
mod storm;
mod tidy;
