//! A check that is killed in the middle: no half run stands, and the next one tells everything once.

use crate::support::bureau::{UNIT, add_people, open_books, sample_plan};
use crate::support::place::Place;
use crate::support::told::assert_all_told_once;
use std::fmt::Write;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Projects beside those of the sample plan: several stretches of a check.
const PROJECTS: usize = 1_500;

/// Projects that lag, put into the books past the program.
fn many_projects(place: &Place) {
    let at = "'2024-01-08 01:00:00'";
    let (mut projects, mut plans, mut points) = (String::new(), String::new(), String::new());
    for number in 1..=PROJECTS {
        let id = |kind: usize| format!("00000000-0000-7000-8{kind:03}-{number:012x}");
        let (project, plan, comma) = (id(1), id(2), if number == 1 { "" } else { "," });
        let head = format!("'项目{number}', '{UNIT}'");
        write!(projects, "{comma}('{project}', 2024, '99990124P{number:012}', {head}, '', '', {at})").unwrap();
        write!(plans, "{comma}('{plan}', '{project}', 1, '2024-01-01', 10000000, '', {at}, 'test', {head})").unwrap();
        write!(points, "{comma}('{plan}', '2024-06-30', 5000000, ''), ('{plan}', '2024-12-31', 10000000, '')").unwrap();
    }
    let statements = format!(
        "BEGIN;
        INSERT INTO projects (id, fiscal_year, code, name, unit_code, purpose, goals, recorded_at) VALUES {projects};
        INSERT INTO plan_versions (id, project_id, version, effective_on, budget_fen, reason, recorded_at, recorded_by, name,
            unit_code) VALUES {plans};
        INSERT INTO plan_points (plan_id, point_on, planned_fen, written) VALUES {points};
        COMMIT;"
    );
    place.sql(&statements).unwrap();
}

fn count(place: &Place, what: &str) -> usize {
    place.words(&format!("SELECT CAST(count(*) AS TEXT) AS word FROM {what}"))[0].parse().unwrap()
}

#[test]
fn a_check_killed_in_the_middle_is_taken_up_and_tells_everything_once() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        add_people(place);
        many_projects(place);
        place.at("2024-07-01T09:00:00+08:00");
        let check = ["check", "--year", "2024", "--as-of", "2024-06-30"];
        let mut running = place.command(&check).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while count(place, "alerts") == 0 {
            assert!(begun.elapsed() < Duration::from_mins(1), "the check writes nothing");
            sleep(Duration::from_millis(5));
        }
        running.kill().unwrap();
        running.wait().unwrap();
        let written = count(place, "alerts");
        assert!(written < PROJECTS, "it was killed in the middle, not at its end: {written}");
        assert_eq!(count(place, "check_runs WHERE finished_at IS NULL"), 1, "its run has not ended");
        assert_eq!(count(place, "letters"), 0, "nobody was told of half a run");
        assert_eq!(count(place, "untold_events"), count(place, "alert_events"), "nor is anything forgotten");

        place.done(&check);
        assert_eq!(count(place, "check_runs"), 1, "the same run, to its end");
        assert_eq!(count(place, "check_runs WHERE finished_at IS NULL"), 0);
        let of_them = "alerts a JOIN projects p ON p.id = a.project_id WHERE p.code LIKE '99990124P%' AND \
                       a.rule = 'spending.behind_plan_point'";
        assert_eq!(count(place, of_them), PROJECTS, "each project's lag once");
        let raised = count(place, "alert_events WHERE change = 'raised'");
        assert_eq!(raised, count(place, "alerts"), "nothing was raised twice");
        let people = place.words("SELECT to_email AS word FROM letters ORDER BY to_email");
        assert_eq!(people, ["li.ming@example.invalid", "wang.lin@example.invalid", "zhang.ke@example.invalid"]);
        assert_all_told_once(place);
        place.done(&check);
        assert_eq!(count(place, "letters"), 3, "and nothing new");
    });
}
