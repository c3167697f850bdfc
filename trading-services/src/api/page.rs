//! The page: its files, which are part of the binary.

use std::fmt::Write;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::Problem;
use super::v1::Api;

/// What is in `page/`.
#[derive(RustEmbed)]
#[folder = "page/"]
struct Files;

/// Answers a file by its exact name; the page itself for `/`.
pub(super) async fn file(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    match Files::get(path) {
        Some(file) => answer(path, file, request.headers()),
        None => Problem::unknown(
            "expected the page `/`, `/api/v1/openapi.json` or what it lists, or one of /health, \
             /health/SERVICE, /healthz, /readyz, /events, /metrics",
        )
        .into_response(),
    }
}

/// The picture of the container, to be shown within the page.
pub(super) async fn graph(State(api): State<Api>) -> Result<Response, Problem> {
    let page = Graph::of(&api)?.page;
    Ok(([(header::CONTENT_SECURITY_POLICY, FRAMED), (header::CONTENT_TYPE, kind("html"))], page).into_response())
}

/// Its styles and its script.
pub(super) async fn graph_part(State(api): State<Api>, Path(part): Path<String>) -> Result<Response, Problem> {
    let graph = Graph::of(&api)?;
    let text = match part.as_str() {
        "page.css" => graph.style,
        "page.js" => graph.script,
        _ => return Err(Problem::unknown("expected page.css or page.js")),
    };
    Ok(([(header::CONTENT_TYPE, kind(&part))], text).into_response())
}

/// As the policy of the page, for something that only the page may frame.
const FRAMED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'self'";

/// The page of the report, taken apart: what stands within a page may do more than what is loaded from here.
struct Graph {
    page: String,
    style: String,
    script: String,
}

impl Graph {
    fn of(api: &Api) -> Result<Self, Problem> {
        let page = api.sources()?.wiring.page();
        let parts = page.split_once("<style>").and_then(|(before, rest)| {
            let (style, rest) = rest.split_once("</style>")?;
            let (middle, rest) = rest.split_once("<script>")?;
            let (script, after) = rest.split_once("</script>")?;
            let link = "<link rel=\"stylesheet\" href=\"/graph/page.css\">";
            let page = format!("{before}{link}{middle}<script src=\"/graph/page.js\"></script>{after}");
            // A policy without `unsafe-inline` has no styles in attributes, either.
            let page = page.replace("style=\"width:", "data-width=\"");
            let widths = (0..=100).map(|width| format!("[data-width=\"{width}%\"] {{ width: {width}%; }}\n"));
            Some(Self { page, style: style.to_owned() + &widths.collect::<String>(), script: script.to_owned() })
        });
        parts.ok_or_else(Problem::unavailable)
    }
}

fn answer(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = file.metadata.sha256_hash().iter().take(12).fold(String::new(), |mut tag, byte| {
        // A string takes all that is written.
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    let tag = format!("\"{tag}\"");
    let headers = [
        (header::CONTENT_TYPE, kind(path).to_owned()),
        // The name stays when the content changes.
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if asked.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes) == Some(tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(file.data)).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}
