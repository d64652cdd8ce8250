//! Files of content beside procedures: places, agencies, holidays, working times.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::content::eat(bytes));
