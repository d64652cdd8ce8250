//! Windows: screens over many nouns. Floor 4. They read and decide nothing.
//!
//! Does not know: the building that opens them.
pub mod console;
pub mod portal;
