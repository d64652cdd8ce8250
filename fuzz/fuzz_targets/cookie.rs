//! The cookie header: session, visitor and the message for the next page.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::cookie::eat(bytes));
