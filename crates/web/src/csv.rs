//! Tables that a spreadsheet opens: CSV (RFC 4180) in UTF-8 with its mark, by which Excel knows
//! the Vietnamese letters. A table is sent as it is made, however long it is.
//!
//! It does not know what the columns mean.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _};

/// Without it Excel reads the letters of another alphabet.
const MARK: &str = "\u{feff}";
/// A field that begins so would be worked out as a formula by the spreadsheet of whoever opens it:
/// what an applicant wrote as a name must stay a text on the officer's machine (ASVS V1.2.10).
const FORMULAS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\0'];

/// One line of a table.
pub fn line(fields: &[&str]) -> String {
    let length: usize = fields.iter().map(|field| field.len() + 3).sum();
    let mut line = String::with_capacity(length + 2);
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        add(&mut line, field);
    }
    line.push_str("\r\n");
    line
}

fn add(line: &mut String, field: &str) {
    let formula = field.starts_with(FORMULAS);
    let quoted = formula || field.contains([',', '"', '\r', '\n']);
    if !quoted {
        return line.push_str(field);
    }
    line.push('"');
    if formula {
        line.push('\'');
    }
    line.push_str(&field.replace('"', "\"\""));
    line.push('"');
}

/// The answer that sends `lines` as the file `name`. A fault in the middle breaks the connection
/// off, so that nobody takes half a table for the whole.
pub fn download<E>(
    name: &str,
    lines: impl Stream<Item = Result<String, E>> + Send + 'static,
) -> Response
where
    E: std::error::Error + Send + Sync + 'static,
{
    let mark = futures_util::stream::once(async { Ok(MARK.to_owned()) });
    let told = lines.inspect(|part| {
        if let Err(error) = part {
            tracing::error!(%error, "a table broke off while it was sent");
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, Body::from_stream(mark.chain(told))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stays_the_text_that_it_is() {
        assert_eq!(line(&["1", "Nguyễn Thị Hoa", ""]), "1,Nguyễn Thị Hoa,\r\n");
        assert_eq!(
            line(&["a,b", "say \"no\"", "two\nlines"]),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_field_becomes_a_formula() {
        for begin in FORMULAS {
            let written = line(&[&format!("{begin}1+1")]);
            assert!(written.starts_with("\"'"), "{written:?}");
        }
        assert_eq!(
            line(&["=HYPERLINK(\"http://x\")"]),
            "\"'=HYPERLINK(\"\"http://x\"\")\"\r\n"
        );
        assert_eq!(line(&["0905 123 456", "12-3"]), "0905 123 456,12-3\r\n");
    }

    #[tokio::test]
    async fn a_table_that_breaks_off_is_no_whole_table() {
        let parts = vec![Ok(line(&["a"])), Err(std::io::Error::other("gone"))];
        let answer = download("t.csv", futures_util::stream::iter(parts));
        let read = axum::body::to_bytes(answer.into_body(), 100).await;
        assert!(read.is_err());
        let parts = vec![Ok::<_, std::io::Error>(line(&["a"]))];
        let answer = download("t.csv", futures_util::stream::iter(parts));
        let read = axum::body::to_bytes(answer.into_body(), 100).await;
        assert_eq!(read.expect("whole"), "\u{feff}a\r\n".as_bytes());
    }
}
