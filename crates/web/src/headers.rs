//! The headers that every answer wears. It does not know whose answer.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// No script or style but our own files; no frame around us; nothing leaves with a click.
const POLICY: &str = "default-src 'self'; base-uri 'none'; object-src 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Read once, not for each answer.
static FIXED: LazyLock<[(HeaderName, HeaderValue); 7]> = LazyLock::new(|| {
    [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(self), geolocation=(self), microphone=(), payment=()",
        ),
    ]
    .map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    })
});

/// The headers that every answer wears, whoever asked.
pub(crate) fn add_fixed_headers(headers: &mut HeaderMap, https: bool) {
    for (name, value) in FIXED.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}
