//! Settings: `dinh.default.toml`, then a file, then the environment. What is not known, or not
//! allowed, is refused with its name, its value and what is allowed; nothing is guessed.
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use work::identity::SecondStep;

/// The file that documents and sets every default; it is part of the program.
pub const DEFAULTS: &str = include_str!("../../../dinh.default.toml");
/// Environment variables with this prefix are settings.
const PREFIX: &str = "DINH_";
/// Variables with the prefix that are not settings: the settings file's own address, and the
/// tests'.
const NOT_SETTINGS: [&str; 3] = [
    "DINH_SETTINGS",
    kernel::proof::POSTGRES,
    kernel::proof::ONLY,
];

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people type, without a slash at its end.
    pub public_url: String,
    /// Whether cookies are marked Secure.
    pub https: bool,
    /// Whether X-Forwarded-For is believed.
    pub behind_proxy: bool,
    /// Seconds for requests under way at shutdown.
    pub shutdown_seconds: u64,
    /// The database's address.
    pub database_url: String,
    /// Its connections and queue.
    pub database: kernel::Settings,
    /// A standby that answers what may be behind, and how far behind it may be.
    pub replica: Option<(String, Duration)>,
    /// Who runs the house.
    pub owner: String,
    /// Telephone for help.
    pub hotline: String,
    /// Banner above every page.
    pub notice: String,
    /// Whether officers need a second step at sign-in.
    pub second_step: SecondStep,
    /// Folder of files.
    pub files_folder: PathBuf,
    /// Largest upload in bytes.
    pub upload_max: u64,
    /// Bytes that stay free on each disk for the journal; with less left, no file is taken.
    pub disk_reserve: u64,
    /// Folder of content; `None`: the one inside the program.
    pub content_folder: Option<PathBuf>,
    /// Whether this process works in the background.
    pub worker: bool,
    /// How far ahead of what was seen before the clock is believed.
    pub clock_step: jiff::SignedDuration,
    /// Log level.
    pub log_level: String,
    /// Whether logs are JSON.
    pub log_json: bool,
    /// How many connections there may be.
    pub connections: web::server::Limits,
    /// How much work is let in at once, and how much of one address or account.
    pub crowd: web::Crowd,
    /// Where mail is handed over; `None`: no mail is written.
    pub mail: Option<courier::MailSettings>,
    /// Patience of the load generator, milliseconds.
    pub load_timeout_ms: u64,
}

/// A setting that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting {name} = {value:?} is refused ({origin}): {allowed}")]
pub struct Refused {
    /// The setting, `section.key`.
    pub name: String,
    /// What was given.
    pub value: String,
    /// Where it was given.
    pub origin: String,
    /// What is allowed.
    pub allowed: String,
}

type Flat = BTreeMap<String, (String, String)>;

impl Settings {
    /// Reads defaults, then `file`, then `environment` (name and value pairs).
    ///
    /// # Errors
    /// The first setting that is unknown or not allowed, or a file that is no TOML.
    pub fn read(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Refused> {
        let mut all = flatten("dinh.default.toml", DEFAULTS)?;
        if let Some((name, text)) = file {
            for (key, value) in flatten(name, text)? {
                override_one(&mut all, key, value)?;
            }
        }
        for (name, value) in environment {
            if name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()) {
                let key = name[PREFIX.len()..].to_lowercase().replacen('_', ".", 1);
                override_one(&mut all, key, (value, format!("environment {name}")))?;
            }
        }
        Self::typed(&all)
    }

    fn typed(all: &Flat) -> Result<Self, Refused> {
        let listen: SocketAddr = parse(
            all,
            "server.listen",
            "an address and a port such as 0.0.0.0:8080",
        )?;
        let public_url = text(all, "server.public_url");
        let database_url = one(
            all,
            "database.url",
            "sqlite:FILE or postgres://…",
            |value| {
                let known = ["sqlite:", "postgres://", "postgresql://"];
                known.iter().any(|start| value.starts_with(start))
            },
        )?;
        let levels = ["error", "warn", "info", "debug", "trace"];
        let log_level = among(all, "log.level", &levels)?;
        let content = text(all, "content.folder");
        Ok(Self {
            listen,
            public_url: match public_url.trim_end_matches('/') {
                "" => format!("http://{listen}"),
                given => given.to_owned(),
            },
            https: https(all)?,
            behind_proxy: behind_proxy(all)?,
            shutdown_seconds: number(all, "server.shutdown_seconds", 1, 600)?,
            database_url,
            database: kernel::Settings {
                readers: small(all, "database.readers", 64)?,
                writers: small(all, "database.writers", 64)?,
                queue: small(all, "database.queue", 100_000)?,
            },
            replica: replica(all)?,
            owner: text(all, "site.owner"),
            hotline: text(all, "site.hotline"),
            notice: text(all, "site.notice"),
            second_step: match &*among(all, "identity.second_step", &["required", "when-enrolled"])?
            {
                "required" => SecondStep::Required,
                _ => SecondStep::WhenEnrolled,
            },
            files_folder: text(all, "files.folder").into(),
            upload_max: number(all, "files.upload_mib", 1, 1_024)? * 1024 * 1024,
            disk_reserve: number(all, "files.reserve_mib", 0, 1_048_576)? * 1024 * 1024,
            content_folder: (!content.is_empty()).then(|| content.into()),
            worker: parse(all, "worker.enabled", "true or false")?,
            clock_step: days(all, "clock.ahead_days", 365)?,
            log_level,
            log_json: among(all, "log.format", &["human", "json"])? == "json",
            connections: connections(all)?,
            crowd: crowd(all)?,
            mail: mail(all)?,
            load_timeout_ms: number(all, "load.timeout_ms", 100, 600_000)?,
        })
    }
}

fn replica(all: &Flat) -> Result<Option<(String, Duration)>, Refused> {
    let beside = text(all, "database.url").starts_with("postgres");
    let allowed = "empty, or postgres://… where database.url is one too";
    let url = one(all, "database.replica_url", allowed, |value| {
        value.is_empty() || beside && value.starts_with("postgres")
    })?;
    let lag = number(all, "database.replica_lag_ms", 500, 60_000)?;
    Ok((!url.is_empty()).then(|| (url, Duration::from_millis(lag))))
}

fn flatten(origin: &str, text: &str) -> Result<Flat, Refused> {
    let refused = |name: &str, value: String, allowed: &str| Refused {
        name: name.to_owned(),
        value,
        origin: origin.to_owned(),
        allowed: allowed.to_owned(),
    };
    let table: toml::Table = text
        .parse()
        .map_err(|e: toml::de::Error| refused("(file)", e.message().to_owned(), "valid TOML"))?;
    let mut flat = Flat::new();
    for (section, keys) in table {
        let toml::Value::Table(keys) = keys else {
            return Err(refused(
                &section,
                keys.to_string(),
                "settings stand in [sections]",
            ));
        };
        for (key, value) in keys {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(yes) => yes.to_string(),
                other => {
                    let name = format!("{section}.{key}");
                    return Err(refused(
                        &name,
                        other.to_string(),
                        "text, a number or true/false",
                    ));
                }
            };
            flat.insert(format!("{section}.{key}"), (value, origin.to_owned()));
        }
    }
    Ok(flat)
}

fn override_one(all: &mut Flat, name: String, value: (String, String)) -> Result<(), Refused> {
    if let Some(known) = all.get_mut(&name) {
        *known = value;
        return Ok(());
    }
    let section = name.split('.').next().unwrap_or_default();
    let near: Vec<_> = all
        .keys()
        .filter(|key| key.starts_with(section))
        .cloned()
        .collect();
    let known = if near.is_empty() {
        all.keys().cloned().collect()
    } else {
        near
    };
    let allowed = format!("there is no such setting; known are {}", known.join(", "));
    Err(Refused {
        name,
        value: value.0,
        origin: value.1,
        allowed,
    })
}

fn text(all: &Flat, name: &str) -> String {
    all.get(name)
        .map(|(value, _)| value.clone())
        .unwrap_or_default()
}

fn refuse(all: &Flat, name: &str, allowed: &str) -> Refused {
    let (value, origin) = all.get(name).cloned().unwrap_or_default();
    Refused {
        name: name.to_owned(),
        // An address may carry a password, and a refusal is read aloud by logs.
        value: crate::house::without_password(&value),
        origin,
        allowed: format!("allowed is {allowed}"),
    }
}

fn one(
    all: &Flat,
    name: &str,
    allowed: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<String, Refused> {
    let value = text(all, name);
    if fits(&value) {
        Ok(value)
    } else {
        Err(refuse(all, name, allowed))
    }
}

fn among(all: &Flat, name: &str, allowed: &[&str]) -> Result<String, Refused> {
    one(all, name, &allowed.join(", "), |value| {
        allowed.contains(&value)
    })
}

fn parse<T: std::str::FromStr>(all: &Flat, name: &str, allowed: &str) -> Result<T, Refused> {
    text(all, name)
        .parse()
        .map_err(|_| refuse(all, name, allowed))
}

fn number(all: &Flat, name: &str, least: u64, most: u64) -> Result<u64, Refused> {
    let allowed = format!("a number from {least} to {most}");
    let value: u64 = parse(all, name, &allowed)?;
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(refuse(all, name, &allowed))
    }
}

fn days(all: &Flat, name: &str, most: u64) -> Result<jiff::SignedDuration, Refused> {
    let days = number(all, name, 1, most)?;
    Ok(jiff::SignedDuration::from_hours(
        24 * i64::try_from(days).unwrap_or(1),
    ))
}

fn small(all: &Flat, name: &str, most: u64) -> Result<usize, Refused> {
    number(all, name, 1, most).map(|value| usize::try_from(value).unwrap_or(1))
}

fn behind_proxy(all: &Flat) -> Result<bool, Refused> {
    parse(all, "server.behind_proxy", "true or false")
}

/// The program speaks no TLS, so HTTPS means that a proxy stands before it. Without `behind_proxy`
/// all people would then be that proxy: one stranger's wrong passwords would stop every sign-in.
fn https(all: &Flat) -> Result<bool, Refused> {
    let https = parse(all, "server.https", "true or false")?;
    if https && !behind_proxy(all)? {
        let allowed = "false, or true together with server.behind_proxy = true: this program \
            speaks no TLS itself, so the proxy that does must tell who asks. Let it set \
            X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $remote_addr) and write \
            behind_proxy = true, or every visitor has the proxy's address";
        return Err(refuse(all, "server.https", allowed));
    }
    Ok(https)
}

/// Behind a proxy all connections come from one address: there only their number counts.
fn connections(all: &Flat) -> Result<web::server::Limits, Refused> {
    let per_address = number(all, "server.connections_per_address", 0, 100_000)?;
    Ok(web::server::Limits {
        connections: small(all, "server.connections", 100_000)?,
        per_address: match behind_proxy(all)? {
            true => 0,
            false => usize::try_from(per_address).unwrap_or(0),
        },
        head_patience: web::server::HEAD_PATIENCE,
    })
}

fn mail(all: &Flat) -> Result<Option<courier::MailSettings>, Refused> {
    let host = text(all, "mail.server");
    let port = number(all, "mail.port", 1, 65_535)?;
    let security = among(all, "mail.security", &["tls", "starttls", "none"])?;
    let (user, password) = (text(all, "mail.user"), text(all, "mail.password"));
    if host.is_empty() {
        return Ok(None);
    }
    let settings = courier::MailSettings {
        host,
        port: u16::try_from(port).unwrap_or(587),
        security: match security.as_str() {
            "tls" => courier::Security::Tls,
            "starttls" => courier::Security::StartTls,
            _ => courier::Security::None,
        },
        login: (!user.is_empty()).then_some((user, password)),
        from: text(all, "mail.from"),
    };
    let allowed = "an address such as Một cửa <mot-cua@example.gov.vn>, where mail.server is given";
    match courier::is_sender(&settings.from) {
        true => Ok(Some(settings)),
        false => Err(refuse(all, "mail.from", allowed)),
    }
}

fn crowd(all: &Flat) -> Result<web::Crowd, Refused> {
    let rate =
        |name: &str| number(all, name, 0, 1_000).map(|value| u32::try_from(value).unwrap_or(0));
    Ok(web::Crowd {
        requests: small(all, "server.requests", 100_000)?,
        uploads: small(all, "server.uploads", 100_000)?,
        at_once: usize::try_from(number(all, "server.requests_per_address", 0, 100_000)?)
            .unwrap_or(0),
        per_address: rate("server.rate_per_address")?,
        per_account: rate("server.rate_per_account")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Refused> {
        let pairs = environment
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Settings::read(Some(("my.toml", file)), pairs)
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        let settings = read(
            "[log]\nlevel = \"debug\"",
            &[("DINH_SERVER_LISTEN", "0.0.0.0:9")],
        )
        .expect("allowed");
        assert_eq!(settings.log_level, "debug");
        assert_eq!(settings.listen.port(), 9);
        assert_eq!(settings.public_url, "http://0.0.0.0:9");
        assert_eq!(settings.upload_max, 20 * 1024 * 1024);
    }

    #[test]
    fn an_unknown_or_wrong_setting_is_refused_with_its_name_value_and_what_is_allowed() {
        let unknown = read("[log]\nlevle = \"debug\"", &[])
            .expect_err("unknown")
            .to_string();
        assert!(
            unknown.contains("log.levle") && unknown.contains("log.level"),
            "{unknown}"
        );
        let wrong = read("[log]\nlevel = \"loud\"", &[])
            .expect_err("wrong")
            .to_string();
        assert!(wrong.contains("loud") && wrong.contains("my.toml") && wrong.contains("warn"));
        let far = read("", &[("DINH_FILES_UPLOAD_MIB", "9999")])
            .expect_err("far")
            .to_string();
        assert!(far.contains("1 to 1024") && far.contains("9999"), "{far}");
        let typo = read("", &[("DINH_SERVER_LISTEM", "x")])
            .expect_err("typo")
            .to_string();
        assert!(typo.contains("server.listem"), "{typo}");
        let refused = read("[database]\nurl = \"mysql://me:s3cret@x\"", &[]).expect_err("no");
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
        assert!(
            read("not toml", &[])
                .expect_err("broken")
                .to_string()
                .contains("TOML")
        );
    }

    #[test]
    fn https_without_a_proxy_that_tells_who_asks_is_refused_with_what_to_write() {
        let refused = read("[server]\nhttps = true", &[]).expect_err("refused");
        assert_eq!(refused.name, "server.https");
        let said = refused.to_string();
        for part in [
            "my.toml",
            "server.behind_proxy = true",
            "speaks no TLS",
            "X-Forwarded-For",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let over_environment = read("", &[("DINH_SERVER_HTTPS", "true")]);
        assert!(over_environment.is_err());
        let both = read("[server]\nhttps = true\nbehind_proxy = true", &[]).expect("allowed");
        assert!(both.https && both.behind_proxy);
        assert_eq!(both.connections.per_address, 0);
        let neither = read("[server]\nbehind_proxy = true", &[]).expect("allowed");
        assert!(!neither.https && neither.behind_proxy);
    }

    #[test]
    fn mail_goes_out_only_where_a_server_and_a_sender_are_named() {
        assert!(read("", &[]).expect("the defaults").mail.is_none());
        let refused = read("[mail]\nserver = \"mail.example.vn\"", &[]).expect_err("no sender");
        assert!(refused.to_string().contains("mail.from"), "{refused}");
        let file = "[mail]\nserver = \"mail.example.vn\"\nfrom = \"Một cửa <a@example.vn>\"";
        let mail = read(file, &[("DINH_MAIL_PORT", "465")])
            .expect("allowed")
            .mail;
        let mail = mail.expect("a server");
        assert_eq!(
            (mail.port, mail.security),
            (465, courier::Security::StartTls)
        );
    }

    #[test]
    fn every_default_has_a_sentence() {
        let mut before = "";
        for line in DEFAULTS.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                assert!(before.starts_with("# "), "no sentence above: {line}");
            }
            before = line;
        }
    }
}
