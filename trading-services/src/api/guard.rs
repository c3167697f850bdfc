//! The guard of the API: programs of this machine and the platform's own page may ask, and no page of another site.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// The header with the token of what acts.
const TOKEN: &str = "x-csrf-token";

/// What the page may do: use what is served here, and nothing else. It may not be framed by others.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Checks each request before anything else looks at it.
///
/// That the address is one of this machine is no protection against a page of another site that the same person has open:
/// its scripts can send requests here (so a request has to come from our page, or from no page), and can give this address a
/// name of their own (so the `Host` has to be a name of this machine). What acts needs a token, too, which only a page
/// that may read our answers can know.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    address: SocketAddr,
    token: Arc<str>,
}

impl Guard {
    /// A guard with a token of its own.
    pub(super) fn new(address: SocketAddr, token: Arc<str>) -> Self {
        Self { address, token }
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        let headers = request.headers();
        let host = one(headers, &header::HOST)?.ok_or_else(|| Problem::bad("expected a `Host`"))?;
        let is_asked_elsewhere = request.uri().authority().is_some_and(|authority| authority.as_str() != host);
        if !self.is_own(host) || is_asked_elsewhere {
            let port = self.address.port();
            let detail = format!("expected a `Host` of this machine, such as `127.0.0.1:{port}` or `localhost:{port}`");
            return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
        }
        let foreign =
            || Problem::new(StatusCode::FORBIDDEN, "expected a request of this page, found one of another site");
        if let Some(origin) = one(headers, &header::ORIGIN)? {
            let is_same = origin.strip_prefix("http://").is_some_and(|origin| origin.eq_ignore_ascii_case(host));
            if !is_same {
                return Err(foreign());
            }
        }
        let fetch = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let is_link = fetch("sec-fetch-mode") == Some("navigate") && request.method() == Method::GET;
        let is_foreign = matches!(fetch("sec-fetch-site"), Some("cross-site" | "same-site"));
        if is_foreign && (!is_link || request.uri().path().starts_with("/api/")) {
            return Err(foreign());
        }
        let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
        if !only_reads && !self.knows_token(headers) {
            let detail = format!("expected the token of `/api/v1/session` in `{TOKEN}`");
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(())
    }

    /// Whether that is a name of this machine, with our port.
    fn is_own(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_name = name.eq_ignore_ascii_case("localhost");
        port == Some(self.address.port()) && (is_name || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
    }

    /// Compares all of it, however much is right.
    fn knows_token(&self, headers: &HeaderMap) -> bool {
        let (given, token) = (headers.get(TOKEN).map(HeaderValue::as_bytes).unwrap_or_default(), self.token.as_bytes());
        given.len() == token.len() && given.iter().zip(token).fold(0, |found, (a, b)| found | (a ^ b)) == 0
    }
}

/// The only value of a header; `None` without one.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Problem::bad(format!("expected `{name}` once")));
    }
    first.map(|value| value.to_str().map_err(|_| Problem::bad(format!("expected `{name}` to be text")))).transpose()
}

/// Refuses what may not ask, and says to the browser what an answer may be used for.
pub(super) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let is_changing = request.uri().path().starts_with("/api/");
    let mut response = match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    let always = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    if is_changing {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    /// What is said of a request with these headers: 0 for nothing.
    fn status(method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        let guard = Guard::new(([127, 0, 0, 1], 9_464).into(), "secret".into());
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let problem = guard.check(&request.body(Body::empty()).unwrap()).err();
        problem.map_or(0, |problem| problem.into_response().status().as_u16())
    }

    #[test]
    fn only_names_of_this_machine_with_our_port_are_answered() {
        for host in ["127.0.0.1:9464", "localhost:9464", "LocalHost:9464", "[::1]:9464", "127.8.9.1:9464"] {
            assert_eq!(status("GET", "/", &[("host", host)]), 0, "{host}");
        }
        for host in [
            "evil.example:9464",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1.evil.example:9464",
            "localhost.evil:9464",
            "",
            "0.0.0.0:9464",
            "192.168.1.2:9464",
            "[::1",
            "[::2]:9464",
            "127.0.0.1:9464:9464",
            "evil@127.0.0.1:9464",
        ] {
            assert_eq!(status("GET", "/", &[("host", host)]), 421, "{host}");
        }
        assert_eq!(status("GET", "/", &[]), 400);
        assert_eq!(status("GET", "/", &[("host", "localhost:9464"), ("host", "evil.example")]), 400);
        assert_eq!(status("GET", "http://evil.example/", &[("host", "localhost:9464")]), 421);
    }

    #[test]
    fn a_page_of_another_site_reads_nothing_and_does_nothing() {
        let host = ("host", "localhost:9464");
        for origin in
            ["http://evil.example", "null", "https://localhost:9464", "http://localhost:8080", "http://127.0.0.1:9464"]
        {
            assert_eq!(status("GET", "/api/v1/overview", &[host, ("origin", origin)]), 403, "{origin}");
        }
        assert_eq!(status("GET", "/api/v1/overview", &[host, ("origin", "http://localhost:9464")]), 0);
        let navigates = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(status("GET", "/", &[&[host][..], &navigates].concat()), 0, "a link to the page");
        assert_eq!(status("GET", "/api/v1/overview", &[&[host][..], &navigates].concat()), 403);
        let image = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")];
        assert_eq!(status("GET", "/healthz", &image), 403);
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            assert_eq!(status(method, "/api/v1/risk/kill", &[host]), 403, "{method}");
            assert_eq!(status(method, "/api/v1/risk/kill", &[host, (TOKEN, "secreT")]), 403, "{method}");
            assert_eq!(status(method, "/api/v1/risk/kill", &[host, (TOKEN, "secret")]), 0, "{method}");
        }
    }
}
