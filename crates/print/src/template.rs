//! Template: the Typst text of one kind of document and the files that it includes, parsed once.
//!
//! It does not know where the texts came from; the caller reads them and hands them over.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

/// The Typst text of one kind of document, with its includes. Cheap to clone.
#[derive(Clone)]
pub struct Template(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    name: String,
    main: Source,
    includes: Vec<Source>,
    digest: [u8; 32],
}

impl Template {
    /// A template. The name is what error messages say, for example `01.typ`.
    pub fn new(name: impl Into<String>, source: impl Into<String>) -> Self {
        let (name, source) = (name.into(), source.into());
        let digest = digest_after(&[0; 32], &name, &source);
        let main = Source::new(main_id(), source);
        Self(Arc::new(Parts {
            name,
            main,
            includes: Vec::new(),
            digest,
        }))
    }

    /// The same template with one more file, which it can import as `/<path>`.
    ///
    /// The path is part of the program's content, never of somebody's data: Typst keeps at most
    /// 65,535 different paths in one process.
    ///
    /// # Panics
    /// If the path has `..` or a backslash, which is a mistake of the caller.
    pub fn with(self, path: &str, source: impl Into<String>) -> Self {
        let source = source.into();
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.digest = digest_after(&parts.digest, path, &source);
        parts.includes.push(Source::new(file_id(path), source));
        Self(Arc::new(parts))
    }

    /// The name given to [`Template::new`].
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// SHA-256 over the name, the text and the includes: another text is another digest.
    pub fn digest(&self) -> [u8; 32] {
        self.0.digest
    }

    pub(crate) fn main(&self) -> &Source {
        &self.0.main
    }

    pub(crate) fn source(&self, id: FileId) -> Option<&Source> {
        let mut all = std::iter::once(&self.0.main).chain(&self.0.includes);
        all.find(|source| source.id() == id)
    }
}

fn digest_after(before: &[u8; 32], path: &str, source: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    for part in [path, source] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Every template is the same virtual file, so that names of templates never use up Typst's paths.
fn main_id() -> FileId {
    file_id("main.typ")
}

/// The identity of a virtual file.
pub(crate) fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("paths are written by the programmer");
    RootedPath::new(VirtualRoot::Project, path).intern()
}
