//! Where the objects of a PDF stand: as its cross references list them, or as they are found.
//! Does not know: what the objects are for.
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::predicted::{ROW_BYTES_MAX, unpredicted};
use super::value::{Budget, Cursor, Dict, Value};
use super::words::{Word, next_word};

/// The end of the file in which the last `startxref` is looked for; some programs append a note.
const TAIL_BYTES: usize = 8 * 1024;
/// Sections of cross references: one for each time that somebody signed or changed the file.
const SECTIONS_MAX: usize = 1_000;
/// Objects of one file: a set of drawings of 20 MiB has a hundred thousand.
const OBJECTS_MAX: usize = 500_000;
/// What is unpacked from one file, all together: more than the cross references of so many objects.
const UNPACKED_MAX: u64 = 32 * 1024 * 1024;

/// Where one object stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// From this byte of the file.
    At(usize),
    /// In the packed object of this number, as the so-manieth.
    Packed(u32, usize),
    /// Nowhere any more.
    Free,
}

pub(super) struct Places<'a> {
    bytes: &'a [u8],
    of: HashMap<u32, Place>,
    /// Catalogues, the one that counts last.
    pub(super) roots: Vec<Value>,
    /// Whether some part of the file says that it is encrypted.
    pub(super) protected: bool,
    unpacked: HashMap<u32, Option<Vec<u8>>>,
    may_unpack: u64,
}

impl<'a> Places<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            of: HashMap::new(),
            roots: Vec::new(),
            protected: false,
            unpacked: HashMap::new(),
            may_unpack: UNPACKED_MAX,
        }
    }

    /// As the file lists them, the newest section first; `None` when a section cannot be read.
    pub(super) fn listed(bytes: &'a [u8], budget: &mut Budget) -> Option<Self> {
        let mut places = Self::new(bytes);
        let mut waiting = vec![last_section(bytes)?];
        let mut seen = HashSet::new();
        while let Some(at) = waiting.pop() {
            if !seen.insert(at) {
                continue;
            }
            if seen.len() > SECTIONS_MAX || at >= bytes.len() {
                return None;
            }
            let trailer = places.section(at, budget)?;
            let place = |key| trailer.int(key).and_then(|at| usize::try_from(at).ok());
            waiting.extend(place("Prev"));
            waiting.extend(place("XRefStm"));
            places.note(&trailer, seen.len() == 1);
        }
        Some(places)
    }

    /// What a trailer says of the whole file. Only the newest names the catalogue that counts.
    fn note(&mut self, trailer: &Dict, counts: bool) {
        let null = |value: &&Value| !matches!(value, Value::Other);
        self.protected |= trailer.get("Encrypt").filter(null).is_some();
        if let (Some(root), true) = (trailer.get("Root"), counts) {
            self.roots.push(root.clone());
        }
    }

    /// Reads one section and gives its trailer.
    fn section(&mut self, at: usize, budget: &mut Budget) -> Option<Dict> {
        let mut cursor = Cursor::new(self.bytes, at);
        if !cursor.eat("xref") {
            return self.packed_section(at, budget);
        }
        while !cursor.eat("trailer") {
            let (first, count) = cursor.pair()?;
            for number in first..first.checked_add(count)? {
                let at = usize::try_from(cursor.number()?).ok()?;
                cursor.number()?;
                let place = match (cursor.eat("n"), cursor.eat("f")) {
                    (true, _) => Place::At(at),
                    (_, true) => Place::Free,
                    _ => return None,
                };
                self.put(u32::try_from(number).ok()?, place)?;
            }
        }
        match cursor.value(budget)? {
            Value::Dict(trailer) => Some(trailer),
            _ => None,
        }
    }

    /// A section as PDF 1.5 packs it: rows of three numbers.
    fn packed_section(&mut self, at: usize, budget: &mut Budget) -> Option<Dict> {
        let (dict, data) = stream_at(self.bytes, at, budget)?;
        let widths = ints(dict.get("W")?)?;
        let [kind, first, second] = <[usize; 3]>::try_from(widths).ok()?;
        let row_bytes = kind.checked_add(first)?.checked_add(second)?;
        if !(1..=ROW_BYTES_MAX).contains(&row_bytes) {
            return None;
        }
        let rows = self.unpack(&dict, data)?;
        let parts = match dict.get("Index") {
            Some(index) => ints(index)?,
            None => vec![0, usize::try_from(dict.int("Size")?).ok()?],
        };
        let numbers = parts
            .chunks_exact(2)
            .flat_map(|part| part[0]..part[0].saturating_add(part[1]));
        for (number, row) in numbers.zip(rows.chunks_exact(row_bytes)) {
            let (one, rest) = row.split_at(kind);
            let (two, three) = rest.split_at(first);
            let place = match if kind == 0 { 1 } else { big_endian(one) } {
                1 => Place::At(usize::try_from(big_endian(two)).ok()?),
                2 => Place::Packed(
                    u32::try_from(big_endian(two)).ok()?,
                    usize::try_from(big_endian(three)).ok()?,
                ),
                _ => Place::Free,
            };
            self.put(u32::try_from(number).ok()?, place)?;
        }
        Some(dict)
    }

    /// Of an object that several sections list, the newest, which is read first, counts.
    fn put(&mut self, number: u32, place: Place) -> Option<()> {
        if self.of.len() >= OBJECTS_MAX {
            return None;
        }
        if let Entry::Vacant(free) = self.of.entry(number) {
            free.insert(place);
        }
        Some(())
    }

    /// Looks for objects and trailers from the front; of an object found twice the last counts.
    pub(super) fn found(bytes: &'a [u8], budget: &mut Budget) -> Self {
        let mut places = Self::new(bytes);
        let mut packed = Vec::new();
        let mut at = 0;
        while let Some(word) = next_word(bytes, at) {
            at = word.end();
            let (from, number) = match word {
                Word::Trailer(end) => (end, None),
                Word::Object { number, at, end } if places.of.len() < OBJECTS_MAX => {
                    places.of.insert(number, Place::At(at));
                    (end, Some(number))
                }
                Word::Object { .. } => break,
            };
            let Some(Value::Dict(dict)) = Cursor::new(bytes, from).value(budget) else {
                continue;
            };
            if number.is_none() || dict.is("Type", "XRef") {
                places.note(&dict, true);
            }
            if let (Some(number), true) = (number, dict.is("Type", "Catalog")) {
                places.roots.insert(0, Value::Ref(number));
            }
            packed.extend(number.filter(|_| dict.is("Type", "ObjStm")));
        }
        for stream in packed {
            places.list_packed(stream, budget);
        }
        places
    }

    /// The objects in a packed one; those that stand for themselves are newer.
    fn list_packed(&mut self, stream: u32, budget: &mut Budget) -> Option<()> {
        let (count, _) = self.open(stream, budget)?;
        let numbers: Vec<u32> = {
            let data = self.unpacked.get(&stream)?.as_ref()?;
            let mut cursor = Cursor::new(data, 0);
            let mut pair = || Some(cursor.pair()?.0);
            (0..count)
                .map_while(|_| u32::try_from(pair()?).ok())
                .collect()
        };
        for (index, number) in numbers.into_iter().enumerate() {
            self.put(number, Place::Packed(stream, index))?;
        }
        Some(())
    }

    /// The object of this number.
    pub(super) fn object(&mut self, number: u32, budget: &mut Budget) -> Option<Value> {
        match *self.of.get(&number)? {
            Place::Free => None,
            Place::At(at) => {
                let mut cursor = Cursor::new(self.bytes, at);
                let same = cursor.number()? == i64::from(number);
                cursor.number()?;
                (same && cursor.eat("obj")).then(|| cursor.value(budget))?
            }
            Place::Packed(stream, index) => {
                let (count, first) = self.open(stream, budget)?;
                let data = self.unpacked.get(&stream)?.as_ref()?;
                let mut cursor = Cursor::new(data, 0);
                for _ in 0..index.min(count) {
                    cursor.pair()?;
                }
                budget.spend(cursor.at)?;
                let same = cursor.number()? == i64::from(number);
                let at = usize::try_from(cursor.number()?).ok()?.checked_add(first)?;
                same.then(|| Cursor::new(data, at).value(budget))?
            }
        }
    }

    /// Unpacks a packed object once: how many are in it, and from where.
    fn open(&mut self, stream: u32, budget: &mut Budget) -> Option<(usize, usize)> {
        let Place::At(at) = *self.of.get(&stream)? else {
            return None;
        };
        let (dict, data) = stream_at(self.bytes, at, budget)?;
        if !self.unpacked.contains_key(&stream) {
            let unpacked = self.unpack(&dict, data);
            self.unpacked.insert(stream, unpacked);
        }
        let number = |key| {
            dict.int(key)
                .and_then(|number| usize::try_from(number).ok())
        };
        Some((number("N")?.min(OBJECTS_MAX), number("First")?))
    }

    /// The bytes of a stream, within what may still be unpacked. Flate knows where it ends.
    fn unpack(&mut self, dict: &Dict, data: &[u8]) -> Option<Vec<u8>> {
        let filter = match dict.get("Filter") {
            Some(Value::Array(filters)) if filters.len() == 1 => filters.first(),
            Some(Value::Array(filters)) if filters.is_empty() => None,
            filter => filter,
        };
        let mut out = Vec::new();
        match filter {
            None => {
                let length = usize::try_from(dict.int("Length")?).ok()?;
                let data = data.get(..length)?;
                let mut limited = data.take(self.may_unpack);
                limited.read_to_end(&mut out).ok()?;
            }
            Some(Value::Name(name)) if name == b"FlateDecode" || name == b"Fl" => {
                let mut limited = ZlibDecoder::new(data).take(self.may_unpack);
                // What came before a fault is used, as viewers do.
                let _ = limited.read_to_end(&mut out);
            }
            _ => return None,
        }
        self.may_unpack = self.may_unpack.checked_sub(out.len() as u64)?;
        if self.may_unpack == 0 {
            return None;
        }
        let params = match dict.get("DecodeParms") {
            Some(Value::Array(all)) => all.first(),
            params => params,
        };
        match params {
            Some(Value::Dict(params)) if params.int("Predictor").unwrap_or(1) > 1 => {
                unpredicted(&out, params)
            }
            _ => Some(out),
        }
    }
}

/// Where the newest section begins.
fn last_section(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(TAIL_BYTES);
    let word = b"startxref";
    let tail = bytes.get(from..)?;
    let at = tail.windows(word.len()).rposition(|some| some == word)?;
    let at = Cursor::new(bytes, from + at + word.len()).number()?;
    usize::try_from(at).ok()
}

/// The stream object at this place: its dictionary, and all bytes from its data on.
fn stream_at<'a>(bytes: &'a [u8], at: usize, budget: &mut Budget) -> Option<(Dict, &'a [u8])> {
    let mut cursor = Cursor::new(bytes, at);
    cursor.pair()?;
    if !cursor.eat("obj") {
        return None;
    }
    let Value::Dict(dict) = cursor.value(budget)? else {
        return None;
    };
    if !cursor.eat("stream") {
        return None;
    }
    let rest = cursor.rest();
    let line = [&b"\r\n"[..], b"\n", b"\r"];
    let end = line.iter().find(|end| rest.starts_with(end));
    Some((dict, &rest[end.map_or(0, |end| end.len())..]))
}

fn ints(value: &Value) -> Option<Vec<usize>> {
    let Value::Array(items) = value else {
        return None;
    };
    let int = |item: &Value| match item {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    };
    items.iter().map(int).collect()
}

fn big_endian(bytes: &[u8]) -> u64 {
    let last = &bytes[bytes.len().saturating_sub(8)..];
    last.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
