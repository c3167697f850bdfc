//! Entity tags of answers: what has not changed is not sent again.

use std::fmt::Write;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// An answer may be kept, and has to be asked for again each time.
const KEPT: &str = "private, no-cache";

/// Tags each answer to a reading request by its content.
pub(super) async fn etag(request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_read = *request.method() == Method::GET;
    let response = next.run(request).await;
    if !is_read || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // It was made in memory.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let tag = Sha256::digest(&body).iter().take(12).fold(String::from("\""), |mut tag, byte| {
        // A string takes all that is written.
        let _ = write!(tag, "{byte:02x}");
        tag
    }) + "\"";
    if asked.is_some_and(|asked| names(&asked, &tag)) {
        // With what the whole answer would say of being kept.
        let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, KEPT.to_owned())];
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
        parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    }
    Response::from_parts(parts, Body::from(body))
}

/// Whether a client has what has this tag: `If-None-Match` is a list of tags, weak ones among them, or `*`.
fn names(asked: &HeaderValue, tag: &str) -> bool {
    let mut tags = asked.to_str().unwrap_or_default().split(',').map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_as_any() {
        for (asked, is_named) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("*", true),
            ("\"b\", W/\"a\" ,\"c\"", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(names(&HeaderValue::from_static(asked), "\"a\""), is_named, "{asked}");
        }
    }
}
