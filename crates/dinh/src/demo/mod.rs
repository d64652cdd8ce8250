//! `dinh demo`: the whole house on a fresh database with a small believable world: one province,
//! two communes, their officers, citizens, businesses, ninety days of dossiers. Everything in it
//! went the way of every dossier, through the same law; only the names and the dates were made up.
mod answers;
mod history;
mod player;
mod showcase;
mod world;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::house::House;
use crate::serve;
use crate::settings::Settings;

pub use answers::of as answers;
pub use history::{channel, papers, scan};
pub use player::{Doer, Fate, Player, citizen};
pub use world::{PASSWORD, World, settle as settle_world};

/// How the demonstration is started.
#[derive(Args)]
pub struct Asked {
    /// The port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where to keep it; a folder that holds a demonstration already is opened again as it is.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many dossiers of the last ninety days to make up.
    #[arg(long, default_value_t = 240)]
    dossiers: usize,
}

/// Says in a word where and as whom to sign in, then serves until told to stop.
///
/// # Errors
/// A sentence that says what could not be opened.
pub async fn run(asked: Asked, mut settings: Settings) -> Result<(), String> {
    let folder = asked
        .data
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("dinh-demo-{}", std::process::id())));
    settle(&mut settings, &folder, asked.port);
    let listen = settings.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(|error| {
            format!("{listen}: {error}. Is another demonstration running? Try --port 8090.")
        })?;
    let house = House::open(settings).await?;
    let started = std::time::Instant::now();
    if kernel::log::head(house.ground.db())
        .await
        .map_err(|e| e.to_string())?
        == 0
    {
        println!("Đang dựng dữ liệu trình diễn… (making up the demonstration world)");
        let world = world::settle(&house).await?;
        let made = history::play(&house, &world, asked.dossiers, serve::now()).await?;
        println!(
            "{made} hồ sơ trong 90 ngày, {:.1} giây",
            started.elapsed().as_secs_f64()
        );
    }
    crate::clock::accept_for_a_demonstration(&house).await?;
    println!("{}", welcome(&house.settings.public_url, &folder));
    serve::serve(house, listener, serve::stop_on_signal()).await
}

/// A demonstration listens on this machine only and keeps everything in its own folder, unless the
/// environment names a database.
fn settle(settings: &mut Settings, folder: &Path, port: u16) {
    settings.listen = SocketAddr::from(([127, 0, 0, 1], port));
    settings.public_url = format!("http://127.0.0.1:{port}");
    if std::env::var_os("DINH_DATABASE_URL").is_none() {
        settings.database_url = format!("sqlite:{}", folder.join("dinh.db").display());
    }
    settings.files_folder = folder.join("files");
    // Only this machine's people come, and `dinh load` plays many with one account.
    settings.crowd.per_account = 0;
    settings.notice = "Bản trình diễn: dữ liệu do máy dựng lên, không có người thật. \
                       Đừng nhập thông tin thật của bạn."
        .into();
    settings.second_step = work::identity::SecondStep::WhenEnrolled;
}

fn welcome(url: &str, folder: &Path) -> String {
    let accounts = world::sign_ins();
    let lines: Vec<String> = accounts
        .iter()
        .map(|(who, login)| format!("  {login:<30} {who}"))
        .collect();
    format!(
        "\nĐình đang mở cửa tại  {url}\n\nTài khoản trình diễn, mật khẩu chung: {PASSWORD}\n\
         {}\n\nDữ liệu nằm tại {}. Nhấn Ctrl-C để dừng.",
        lines.join("\n"),
        folder.display()
    )
}
