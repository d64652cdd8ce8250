//! What can be said without the letters of any office: fonts, mistakes, limits, hostile data.

use proptest::prelude::*;
use serde_json::json;
use typst::World;
use typst::layout::{Frame, FrameItem};

use super::*;

const ECHO: &str = "#set page(width: 400pt, height: auto)\n\
    #set text(font: \"Liberation Serif\", overhang: false)\n\
    #let data = json(\"/data.json\")\n\
    #data.text";

/// The letters that were laid out, without white space, in an order that does not depend on the
/// direction of writing.
fn laid_out(template: &Template, data: &Value) -> Vec<char> {
    let desk = Desk::new(template, data.to_string().into_bytes(), None);
    let document = lay_out(&desk).unwrap();
    let mut text = String::new();
    for page in document.pages() {
        collect(&page.frame, &mut text);
    }
    letters_of(&text)
}

fn letters_of(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    letters.sort_unstable();
    letters
}

fn collect(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, text),
            FrameItem::Text(run) => text.push_str(&run.text),
            _ => {}
        }
    }
}

fn mistake(template: &Template, data: &Value) -> String {
    pdf(template, data).unwrap_err().to_string()
}

#[test]
fn fonts_cover_vietnamese() {
    let vowels = "aăâeêioôơuưy";
    let marks = ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"];
    let desk = Desk::new(&Template::new("none", ""), Vec::new(), None);
    let mut fonts = 0;
    while let Some(font) = desk.font(fonts) {
        fonts += 1;
        let whole = "ẬộữỳĐđ–“”₫ẶẴỖỢỸỴẫẩậẵẳặễểệịỉĩỗổộỡởợữửựỷỹỵ"
            .chars()
            .chain(vowels.chars());
        let signs = marks.iter().flat_map(|mark| mark.chars());
        for letter in whole.chain(signs) {
            assert!(
                font.info().coverage.contains(letter as u32),
                "no {letter} in font {fonts}"
            );
        }
    }
    assert_eq!(fonts, 4);
}

/// Ê Đê, Gia Rai, Ba Na, Cơ Ho: letters that no code point has are a letter and a mark, and stand
/// on paper as such.
#[test]
fn letters_of_the_highlands_are_printed() {
    let echo = Template::new("echo.typ", ECHO);
    let names = "Y Tơ\u{306} Mlô, H'Hen Ê\u{306}ban, Ƀăn Čư\u{306} Ŏ, ƀuôn Ñĭk Ô\u{306} ŭ";
    let data = json!({ "text": names });
    assert_eq!(legible::legible(&data), data, "nothing of it is replaced");
    assert_eq!(laid_out(&echo, &data), letters_of(names));
    assert!(pdf(&echo, &data).unwrap().starts_with(b"%PDF"));
}

#[test]
fn a_mistake_has_a_name_and_a_line() {
    let wrong = Template::new("bad.typ", "Một\n\n#nothing-here\n");
    assert_eq!(
        mistake(&wrong, &json!({})),
        "bad.typ:3: unknown variable: nothing-here; \
        if you meant to use subtraction, try adding spaces around the minus sign: `nothing - here`"
    );
    let wrong = Template::new("open.typ", "Một\n#let x = (\n");
    assert!(
        mistake(&wrong, &json!({})).starts_with("open.typ:2: "),
        "{}",
        mistake(&wrong, &json!({}))
    );
    let missing = Template::new("key.typ", "#let data = json(\"/data.json\")\n#data.name\n");
    assert!(mistake(&missing, &json!({})).contains("key.typ:2: dictionary does not contain key"));
}

#[test]
fn a_mistake_in_an_include_says_who_called() {
    let include =
        "// first line\n#let day(text) = {\n  assert(text != \"\", message: \"no day\")\n}\n";
    let template = Template::new("call.typ", "#import \"/lay.typ\": *\n\n#day(\"\")\n")
        .with("lay.typ", include);
    let said = mistake(&template, &json!({}));
    assert_eq!(
        said,
        "lay.typ:3: assertion failed: no day (called from call.typ:3)"
    );
}

#[test]
fn a_template_reaches_nothing_outside() {
    for source in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../etc/passwd\")",
        "#image(\"/qr.svg\")",
        "#import \"@preview/cetz:0.3.0\": *",
        "#datetime.today()",
        "#include \"/other.typ\"",
    ] {
        let said = mistake(&Template::new("reach.typ", source), &json!({}));
        assert!(said.starts_with("reach.typ:1: "), "{source}: {said}");
    }
}

#[test]
fn limits_are_kept() {
    let echo = Template::new("echo.typ", ECHO);
    let long = json!({ "text": "a".repeat(DATA_BYTES_MAX) });
    assert!(matches!(
        pdf(&echo, &long),
        Err(PrintError::DataTooLarge { .. })
    ));
    let dense = json!({ "text": "", "qr": "a".repeat(QR_BYTES_MAX + 1) });
    assert!(matches!(
        pdf(&echo, &dense),
        Err(PrintError::QrTooLong { .. })
    ));
    assert!(qr_svg(&"ữ".repeat(QR_BYTES_MAX / 3)).is_ok());
    let pages = Template::new(
        "pages.typ",
        format!("#for _ in range({PAGES_MAX}) [a #pagebreak()]"),
    );
    let error = pdf(&pages, &json!({})).unwrap_err();
    assert!(matches!(error, PrintError::TooManyPages { pages, .. } if pages == PAGES_MAX + 1));
}

#[test]
fn the_same_content_is_the_same_bytes() {
    let echo = Template::new("echo.typ", ECHO);
    let data = json!({ "text": "Nguyễn Thị Ngọc Diễm" });
    let first = pdf(&echo, &data).unwrap();
    typst::comemo::evict(0);
    assert_eq!(first, pdf(&echo, &data).unwrap());
    assert_ne!(
        first,
        pdf(&echo, &json!({ "text": "Nguyễn Thị Ngọc Diệm" })).unwrap()
    );
}

#[test]
fn the_cache_gives_the_same_and_stays_small() {
    let echo = Template::new("echo.typ", ECHO);
    let other = Template::new("echo.typ", format!("{ECHO}!"));
    let data = |n: usize| json!({ "text": format!("Hồ sơ {n}") });
    let size = pdf(&echo, &data(0)).unwrap().len();
    let cache = Cache::new(3 * size + size / 2);
    let first = cache.pdf(&echo, &data(0)).unwrap();
    assert!(std::sync::Arc::ptr_eq(
        &first,
        &cache.pdf(&echo, &data(0)).unwrap()
    ));
    assert_ne!(first, cache.pdf(&other, &data(0)).unwrap());
    for n in 1..=2 {
        cache.pdf(&echo, &data(n)).unwrap();
        cache.pdf(&echo, &data(0)).unwrap();
    }
    assert!(cache.bytes() <= 3 * size + size / 2);
    assert!(
        std::sync::Arc::ptr_eq(&first, &cache.pdf(&echo, &data(0)).unwrap()),
        "used, so kept"
    );
}

#[test]
fn signs_that_no_font_has_are_marked() {
    let legible = legible::legible;
    assert_eq!(
        legible(&json!(["Nguye\u{302}\u{303}n", 5, null])),
        json!(["Nguyễn", 5, null])
    );
    assert_eq!(
        legible(&json!("a\u{202e}b\u{200b}c\u{0}\nd")),
        json!("abc\nd")
    );
    assert_eq!(
        legible(&json!({ "tên": "漢 ☺ א" })),
        json!({ "tên": "□ ☺ □" })
    );
    assert!(world::shows('□'));
}

#[test]
fn markup_in_data_stays_text() {
    let echo = Template::new("echo.typ", ECHO);
    for text in [
        "#panic(\"no\") *đậm* _nghiêng_ $x^2$ = đầu đề",
        "#import \"/x.typ\": *; \\ ~ `mã` @ref <nhãn> // hết /* */",
        "- một + hai / ba: bốn https://a.vn/#b \"ngoặc\" 'đơn' --- ...",
    ] {
        assert_eq!(laid_out(&echo, &json!({ "text": text })), letters_of(text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_printed(text in any::<String>()) {
        let echo = Template::new("echo.typ", ECHO);
        let made = pdf(&echo, &json!({ "text": text }));
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }

    #[test]
    fn any_markup_is_only_text(text in "[#*_$=@<>\\[\\](){}/\\\\`~\"'+. a-zA-Z0-9ẬộữỳĐ-]{0,60}") {
        let echo = Template::new("echo.typ", ECHO);
        prop_assert_eq!(laid_out(&echo, &json!({ "text": text })), letters_of(&text));
    }
}
