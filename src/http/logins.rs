//! Whoever shows wrong tokens again and again is told to wait, before the database is asked. Counted for each address;
//! good tokens never count.

use super::problem::{Problem, TOO_MANY};
use actix_web::HttpRequest;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long failures count; also the longest that an address is turned away.
const WINDOW: Duration = Duration::from_mins(1);
/// Addresses that are remembered; beyond that the oldest are forgotten.
const MAX_ADDRESSES: usize = 10_000;

/// The failures of one address in its window.
#[derive(Clone, Copy, Debug)]
struct Failed {
    since: Instant,
    count: u32,
}

/// The failures of all addresses.
#[derive(Debug)]
pub struct Logins {
    limit: u32,
    trusted_proxies: Vec<IpAddr>,
    failed: Mutex<HashMap<IpAddr, Failed>>,
}

impl Logins {
    /// So many failures within a minute are borne; the proxies' `X-Forwarded-For` is believed.
    #[must_use]
    pub fn new(limit: u32, trusted_proxies: Vec<IpAddr>) -> Logins {
        // On a listener of both families an IPv4 peer looks like `::ffff:10.0.0.1`.
        let trusted_proxies = trusted_proxies.into_iter().map(|proxy| proxy.to_canonical()).collect();
        Logins { limit, trusted_proxies, failed: Mutex::default() }
    }

    /// Turns a request away whose address has failed too often.
    pub fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        let Some(seconds) = self.address(request).and_then(|address| self.wait_of(address, Instant::now())) else {
            return Ok(());
        };
        let english = format!("too many wrong tokens came from this address; try again in {seconds} s");
        let mut problem = Problem::new(TOO_MANY, format!("该地址多次提供无效令牌，请在 {seconds} 秒后重试"), english);
        problem.retry_after_seconds = Some(seconds);
        Err(problem)
    }

    /// Notes that a request showed a wrong token.
    pub fn note_failure(&self, request: &HttpRequest) {
        if let Some(address) = self.address(request) {
            self.note(address, Instant::now());
        }
    }

    /// Seconds that an address has to wait; none where it may go on.
    fn wait_of(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = failed.get(&address).filter(|known| known.count >= self.limit)?;
        let left = WINDOW.checked_sub(now.saturating_duration_since(known.since))?;
        Some(left.as_secs() + 1)
    }

    fn note(&self, address: IpAddr, now: Instant) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= MAX_ADDRESSES && !failed.contains_key(&address) {
            failed.retain(|_, known| now.saturating_duration_since(known.since) < WINDOW);
        }
        if failed.len() >= MAX_ADDRESSES && !failed.contains_key(&address) {
            let oldest = failed.iter().min_by_key(|(_, known)| known.since).map(|(address, _)| *address);
            oldest.map(|address| failed.remove(&address));
        }
        let known = failed.entry(address).or_insert(Failed { since: now, count: 0 });
        if now.saturating_duration_since(known.since) >= WINDOW {
            *known = Failed { since: now, count: 0 };
        }
        known.count = known.count.saturating_add(1);
    }

    /// Whose failures they are: the peer, or whom a trusted proxy names. Of a chain the last that is not itself a
    /// trusted proxy counts: what stands before it, anybody may have written. A word that is no address ends the walk
    /// as well, at the last hop that is known.
    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let mut last = request.peer_addr()?.ip().to_canonical();
        let chain: Vec<_> = request.headers().get_all("X-Forwarded-For").collect();
        let words = chain.iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for word in words {
            if !self.trusted_proxies.contains(&last) {
                break;
            }
            let Ok(named) = word.trim().parse::<IpAddr>() else { break };
            last = named.to_canonical();
        }
        Some(network(last))
    }
}

/// An IPv6 client has 64 bits to choose from: its network stands for it.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn logins() -> Logins {
        Logins::new(3, vec!["10.0.0.1".parse().unwrap(), "::ffff:10.0.0.2".parse().unwrap()])
    }

    #[test]
    fn an_address_waits_until_its_window_is_over() {
        let (logins, start) = (logins(), Instant::now());
        let [one, other]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        for _ in 0..2 {
            logins.note(one, start);
        }
        assert_eq!(logins.wait_of(one, start), None);
        logins.note(one, start);
        assert_eq!(logins.wait_of(one, start), Some(61));
        assert_eq!(logins.wait_of(one, start + Duration::from_secs(50)), Some(11));
        assert_eq!(logins.wait_of(other, start), None);
        assert_eq!(logins.wait_of(one, start + Duration::from_secs(61)), None);
        logins.note(one, start + Duration::from_secs(61));
        assert_eq!(logins.wait_of(one, start + Duration::from_secs(61)), None, "it counts anew");
    }

    #[test]
    fn no_more_addresses_are_remembered_than_there_is_room_for() {
        let (logins, start) = (logins(), Instant::now());
        for number in 0..u32::try_from(MAX_ADDRESSES).unwrap() + 50 {
            logins.note(IpAddr::V4(number.into()), start + Duration::from_micros(number.into()));
        }
        let failed = logins.failed.lock().unwrap();
        assert_eq!(failed.len(), MAX_ADDRESSES);
        assert!(!failed.contains_key(&IpAddr::V4(0.into())), "the oldest is forgotten");
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_who_the_client_is() {
        let logins = logins();
        for (peer, forwarded, whose) in [
            ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("2001:db8::1:2:3:4", "", "2001:db8::"),
            ("::ffff:192.0.2.9", "", "192.0.2.9"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "198.51.100.1, nonsense, 198.51.100.2", "198.51.100.2"),
        ] {
            let peer: IpAddr = peer.parse().unwrap();
            let request =
                TestRequest::default().peer_addr((peer, 1).into()).insert_header(("X-Forwarded-For", forwarded));
            assert_eq!(logins.address(&request.to_http_request()), Some(whose.parse().unwrap()), "{forwarded}");
        }
    }
}
