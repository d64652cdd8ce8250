//! A whole request: method, address, headers, body.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::page::eat(bytes));
