//! The pages as a citizen asks for them: plain HTTP, no code of the program.
//!
//! Does not know: how the page came about.
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::book::Line;
use crate::proxy::dial;

/// Longer than any page of ours takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Lookups from one address before the next is taken: the server allows twenty at once.
const LOOKUPS_AN_ADDRESS: usize = 15;
/// What the page of a delivered dossier says.
const DELIVERED: &str = "Đã trả kết quả";

/// A page that came.
#[derive(Debug)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// Head and body.
    pub text: String,
}

/// Asks for one page, from an address of this machine if one is given.
///
/// # Errors
/// When no answer came.
pub async fn get(to: SocketAddr, from: Option<IpAddr>, path: &str) -> Result<Answer, String> {
    let asked = async {
        let mut line = match from {
            Some(from) => dial(to, from).await?,
            None => TcpStream::connect(to).await?,
        };
        let head = format!("GET {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n\r\n");
        line.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    let text = answer
        .map_err(|_| "no answer in time")?
        .map_err(|e| e.to_string())?;
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok(Answer {
        status: status.ok_or("an answer without a status")?,
        text,
    })
}

/// Looks up, as anybody may, every code that was ever told to a citizen: is it shown?
pub async fn faults(server: SocketAddr, book: &[Line], salt: u64) -> Vec<String> {
    let mut told: std::collections::BTreeMap<&str, bool> = std::collections::BTreeMap::new();
    for line in book.iter().filter(|line| line.far != "taken") {
        *told.entry(&line.name).or_default() |= line.far == "delivered";
    }
    let mut faults = Vec::new();
    for (number, (code, delivered)) in told.into_iter().enumerate() {
        let visitor = salt % 1_000 * 1_000 + (number / LOOKUPS_AN_ADDRESS) as u64;
        let from = u32::from(Ipv4Addr::new(127, 32, 0, 1)) + u32::try_from(visitor).unwrap_or(0);
        let from = IpAddr::V4(Ipv4Addr::from(from));
        match get(server, Some(from), &format!("/lookup/{code}")).await {
            Ok(page) if page.status != 200 => {
                faults.push(format!("the page of {code} answered {}", page.status));
            }
            Ok(page) if !page.text.contains(code) => {
                faults.push(format!("the page of {code} does not show it"));
            }
            Ok(page) if delivered && !page.text.contains(DELIVERED) => {
                faults.push(format!(
                    "the page of {code} does not say that it was delivered"
                ));
            }
            Ok(_) => {}
            Err(words) => faults.push(format!("the page of {code}: {words}")),
        }
    }
    faults
}
