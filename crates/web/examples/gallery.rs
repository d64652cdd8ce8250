//! Every component on one page, to be looked at: `cargo run -p web --example gallery`.
//!
//! `/` is the citizen's frame with mistakes shown, `/desk` the officer's. It keeps nothing.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use web::ui::{Choice, DateAnswer, Figure, Link, Pager, SummaryRow, Tag, Task, TimelineItem};
use web::{
    Access, Answer, Brand, FieldErrors, Kind, NavLink, Problem, Routes, Sessions, SessionsAnswer,
    Shell, Signed, Site, Tone,
};

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    errors: FieldErrors,
    crumbs: Vec<Link>,
    good: Tone,
    warn: Tone,
    bad: Tone,
    info: Tone,
    figures: Vec<Figure>,
    tasks: Vec<Task>,
    birth: DateAnswer,
    sexes: Vec<Choice>,
    places: Vec<Choice>,
    others: Vec<Choice>,
    also: Vec<String>,
    rows: Vec<SummaryRow>,
    tags: Vec<Tag>,
    pager: Pager,
    items: Vec<TimelineItem>,
}

fn figure(value: &str, label: &str, note: &str, tone: Tone) -> Figure {
    let text = str::to_owned;
    Figure {
        value: text(value),
        label: text(label),
        note: text(note),
        tone,
        href: "#".into(),
    }
}

fn item(when: &str, title: &str, by: &str, tone: Tone) -> TimelineItem {
    let text = str::to_owned;
    TimelineItem {
        when: text(when),
        title: text(title),
        by: text(by),
        text: text(""),
        tone,
    }
}

fn gallery(shell: Shell, errors: FieldErrors) -> Gallery {
    let task = |label: &str, tag: Tag| Task {
        href: "#".into(),
        label: label.into(),
        hint: String::new(),
        tag,
    };
    Gallery {
        shell,
        errors,
        crumbs: vec![
            Link::new("/", "Trang chủ"),
            Link::new("/procedures", "Thủ tục hành chính"),
            Link::new("", "Đăng ký khai sinh"),
        ],
        good: Tone::Good,
        warn: Tone::Warn,
        bad: Tone::Bad,
        info: Tone::Info,
        figures: vec![
            figure(
                "1.284",
                "Hồ sơ đã nhận",
                "Tháng 11, đến 14:03 22/11",
                Tone::Info,
            ),
            figure("98,6 %", "Trả đúng hạn", "Tháng trước 97,9 %", Tone::Good),
            figure("12", "Sắp đến hạn", "Trong 2 ngày làm việc", Tone::Warn),
            figure("3", "Trễ hạn", "Xem danh sách", Tone::Bad),
        ],
        tasks: vec![
            task("Thông tin của trẻ", Tag::new(Tone::Good, "Đã xong")),
            task("Thông tin của cha mẹ", Tag::new(Tone::Info, "Đang làm")),
            task("Giấy tờ kèm theo", Tag::new(Tone::Quiet, "Chưa làm")),
        ],
        birth: DateAnswer {
            day: "31".into(),
            month: "2".into(),
            year: "2026".into(),
        },
        sexes: vec![Choice::new("male", "Nam"), Choice::new("female", "Nữ")],
        places: vec![
            Choice::new("counter", "Tại bộ phận một cửa").hint("Số 2 Lê Lợi, mở cửa 7:30–17:00"),
            Choice::new("post", "Qua bưu điện").hint("Cước phí người nhận trả"),
            Choice::new("online", "Bản điện tử"),
        ],
        others: vec![
            Choice::new("insurance", "Thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi"),
            Choice::new("residence", "Đăng ký thường trú"),
        ],
        also: vec!["insurance".into()],
        rows: vec![
            SummaryRow::new("Họ và tên trẻ", "Nguyễn Thị Ngọc Ánh").change("#"),
            SummaryRow::new("Ngày sinh", "07/11/2026").change("#"),
            SummaryRow::new("Nơi cư trú", "Thôn Vĩ Dạ\nPhường Thuận Hoá, thành phố Huế")
                .change("#"),
        ],
        tags: vec![
            Tag::new(Tone::Info, "Đang xử lý"),
            Tag::new(Tone::Good, "Đã trả"),
            Tag::new(Tone::Warn, "Chờ bổ sung"),
            Tag::new(Tone::Bad, "Trễ hạn"),
        ],
        pager: Pager::new(4, 200, 20, "/?page="),
        items: vec![
            item(
                "14:03 22/11/2026",
                "Đã nộp trực tuyến",
                "Nguyễn Văn An",
                Tone::Good,
            ),
            item(
                "08:10 23/11/2026",
                "Đã tiếp nhận",
                "Bộ phận một cửa phường",
                Tone::Good,
            ),
            item(
                "09:00 23/11/2026",
                "Đang thẩm định",
                "Công chức tư pháp – hộ tịch",
                Tone::Info,
            ),
            item("Hẹn 17:00 23/11/2026", "Trả kết quả", "", Tone::Quiet),
        ],
    }
}

async fn citizen(State(errors): State<FieldErrors>, shell: Shell) -> Answer {
    web::render(&gallery(shell, errors))
}

async fn calm(shell: Shell) -> Answer {
    web::render(&gallery(shell, FieldErrors::new()))
}

async fn desk(shell: Shell) -> Answer {
    web::render(&gallery(shell.with_desk(true), FieldErrors::new()))
}

async fn busy() -> Answer {
    Err(Problem::TooMany { seconds: 400 })
}

struct Somebody;

impl Sessions for Somebody {
    fn resolve<'a>(&'a self, _: &'a str, _: Timestamp) -> SessionsAnswer<'a> {
        let signed = Signed {
            session_id: "one".into(),
            subject: "one".into(),
            display_name: "Trần Thị Hoà".into(),
            standing: "Công chức tư pháp – hộ tịch".into(),
            kind: Kind::Officer,
            rights: Vec::new(),
            unread: 3,
            viewer: Arc::new(()),
        };
        Box::pin(async { Ok(Some(signed)) })
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut errors = FieldErrors::new();
    errors.add("personal_id", "Số định danh cá nhân phải có đủ 12 chữ số");
    errors.add(
        "birth",
        "Ngày sinh phải là một ngày có thật, ví dụ 7 11 2026",
    );
    let brand = Brand {
        name: "Đình".into(),
        owner: "Cổng dịch vụ công thành phố Huế".into(),
        hotline: "1900 1075".into(),
        notice: "Bản trình diễn: mọi người và hồ sơ trong này đều không có thật.".into(),
    };
    let mut site = Site::new(brand, Arc::new(Somebody), Arc::new(Timestamp::now));
    let links = vec![
        NavLink::new("/", "Trang chủ"),
        NavLink::new("/procedures", "Thủ tục"),
        NavLink::new("/lookup", "Tra cứu hồ sơ"),
        NavLink::new("/desk", "Công khai tiến độ"),
    ];
    site.navigation.public = links.clone();
    site.navigation.officer = links;
    site.navigation.footer = vec![NavLink::new("/about", "Giới thiệu")];
    let app = Routes::over(errors)
        .get("/", Access::Public, citizen)
        .get("/desk", Access::Public, desk)
        .get("/calm", Access::Public, calm)
        .get("/busy", Access::Public, busy)
        .done()
        .into_router(Arc::new(site));
    let port = std::env::args().nth(1).unwrap_or("8099".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
