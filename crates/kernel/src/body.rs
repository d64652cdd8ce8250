//! An event as the text of its entry: one JSON object that names its kind beside its fields. The
//! kind also stands in a column of its own, so an enum is read without looking for it first, which
//! would copy every field.
//!
//! Does not know: which events there are.
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, IntoDeserializer, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use serde_json::{Error, Result};

/// The text of an event of this kind. An enum that is derived without a tag, `{"kind": {…}}`, is
/// written with its kind inside; anything else as it is.
///
/// # Panics
/// When the event cannot be JSON: events are plain data.
#[must_use]
pub fn write<E: Serialize>(kind: &str, event: &E) -> String {
    let text = serde_json::to_string(event).expect("events are plain data");
    let named = format!("\"{kind}\"");
    if text == named {
        return format!("{{\"kind\":{named}}}");
    }
    let fields = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_prefix(&named)?.strip_prefix(":{"));
    match fields.and_then(|fields| fields.strip_suffix("}}")) {
        Some("") => format!("{{\"kind\":{named}}}"),
        Some(fields) => format!("{{\"kind\":{named},{fields}}}"),
        None => text,
    }
}

/// The event of this kind and text.
///
/// # Errors
/// When it is of another shape.
pub fn read<'de, E: Deserialize<'de>>(kind: &'de str, body: &'de str) -> Result<E> {
    E::deserialize(Body { kind, body })
}

/// What is asked for an enum by its kind, and otherwise is the JSON that it is.
struct Body<'de> {
    kind: &'de str,
    body: &'de str,
}

impl<'de> Body<'de> {
    /// All of the text, as what `read` takes it for.
    fn whole<T>(
        self,
        read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'de>>) -> Result<T>,
    ) -> Result<T> {
        let mut json = serde_json::Deserializer::from_str(self.body);
        let value = read(&mut json)?;
        json.end()?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for Body<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.whole(|json| json.deserialize_any(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Body<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let kind: StrDeserializer<'de, Error> = self.kind.into_deserializer();
        Ok((seed.deserialize(kind)?, self))
    }
}

impl<'de> VariantAccess<'de> for Body<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        self.whole(|json| IgnoredAny::deserialize(json)).map(|_| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.whole(|json| seed.deserialize(json))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.whole(|json| json.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.whole(|json| json.deserialize_map(visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Plain {
        Rang,
        Filled { by: i64, from: Option<String> },
        Empty {},
        Named(Name),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Name {
        text: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Tagged {
        Rang,
        Filled { by: i64, from: Option<String> },
        Empty {},
        Named(Name),
    }

    #[test]
    fn an_enum_is_stored_as_if_it_were_tagged_and_comes_back() {
        let text = || "}}\"{".to_owned();
        let (by, from) = (-1, Some(text()));
        let pairs = [
            ("rang", Plain::Rang, Tagged::Rang),
            (
                "filled",
                Plain::Filled {
                    by,
                    from: from.clone(),
                },
                Tagged::Filled { by, from },
            ),
            ("empty", Plain::Empty {}, Tagged::Empty {}),
            (
                "named",
                Plain::Named(Name { text: text() }),
                Tagged::Named(Name { text: text() }),
            ),
        ];
        for (kind, plain, tagged) in pairs {
            let body = write(kind, &plain);
            assert_eq!(body, serde_json::to_string(&tagged).unwrap());
            assert_eq!(write(kind, &tagged), body, "a tagged one is left alone");
            assert_eq!(read::<Plain>(kind, &body).unwrap(), plain);
            assert_eq!(read::<Tagged>(kind, &body).unwrap(), tagged);
        }
    }

    #[test]
    fn another_shape_is_an_error() {
        let wrong = [
            ("spilt", "{}"),
            ("filled", "{}"),
            ("filled", "{\"by\": \"x\"}"),
            ("filled", "{\"by\": 1} more"),
            ("filled", "[1, null]"),
            ("filled", "{\"by\": 1"),
            ("rang", "no JSON"),
            ("named", "7"),
        ];
        for (kind, body) in wrong {
            assert!(read::<Plain>(kind, body).is_err(), "{kind} {body}");
        }
    }
}
