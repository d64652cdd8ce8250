//! The folder of a procedure: procedure, form, story.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::procedure::eat(bytes));
