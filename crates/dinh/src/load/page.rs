//! A page as a browser understands it, no more: its forms with what stands in their fields, its
//! links, its text. Does not know: styles, scripts, HTTP, what the page is about.
use super::form::{Field, FieldKind, Form};

/// What was drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Forms in the order of the page.
    pub forms: Vec<Form>,
    /// Addresses of links, in the order of the page.
    pub links: Vec<String>,
    text: String,
}

/// One piece of markup.
enum Piece<'a> {
    Open(Tag<'a>),
    Close(&'a str),
    Text(&'a str),
}

/// An opened element with its attributes, still escaped.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl Tag<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn raw(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(name);
        self.attributes.iter().find(same).map(|(_, value)| *value)
    }

    fn get(&self, name: &str) -> String {
        unescape(self.raw(name).unwrap_or_default())
    }
}

impl Page {
    /// Reads a page. Whatever is broken in it is skipped.
    #[must_use]
    pub fn read(html: &str) -> Self {
        let mut reader = Reader::default();
        let mut rest = html;
        while let Some((piece, after)) = next_piece(rest) {
            rest = after;
            match piece {
                Piece::Open(tag) => {
                    rest = skip_raw(&tag, rest);
                    reader.open(&tag);
                }
                Piece::Close(name) => reader.close(name),
                Piece::Text(text) => reader.text(text),
            }
        }
        reader.page
    }

    /// The first form whose address ends so.
    #[must_use]
    pub fn form_to(&self, ending: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.action.ends_with(ending))
    }

    /// The first posted form that is not the one for leaving.
    #[must_use]
    pub fn main_form(&self) -> Option<&Form> {
        let main = |form: &&Form| form.post && !form.action.ends_with("/sign-out");
        self.forms.iter().find(main)
    }

    /// Whether these words stand on the page.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// All that can be read, blanks as they stood.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.text
    }
}

/// What is open while reading.
#[derive(Default)]
struct Reader {
    page: Page,
    in_form: bool,
    /// The field whose content is being read: a text area or a drop-down.
    area: Option<Field>,
    select: Option<Select>,
}

#[derive(Default)]
struct Select {
    name: String,
    options: Vec<String>,
    chosen: Option<String>,
}

impl Reader {
    fn open(&mut self, tag: &Tag<'_>) {
        if tag.is("form") {
            self.in_form = true;
            self.page.forms.push(Form {
                action: tag.get("action"),
                post: tag.get("method").eq_ignore_ascii_case("post"),
                multipart: tag.get("enctype") == "multipart/form-data",
                fields: Vec::new(),
                buttons: Vec::new(),
            });
        } else if tag.is("a") && tag.has("href") {
            self.page.links.push(tag.get("href"));
        } else if tag.is("option") {
            self.option(tag);
        } else if self.in_form {
            self.control(tag);
        }
    }

    fn option(&mut self, tag: &Tag<'_>) {
        if let Some(select) = &mut self.select {
            let value = tag.get("value");
            if tag.has("selected") {
                select.chosen = Some(value.clone());
            }
            select.options.push(value);
        }
    }

    fn control(&mut self, tag: &Tag<'_>) {
        let name = tag.get("name");
        if tag.is("input") {
            self.input(tag, name);
        } else if tag.is("textarea") {
            self.area = Some(Field::line(FieldKind::Line, name, String::new()));
        } else if tag.is("select") {
            self.select = Some(Select {
                name,
                ..Select::default()
            });
        } else if tag.is("button") && !name.is_empty() {
            let value = tag.get("value");
            self.form(|form| form.buttons.push((name, value)));
        }
    }

    fn input(&mut self, tag: &Tag<'_>, name: String) {
        if name.is_empty() {
            return;
        }
        let kind = match &*tag.get("type").to_lowercase() {
            "radio" => FieldKind::Radio,
            "checkbox" => FieldKind::Checkbox,
            "file" => FieldKind::File,
            "hidden" => FieldKind::Hidden,
            "submit" | "button" | "image" | "reset" => return,
            _ => FieldKind::Line,
        };
        let mut field = Field::line(kind, name, tag.get("value"));
        field.on = !matches!(kind, FieldKind::Radio | FieldKind::Checkbox) || tag.has("checked");
        self.form(|form| form.fields.push(field));
    }

    fn close(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("form") {
            self.in_form = false;
        } else if name.eq_ignore_ascii_case("textarea") {
            if let Some(area) = self.area.take() {
                self.form(|form| form.fields.push(area));
            }
        } else if name.eq_ignore_ascii_case("select")
            && let Some(select) = self.select.take()
        {
            let first = select.options.first().cloned();
            let value = select.chosen.or(first).unwrap_or_default();
            let mut field = Field::line(FieldKind::Select, select.name, value);
            field.options = select.options;
            self.form(|form| form.fields.push(field));
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.area {
            Some(area) => area.value = unescape(text).trim_start_matches('\n').to_owned(),
            None if !text.trim().is_empty() => {
                self.page.text.push_str(&unescape(text));
                self.page.text.push(' ');
            }
            None => {}
        }
    }

    /// The form that is open.
    fn form(&mut self, change: impl FnOnce(&mut Form)) {
        if let (true, Some(form)) = (self.in_form, self.page.forms.last_mut()) {
            change(form);
        }
    }
}

/// The first piece of markup and what stands behind it.
fn next_piece(html: &str) -> Option<(Piece<'_>, &str)> {
    if html.is_empty() {
        return None;
    }
    let Some(at) = html.find('<') else {
        return Some((Piece::Text(html), ""));
    };
    if at > 0 {
        return Some((Piece::Text(&html[..at]), &html[at..]));
    }
    if let Some(comment) = html.strip_prefix("<!--") {
        let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
        return Some((Piece::Text(""), &comment[end..]));
    }
    if let Some(close) = html.strip_prefix("</") {
        let end = close.find('>').unwrap_or(close.len());
        let after = close.get(end + 1..).unwrap_or_default();
        return Some((Piece::Close(close[..end].trim()), after));
    }
    let inside = &html[1..];
    if !inside.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
        return Some((Piece::Text(&html[..1]), inside));
    }
    let (tag, after) = read_tag(inside);
    Some((Piece::Open(tag), after))
}

/// A tag behind its `<`, and what stands behind its `>`.
fn read_tag(html: &str) -> (Tag<'_>, &str) {
    let blank_or_end = |sign: char| sign.is_whitespace() || matches!(sign, '>' | '/');
    let end = html.find(blank_or_end).unwrap_or(html.len());
    let (name, mut rest) = html.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
        match rest.strip_prefix('>') {
            Some(after) => return (Tag { name, attributes }, after),
            None if rest.is_empty() => return (Tag { name, attributes }, rest),
            None => {
                let (key, value, after) = read_attribute(rest);
                attributes.push((key, value));
                rest = after;
            }
        }
    }
}

/// Name, value and rest. Always takes at least one character.
fn read_attribute(html: &str) -> (&str, &str, &str) {
    let ends = |(at, sign): &(usize, char)| {
        *at > 0 && (sign.is_whitespace() || matches!(sign, '=' | '>' | '/'))
    };
    let end = html
        .char_indices()
        .find(ends)
        .map_or(html.len(), |(at, _)| at);
    let (key, rest) = html.split_at(end);
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return (key, "", rest);
    };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let end = quoted.find(quote).unwrap_or(quoted.len());
            let after = quoted.get(end + 1..).unwrap_or_default();
            return (key, &quoted[..end], after);
        }
    }
    let plain = |sign: char| sign.is_whitespace() || sign == '>';
    let end = value.find(plain).unwrap_or(value.len());
    (key, &value[..end], &value[end..])
}

/// Scripts and styles hold no markup.
fn skip_raw<'a>(tag: &Tag<'_>, rest: &'a str) -> &'a str {
    for raw in ["script", "style"] {
        if tag.is(raw) {
            let end = rest.find(&format!("</{raw}")).unwrap_or(rest.len());
            return &rest[end..];
        }
    }
    rest
}

/// `&amp;` and its kin back to what they mean.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find(';').filter(|end| *end <= ENTITY_BYTES_MAX);
        match known.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((sign, end)) => {
                plain.push(sign);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// `&#x10FFFF;` is the longest entity that a template writes.
const ENTITY_BYTES_MAX: usize = 10;

fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    match (name, number) {
        ("amp", _) => Some('&'),
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        ("quot", _) => Some('"'),
        ("apos", _) => Some('\''),
        ("nbsp", _) => Some('\u{a0}'),
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = Page::read(
            r#"<!doctype html><!-- <form> --><script>if (a<b) { "<input name=no>" }</script>
            <a href="/x?a=1&amp;b=2">go</a><form method="post" action='/do/it'>
            <input type="hidden" name="csrf" value="a&quot;&#x27;&amp;b"><input name=plain value=v>
            <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
            <textarea name="t">
một &lt; hai</textarea><select name="s"><option value="">-</option>
            <option value="q" selected>Q</option></select>
            <button class="x" name="act" value="go">Đi</button></form><p>Xong</p>"#,
        );
        let form = page.form_to("/it").expect("the form");
        assert!(form.post);
        let sent: Vec<(String, String)> = form.pairs();
        let expected = [
            ("csrf", "a\"'&b"),
            ("plain", "v"),
            ("r", "2"),
            ("t", "một < hai"),
            ("s", "q"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sent, expected);
        assert_eq!(form.buttons, [("act".to_owned(), "go".to_owned())]);
        assert_eq!(page.links, ["/x?a=1&b=2"]);
        assert!(page.says("Xong"));
    }

    fn escape(text: &str) -> String {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        text.replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(html in ".*") {
            let _ = Page::read(&html);
        }

        #[test]
        fn broken_markup_is_survived(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "</", "<form", " name=", "\"", "'", "=", "/", "<input", "<select>",
                    "<option>", "<!--", "-->", "<script>", "</script", "é", "&#x;", "&amp", " ",
                ]),
                0..40,
            ),
        ) {
            let _ = Page::read(&parts.concat());
        }

        #[test]
        fn hidden_values_come_back_as_they_were(
            values in prop::collection::vec("[^\\r\\n\u{0}]*", 1..8),
        ) {
            let mut html = String::from("<form method=post action=/a>");
            for (number, value) in values.iter().enumerate() {
                let value = escape(value);
                html += &format!("<input type=\"hidden\" name=\"f{number}\" value=\"{value}\">");
            }
            let page = Page::read(&(html + "</form>"));
            let read: Vec<String> =
                page.forms[0].pairs().into_iter().map(|(_, value)| value).collect();
            prop_assert_eq!(read, values);
        }
    }
}
