//! Every letter of `content/letters` is printed from its examples and read back by programs that
//! we did not write: `pdftotext`, `pdftoppm` (poppler-utils) and `zbarimg` (zbar-tools).
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use print::{Cache, Template};
use proptest::prelude::*;
use serde_json::{Value, json};

fn letters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/letters")
}

fn template(name: &str) -> Template {
    let read = |file: &str| fs::read_to_string(letters().join(file)).unwrap();
    Template::new(name, read(name)).with("layout.typ", read("layout.typ"))
}

/// `01-long.json` is data for `01.typ`.
fn template_of(example: &str) -> Template {
    template(&format!("{}.typ", example.trim_end_matches("-long")))
}

fn example(name: &str) -> Value {
    let path = letters().join("examples").join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn names_in(folder: PathBuf, extension: &str) -> Vec<String> {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|e| e == extension));
    let mut names: Vec<String> = wanted
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// Runs a program of the distribution and gives what it printed.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program} is needed by this test: {e}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn printed(name: &str, template: &Template, data: &Value) -> String {
    let pdf = print::pdf(template, data).unwrap_or_else(|e| panic!("{name}: {e}"));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    fs::write(&path, pdf).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The text of a PDF file, each run of white space as one space.
fn text_of(path: &str) -> String {
    let text = run("pdftotext", &["-layout", path, "-"]);
    let text = text.replace('\u{a0}', " ").replace('\u{200b}', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pages_of(path: &str) -> usize {
    let info = run("pdfinfo", &[path]);
    let line = info
        .lines()
        .find(|line| line.starts_with("Pages:"))
        .unwrap();
    line["Pages:".len()..].trim().parse().unwrap()
}

#[test]
fn every_example_says_what_it_should() {
    let must = [
        (
            "01",
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ|Nguyễn Thị Ngọc Diễm|Lê Quang Vũ|\
            H57.15.01-261123-0975|17 giờ 00 phút, ngày 23/11/2026|Bản sao chứng thực|\
            Thuận Hóa, ngày 23 tháng 11 năm 2026|quyển số 01/2026, số thứ tự 975",
        ),
        (
            "01-long",
            "Ảnh chụp hiện trạng công trình|Tôn Nữ Hoàng Thị Thùy Dương Bích",
        ),
        (
            "02",
            "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ|1. Bản vẽ mặt bằng|ngày 16/12/2026",
        ),
        (
            "03",
            "PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ|Khoản 5 Điều 12 Thông tư số 04/2020",
        ),
        (
            "04",
            "PHIẾU XIN LỖI|VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ|17 giờ 00 phút, ngày 10/12/2026|\
            Đặng Văn Quỳnh|KT. CHỦ TỊCH|- Lưu: VT.",
        ),
        (
            "05",
            "Về việc dừng giải quyết hồ sơ|- Điều 21 Nghị định số 118/2025/NĐ-CP",
        ),
        (
            "06",
            "PHIẾU KIỂM SOÁT|QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ|Quá hạn|Hồ Thị Mỹ Lệ",
        ),
        ("07", "SỔ THEO DÕI HỒ SƠ|Tổng số: 3 hồ sơ|Đoàn Phú Thịnh"),
        ("07-long", "Tổng số: 40 hồ sơ"),
        (
            "fee-receipt",
            "BIÊN LAI THU PHÍ, LỆ PHÍ|14.000 đ|Mười bốn nghìn đồng|Tiền mặt",
        ),
        (
            "one-time-code",
            "MÃ DÙNG MỘT LẦN|7K3F-9QWD-2MXA-R5TB|14 giờ 10 phút, ngày 26/11/2026|046190001234",
        ),
        (
            "fee-refund",
            "PHIẾU HOÀN PHÍ, LỆ PHÍ|14.000 đ|Mười bốn nghìn đồng|Người nhận tiền",
        ),
        (
            "result",
            "GIẤY XÁC NHẬN|Chưa đăng ký kết hôn với ai|TM. ỦY BAN NHÂN DÂN",
        ),
    ];
    for name in names_in(letters().join("examples"), "json") {
        let text = text_of(&printed(&name, &template_of(&name), &example(&name)));
        let own = must
            .iter()
            .filter(|(of, _)| *of == name)
            .flat_map(|(_, all)| all.split('|'));
        let common = [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
        ];
        for wanted in common.into_iter().chain(["chưa ký số."]).chain(own) {
            assert!(text.contains(wanted), "{name} has no „{wanted}“:\n{text}");
        }
    }
}

/// Letters that no font has as one (Ê Đê, Gia Rai, Ba Na): each stays one letter of its word, in
/// every weight of the paper.
#[test]
fn names_of_the_highlands_stand_on_paper() {
    let names = "Y Tơ\u{306} Mlô Ê\u{306}ban Ô\u{306}n ƀuôn Čư\u{306}";
    let mut data = example("01");
    data["applicant"]["name"] = json!(names);
    let text = text_of(&printed("01-highlands", &template("01.typ"), &data));
    assert!(text.contains(names), "{text}");
}

#[test]
fn every_letter_has_an_example_and_a_chapter() {
    let chapters = fs::read_to_string(letters().join("README.md")).unwrap();
    for name in names_in(letters(), "typ")
        .into_iter()
        .filter(|name| name != "layout")
    {
        assert!(
            letters().join(format!("examples/{name}.json")).exists(),
            "no example of {name}"
        );
        assert!(
            chapters.contains(&format!("`{name}.typ`")),
            "README.md does not tell of {name}"
        );
    }
}

#[test]
fn short_letters_are_one_page() {
    for name in [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
        "fee-receipt",
        "one-time-code",
        "fee-refund",
        "result",
    ] {
        let path = printed(&format!("{name}-one"), &template_of(name), &example(name));
        assert_eq!(pages_of(&path), 1, "{name}");
    }
}

#[test]
fn the_qr_code_is_read_by_a_camera_program() {
    let data = example("01");
    let pdf = printed("01-qr", &template("01.typ"), &data);
    let picture = pdf.trim_end_matches(".pdf");
    run(
        "pdftoppm",
        &["-r", "150", "-png", "-singlefile", &pdf, picture],
    );
    let read = run("zbarimg", &["--quiet", "--raw", &format!("{picture}.png")]);
    assert_eq!(read.trim(), data["qr"].as_str().unwrap());
}

#[test]
fn numbers_are_said_in_words() {
    let source = "#import \"/layout.typ\": *\n#for n in json(\"/data.json\").dong [\
        #money(n) = #money-words(n) \\ \n]";
    let layout = fs::read_to_string(letters().join("layout.typ")).unwrap();
    let template = Template::new("words.typ", source).with("layout.typ", layout);
    let said = [
        (0, "0 đ = Không đồng"),
        (5, "5 đ = Năm đồng"),
        (8_000, "8.000 đ = Tám nghìn đồng"),
        (15_000, "15.000 đ = Mười lăm nghìn đồng"),
        (21_500, "21.500 đ = Hai mươi mốt nghìn năm trăm đồng"),
        (105_000, "105.000 đ = Một trăm linh năm nghìn đồng"),
        (
            1_234_000,
            "1.234.000 đ = Một triệu hai trăm ba mươi tư nghìn đồng",
        ),
        (
            1_000_001,
            "1.000.001 đ = Một triệu không trăm linh một đồng",
        ),
        (
            2_005_000_000,
            "2.005.000.000 đ = Hai tỷ không trăm linh năm triệu đồng",
        ),
    ];
    let data = json!({ "dong": said.map(|(dong, _)| dong) });
    let text = text_of(&printed("words", &template, &data));
    for (_, words) in said {
        assert!(text.contains(words), "no „{words}“ in:\n{text}");
    }
}

#[test]
fn wrong_data_is_said_with_its_place() {
    let mut data = example("01");
    data["due_at"] = json!("23/11/2026");
    let said = print::pdf(&template("01.typ"), &data)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("a date is written YYYY-MM-DD, this is \"23/11/2026\""),
        "{said}"
    );
    assert!(said.contains("called from 01.typ:"), "{said}");
    data["due_at"] = json!("2026-11-23T10:00:00Z");
    let said = print::pdf(&template("01.typ"), &data)
        .unwrap_err()
        .to_string();
    assert!(said.contains("in Vietnamese time"), "{said}");
}

#[test]
fn a_letter_already_made_is_at_hand() {
    let (template, data) = (template("01.typ"), example("01"));
    let cache = Cache::new(1 << 20);
    let first = cache.pdf(&template, &data).unwrap();
    assert_eq!(first[..], print::pdf(&template, &data).unwrap()[..]);
    let start = std::time::Instant::now();
    cache.pdf(&template, &data).unwrap();
    assert!(
        start.elapsed().as_millis() < 50,
        "a hash of a small text took {:?}",
        start.elapsed()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_name_and_reason_is_printed(name in any::<String>(), reason in "\\PC{0,300}") {
        let mut data = example("03");
        data["applicant"]["name"] = json!(name);
        data["applicant"]["email"] = json!(name);
        data["reason"] = json!(reason);
        let made = print::pdf(&template("03.typ"), &data);
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }
}
