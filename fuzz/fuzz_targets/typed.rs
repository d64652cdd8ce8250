//! Names, telephone numbers, dates and numbers as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::typed::eat(bytes));
