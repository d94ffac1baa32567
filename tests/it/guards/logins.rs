//! Whoever guesses tokens is told to wait.

use crate::support::bureau::{UNIT, open_books, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;

#[test]
fn whoever_shows_wrong_tokens_again_and_again_is_told_to_wait() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00").set("http.failed_logins_per_minute", "5");
    // The test stands where a proxy would, and names its clients.
    place.set("http.trusted_proxies", "127.0.0.1");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    let ask =
        |token: &str, from: &str| service.client.get_with(token, "/years/2024/projects", &[("X-Forwarded-For", from)]);
    for _ in 0..20 {
        ask(&token, "192.0.2.1").expect(200);
        ask("", "192.0.2.1").expect(401);
    }
    for wrong in ["mp_a_b", "nonsense", "mp_c_d", &format!("{token}x"), "mp_e_f"] {
        ask(wrong, "192.0.2.1").expect(401);
        ask(&token, "192.0.2.2").expect(200);
    }
    for shown in ["mp_g_h", token.as_str()] {
        let refused = ask(shown, "192.0.2.1").expect(429);
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
        assert_eq!(refused.json()["type"], "/problems/too-many-requests");
    }
    ask(&token, "192.0.2.2").expect(200);
    service.client.get("", "//readyz").expect(200);
    let counted = service.client.get("", "//metrics").expect(200).text;
    assert!(counted.contains("\nmilepost_failed_logins_total 5\n"), "{counted}");
}
