//! A request written before the time counts, with places for what differs each time: sending it
//! again costs the generator next to nothing.
//! Does not know: what it asks for.
use super::address::{resolve, route};
use super::browser::{Browser, Seen, finished};
use super::form::Form;
use crate::serve::now;

/// The place of what differs between dossiers; stands in addresses and forms as it is.
pub const WHICH: &str = "WHICH-ONE-IS-MEANT-0";
/// The place of a command id that nobody has used.
pub const FRESH: &str = "FRESH-COMMAND-ID-0";

/// One request.
#[derive(Clone)]
pub struct Letter {
    /// How it is called in the table: `GET /desk`.
    pub kind: String,
    head: String,
    body: String,
}

impl Letter {
    /// Asks for a page.
    #[must_use]
    pub fn get(browser: &Browser, address: &str) -> Self {
        Self {
            kind: format!("GET {}", route(address)),
            head: browser.head("GET", address, None),
            body: String::new(),
        }
    }

    /// Sends a form that stands on the page `on`.
    #[must_use]
    pub fn form(browser: &Browser, on: &Seen, form: &Form) -> Self {
        let address = resolve(&on.address, &form.action);
        let (content, body) = form.body();
        Self {
            kind: format!("POST {}", route(&address)),
            head: browser.head("POST", &address, Some(&content)),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The whole request, about `which`.
    #[must_use]
    pub fn written(&self, which: &str) -> Vec<u8> {
        let fresh = web::fresh_command_id(now());
        let body = self.body.replace(WHICH, which).replace(FRESH, &fresh);
        finished(&self.head.replace(WHICH, which), body.as_bytes())
    }

    /// The request in two parts, between which so many bytes follow behind `mark` in its body, and
    /// behind the name of `which`: no two are the same.
    #[must_use]
    pub fn around(&self, which: &str, mark: &str, bytes: usize) -> Option<[Vec<u8>; 2]> {
        let body = self.body.replace(WHICH, which);
        let (before, behind) = body.split_once(mark)?;
        let length = before.len() + which.len() + bytes + behind.len();
        let head = self.head.replace(WHICH, which);
        let start = format!("{head}content-length: {length}\r\n\r\n{before}{which}");
        Some([start.into_bytes(), behind.as_bytes().to_vec()])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::page::Page;
    use super::super::wire::Target;
    use super::*;

    fn browser() -> Browser {
        let target = Target {
            address: ([127, 0, 0, 1], 80).into(),
            host: "h".into(),
            patience: Duration::from_secs(1),
        };
        Browser::new(Arc::new(target), None)
    }

    fn letter(multipart: bool) -> Letter {
        let on = Seen {
            status: 200,
            address: format!("/apply/{WHICH}/check"),
            page: Page::default(),
        };
        let mut form = Form {
            multipart,
            ..Form::default()
        };
        form.set("about", WHICH);
        form.set("command_id", FRESH);
        Letter::form(&browser(), &on, &form)
    }

    #[test]
    fn each_time_it_is_about_another_and_new() {
        let letter = letter(false);
        assert_eq!(letter.kind, "POST /apply/{}/check");
        let written = String::from_utf8(letter.written("9f")).expect("text");
        let (head, body) = written.split_once("\r\n\r\n").expect("a head");
        assert!(
            head.starts_with("POST /apply/9f/check HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        assert!(body.starts_with("about=9f&command_id="), "{body}");
        assert_ne!(written.as_bytes(), letter.written("9f"));
    }

    #[test]
    fn many_bytes_go_where_the_mark_stands() {
        let [start, end] = letter(true).around("9f", FRESH, 1_000).expect("a mark");
        let start = String::from_utf8(start).expect("text");
        let (head, body) = start.split_once("\r\n\r\n").expect("a head");
        assert!(body.ends_with("\r\n\r\n9f"), "{body}");
        let length = body.len() + 1_000 + end.len();
        assert!(
            head.contains(&format!("content-length: {length}")),
            "{head}"
        );
    }
}
