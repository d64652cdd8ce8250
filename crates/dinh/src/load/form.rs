//! A form of a page, to be filled in and sent: fields keep what the server put into them (tokens,
//! command ids, answers) unless somebody types over it. Does not know: HTML, HTTP.
use std::fmt::Write as _;

/// What kind of field it is, as far as sending it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of any kind.
    Line,
    /// Sent along unseen.
    Hidden,
    /// One of several of the same name.
    Radio,
    /// Sent when ticked.
    Checkbox,
    /// A drop-down.
    Select,
    /// An upload.
    File,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its kind.
    pub kind: FieldKind,
    /// Its name.
    pub name: String,
    /// What stands in it, or what a box stands for.
    pub value: String,
    /// Whether it is sent (boxes only when ticked).
    pub on: bool,
    /// What a drop-down offers.
    pub options: Vec<String>,
}

impl Field {
    /// A field that is sent with this value.
    #[must_use]
    pub fn line(kind: FieldKind, name: String, value: String) -> Self {
        Self {
            kind,
            name,
            value,
            on: true,
            options: Vec::new(),
        }
    }
}

/// One form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent; empty: to the page's own address.
    pub action: String,
    /// Posted, not asked.
    pub post: bool,
    /// Whether it carries files.
    pub multipart: bool,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// Buttons with a name and a value: only the pressed one is sent.
    pub buttons: Vec<(String, String)>,
}

/// A small real PDF, for uploads.
pub const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n\
trailer<</Root 1 0 R>>\n%%EOF\n";

impl Form {
    /// Types into every field of this name: ticks the box that stands for the value, adds the field
    /// when a script would have (the drop-down of communes appears after the province is chosen).
    pub fn set(&mut self, name: &str, value: &str) {
        let mut found = false;
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            found = true;
            match field.kind {
                FieldKind::Radio | FieldKind::Checkbox => field.on = field.value == value,
                _ => value.clone_into(&mut field.value),
            }
        }
        if !found {
            self.add(FieldKind::Hidden, name, value);
        }
    }

    /// Adds a field beside others of the same name.
    pub fn add(&mut self, kind: FieldKind, name: &str, value: &str) {
        let field = Field::line(kind, name.to_owned(), value.to_owned());
        self.fields.push(field);
    }

    /// Everything that can be chosen under this name.
    #[must_use]
    pub fn offers(&self, name: &str) -> Vec<String> {
        let same = self.fields.iter().filter(|field| field.name == name);
        same.flat_map(|field| match field.kind {
            FieldKind::Select => field.options.clone(),
            _ => vec![field.value.clone()],
        })
        .collect()
    }

    /// What is chosen under this name, if anything.
    #[must_use]
    pub fn chosen(&self, name: &str) -> Option<&str> {
        let fits = |field: &&Field| field.name == name && field.on && !field.value.is_empty();
        self.fields
            .iter()
            .find(fits)
            .map(|field| field.value.as_str())
    }

    /// Whether there is such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// What stands in the first field of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        Some(&field.value)
    }

    /// Ticks every box, as an officer does who has looked at every paper.
    pub fn tick_all(&mut self) {
        for field in &mut self.fields {
            field.on |= field.kind == FieldKind::Checkbox;
        }
    }

    /// Chooses [`PAPER`] in every field for files, marked so.
    pub fn attach_all(&mut self, mark: &str) {
        for field in &mut self.fields {
            if field.kind == FieldKind::File {
                mark.clone_into(&mut field.value);
            }
        }
    }

    /// Chooses [`PAPER`] in the first field for files only.
    pub fn attach_one(&mut self, mark: &str) {
        self.attach_all("");
        let mut files = self.fields.iter_mut();
        if let Some(first) = files.find(|field| field.kind == FieldKind::File) {
            mark.clone_into(&mut first.value);
        }
    }

    /// Presses a button: its name and value are sent along.
    pub fn press(&mut self, name: &str, value: &str) {
        self.set(name, value);
    }

    /// What a browser sends, in order; files are left out.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let sent = |field: &&Field| field.on && field.kind != FieldKind::File;
        let sent = self.fields.iter().filter(sent);
        sent.map(|field| (field.name.clone(), field.value.clone()))
            .collect()
    }

    /// The body and its type.
    #[must_use]
    pub fn body(&self) -> (String, Vec<u8>) {
        match self.multipart {
            true => self.parts(),
            false => {
                let kind = "application/x-www-form-urlencoded".to_owned();
                (kind, encode(&self.pairs()).into_bytes())
            }
        }
    }

    /// Each part behind the boundary; a file field with a value brings [`PAPER`].
    fn parts(&self) -> (String, Vec<u8>) {
        let mut body = Vec::new();
        for field in self.fields.iter().filter(|field| field.on) {
            let head = format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{}\"",
                field.name
            );
            body.extend_from_slice(head.as_bytes());
            match field.kind {
                FieldKind::File => {
                    let chosen = !field.value.is_empty();
                    let name = if chosen { "giay-to.pdf" } else { "" };
                    let kind = if chosen {
                        "application/pdf"
                    } else {
                        "application/octet-stream"
                    };
                    let head = format!("; filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n");
                    body.extend_from_slice(head.as_bytes());
                    if chosen {
                        // A comment of its own: no two papers are the same file.
                        body.extend_from_slice(PAPER);
                        body.extend_from_slice(format!("% {}\n", field.value).as_bytes());
                    }
                }
                _ => {
                    body.extend_from_slice(b"\r\n\r\n");
                    body.extend_from_slice(field.value.as_bytes());
                }
            }
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

/// Stands in no value that this program sends.
const BOUNDARY: &str = "----dinh-load-5d1f0a7c93e2";

/// `a=1&b=2`, percent-encoded.
#[must_use]
pub fn encode(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode_into(&mut text, name);
        text.push('=');
        encode_into(&mut text, value);
    }
    text
}

fn encode_into(text: &mut String, plain: &str) {
    for byte in plain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte));
            }
            b' ' => text.push('+'),
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_ticked_by_its_value_and_a_missing_field_is_added() {
        let radio = |value: &str| Field {
            on: false,
            ..Field::line(FieldKind::Radio, "r".into(), value.into())
        };
        let mut form = Form {
            fields: vec![radio("a"), radio("b")],
            ..Form::default()
        };
        form.set("r", "b");
        form.set("x.commune", "19815");
        let (kind, body) = form.body();
        assert_eq!(kind, "application/x-www-form-urlencoded");
        assert_eq!(body, b"r=b&x.commune=19815");
    }

    #[test]
    fn encoding_keeps_what_a_form_decoder_reads() {
        let pairs = [("a b".to_owned(), "Hồ & =+%".to_owned())];
        assert_eq!(encode(&pairs), "a+b=H%E1%BB%93+%26+%3D%2B%25");
    }
}
