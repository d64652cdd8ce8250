//! A server of our own, in this process: fresh embedded database in a temporary folder (or the
//! database that the environment names), with the demonstration's officers. Does not know: who
//! plays with it.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kernel::Database;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::house::House;
use crate::settings::Settings;

/// The server while it runs.
pub struct OwnServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its database, to count what it is asked.
    pub db: Database,
    stop: watch::Sender<bool>,
    serving: JoinHandle<Result<(), String>>,
}

impl OwnServer {
    /// Starts it, everything of its own below `folder`.
    ///
    /// # Errors
    /// A sentence that says what could not be opened.
    pub async fn start(settings: &mut Settings, folder: &Path) -> Result<Self, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.map_err(|error| format!("127.0.0.1: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        settings.listen = address;
        settings.public_url = format!("http://{address}");
        if std::env::var_os("DINH_DATABASE_URL").is_none() {
            settings.database_url = format!("sqlite:{}", folder.join("dinh.db").display());
        }
        settings.files_folder = folder.join("files");
        // One account of an officer is played by many clients, as no person works.
        settings.crowd.per_account = 0;
        settings.second_step = work::identity::SecondStep::WhenEnrolled;
        let house = House::open(settings.clone()).await?;
        if is_empty(&house).await? {
            crate::demo::settle_world(&house).await?;
        }
        let db = house.ground.db().clone();
        let (stop, stopping) = watch::channel(false);
        let serving = tokio::spawn(crate::serve::serve(house, listener, stopping));
        Ok(Self {
            address,
            db,
            stop,
            serving,
        })
    }

    /// Stops it and waits until it has finished.
    ///
    /// # Errors
    /// A sentence when it had failed.
    pub async fn stop(self) -> Result<(), String> {
        let _ = self.stop.send(true);
        self.serving.await.map_err(|error| error.to_string())?
    }
}

async fn is_empty(house: &House) -> Result<bool, String> {
    let head = kernel::log::head(house.ground.db()).await;
    head.map(|head| head == 0)
        .map_err(|error| error.to_string())
}

/// A temporary folder, gone with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes it.
    ///
    /// # Errors
    /// When the temporary folder of the machine cannot be written.
    pub fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("dinh-load-{}", web::fresh_id()));
        std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
