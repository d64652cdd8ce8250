//! E-mail by SMTP (RFC 5321), over TLS unless the settings say otherwise.
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use sha2::{Digest, Sha256};

use crate::{Outcome, Parcel};

/// How long one message may take from connecting to the server's answer: slower servers are tried
/// again.
const PATIENCE: Duration = Duration::from_secs(30);
/// A subject is one line on a phone.
const SUBJECT_CHARS_MAX: usize = 200;
/// An address as RFC 5321 4.5.3.1.3 bounds it.
const ADDRESS_BYTES_MAX: usize = 254;

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// A plain greeting, then STARTTLS; without it nothing is sent (port 587).
    StartTls,
    /// None: for a relay on the same machine.
    None,
}

/// Where mail is handed over.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Host name of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// Name and password, where the server asks for them.
    pub login: Option<(String, String)>,
    /// From whom: `Name <address>`.
    pub from: String,
}

/// Hands mail to one server. Clones share its connections.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Whether mail can be sent to that address at all, as far as its writing tells.
#[must_use]
pub fn address_is_possible(address: &str) -> bool {
    address.len() <= ADDRESS_BYTES_MAX && address.parse::<Address>().is_ok()
}

/// Whether mail can be sent from this: `Name <address>`, or an address.
#[must_use]
pub fn is_sender(from: &str) -> bool {
    from.parse::<Mailbox>().is_ok()
}

impl Mailer {
    /// A mailer as the settings say. Connects when there is something to send.
    ///
    /// # Errors
    /// A sentence that names the setting that is wrong.
    pub fn new(settings: &MailSettings) -> Result<Self, String> {
        let MailSettings { host, port, .. } = settings;
        let from = settings
            .from
            .parse::<Mailbox>()
            .map_err(|error| format!("mail.from {:?}: {error}", settings.from))?;
        let builder = match settings.security {
            Security::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
            Security::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
            Security::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(
                host,
            )),
        };
        let builder = builder.map_err(|error| format!("mail.server {host}: {error}"))?;
        let mut builder = builder.port(*port).timeout(Some(PATIENCE));
        if let Some((name, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Tries once. Says in the second place whether nobody answered at all.
    pub(crate) async fn carry(&self, parcel: &Parcel) -> (Outcome, bool) {
        let message = match message(&self.from, parcel) {
            Ok(message) => message,
            Err(reason) => return (Outcome::Never(reason), false),
        };
        let sent = tokio::time::timeout(PATIENCE, self.transport.send(message)).await;
        let error = match sent {
            Ok(Ok(_)) => return (Outcome::Taken, false),
            Ok(Err(error)) => error,
            Err(_) => return (Outcome::Later("no answer in time".into()), true),
        };
        // The server's own words may repeat the address: only its number is kept.
        match error.status() {
            Some(code) if error.is_permanent() => (Outcome::Never(format!("SMTP {code}")), false),
            Some(code) => (Outcome::Later(format!("SMTP {code}")), false),
            None if error.is_client() => (Outcome::Never("cannot be written".into()), false),
            None => (Outcome::Later(reason(&error)), true),
        }
    }
}

fn message(from: &Mailbox, parcel: &Parcel) -> Result<Message, String> {
    let to: Address = parcel
        .destination
        .parse()
        .map_err(|_| "no address".to_owned())?;
    let mut builder: MessageBuilder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&parcel.subject))
        .message_id(Some(message_id(from, &parcel.id)))
        .date(std::time::SystemTime::from(parcel.at))
        .header(ContentType::TEXT_PLAIN)
        .raw_header(raw("Auto-Submitted", "auto-generated"));
    if !parcel.unsubscribe.is_empty() {
        let link = format!("<{}>", one_line(&parcel.unsubscribe));
        builder = builder.raw_header(raw("List-Unsubscribe", &link));
    }
    builder
        .body(parcel.text.clone())
        .map_err(|_| "cannot be written".to_owned())
}

/// The same for every try of one message, and says nothing of what it is about.
fn message_id(from: &Mailbox, id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let short: String = digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("<{short}@{}>", from.email.domain())
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Without line ends and other control signs: a subject never becomes a header.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|sign| match sign.is_control() {
        true => ' ',
        false => sign,
    });
    plain.take(SUBJECT_CHARS_MAX).collect()
}

/// What kind of failure, without addresses.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    let kind = match () {
        () if error.is_timeout() => "no answer in time",
        () if error.is_tls() => "TLS failed",
        () => "not to be reached",
    };
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn from() -> Mailbox {
        "Một cửa phường Tân Lợi <mot-cua@tanloi.example>"
            .parse()
            .unwrap()
    }

    fn mailer() -> Mailer {
        Mailer::new(&MailSettings {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::None,
            login: None,
            from: "Một cửa phường Tân Lợi <mot-cua@tanloi.example>".into(),
        })
        .unwrap()
    }

    fn parcel(subject: &str, text: &str) -> Parcel {
        Parcel {
            id: "notice/7/person-1".into(),
            destination: "an@example.vn".into(),
            subject: subject.into(),
            text: text.into(),
            unsubscribe: "https://dinh.example/mail/stop".into(),
            at: "2026-11-30T02:00:00Z".parse().unwrap(),
            tries: 0,
        }
    }

    #[test]
    fn a_mail_says_who_what_and_how_to_end_it() {
        let message = message(&from(), &parcel("Hồ sơ được tiếp nhận", "Chào bạn.")).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        for wanted in [
            "To: an@example.vn\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://dinh.example/mail/stop>\r\n",
            "Date: Mon, 30 Nov 2026 02:00:00 +0000\r\n",
            "@tanloi.example>\r\n",
        ] {
            assert!(text.contains(wanted), "{wanted:?} in {text}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_are_told_before() {
        assert!(address_is_possible("an.nguyen@example.vn"));
        for wrong in [
            "",
            "an",
            "an@",
            "@example.vn",
            "an@ex ample.vn",
            "a\r\nb@example.vn",
        ] {
            assert!(!address_is_possible(wrong), "{wrong:?}");
        }
        assert!(!address_is_possible(&format!(
            "{}@example.vn",
            "a".repeat(260)
        )));
    }

    #[tokio::test]
    async fn who_does_not_answer_is_tried_again() {
        let (outcome, nobody) = mailer().carry(&parcel("a", "b")).await;
        assert_eq!(outcome, Outcome::Later("not to be reached".into()));
        assert!(nobody);
    }

    proptest! {
        #[test]
        fn whatever_is_written_it_adds_no_header(
            subject in any::<String>(), text in any::<String>()
        ) {
            let Ok(message) = message(&from(), &parcel(&subject, &text)) else { return Ok(()) };
            let bytes = message.formatted();
            let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            let head = String::from_utf8_lossy(&bytes[..head]);
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .filter_map(|line| line.split(':').next())
                .collect();
            let known = ["From", "To", "Subject", "Message-ID", "Date", "Content-Type",
                "Auto-Submitted", "List-Unsubscribe", "MIME-Version", "Content-Transfer-Encoding"];
            for name in names {
                prop_assert!(known.contains(&name), "{name}");
            }
        }
    }
}
