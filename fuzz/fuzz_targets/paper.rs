//! Files that people hand in: PDF, office documents, HEIC.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::paper::eat(bytes));
