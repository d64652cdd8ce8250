//! A drawn page whose form is filled in again with what somebody had sent: the fields of the form
//! that was posted, and nothing else. The page is our own, so tags and attributes are well-formed.
//!
//! It does not know why, nor where the fields were meanwhile.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// What was sent, and where to.
pub(crate) struct Sent<'a> {
    /// The path of the page, which a form without an action is posted to.
    pub(crate) here: &'a str,
    /// The path that it was posted to.
    pub(crate) path: &'a str,
    /// Names and values in their order.
    pub(crate) fields: &'a [(String, String)],
}

/// The page with the form filled in; nothing if no form of it is posted there.
pub(crate) fn refill(page: &str, sent: &Sent<'_>) -> Option<String> {
    let form = forms(page)
        .filter(|form| form.is_posted_to(sent))
        .max_by_key(|form| form.known(page, sent))?;
    let mut out = String::with_capacity(page.len() + 1024);
    out.push_str(&unfolded(&page[..form.inside.start]));
    Filler::new(sent.fields).fill(&page[form.inside.clone()], &mut out);
    out.push_str(&page[form.inside.end..]);
    Some(out)
}

/// What stands before a form; a fold in which the form lies is open.
fn unfolded(before: &str) -> String {
    const FOLD: &str = "<details";
    let fold = before.rfind(FOLD);
    match fold.filter(|at| !before[*at..].contains("</details>")) {
        Some(at) => {
            let at = at + FOLD.len();
            format!("{} open{}", &before[..at], &before[at..])
        }
        None => before.to_owned(),
    }
}

/// A form of a page: its own tag, and what stands inside.
struct Form<'a> {
    tag: Tag<'a>,
    inside: Range<usize>,
}

fn forms(page: &str) -> impl Iterator<Item = Form<'_>> {
    tags(page)
        .filter(|(_, tag)| tag.name == "form")
        .map(|(at, tag)| {
            let start = at + tag.text.len();
            let length = page[start..].find("</form>");
            let end = length.map_or(page.len(), |length| start + length);
            let inside = start..end;
            Form { tag, inside }
        })
}

impl Form<'_> {
    fn is_posted_to(&self, sent: &Sent<'_>) -> bool {
        let is = |name: &str| {
            self.tag
                .value(name)
                .is_some_and(|at| at.split('?').next() == Some(sent.path))
        };
        let posts = self.tag.value("method").is_some_and(|at| at == "post");
        let bare = self.tag.value("action").is_none() && sent.here == sent.path;
        posts && (bare || is("action") || is("data-autosave"))
    }

    /// How many of the names that were sent it has: several forms of a page may be posted to one
    /// path. A button counts by its value.
    fn known(&self, page: &str, sent: &Sent<'_>) -> usize {
        let inside = &page[self.inside.clone()];
        let known = tags(inside).filter(|(_, tag)| {
            let name = tag.value("name").unwrap_or_default();
            let mut same = sent.fields.iter().filter(|(sent, _)| *sent == name);
            match tag.name {
                "button" => {
                    let value = tag.value("value").unwrap_or_default();
                    same.any(|(_, sent)| *sent == value)
                }
                _ => same.next().is_some(),
            }
        });
        known.count()
    }
}

/// An opening tag as it stands in the page.
#[derive(Clone, Copy)]
struct Tag<'a> {
    name: &'a str,
    text: &'a str,
}

/// The opening tags with their places.
fn tags(page: &str) -> impl Iterator<Item = (usize, Tag<'_>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + page[from..].find('<')?;
            let rest = &page[at + 1..];
            let length = rest
                .find(|sign: char| !sign.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            from = at + 1;
            if length == 0 {
                continue;
            }
            let text = &page[at..at + end_of(&page[at..])?];
            from = at + text.len();
            let name = &rest[..length];
            return Some((at, Tag { name, text }));
        }
    })
}

/// The length of a tag: to its `>`, which may also stand in a quoted value.
fn end_of(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, sign) in text.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

impl<'a> Tag<'a> {
    /// The value of an attribute, as text.
    fn value(&self, name: &str) -> Option<String> {
        self.place(name).map(|place| plain(&self.text[place]))
    }

    /// Where the value of an attribute stands in the tag.
    fn place(&self, name: &str) -> Option<Range<usize>> {
        let mark = format!(" {name}=\"");
        let start = self.text.find(&mark)? + mark.len();
        let length = self.text[start..].find('"')?;
        Some(start..start + length)
    }

    /// The tag without a bare attribute such as `checked`.
    fn without(&self, name: &str) -> String {
        self.text
            .replace(&format!(" {name}>"), ">")
            .replace(&format!(" {name} "), " ")
    }

    fn with(&self, name: &str) -> String {
        let text = self.without(name);
        format!("{} {name}>", &text[..text.len() - 1])
    }
}

/// Puts what was sent into the fields of one form.
struct Filler<'a> {
    fields: HashMap<&'a str, VecDeque<&'a str>>,
}

impl<'a> Filler<'a> {
    fn new(sent: &'a [(String, String)]) -> Filler<'a> {
        let mut fields: HashMap<&str, VecDeque<&str>> = HashMap::new();
        for (name, value) in sent {
            fields.entry(name).or_default().push_back(value);
        }
        Filler { fields }
    }

    fn fill(&mut self, inside: &str, out: &mut String) {
        let mut done = 0;
        // The value of the list that is being walked.
        let mut chosen: Option<&str> = None;
        for (at, tag) in tags(inside) {
            if at < done {
                continue;
            }
            out.push_str(&inside[done..at]);
            done = at + tag.text.len();
            let name = tag.value("name").unwrap_or_default();
            match tag.name {
                "input" => out.push_str(&self.input(&tag, &name)),
                "textarea" => {
                    out.push_str(tag.text);
                    if let Some(value) = self.next(&name) {
                        // A first line break after the tag is not part of the text.
                        out.push('\n');
                        out.push_str(&escaped(value));
                        done += inside[done..].find("</textarea>").unwrap_or(0);
                    }
                }
                "select" => {
                    chosen = self.next(&name);
                    out.push_str(tag.text);
                }
                "option" => match (chosen, tag.value("value")) {
                    (Some(chosen), Some(value)) if value == chosen => {
                        out.push_str(&tag.with("selected"));
                    }
                    (Some(_), _) => out.push_str(&tag.without("selected")),
                    (None, _) => out.push_str(tag.text),
                },
                _ => out.push_str(tag.text),
            }
        }
        out.push_str(&inside[done..]);
    }

    fn input(&mut self, tag: &Tag<'_>, name: &str) -> String {
        let kind = tag.value("type").unwrap_or_default();
        match kind.as_str() {
            "checkbox" | "radio" => {
                let sent = self.fields.get(name);
                let value = tag.value("value").unwrap_or_default();
                let ticked = sent.is_some_and(|sent| sent.iter().any(|one| *one == value));
                // A box that is not ticked is not sent.
                if ticked {
                    tag.with("checked")
                } else {
                    tag.without("checked")
                }
            }
            "hidden" | "password" | "file" | "submit" | "button" => tag.text.to_owned(),
            _ => match (self.next(name), tag.place("value")) {
                (Some(value), Some(place)) => {
                    let (before, after) = (&tag.text[..place.start], &tag.text[place.end..]);
                    format!("{before}{}{after}", escaped(value))
                }
                (Some(value), None) => {
                    let start = &tag.text[..tag.text.len() - 1];
                    format!("{start} value=\"{}\">", escaped(value))
                }
                (None, _) => tag.text.to_owned(),
            },
        }
    }

    /// The next value of this name: rows of one name are in their order.
    fn next(&mut self, name: &str) -> Option<&'a str> {
        self.fields.get_mut(name)?.pop_front()
    }
}

/// Text as it stands in a page.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&#38;"),
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The text of an attribute as our templates write it.
fn plain(text: &str) -> String {
    let marks = [
        ("&amp;", "&#38;"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
    ];
    let replaced = |text: String, (mark, sign): &(&str, &str)| text.replace(mark, sign);
    marks.iter().fold(text.to_owned(), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str = r#"<form method="post" action="/out"><input name="a" value="x"></form>
<form class="ask" method="post" action="/here"><input type="hidden" name="csrf" value="new">
<input class="input" id="a" name="a" type="text" value="old"><input name="n" type="tel">
<textarea name="t" rows="5">old</textarea>
<select name="s"><option value="">Chọn…</option><option value="1" selected>Một</option>
<option value="2">Hai</option></select>
<input type="radio" name="r" value="1" checked><input type="radio" name="r" value="&#34;2&#34;">
<input type="checkbox" name="c" value="yes" checked><input type="checkbox" name="d" value="yes">
<input type="password" name="p"><button name="act" value="go">Gửi</button></form>
<form method="post" action="/here"><input name="z" value="">
<button name="act" value="stop">Thôi</button></form>"#;

    fn sent(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        fields.iter().map(owned).collect()
    }

    fn filled(path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let fields = sent(fields);
        let here = "/there";
        refill(
            PAGE,
            &Sent {
                here,
                path,
                fields: &fields,
            },
        )
    }

    #[test]
    fn a_form_stands_there_as_it_was_sent() {
        let fields = [
            ("csrf", "stolen"),
            ("a", "1 < \"2\" & 3"),
            ("n", "09"),
            ("t", "dòng một\ndòng hai </textarea><script>"),
            ("s", "2"),
            ("r", "\"2\""),
            ("d", "yes"),
            ("p", "secret"),
            ("act", "go"),
        ];
        let page = filled("/here", &fields).unwrap();
        for part in [
            r#"name="csrf" value="new""#,
            r#"type="text" value="1 &#60; &#34;2&#34; &#38; 3">"#,
            r#"<input name="n" type="tel" value="09">"#,
            "rows=\"5\">\ndòng một\ndòng hai &#60;/textarea&#62;&#60;script&#62;</textarea>",
            r#"<option value="1">Một</option>"#,
            r#"<option value="2" selected>"#,
            r#"<input type="radio" name="r" value="1"><input"#,
            r#"<input type="radio" name="r" value="&#34;2&#34;" checked>"#,
            r#"<input type="checkbox" name="c" value="yes"><input"#,
            r#"<input type="checkbox" name="d" value="yes" checked>"#,
            r#"<input type="password" name="p"><button"#,
            r#"<form method="post" action="/out"><input name="a" value="x">"#,
            r#"<input name="z" value="">"#,
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn of_several_forms_it_is_the_one_whose_button_was_pressed() {
        let page = filled("/here", &[("z", "why"), ("act", "stop")]).unwrap();
        assert!(page.contains(r#"<input name="z" value="why">"#));
        assert!(page.contains(r#"type="text" value="old""#));
        assert!(filled("/elsewhere", &[("z", "why")]).is_none());
        let bare = "<details><summary>a</summary></details><details class=\"act\">\
            <form method=\"post\"><input name=\"z\"></form></details>";
        let fields = sent(&[("z", "1")]);
        let (here, path) = ("/here", "/here");
        let page = refill(
            bare,
            &Sent {
                here,
                path,
                fields: &fields,
            },
        )
        .unwrap();
        assert!(page.contains(r#"<input name="z" value="1">"#));
        assert!(page.contains(r#"</details><details open class="act">"#));
    }

    proptest! {
        #[test]
        fn nothing_that_was_sent_becomes_markup(value in "\\PC{0,60}|[<>\"'&=/a-z ]{0,60}") {
            let fields = [("a", value.as_str()), ("t", value.as_str())];
            let page = filled("/here", &fields).unwrap();
            prop_assert_eq!(tags(&page).count(), tags(PAGE).count());
            let shown = tags(&page).filter_map(|(_, tag)| {
                tag.value("name").filter(|name| name == "a").and_then(|_| tag.value("value"))
            });
            prop_assert!(shown.collect::<Vec<_>>().contains(&value));
        }

        #[test]
        fn any_page_is_walked_without_a_crash(page in "[<>\"'=/ a-zâ\\n]{0,200}") {
            let fields = sent(&[("a", "b")]);
            let _ = refill(&page, &Sent { here: "a", path: "a", fields: &fields });
        }
    }
}
