//! Values and rows as both engines understand them: null, 64-bit integer, text, bytes.

/// One SQL value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT. Times are milliseconds since 1970 UTC, money is whole đồng.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA or BLOB.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}
impl From<jiff::Timestamp> for Value {
    fn from(value: jiff::Timestamp) -> Self {
        Self::Int(value.as_millisecond())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer. Columns are read by their place in the SELECT; a wrong type is a bug in
/// the room's own SQL and panics with the column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The columns to be taken out one after the other.
    #[must_use]
    pub fn cells(self) -> Cells {
        Cells {
            left: self.0.into_iter(),
            taken: 0,
        }
    }

    /// A column that is never null: an integer.
    #[must_use]
    pub fn int(&self, column: usize) -> i64 {
        self.opt_int(column)
            .unwrap_or_else(|| panic!("column {column} is null"))
    }

    /// An integer or null.
    #[must_use]
    pub fn opt_int(&self, column: usize) -> Option<i64> {
        match &self.0[column] {
            Value::Null => None,
            Value::Int(value) => Some(*value),
            other => panic!("column {column} is not an integer: {other:?}"),
        }
    }

    /// A column that is never null: text.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.opt_text(column)
            .unwrap_or_else(|| panic!("column {column} is null"))
    }

    /// Text or null.
    #[must_use]
    pub fn opt_text(&self, column: usize) -> Option<&str> {
        match &self.0[column] {
            Value::Null => None,
            Value::Text(value) => Some(value),
            other => panic!("column {column} is not text: {other:?}"),
        }
    }

    /// Text of its own, or null.
    #[must_use]
    pub fn opt_string(&self, column: usize) -> Option<String> {
        self.opt_text(column).map(str::to_owned)
    }

    /// Text of its own.
    #[must_use]
    pub fn string(&self, column: usize) -> String {
        self.text(column).to_owned()
    }

    /// Bytes; null is empty.
    #[must_use]
    pub fn bytes(&self, column: usize) -> &[u8] {
        match &self.0[column] {
            Value::Null => &[],
            Value::Bytes(value) => value,
            other => panic!("column {column} is not bytes: {other:?}"),
        }
    }

    /// A moment in time (milliseconds since 1970 UTC).
    #[must_use]
    pub fn time(&self, column: usize) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.int(column)).expect("stored times are in range")
    }

    /// A moment in time, or null.
    #[must_use]
    pub fn opt_time(&self, column: usize) -> Option<jiff::Timestamp> {
        self.opt_int(column)
            .map(|ms| jiff::Timestamp::from_millisecond(ms).expect("stored times are in range"))
    }
}

/// The columns of a row in the order of the SELECT, each taken out once: a text is moved, where
/// [`Row::string`] copies it. A wrong type is a bug in the room's own SQL and panics.
#[derive(Debug)]
pub struct Cells {
    left: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Cells {
    /// The next column, which is never null: an integer.
    pub fn int(&mut self) -> i64 {
        self.opt_int().unwrap_or_else(|| self.wrong("null"))
    }

    /// An integer or null.
    pub fn opt_int(&mut self) -> Option<i64> {
        match self.next() {
            Value::Null => None,
            Value::Int(value) => Some(value),
            Value::Text(_) | Value::Bytes(_) => self.wrong("no integer"),
        }
    }

    /// The next column, which is never null: text.
    pub fn string(&mut self) -> String {
        self.opt_string().unwrap_or_else(|| self.wrong("null"))
    }

    /// Text or null.
    pub fn opt_string(&mut self) -> Option<String> {
        match self.next() {
            Value::Null => None,
            Value::Text(value) => Some(value),
            Value::Int(_) | Value::Bytes(_) => self.wrong("no text"),
        }
    }

    /// A moment in time (milliseconds since 1970 UTC).
    pub fn time(&mut self) -> jiff::Timestamp {
        self.opt_time().unwrap_or_else(|| self.wrong("null"))
    }

    /// A moment in time, or null.
    pub fn opt_time(&mut self) -> Option<jiff::Timestamp> {
        self.opt_int()
            .map(|ms| jiff::Timestamp::from_millisecond(ms).expect("stored times are in range"))
    }

    fn next(&mut self) -> Value {
        self.taken += 1;
        let next = self.left.next();
        next.unwrap_or_else(|| self.wrong("not there"))
    }

    fn wrong(&self, what: &str) -> ! {
        panic!("column {} is {what}", self.taken - 1)
    }
}
