//! Between JSON and FEEL values.
//!
//! It knows no expression. A JSON text that is an ISO date becomes a date and comes back as the
//! same text.

use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value;
use dsntk_feel::{FeelNumber, Name};
use serde_json::{Map, Value as Json};

use super::{MAX_ITEMS, Problem};

/// Numbers beyond this mean nothing in any office and could, multiplied, leave the range of decimal
/// arithmetic.
const NUMBER_MAX: f64 = 1e30;

/// Whether a text is a date as ISO 8601 writes it, `2026-11-23`, and exists.
pub(super) fn is_date(text: &str) -> bool {
    const ISO_DATE_LENGTH: usize = 10;
    text.len() == ISO_DATE_LENGTH && text.parse::<jiff::civil::Date>().is_ok()
}

pub(super) fn to_value(json: &Json) -> Result<Value, Problem> {
    Ok(match json {
        Json::Null => Value::Null(None),
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => Value::Number(to_number(number)?),
        Json::String(text) if is_date(text) => {
            Value::try_from_xsd_date(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) if items.len() > MAX_ITEMS => {
            let size = items.len();
            return Err(Problem::TooBig(format!(
                "a list of {size} items; {MAX_ITEMS} at most"
            )));
        }
        Json::Array(items) => Value::List(items.iter().map(to_value).collect::<Result<_, _>>()?),
        Json::Object(fields) => {
            let mut context = FeelContext::default();
            for (name, field) in fields {
                context.set_entry(&Name::from(name.as_str()), to_value(field)?);
            }
            Value::Context(context)
        }
    })
}

fn to_number(number: &serde_json::Number) -> Result<FeelNumber, Problem> {
    if let Some(whole) = number.as_i64() {
        return Ok(FeelNumber::from(whole));
    }
    let out_of_range = || Problem::Incalculable(format!("{number} is out of range"));
    let size = number.as_f64().ok_or_else(out_of_range)?.abs();
    if size > NUMBER_MAX {
        return Err(out_of_range());
    }
    number.to_string().parse().map_err(|_| out_of_range())
}

pub(super) fn from_value(value: &Value) -> Result<Json, Problem> {
    Ok(match value {
        Value::Null(_) => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Number(number) => from_number(number)?,
        Value::String(text) => Json::String(text.clone()),
        Value::Date(date) => Json::String(date.to_string()),
        Value::DateTime(moment) => Json::String(moment.to_string()),
        Value::Time(time) => Json::String(time.to_string()),
        Value::DaysAndTimeDuration(length) => Json::String(length.to_string()),
        Value::YearsAndMonthsDuration(length) => Json::String(length.to_string()),
        Value::List(items) => Json::Array(items.iter().map(from_value).collect::<Result<_, _>>()?),
        Value::Context(context) => {
            let mut fields = Map::new();
            for (name, field) in context.iter() {
                fields.insert(name.to_string(), from_value(field)?);
            }
            Json::Object(fields)
        }
        other => {
            let kind = other.type_of();
            return Err(Problem::Incalculable(format!(
                "the result is of type {kind}"
            )));
        }
    })
}

/// Whole numbers stay whole. The debug form of the library's number is the only one that never
/// panics (its display form does, on infinity).
fn from_number(number: &FeelNumber) -> Result<Json, Problem> {
    if number.is_integer()
        && let Ok(whole) = i64::try_from(number)
    {
        return Ok(Json::from(whole));
    }
    let digits = format!("{number:?}");
    let parsed = digits
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64);
    let parsed = parsed.ok_or_else(|| Problem::Incalculable("not a finite number".to_owned()))?;
    Ok(Json::Number(parsed))
}
