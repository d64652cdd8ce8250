//! Forms and query strings as browsers encode them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::form::eat(bytes));
