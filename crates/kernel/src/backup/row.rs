//! A row as a line of JSON: null, a whole number, text, or bytes as `{"hex": "…"}`.
//!
//! Does not know: which table it is of.
use crate::{Json, Value};

use super::Fault;
use super::tar::hex;

/// The line of a row, without its end.
pub(super) fn line(values: &[Value]) -> String {
    let all: Vec<Json> = values.iter().map(to_json).collect();
    Json::Array(all).to_string()
}

/// The values of such a line.
pub(super) fn values(line: &str) -> Result<Vec<Value>, Fault> {
    let all: Vec<Json> = serde_json::from_str(line).map_err(|_| Fault::Unknown)?;
    all.into_iter().map(from_json).collect()
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Bytes(bytes) => serde_json::json!({ "hex": hex(bytes) }),
    }
}

fn from_json(value: Json) -> Result<Value, Fault> {
    match value {
        Json::Null => Ok(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Int).ok_or(Fault::Unknown),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Object(fields) => {
            let digits = fields.get("hex").and_then(Json::as_str);
            digits
                .and_then(bytes)
                .map(Value::Bytes)
                .ok_or(Fault::Unknown)
        }
        Json::Bool(_) | Json::Array(_) => Err(Fault::Unknown),
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        let row = [
            Value::Null,
            Value::Int(i64::MIN),
            Value::Text("Đắk Lắk\n\"\u{1f3db}\"".into()),
            Value::Bytes(vec![0, 255, 16]),
        ];
        let line = line(&row);
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(values(&line), Ok(row.to_vec()));
        assert_eq!(values("[1.5]"), Err(Fault::Unknown));
        assert_eq!(values("[{\"hex\":\"zz\"}]"), Err(Fault::Unknown));
    }
}
