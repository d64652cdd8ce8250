//! FEEL: an expression on the first line, the values that it meets as JSON below it. A text that is
//! read is read again from its own words; a condition gives the same answer twice.
use process::feel::{Condition, Expression};
use serde_json::json;

/// Reads and evaluates.
pub fn eat(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (expression, values) = text.split_once('\n').unwrap_or((text, ""));
    let values = serde_json::from_str(values)
        .unwrap_or_else(|_| json!({"a": 1, "b": "2026-11-02", "c": [1, "x", null], "d": true}));
    let Ok(read) = Expression::parse(expression) else {
        return;
    };
    let again = Expression::parse(read.text()).expect("its own text");
    assert_eq!(read.names(), again.names());
    let _ = read.evaluate(&values);
    if let Ok(condition) = Condition::parse(expression) {
        assert_eq!(condition.holds(&values), condition.holds(&values));
    }
}
