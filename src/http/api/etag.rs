//! Which version of a plan an answer shows, and which one a client has seen (RFC 9110, 13.1).

use super::ok;
use crate::actions::authenticate::sha256_hex;
use crate::actions::books::Record;
use crate::actions::revise_plan::Seen;
use actix_web::http::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::IntoParams;

/// The header of reads that may be answered 304.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IfNoneMatch {
    /// The `ETag` of the answer at hand; 304 where it still holds.
    #[param(rename = "If-None-Match", required = false, example = "\"plan-1\"")]
    _tag: Option<String>,
}

/// The header of a revision.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IfMatch {
    /// The `ETag` of what is to change, as the client read it.
    #[param(rename = "If-Match", example = "\"plan-1\"")]
    _tag: String,
}

/// The answer that shows a project, under its tag: that of its latest version, with the one in force behind it where that
/// is another, and behind a dot a digest of all that is shown. So it changes on the day on which a version comes into
/// force, and when the unit, which has no versions, is renamed; `If-Match` finds the latest version in all of them.
pub(super) fn of_record(request: &HttpRequest, record: &Record, body: &impl Serialize) -> HttpResponse {
    let in_force = record.in_force.as_ref().map_or(0, |kept| kept.plan.version);
    let version =
        if in_force == record.latest { format!("{in_force}") } else { format!("{}-{in_force}", record.latest) };
    let digest = sha256_hex(&serde_json::to_vec(body).unwrap_or_default());
    let short = digest.get(..12).unwrap_or_default();
    tagged(request, &format!("\"plan-{version}.{short}\""), body)
}

/// An answer under a tag; 304 for a client that has it.
pub(super) fn tagged(request: &HttpRequest, tag: &str, body: &impl Serialize) -> HttpResponse {
    let has_it = tags(request, &IF_NONE_MATCH)
        .iter()
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag);
    if has_it {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    with_tag(ok(body), tag)
}

/// The same answer under a tag.
pub(super) fn with_tag(mut response: HttpResponse, tag: &str) -> HttpResponse {
    if let Ok(value) = tag.parse() {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// Which versions the client has seen. A weak tag is none, and one that is not of a plan is of no version.
pub(super) fn seen(request: &HttpRequest) -> Seen {
    seen_by(request, latest_of)
}

/// The same of the rules.
pub(super) fn seen_rules(request: &HttpRequest) -> Seen {
    seen_by(request, |tag| {
        let inner = tag.strip_prefix("\"rules-")?.strip_suffix('"')?;
        inner.split_once('-')?.1.parse().ok()
    })
}

fn seen_by(request: &HttpRequest, version: impl Fn(&str) -> Option<i32>) -> Seen {
    let tags = tags(request, &IF_MATCH);
    if tags.is_empty() {
        return Seen::Unsaid;
    }
    if tags.iter().any(|tag| tag == "*") {
        return Seen::Any;
    }
    Seen::Versions(tags.iter().filter_map(|tag| version(tag)).collect())
}

fn latest_of(tag: &str) -> Option<i32> {
    let inner = tag.strip_prefix("\"plan-")?.strip_suffix('"')?;
    inner.split(['-', '.']).next()?.parse().ok()
}

/// The tags of a header that may stand several times.
fn tags(request: &HttpRequest, name: &HeaderName) -> Vec<String> {
    let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_versions_seen_are_read_from_strong_tags() {
        for (header, expected) in [
            ("\"plan-2\"", Seen::Versions(vec![2])),
            ("\"plan-3-2\"", Seen::Versions(vec![3])),
            ("\"plan-4.0a1b2c3d4e5f\", \"plan-5-4.0a1b2c3d4e5f\"", Seen::Versions(vec![4, 5])),
            ("\"x\", \"plan-1\" ,W/\"plan-2\"", Seen::Versions(vec![1])),
            ("plan-2", Seen::Versions(Vec::new())),
            ("\"plan-99999999999\"", Seen::Versions(Vec::new())),
            ("*", Seen::Any),
            ("", Seen::Unsaid),
        ] {
            let request = TestRequest::default().insert_header((IF_MATCH, header)).to_http_request();
            assert_eq!(seen(&request), expected, "{header}");
        }
        assert_eq!(seen(&TestRequest::default().to_http_request()), Seen::Unsaid);
    }
}
