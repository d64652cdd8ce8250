//! The container of a backup: a plain tar (POSIX ustar), so that any machine can open it without
//! this program, whose last member is the SHA-256 of every byte before it.
//!
//! Does not know: what the members are.
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::Fault;

/// Tar counts in blocks.
const BLOCK: usize = 512;
/// Two empty blocks end it.
const END: usize = 2 * BLOCK;
/// Longest name of a member: ours are a folder and a digest.
const NAME_MAX: usize = 100;
/// Bytes copied at once.
const COPY: usize = 64 * 1024;
/// The member that ends a backup.
const SEAL: &str = "sha256";

/// Writes members one after the other.
pub(super) struct Writer<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            hash: Sha256::new(),
        }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }

    /// One member of exactly `size` bytes.
    pub(super) fn member(&mut self, name: &str, size: u64, from: impl Read) -> io::Result<()> {
        self.put(&header(name, size)?)?;
        let mut from = from.take(size);
        let mut piece = vec![0; COPY];
        let mut done = 0;
        loop {
            let count = from.read(&mut piece)?;
            if count == 0 {
                break;
            }
            self.put(&piece[..count])?;
            done += count as u64;
        }
        if done != size {
            let words = format!("{name} has {done} bytes instead of {size}");
            return Err(io::Error::other(words));
        }
        self.put(&[0; BLOCK][..padding(size)])
    }

    /// Writes the seal and the end; gives back what was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let seal = hex(&self.hash.clone().finalize()) + "\n";
        self.member(SEAL, seal.len() as u64, seal.as_bytes())?;
        self.put(&[0; END])?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    (BLOCK - over) % BLOCK
}

fn header(name: &str, size: u64) -> io::Result<[u8; BLOCK]> {
    if name.len() > NAME_MAX {
        return Err(io::Error::other(format!("{name}: too long a name")));
    }
    let mut block = [0; BLOCK];
    let mut field = |at: usize, text: &str| {
        block[at..at + text.len()].copy_from_slice(text.as_bytes());
    };
    field(0, name);
    field(100, "0000600\0");
    field(108, "0000000\0");
    field(116, "0000000\0");
    field(124, &format!("{size:011o}\0"));
    field(136, "00000000000\0");
    field(148, "        ");
    field(156, "0");
    field(257, "ustar\x0000");
    let sum = checksum(&block);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// The sum of all bytes of a header, its own field counted as spaces.
fn checksum(block: &[u8; BLOCK]) -> u32 {
    let own = 148..156;
    let byte = |(at, byte): (usize, &u8)| match own.contains(&at) {
        true => u32::from(b' '),
        false => u32::from(*byte),
    };
    block.iter().enumerate().map(byte).sum()
}

/// Reads members one after the other, and the seal at the end.
pub(super) struct Reader<R> {
    from: R,
    hash: Sha256,
    /// Bytes of the present member that were not read yet, and of its padding.
    left: u64,
    padding: usize,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            hash: Sha256::new(),
            left: 0,
            padding: 0,
        }
    }

    /// The next member's name; `None` after the seal, when it fits everything that was read.
    pub(super) fn next(&mut self) -> Result<Option<String>, Fault> {
        self.skip()?;
        let before = hex(&self.hash.clone().finalize());
        let mut block = [0; BLOCK];
        self.exactly(&mut block)?;
        let (name, size) = parse(&block)?;
        self.left = size;
        self.padding = padding(size);
        if name != SEAL {
            return Ok(Some(name));
        }
        let seal = self.whole()?;
        self.skip()?;
        let mut end = [1; END];
        self.exactly(&mut end)?;
        let more = self.from.read(&mut [0])?;
        match seal.trim_ascii() == before.as_bytes() && end == [0; END] && more == 0 {
            true => Ok(None),
            false => Err(Fault::Altered),
        }
    }

    /// The whole of the present member; only for members that were written from memory.
    pub(super) fn whole(&mut self) -> Result<Vec<u8>, Fault> {
        let mut all = Vec::new();
        self.copy(&mut all)?;
        Ok(all)
    }

    /// The rest of the present member into `out`.
    pub(super) fn copy(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        let mut piece = vec![0; COPY];
        while self.left > 0 {
            let count = piece.len().min(usize::try_from(self.left).unwrap_or(COPY));
            self.exactly(&mut piece[..count])?;
            out.write_all(&piece[..count])?;
            self.left -= count as u64;
        }
        Ok(())
    }

    fn skip(&mut self) -> Result<(), Fault> {
        self.copy(&mut io::sink())?;
        let mut rest = [0; BLOCK];
        let padding = std::mem::take(&mut self.padding);
        self.exactly(&mut rest[..padding])?;
        match rest == [0; BLOCK] {
            true => Ok(()),
            false => Err(Fault::Altered),
        }
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), Fault> {
        self.from.read_exact(bytes).map_err(|error| match error {
            error if error.kind() == io::ErrorKind::UnexpectedEof => Fault::Truncated,
            error => Fault::Disk(error.to_string()),
        })?;
        self.hash.update(&*bytes);
        Ok(())
    }
}

/// Name and size; a block that is no header was altered, or ends what should not end here.
fn parse(block: &[u8; BLOCK]) -> Result<(String, u64), Fault> {
    let text = |from: usize, to: usize| {
        let field = block[from..to].split(|byte| *byte == 0).next();
        std::str::from_utf8(field.unwrap_or_default()).map_err(|_| Fault::Altered)
    };
    let octal = |text: &str| u64::from_str_radix(text.trim(), 8).map_err(|_| Fault::Altered);
    if octal(text(148, 156)?)? != u64::from(checksum(block)) {
        return Err(Fault::Altered);
    }
    Ok((text(0, NAME_MAX)?.to_owned(), octal(text(124, 136)?)?))
}

/// Bytes as people compare them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
