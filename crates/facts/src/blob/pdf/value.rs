//! The values that a PDF is made of, read out of its bytes within bounds.
//! Does not know: where objects stand, what they mean.

/// Arrays and dictionaries within one another; papers have four or five.
const DEPTH_MAX: u32 = 32;
/// Values within one another: the flat page tree of a whole land register has fewer.
const VALUES_MAX: u32 = 200_000;
/// How often each byte may be read, on average: a sound file is read once, a broken one twice.
const READINGS_MAX: usize = 4;
/// What may be read of a small file, and of what is unpacked from it.
const READ_LEAST: usize = 16 * 1024 * 1024;

/// What stands at one place. Texts and fractions are passed over: nothing here asks for them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// `null`, a text, a fraction, a keyword.
    Other,
    Int(i64),
    Name(Vec<u8>),
    Array(Vec<Value>),
    Dict(Dict),
    /// `12 0 R`
    Ref(u32),
}

/// A dictionary. Of a key that stands twice the first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(Vec<(Vec<u8>, Value)>);

impl Dict {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| known == key.as_bytes());
        found.map(|(_, value)| value)
    }

    pub(super) fn int(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn is(&self, key: &str, name: &str) -> bool {
        matches!(self.get(key), Some(Value::Name(given)) if given == name.as_bytes())
    }
}

/// How much may still be read, in bytes, so that no file makes us read it for ever.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    /// For a file of so many bytes.
    pub(super) fn for_bytes(bytes: usize) -> Self {
        Self(
            bytes
                .saturating_mul(READINGS_MAX)
                .saturating_add(READ_LEAST),
        )
    }

    pub(super) fn spend(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.saturating_sub(bytes);
        (!self.is_spent()).then_some(())
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// A place in the bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Moves behind white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    while self
                        .peek()
                        .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                    {
                        self.at += 1;
                    }
                }
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Moves behind `word` if it stands here, after white space.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        self.skip_space();
        let there = self.rest().starts_with(word.as_bytes());
        if there {
            self.at += word.len();
        }
        there
    }

    /// A whole number without a sign.
    pub(super) fn number(&mut self) -> Option<i64> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        let text = std::str::from_utf8(self.rest().get(..count)?).ok()?;
        let number = text.parse().ok()?;
        self.at += count;
        Some(number)
    }

    /// Two of them: an object's number and generation, or where a part begins and how long it is.
    pub(super) fn pair(&mut self) -> Option<(i64, i64)> {
        Some((self.number()?, self.number()?))
    }

    /// The value that stands here.
    pub(super) fn value(&mut self, budget: &mut Budget) -> Option<Value> {
        if budget.is_spent() {
            return None;
        }
        let begin = self.at;
        let mut left = VALUES_MAX;
        let value = self.nested(&mut left, 0);
        budget.spend(self.at - begin + 1)?;
        value
    }

    fn nested(&mut self, left: &mut u32, depth: u32) -> Option<Value> {
        *left = left.checked_sub(1).filter(|_| depth <= DEPTH_MAX)?;
        self.skip_space();
        match self.peek()? {
            b'/' => self.name().map(Value::Name),
            b'(' => self.text(),
            b'[' => self.array(left, depth),
            b'<' if self.rest().starts_with(b"<<") => self.dict(left, depth).map(Value::Dict),
            b'<' => self.hex_text(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.amount(),
            byte if byte.is_ascii_alphabetic() => {
                self.word();
                Some(Value::Other)
            }
            _ => None,
        }
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self
            .peek()
            .filter(|byte| !is_space(*byte) && !is_sign(*byte))
        {
            self.at += 1;
            let escaped = (byte == b'#').then(|| self.rest().get(..2)).flatten();
            let escaped = escaped.and_then(|two| std::str::from_utf8(two).ok());
            match escaped.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                Some(meant) => {
                    name.push(meant);
                    self.at += 2;
                }
                None => name.push(byte),
            }
        }
        Some(name)
    }

    fn text(&mut self) -> Option<Value> {
        let mut open = 0_u32;
        loop {
            match self.peek()? {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(Value::Other);
            }
        }
    }

    fn hex_text(&mut self) -> Option<Value> {
        let end = self.rest().iter().position(|byte| *byte == b'>')?;
        self.at += end + 1;
        Some(Value::Other)
    }

    fn array(&mut self, left: &mut u32, depth: u32) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.eat("]") {
            items.push(self.nested(left, depth + 1)?);
        }
        Some(Value::Array(items))
    }

    fn dict(&mut self, left: &mut u32, depth: u32) -> Option<Dict> {
        self.at += 2;
        let mut dict = Dict::default();
        while !self.eat(">>") {
            if self.peek()? != b'/' {
                return None;
            }
            let key = self.name()?;
            dict.0.push((key, self.nested(left, depth + 1)?));
        }
        Some(dict)
    }

    /// A number, or a reference, which begins like one.
    fn amount(&mut self) -> Option<Value> {
        let before = self.at;
        let Some(number) = self.number() else {
            self.word();
            return (self.at > before).then_some(Value::Other);
        };
        if self.peek() == Some(b'.') {
            self.word();
            return Some(Value::Other);
        }
        let mut ahead = *self;
        if ahead.number().is_some() && ahead.eat("R") && ahead.peek().is_none_or(ends_word) {
            self.at = ahead.at;
            return u32::try_from(number).ok().map(Value::Ref);
        }
        Some(Value::Int(number))
    }

    fn word(&mut self) {
        while self.peek().is_some_and(|byte| !ends_word(byte)) {
            self.at += 1;
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

fn ends_word(byte: u8) -> bool {
    is_space(byte) || is_sign(byte)
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}
