//! Fields of a browser, and JSON of an API, as answers to the forms of real procedures.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::answers::eat(bytes));
