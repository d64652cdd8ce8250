//! Forms with files, up to the file that is kept.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::upload::eat(bytes));
