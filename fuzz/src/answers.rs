//! Answers to the forms of real procedures: the first byte says which, the rest is a form of a
//! browser, or JSON when it begins with a brace. Answers that pass pass again unchanged, and come
//! back the same through the fields of a page.
use std::path::Path;
use std::sync::{Arc, LazyLock};

use facts::procedure::{Catalogue, Channel, Procedure};
use jiff::civil::{Date, date};
use serde_json::Value as Json;
use web::FormData;

const TODAY: Date = date(2026, 11, 23);

static PROCEDURES: LazyLock<Vec<Arc<Procedure>>> = LazyLock::new(|| {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let catalogue = Catalogue::load(&content).expect("our own content");
    catalogue.all().cloned().collect()
});

/// Checks answers.
pub fn eat(bytes: &[u8]) {
    let Some((procedure, rest)) = crate::choose(&PROCEDURES, bytes) else {
        return;
    };
    let form = &procedure.form;
    let given: Json = match rest.first() {
        Some(b'{') => match serde_json::from_slice(rest) {
            Ok(given) => given,
            Err(_) => return,
        },
        _ => match FormData::parse(rest) {
            Ok(sent) => form.collect(sent.fields()),
            Err(_) => return,
        },
    };
    let _ = form.collect(
        form.fields(&given)
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str())),
    );
    let Ok(clean) = form.check(&given, TODAY) else {
        return;
    };
    let again = form
        .check(&clean.answers, TODAY)
        .expect("what passed passes");
    assert_eq!(again.answers, clean.answers);
    for fee in procedure.fees(Channel::Online, &clean.answers) {
        let _ = format!("{fee:?}");
    }
}
