//! The words of this room, from `words.vi.toml`: columns, figures, what is wrong.
//! Does not know: pages; whole sentences of a page stand in its template.
use std::collections::BTreeMap;
use std::sync::LazyLock;

static VI: LazyLock<BTreeMap<String, BTreeMap<String, String>>> = LazyLock::new(|| {
    toml::from_str(include_str!("words.vi.toml")).expect("a test reads the words file")
});

/// The words of a name; the name itself shows a gap to whoever looks.
pub(super) fn say(group: &str, name: &str) -> String {
    let found = VI.get(group).and_then(|words| words.get(name));
    found.map_or_else(|| name.to_owned(), Clone::clone)
}
