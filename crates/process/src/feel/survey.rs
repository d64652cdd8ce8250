//! A first look at the text of an expression: its words, its signs, its limits.
//!
//! The library's parser must know the variables before it reads (a FEEL name may hold spaces and
//! even signs: `a - b` is a name unless `a` is known), and it trusts its input. So the text is cut
//! into tokens here, the limits and the characters are checked, the variables are collected, and
//! the tokens are handed on with single spaces between them. It knows no grammar.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::CharIndices;

use super::{MAX_LENGTH, MAX_NESTING, MAX_TOKENS, Problem};

/// Digits of one number as written: more cannot be a sum of money or an area.
const MAX_DIGITS: usize = 30;

const KEYWORDS: [&str; 13] = [
    "and",
    "or",
    "in",
    "between",
    "if",
    "then",
    "else",
    "true",
    "false",
    "null",
    "some",
    "every",
    "satisfies",
];

/// Words of FEEL that are deliberately not taken, with what to do instead.
const REFUSED: [(&str, &str); 8] = [
    ("for", "loops; use `some` or `every`"),
    ("function", "own functions"),
    ("external", "external functions"),
    ("return", "loops; use `some` or `every`"),
    ("instance", "`instance of`"),
    (
        "item",
        "a variable named `item`, which has a meaning of its own in FEEL",
    ),
    (
        "today",
        "`today()`, it looks at the clock; use a variable that the program hands in",
    ),
    (
        "now",
        "`now()`, it looks at the clock; use a variable that the program hands in",
    ),
];

/// The functions that may be called: those that are total, pure and quick.
pub(super) const FUNCTIONS: [&str; 40] = [
    "abs",
    "all",
    "any",
    "ceiling",
    "concatenate",
    "contains",
    "count",
    "date",
    "date and time",
    "day of week",
    "day of year",
    "distinct values",
    "duration",
    "ends with",
    "even",
    "flatten",
    "floor",
    "index of",
    "list contains",
    "lower case",
    "matches",
    "max",
    "mean",
    "min",
    "modulo",
    "month of year",
    "not",
    "odd",
    "round half up",
    "starts with",
    "string",
    "string join",
    "string length",
    "substring",
    "substring after",
    "substring before",
    "sum",
    "time",
    "upper case",
    "years and months duration",
];

/// What the first look found.
pub(super) struct Survey {
    /// The text with one space between tokens.
    pub(super) spaced: String,
    /// The words that the parser has to know: variables, fields, functions of several words.
    pub(super) words: BTreeSet<String>,
}

pub(super) fn survey(text: &str) -> Result<Survey, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(Problem::TooBig(format!(
            "{length} characters; {MAX_LENGTH} at most"
        )));
    }
    let tokens = cut(text)?;
    if tokens.len() > MAX_TOKENS {
        let size = tokens.len();
        return Err(Problem::TooBig(format!(
            "{size} words and signs; {MAX_TOKENS} at most"
        )));
    }
    check_brackets(&tokens)?;
    let words = collect_words(&tokens)?;
    Ok(Survey {
        spaced: tokens.join(" "),
        words,
    })
}

fn cut(text: &str) -> Result<Vec<&str>, Problem> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        let end = match first {
            c if c.is_whitespace() => continue,
            '"' => end_of_text(&mut rest)?,
            c if c.is_ascii_digit() => end_of_number(text, start, &mut rest)?,
            c if is_word_start(c) => end_while(text, &mut rest, is_word_part),
            _ => end_of_sign(text, start, first, &mut rest)?,
        };
        tokens.push(&text[start..end]);
    }
    Ok(tokens)
}

fn end_while(text: &str, rest: &mut Peekable<CharIndices>, belongs: fn(char) -> bool) -> usize {
    while rest.next_if(|(_, c)| belongs(*c)).is_some() {}
    rest.peek().map_or(text.len(), |(index, _)| *index)
}

fn end_of_text(rest: &mut Peekable<CharIndices>) -> Result<usize, Problem> {
    while let Some((index, c)) = rest.next() {
        match c {
            '"' => return Ok(index + 1),
            '\\' if !rest.next().is_some_and(|(_, c)| "\"\\nrt".contains(c)) => {
                let advice = r#"after `\` in a text only `"`, `\`, `n`, `r` or `t` may follow"#;
                return Err(Problem::Unreadable(advice.to_owned()));
            }
            _ => {}
        }
    }
    Err(Problem::Unreadable(
        "a text is not closed with `\"`".to_owned(),
    ))
}

fn end_of_number(
    text: &str,
    start: usize,
    rest: &mut Peekable<CharIndices>,
) -> Result<usize, Problem> {
    let mut end = end_while(text, rest, |c| c.is_ascii_digit());
    let fraction = &text.as_bytes()[end..];
    if fraction.len() > 1 && fraction[0] == b'.' && fraction[1].is_ascii_digit() {
        rest.next();
        end = end_while(text, rest, |c| c.is_ascii_digit());
    }
    if end - start > MAX_DIGITS {
        return Err(Problem::TooBig(format!(
            "a number of more than {MAX_DIGITS} digits"
        )));
    }
    if rest.peek().is_some_and(|(_, c)| is_word_start(*c)) {
        let number = &text[start..end];
        return Err(Problem::Unreadable(format!(
            "a letter follows the number {number}"
        )));
    }
    Ok(end)
}

fn end_of_sign(
    text: &str,
    start: usize,
    first: char,
    rest: &mut Peekable<CharIndices>,
) -> Result<usize, Problem> {
    const PAIRS: [&str; 4] = ["<=", ">=", "!=", ".."];
    const REFUSED_PAIRS: [&str; 4] = ["**", "//", "/*", "->"];
    const MISTAKEN: [(&str, &str); 4] = [
        ("==", "equality is written with one `=`"),
        ("<>", "different is written `!=`"),
        ("&&", "write `and`"),
        ("||", "write `or`"),
    ];
    let two = text.get(start..start + 2).unwrap_or_default();
    if let Some((_, advice)) = MISTAKEN.iter().find(|(sign, _)| *sign == two) {
        return Err(Problem::Unreadable((*advice).to_owned()));
    }
    if REFUSED_PAIRS.contains(&two) {
        return Err(Problem::NotAllowed(format!("`{two}`")));
    }
    if PAIRS.contains(&two) {
        rest.next();
        return Ok(start + 2);
    }
    match first {
        '+' | '-' | '*' | '/' | '=' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | '.' | '@' => {
            Ok(start + 1)
        }
        '{' | '}' | ':' => Err(Problem::NotAllowed("contexts in braces".to_owned())),
        '\'' | '“' | '”' => Err(Problem::Unreadable(
            "texts are written in straight `\"` marks".to_owned(),
        )),
        other => Err(Problem::Unreadable(format!(
            "the sign `{other}` has no meaning in FEEL"
        ))),
    }
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Vietnamese may come decomposed, so combining marks belong to a word.
fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || ('\u{0300}'..='\u{036f}').contains(&c)
}

fn check_brackets(tokens: &[&str]) -> Result<(), Problem> {
    let mut depth = 0usize;
    for token in tokens {
        match *token {
            "(" | "[" => depth += 1,
            ")" | "]" => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Err(Problem::Unreadable(format!("a `{token}` too many"))),
            },
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(Problem::TooBig(format!(
                "more than {MAX_NESTING} brackets deep"
            )));
        }
    }
    if depth > 0 {
        return Err(Problem::Unreadable("a bracket is not closed".to_owned()));
    }
    Ok(())
}

fn collect_words(tokens: &[&str]) -> Result<BTreeSet<String>, Problem> {
    let mut words = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = tokens[at];
        at += 1;
        if !word.starts_with(is_word_start) {
            continue;
        }
        if let Some(function) = function_at(&tokens[at - 1..]) {
            let parts = function.split(' ').count();
            if parts > 1 {
                words.insert(function.to_owned());
            }
            at += parts - 1;
            continue;
        }
        let is_field = at > 1 && tokens[at - 2] == ".";
        let is_call = tokens.get(at) == Some(&"(");
        if is_field || check_variable(word, is_call)? {
            words.insert(word.to_owned());
        }
    }
    Ok(words)
}

/// The longest allowed function whose words, and then a bracket, stand here.
fn function_at(tokens: &[&str]) -> Option<&'static str> {
    let fits = |function: &&&str| {
        let parts = function.split(' ').count();
        tokens.get(parts) == Some(&"(") && function.split(' ').eq(tokens[..parts].iter().copied())
    };
    FUNCTIONS
        .iter()
        .filter(fits)
        .max_by_key(|function| function.len())
        .copied()
}

/// True for a variable, false for a keyword.
fn check_variable(word: &str, is_call: bool) -> Result<bool, Problem> {
    if KEYWORDS.contains(&word) {
        return Ok(false);
    }
    let refused = REFUSED.iter().find(|(refused, _)| *refused == word);
    if let Some((_, instead)) = refused.filter(|_| is_call || word != "today" && word != "now") {
        return Err(Problem::NotAllowed((*instead).to_owned()));
    }
    if is_call {
        return Err(Problem::NotAllowed(format!(
            "the function `{word}`; allowed are {}",
            FUNCTIONS.join(", ")
        )));
    }
    if word == "not" {
        return Err(Problem::Unreadable(
            "write `not(…)` with brackets".to_owned(),
        ));
    }
    if FUNCTIONS.contains(&word) {
        return Err(Problem::NotAllowed(format!(
            "`{word}` as a variable, it is a function"
        )));
    }
    Ok(true)
}
