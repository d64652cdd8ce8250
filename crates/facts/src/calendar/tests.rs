//! The test vectors of the law and the properties of every reckoning, on the real calendar of
//! content/.
use super::*;
use std::path::Path;
use std::sync::LazyLock;

mod files;
mod properties;
mod vectors;

static CALENDARS: LazyLock<Calendars> = LazyLock::new(|| {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    Calendars::load(&content).unwrap_or_else(|faults| panic!("{faults:#?}"))
});

fn calendar() -> &'static Calendar {
    CALENDARS.of("H15.50")
}

fn at(text: &str) -> Timestamp {
    parse_received(text).expect(text)
}
