//! The kinds of files that are taken, in one list: what the picker offers, what is taken, how it is
//! served.
//! Does not know: what a file is for.

/// The kinds of files that a citizen's phone, a scanner and an office produce. Told by what is in a
/// file, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Portable Document Format.
    Pdf,
    /// Photo of most phones.
    Jpeg,
    /// Screenshot or scan.
    Png,
    /// Photo of newer iPhones.
    Heic,
    /// Photo as some chat programs keep it.
    Webp,
    /// Scan of several pages.
    Tiff,
    /// Word of today.
    Docx,
    /// Excel of today.
    Xlsx,
    /// Text of LibreOffice.
    Odt,
    /// Table of LibreOffice.
    Ods,
}

/// What file pickers offer. HEIC is left out on purpose: an iPhone that reads this list makes a
/// JPEG of a photo before it sends it. One that comes all the same is taken.
pub const ACCEPT: &str =
    "image/jpeg,image/png,image/webp,image/tiff,application/pdf,.docx,.xlsx,.odt,.ods";

/// The same, as people call it.
pub const KINDS: &str = "ảnh (JPG, PNG, HEIC, WebP, TIFF), PDF, Word (.docx), Excel (.xlsx) hoặc \
    LibreOffice (.odt, .ods)";

/// What the first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    /// The kind itself.
    Is(Media),
    /// A ZIP: an office document or something else.
    Zip,
    /// Word and Excel until 2003, and documents of today with a password.
    OldOffice,
}

/// Brands of the one kind of picture that has many: HEVC stills, alone or of a sequence.
const HEIC_BRANDS: [&[u8; 4]; 8] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
];

impl Signature {
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let is = |media| Some(Self::Is(media));
        let brand = head.get(8..12).filter(|_| head.get(4..8) == Some(b"ftyp"));
        match head {
            _ if head.starts_with(b"%PDF-") => is(Media::Pdf),
            _ if head.starts_with(&[0xff, 0xd8, 0xff]) => is(Media::Jpeg),
            _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => is(Media::Png),
            _ if brand.is_some_and(|brand| HEIC_BRANDS.iter().any(|known| *known == brand)) => {
                is(Media::Heic)
            }
            _ if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => is(Media::Webp),
            _ if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") => is(Media::Tiff),
            _ if head.starts_with(b"PK\x03\x04") => Some(Self::Zip),
            _ if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Some(Self::OldOffice),
            _ => None,
        }
    }
}

impl Media {
    /// The media type under which it is served.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Webp => "image/webp",
            Self::Tiff => "image/tiff",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    /// The ending of its name; some kinds have two.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Heic => &["heic", "heif"],
            Self::Webp => &["webp"],
            Self::Tiff => &["tif", "tiff"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
        }
    }

    /// Whether a browser may show it in place; all else is only offered as a download.
    #[must_use]
    pub fn shown_in_place(self) -> bool {
        self == Self::Pdf || self.is_picture()
    }

    /// Whether a browser can draw it on a page.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}
