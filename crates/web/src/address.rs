//! From where a request comes, as far as it can be believed: the peer of the socket, or what our
//! own proxy says about it.
//!
//! It does not know what is counted by address, nor what an address may do.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The list to which every proxy on the way adds whom it heard.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// What proxies add; a caller on this machine who comes straight to us sends none of them.
const FORWARDED: [&str; 6] = [
    FORWARDED_FOR,
    "forwarded",
    "via",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];
/// An address, with a port or a zone, as text.
const ADDRESS_CHARS_MAX: usize = 64;

/// The peer's address, or what our own proxy wrote last: earlier entries can be invented. Several
/// lines of the header are one list (RFC 9110, 5.3), so the last entry is that of the last line.
pub(crate) fn of(headers: &HeaderMap, extensions: &Extensions, behind_proxy: bool) -> String {
    if let (true, Some(last)) = (behind_proxy, told_last(headers)) {
        return last;
    }
    peer(extensions).map_or(String::new(), |peer| peer.to_string())
}

/// Whether somebody on this very machine asks, and not a proxy for somebody else.
pub(crate) fn is_own_machine(headers: &HeaderMap, extensions: &Extensions) -> bool {
    let here = peer(extensions).is_some_and(|peer| peer.is_loopback());
    here && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// Whether the proxy before us keeps for itself who asks: all would then be one address.
pub(crate) fn is_untold(headers: &HeaderMap, extensions: &Extensions) -> bool {
    peer(extensions).is_some() && told_last(headers).is_none()
}

/// Under which name an address is counted: a household has all addresses of an IPv6 network of 64
/// bits, and could be a new one with each request.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => {
            let network = six.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        other => other,
    }
}

/// As [`network`], for an address that is told as text; what is no address is its own name.
pub(crate) fn network_named(address: &str) -> String {
    let parsed = address.parse::<IpAddr>();
    parsed.map_or_else(|_| address.to_owned(), |ip| network(ip).to_string())
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip().to_canonical())
}

/// The last entry; where it cannot be read, no earlier one is taken for it.
fn told_last(headers: &HeaderMap) -> Option<String> {
    let line = headers.get_all(FORWARDED_FOR).iter().next_back()?;
    let last = String::from_utf8_lossy(line.as_bytes());
    let last = last.rsplit(',').next().unwrap_or("").trim();
    let last: String = last.chars().take(ADDRESS_CHARS_MAX).collect();
    (!last.is_empty()).then(|| without_port(&last))
}

/// Some proxies write the port too, which is another one for each connection.
fn without_port(entry: &str) -> String {
    if let Ok(address) = entry.parse::<SocketAddr>() {
        return address.ip().to_canonical().to_string();
    }
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => entry.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(pair) {
            map.append(name, value);
        }
        map
    }

    fn from(peer: &str) -> Extensions {
        let mut extensions = Extensions::new();
        let peer: SocketAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(peer));
        extensions
    }

    #[test]
    fn of_several_lines_the_last_entry_is_the_proxys() {
        let told = |lines: &[&'static str]| {
            let lines: Vec<_> = lines.iter().map(|line| (FORWARDED_FOR, *line)).collect();
            of(&headers(&lines), &from("127.0.0.1:9"), true)
        };
        assert_eq!(told(&["198.51.100.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(told(&["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            told(&["10.0.0.1, 10.0.0.2", " 203.0.113.9 "]),
            "203.0.113.9"
        );
        assert_eq!(told(&["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(told(&["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(told(&["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(told(&["::ffff:203.0.113.9"]), "203.0.113.9");
        assert_eq!(told(&["unknown"]), "unknown");
        assert_eq!(told(&[]), "127.0.0.1");
        // Nothing is taken from what stands before the proxy's own word.
        assert_eq!(told(&["198.51.100.1", ""]), "127.0.0.1");
    }

    #[test]
    fn the_own_machine_is_a_socket_of_it_without_a_proxys_word() {
        assert!(is_own_machine(&headers(&[]), &from("127.0.0.1:9")));
        assert!(is_own_machine(&headers(&[]), &from("[::1]:9")));
        assert!(!is_own_machine(&headers(&[]), &from("203.0.113.9:9")));
        assert!(!is_own_machine(&headers(&[]), &Extensions::new()));
        for name in FORWARDED {
            let forwarded = headers(&[(name, "127.0.0.1")]);
            assert!(!is_own_machine(&forwarded, &from("127.0.0.1:9")), "{name}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_household() {
        assert_eq!(network_named("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network_named("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(network_named("203.0.113.9"), "203.0.113.9");
        assert_eq!(network_named("::1"), "::1");
        assert_eq!(network_named("unknown"), "unknown");
    }
}
