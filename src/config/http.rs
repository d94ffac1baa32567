//! The section `http`: where the service listens, and how long and how often a client may try its patience.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::reader::{Read, Reader, Refused};
use super::values::Secret;

/// The section `http`.
#[derive(Clone, Debug)]
pub struct Http {
    /// `http.listen`: address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// `http.body_limit_bytes`: the largest request body that is read.
    pub body_limit_bytes: usize,
    /// `http.headers_seconds`: in which a request's head must have arrived.
    pub headers: Duration,
    /// `http.body_seconds`: in which a request's body must have arrived.
    pub body: Duration,
    /// `http.keep_alive_seconds`: for which a connection may rest between two requests.
    pub keep_alive: Duration,
    /// `http.shutdown_seconds`: which requests under way have when the service is told to stop.
    pub shutdown_seconds: u64,
    /// `http.failed_logins_per_minute`: after which an address is answered 429.
    pub failed_logins_per_minute: u32,
    /// `http.trusted_proxies`: whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// `http.metrics_token`: what `/metrics` asks for; None lets everybody read it.
    pub metrics_token: Option<Secret>,
}

/// The longest deadline.
const MAX_SECONDS: u32 = 3600;

impl Http {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let listen = reader.take("http.listen", |text| {
            text.parse().map_err(|_| "write an IP address and a port, such as 127.0.0.1:8080 or [::]:8080".to_owned())
        });
        let body_limit = reader.take_number("http.body_limit_bytes", 1024, 32 * 1024 * 1024);
        let headers = reader.take_number("http.headers_seconds", 1, MAX_SECONDS);
        let body = reader.take_number("http.body_seconds", 1, MAX_SECONDS);
        let keep_alive = reader.take_number("http.keep_alive_seconds", 1, MAX_SECONDS);
        let shutdown = reader.take_number("http.shutdown_seconds", 1, MAX_SECONDS);
        let failed_logins = reader.take_number("http.failed_logins_per_minute", 1, 1_000_000);
        let trusted_proxies = reader.take("http.trusted_proxies", parse_addresses);
        let metrics_token =
            reader.take_secret("http.metrics_token", |text| Ok((!text.is_empty()).then(|| Secret::new(text))));
        Ok(Self {
            listen: listen?,
            body_limit_bytes: usize::try_from(body_limit?).map_err(|_| Refused)?,
            headers: Duration::from_secs(headers?.into()),
            body: Duration::from_secs(body?.into()),
            keep_alive: Duration::from_secs(keep_alive?.into()),
            shutdown_seconds: shutdown?.into(),
            failed_logins_per_minute: failed_logins?,
            trusted_proxies: trusted_proxies?,
            metrics_token: metrics_token?,
        })
    }
}

/// Reads IP addresses with commas between them, or nothing.
fn parse_addresses(text: &str) -> Result<Vec<IpAddr>, String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let addresses: Result<Vec<IpAddr>, _> = words.map(str::parse).collect();
    addresses.map_err(|_| "write IP addresses with commas between them, such as 127.0.0.1,::1, or nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_with_commas_between_them() {
        assert_eq!(parse_addresses(""), Ok(Vec::new()));
        let both: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
        assert_eq!(parse_addresses(" 127.0.0.1, ::1"), Ok(both));
        for text in ["localhost", "10.0.0.0/8", "127.0.0.1;::1"] {
            assert!(parse_addresses(text).is_err(), "{text}");
        }
    }
}
