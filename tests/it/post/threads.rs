//! What a mail program sees of a case: one thread for each person, and of nobody else's letters a trace.

use crate::support::bureau::{DISPATCH, SEWAGE, UNIT, add_people, open_books, pay, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;
use mail_parser::MessageParser;
use serde_json::json;

/// What threads a letter.
#[derive(Debug)]
struct Threaded {
    to: String,
    id: String,
    in_reply_to: Vec<String>,
    references: Vec<String>,
}

fn threaded(letter: &str) -> Threaded {
    let message = MessageParser::default().parse(letter.as_bytes()).unwrap();
    let ids = |header: &mail_parser::HeaderValue| {
        header.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect()
    };
    Threaded {
        to: message.to().unwrap().first().unwrap().address().unwrap().to_owned(),
        id: message.message_id().unwrap().to_owned(),
        in_reply_to: ids(message.in_reply_to()),
        references: ids(message.references()),
    }
}

#[test]
fn raised_worse_and_over_are_one_thread_for_each_person() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        add_people(place);
        place.at("2024-07-01T09:00:00+08:00");
        let token = place.token("reviewer", &[UNIT]);
        let service = Service::start(place);
        let check = || place.done(&["check", "--year", "2024", "--as-of", "2024-07-01"]);
        let first = pay(&service, &token, DISPATCH, "310000.00", "2024-03-28", "A-1");
        check();
        let reversal =
            format!("/years/2024/projects/{DISPATCH}/disbursements/{}/reversal", first["id"].as_str().unwrap());
        let reason = json!({ "reason": "录错项目", "paid_on": "2024-06-30" });
        service.client.post(&token, &reversal, "k1", &reason).expect(201);
        pay(&service, &token, DISPATCH, "453900.00", "2024-06-28", "A-2");
        pay(&service, &token, SEWAGE, "554000.00", "2024-06-28", "A-3");
        check();
        assert_eq!(service.terminate(), Some(0));
        place.done(&["letters", "send"]);

        let letters: Vec<Threaded> = place.letters().iter().map(|letter| threaded(letter)).collect();
        let of = |address: &str| letters.iter().filter(|letter| letter.to == address).collect::<Vec<_>>();
        let head = of("li.ming@example.invalid");
        assert!(head.len() >= 3, "raised, worse, over: {letters:#?}");
        assert_eq!((head[0].in_reply_to.len(), head[0].references.len()), (0, 0));
        for (place, letter) in head.iter().enumerate().skip(1) {
            let before: Vec<&str> = head[..place].iter().map(|letter| letter.id.as_str()).collect();
            assert_eq!(letter.references, before, "oldest first");
            assert_eq!(letter.in_reply_to, [head[place - 1].id.as_str()], "the newest");
        }
        for letter in &letters {
            let own: Vec<&str> = of(&letter.to).iter().map(|letter| letter.id.as_str()).collect();
            assert!(letter.references.iter().all(|id| own.contains(&id.as_str())), "{letter:#?}");
        }
        let narrow = of("wang.lin@example.invalid");
        assert_eq!(narrow.len(), 2, "{narrow:#?}");
        assert_eq!(narrow[1].references, [narrow[0].id.as_str()]);
    });
}
