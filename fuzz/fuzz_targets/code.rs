//! What people type and scanners read: dossier codes, numbers, dates, places in lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::code::eat(bytes));
