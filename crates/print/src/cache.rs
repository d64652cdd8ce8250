//! Cache: PDFs already made, kept by the content that made them, the longest unused leaving first.
//!
//! It lives in the memory of one process and nowhere else. It does not know who may read a
//! document: the caller asks that first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{PrintError, Template, data_bytes, pdf_of_bytes, qr_of};

/// PDFs by the digest of their template and data. Share it between threads by reference or `Arc`.
pub struct Cache {
    bytes_max: usize,
    shelf: Mutex<Shelf>,
}

type Key = [u8; 32];

#[derive(Default)]
struct Shelf {
    documents: HashMap<Key, (u64, Arc<[u8]>)>,
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
}

impl Cache {
    /// An empty cache that holds at most `bytes_max` bytes of PDF.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            shelf: Mutex::default(),
        }
    }

    /// The PDF of [`crate::pdf`], remembered if it was made before.
    ///
    /// # Errors
    /// The same as [`crate::pdf`]; errors are not remembered.
    pub fn pdf(&self, template: &Template, data: &Value) -> Result<Arc<[u8]>, PrintError> {
        let bytes = data_bytes(template, data)?;
        let key = key(template, &bytes);
        if let Some(known) = self.shelf().take(&key) {
            return Ok(known);
        }
        // Made outside the lock: two threads may make the same bytes, nobody waits for another's.
        let made: Arc<[u8]> = pdf_of_bytes(template, bytes, qr_of(data)?)?.into();
        self.shelf().put(key, &made, self.bytes_max);
        Ok(made)
    }

    /// The PDF, if it was made before.
    pub fn known(&self, template: &Template, data: &Value) -> Option<Arc<[u8]>> {
        let bytes = data_bytes(template, data).ok()?;
        self.shelf().take(&key(template, &bytes))
    }

    /// Bytes of PDF held now.
    pub fn bytes(&self) -> usize {
        self.shelf().bytes
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // A panic while the lock is held loses at most one remembered document.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(template: &Template, data: &[u8]) -> Key {
    let both = Sha256::new().chain_update(template.digest());
    both.chain_update(data).finalize().into()
}

impl Shelf {
    fn take(&mut self, key: &Key) -> Option<Arc<[u8]>> {
        let (used, pdf) = self.documents.get_mut(key)?;
        self.by_use.remove(used);
        self.uses += 1;
        *used = self.uses;
        self.by_use.insert(self.uses, *key);
        Some(Arc::clone(pdf))
    }

    fn put(&mut self, key: Key, pdf: &Arc<[u8]>, bytes_max: usize) {
        if pdf.len() > bytes_max || self.take(&key).is_some() {
            return;
        }
        self.uses += 1;
        self.bytes += pdf.len();
        self.documents.insert(key, (self.uses, Arc::clone(pdf)));
        self.by_use.insert(self.uses, key);
        while self.bytes > bytes_max {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                break;
            };
            if let Some((_, gone)) = self.documents.remove(&oldest) {
                self.bytes -= gone.len();
            }
        }
    }
}
