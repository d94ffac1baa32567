//! The README's first command, and what it invites to.

use crate::support::place::Place;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A demo that serves; it is killed by its id at the end of the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn the_demo_shows_every_standing_and_writes_the_letters() {
    let place = Place::sqlite();
    let shown = place.done(&["demo", "--folder", "show", "--no-serve"]);
    let table: Vec<&str> = shown.lines().take_while(|line| !line.starts_with('▌')).collect();
    for standing in ["正常", "滞后（提示）", "滞后（预警）", "滞后（严重）", "超前", "超预算", "未到节点"]
    {
        assert!(table.iter().any(|line| line.contains(standing)), "{standing} is not in\n{shown}");
    }
    assert!(place.file("show/milepost.db").is_file());
    let letters: Vec<_> = std::fs::read_dir(place.file("show/letters")).unwrap().collect();
    assert!(letters.len() >= 3, "{letters:?}");
    assert!(shown.contains(".eml"), "{shown}");
    insta::assert_snapshot!("demo", shown.split("④ ").next().unwrap());
    place.set("database.url", &format!("sqlite://{}", place.file("show/milepost.db").display()));
    assert_eq!(place.json(&["verify"])["clean"], true);
}

#[test]
fn the_demo_needs_a_folder_of_its_own() {
    let place = Place::sqlite();
    std::fs::create_dir(place.file("mine")).unwrap();
    std::fs::write(place.file("mine/note.txt"), "mine").unwrap();
    let refused = place.run(&["demo", "--folder", "mine", "--no-serve"]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{}", refused.err);
    assert!(refused.err.contains("mine"), "{}", refused.err);
    let inside: Vec<_> = std::fs::read_dir(place.file("mine")).unwrap().collect();
    assert_eq!(inside.len(), 1, "{inside:?}");

    std::fs::create_dir(place.file("empty")).unwrap();
    assert_eq!(place.run(&["demo", "--folder", "empty", "--no-serve"]).code, 0, "an empty folder is good");
    assert!(place.run(&["demo", "--no-serve"]).out.contains("milepost-demo"));
    assert!(place.run(&["demo", "--no-serve"]).out.contains("milepost-demo-2"), "a second one beside the first");
}

#[test]
fn the_lines_that_the_demo_invites_to_paste_work() {
    let place = Place::sqlite();
    let mut command = place.command(&["demo"]);
    let mut demo = Serving(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let out = BufReader::new(demo.0.stdout.take().unwrap());
    let mut lines = Vec::new();
    for line in out.lines().map_while(Result::ok) {
        lines.push(line);
        if lines.iter().filter(|line| line.starts_with("curl ")).count() == 3 {
            break;
        }
    }
    let address = lines.iter().find_map(|line| line.strip_prefix("listening on ")).map(str::to_owned);
    let token = lines.iter().find_map(|line| line.strip_prefix("token ")).map(str::to_owned);
    let pasted: Vec<(bool, String)> = lines
        .iter()
        .filter(|line| line.starts_with("curl "))
        .map(|line| {
            let ran = Command::new("sh").args(["-c", line]).output().unwrap();
            (ran.status.success(), String::from_utf8(ran.stdout).unwrap())
        })
        .collect();
    assert!(address.is_some_and(|address| address.starts_with("http://127.0.0.1:")), "{lines:#?}");
    assert!(token.is_some_and(|token| token.starts_with("mp_")), "{lines:#?}");
    assert_eq!(pasted.len(), 3, "{lines:#?}");
    let answers: Vec<serde_json::Value> = pasted
        .iter()
        .map(|(worked, answer)| {
            assert!(worked, "curl is not here (apt-get install curl) or failed: {answer}");
            serde_json::from_str(answer).unwrap()
        })
        .collect();
    assert_eq!(answers[0]["as_of"], "2024-06-30", "{}", answers[0]);
    assert!(!answers[1]["items"].as_array().unwrap().is_empty(), "{}", answers[1]);
    assert_eq!(answers[2]["amount_yuan"], "1000.00", "{}", answers[2]);
}
