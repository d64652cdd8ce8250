//! Addresses as browsers understand them: where a link leads, and which route an address belongs
//! to.
//! Does not know: what stands behind them.

/// Where a link on `page` leads, as path and query.
#[must_use]
pub fn resolve(page: &str, link: &str) -> String {
    let link = link.split('#').next().unwrap_or_default();
    let link = match link.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => link,
    };
    let path = page.split('?').next().unwrap_or_default();
    if link.is_empty() {
        page.to_owned()
    } else if link.starts_with('/') {
        link.to_owned()
    } else if link.starts_with('?') {
        format!("{path}{link}")
    } else {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        format!("{folder}{link}")
    }
}

/// `/desk/dossiers/H15.1-261122-0001?x` is `/desk/dossiers/{}`: what has a digit in it is a name.
#[must_use]
pub fn route(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let is_name = |part: &str| part.contains(|sign: char| sign.is_ascii_digit() || sign == '%');
    let parts = path
        .split('/')
        .map(|part| if is_name(part) { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_a_browser_goes() {
        let page = "/apply/9f/person?x=1";
        assert_eq!(resolve(page, ""), page);
        assert_eq!(resolve(page, "/desk"), "/desk");
        assert_eq!(resolve(page, "?y=2"), "/apply/9f/person?y=2");
        assert_eq!(resolve(page, "status#top"), "/apply/9f/status");
        assert_eq!(resolve(page, "http://127.0.0.1:8080/a?b"), "/a?b");
    }

    #[test]
    fn names_do_not_make_routes() {
        assert_eq!(
            route("/desk/dossiers/H15.1-261122-0001/claim?a=1"),
            "/desk/dossiers/{}/claim"
        );
        assert_eq!(route("/"), "/");
        assert_eq!(route("/procedures?q=a"), "/procedures");
    }
}
