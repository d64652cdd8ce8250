//! Forms and query strings as browsers encode them.
use web::FormData;

/// Fields of one form; the same number as in `web::form`, which keeps its own to itself.
const FIELDS_MAX: usize = 2_000;

/// Reads a form; what was read can be written and read again.
pub fn eat(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let stays = web::local_path(&text);
    assert!(
        stays.starts_with('/') && !stays.starts_with("//"),
        "{stays:?}"
    );
    let Ok(form) = FormData::parse(bytes) else {
        return;
    };
    let fields: Vec<(&str, &str)> = form.fields().collect();
    assert!(fields.len() <= FIELDS_MAX);
    let pairs = fields.iter().map(|(name, value)| {
        let (name, value) = (web::percent_encode(name), web::percent_encode(value));
        format!("{name}={value}")
    });
    let again = FormData::parse(pairs.collect::<Vec<_>>().join("&").as_bytes());
    if let Ok(again) = again {
        assert_eq!(again.fields().collect::<Vec<_>>(), fields);
    }
    let _ = form.command_id();
    for (name, value) in &fields {
        assert!(form.has(name));
        assert!(form.all(name).contains(value));
    }
}
