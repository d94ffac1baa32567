//! `schedule.ping_url`: whom the service calls when a scheduled run was done. Its path is a secret: whoever knows it can keep
//! the outside watcher quiet.

use std::fmt;

/// The longest address.
const MAX_BYTES: usize = 2048;

/// An http or https address whose path no log, message or `Debug` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct PingUrl {
    whole: String,
    is_https: bool,
    host: String,
}

impl PingUrl {
    /// Reads `http://host[:port]/path` or the same with https.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mend = || "write http://HOST/PATH or https://HOST/PATH, without name and password, or nothing".to_owned();
        let (scheme, rest) = text.split_once("://").ok_or_else(mend)?;
        let is_https = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(mend()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest.get(..end).unwrap_or_default();
        let fits = !host.is_empty() && !host.contains('@') && text.len() <= MAX_BYTES;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_known = text.parse::<ureq::http::Uri>().is_ok_and(|uri| uri.host().is_some());
        if fits && is_plain && is_known {
            Ok(Self { whole: text.to_owned(), is_https, host: host.to_owned() })
        } else {
            Err(mend())
        }
    }

    /// The whole address, for the one place that calls it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.whole
    }

    /// Host and port, which are no secret.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the call is made by TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }
}

impl fmt::Display for PingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/***", if self.is_https { "https" } else { "http" }, self.host)
    }
}

impl fmt::Debug for PingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_its_host_and_never_its_path() {
        for (text, shown, host) in [
            ("https://hc.example.invalid/3f9c", "https://hc.example.invalid/***", "hc.example.invalid"),
            ("http://10.0.0.7:8000/ping/3f9c?a=1", "http://10.0.0.7:8000/***", "10.0.0.7:8000"),
            ("http://[::1]:8000", "http://[::1]:8000/***", "[::1]:8000"),
            ("https://hc.example.invalid?3f9c", "https://hc.example.invalid/***", "hc.example.invalid"),
        ] {
            let url = PingUrl::parse(text).unwrap();
            assert_eq!((url.to_string().as_str(), url.host(), url.reveal()), (shown, host, text));
            assert_eq!(format!("{url:?}"), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        let long = format!("http://h/{}", "x".repeat(MAX_BYTES));
        for text in [
            "ftp://hc.example.invalid/x",
            "hc.example.invalid/x",
            "https:///x",
            "https://user:word@hc.example.invalid/x",
            "https://hc.example.invalid/a b",
            "https://hc.example.invalid/路",
            "HTTP://x:port/y",
            long.as_str(),
        ] {
            let refused = PingUrl::parse(text).unwrap_err();
            assert!(refused.starts_with("write http://HOST/PATH"), "{text}: {refused}");
        }
    }
}
