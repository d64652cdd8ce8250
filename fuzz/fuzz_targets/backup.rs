//! The file of a backup: raw bytes, and members under a seal that fits.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::backup::eat(bytes));
