//! FEEL conditions and the values that they meet.
#![no_main]

libfuzzer_sys::fuzz_target!(
    // `process` catches panics of the library that it does not own; here they would end the run.
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| fuzz::feel::eat(bytes)
);
