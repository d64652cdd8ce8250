//! The database of a house: a file, or a server behind lines that can fail, perhaps with a standby.
//!
//! Does not know: the program that uses it.
use std::path::Path;

use crate::proxy::Proxy;
use crate::server::Server;
use crate::views;

/// Which database, how many nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One process on a file.
    Sqlite,
    /// Several on a server.
    Postgres {
        /// How many nodes serve.
        nodes: usize,
        /// Whether a standby follows, synchronously.
        standby: bool,
    },
}

/// The database of a house.
#[derive(Debug)]
pub struct Base {
    /// The server that is written to; none on SQLite.
    pub primary: Option<Server>,
    /// Its standby, if there is one.
    pub standby: Option<Server>,
    /// The lines between program and servers, in the order of the address.
    pub lines: Vec<Proxy>,
    /// The address without those lines, for the judge.
    pub direct: String,
}

/// The database, and the address under which the program finds it.
///
/// # Errors
/// When a server cannot be started.
pub async fn base(
    engine: Engine,
    disk: &Path,
    data: &Path,
    library: &Path,
) -> Result<(Base, String), String> {
    let Engine::Postgres { standby, .. } = engine else {
        let url = format!("sqlite:{}", data.join("dinh.db").display());
        let base = Base {
            primary: None,
            standby: None,
            lines: Vec::new(),
            direct: url.clone(),
        };
        return Ok((base, url));
    };
    let primary = Server::new(disk, "server-0", library)?;
    let mut lines = vec![Proxy::before(primary.port).await?];
    let direct = Server::url(primary.port);
    let standby = match standby {
        true => Some(Server::standby_of(&primary, disk, "server-1")?),
        false => None,
    };
    let mut url = Server::url(lines[0].port);
    if let Some(standby) = &standby {
        let line = Proxy::before(standby.port).await?;
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", lines[0].port, line.port);
        let rest = "target_session_attrs=read-write&connect_timeout=2";
        url = format!("postgres://dinh@{hosts}/storm?{rest}");
        lines.push(line);
        views::meddle(&direct, views::SYNCHRONOUS).await?;
        views::meddle(&direct, views::RELOAD).await?;
    }
    let base = Base {
        primary: Some(primary),
        standby,
        lines,
        direct,
    };
    Ok((base, url))
}

impl Base {
    /// The primary dies in the middle of the load and the standby takes its place. The program is
    /// told nothing.
    ///
    /// # Errors
    /// When the standby cannot be promoted.
    pub async fn fail_over(&mut self) -> Result<(), String> {
        let (Some(old), Some(new)) = (self.primary.take(), self.standby.take()) else {
            return Err("there is no standby".into());
        };
        old.stop_immediately()?;
        new.promote()?;
        self.direct = Server::url(new.port);
        // Alone it would wait for ever for a standby of its own.
        views::meddle(&self.direct, views::ALONE).await?;
        views::meddle(&self.direct, views::RELOAD).await?;
        self.primary = Some(new);
        drop(old);
        Ok(())
    }
}
