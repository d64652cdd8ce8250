//! Where a file without an order has objects and trailers.
//! Does not know: what they hold.
use super::value::is_space;

/// What a file without an order is searched for.
pub(super) enum Word {
    Trailer(usize),
    Object { number: u32, at: usize, end: usize },
}

impl Word {
    pub(super) fn end(&self) -> usize {
        match self {
            Self::Trailer(end) | Self::Object { end, .. } => *end,
        }
    }
}

/// The next `trailer` or `12 0 obj` from here.
pub(super) fn next_word(bytes: &[u8], from: usize) -> Option<Word> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b't' if bytes[at..].starts_with(b"trailer") => return Some(Word::Trailer(at + 7)),
            b'o' if bytes[at..].starts_with(b"obj") => {
                if let Some((start, number)) = object_head(bytes, at) {
                    let end = at + 3;
                    return Some(Word::Object {
                        number,
                        at: start,
                        end,
                    });
                }
                at += 3;
            }
            _ => at += 1,
        }
    }
    None
}

/// The two numbers before `obj`: where they begin, and the first.
fn object_head(bytes: &[u8], obj: usize) -> Option<(usize, u32)> {
    let (generation, _) = number_before(bytes, obj)?;
    let (start, number) = number_before(bytes, generation)?;
    Some((start, u32::try_from(number).ok()?))
}

/// The number that ends, but for white space, before `end`.
fn number_before(bytes: &[u8], end: usize) -> Option<(usize, u64)> {
    let spaces = bytes[..end]
        .iter()
        .rev()
        .take(8)
        .take_while(|byte| is_space(**byte))
        .count();
    let end = end - spaces;
    let digits = bytes[..end]
        .iter()
        .rev()
        .take(10)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let start = end - digits;
    let text = std::str::from_utf8(&bytes[start..end]).ok()?;
    Some((start, text.parse().ok()?))
}
