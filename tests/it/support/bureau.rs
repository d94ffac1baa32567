//! The bureau of the budget document, set up as its people would: the plan in January, then those who are told.

use super::place::Place;
use super::service::Service;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The budget unit.
pub const UNIT: &str = "333001";
/// 运转保障--劳务派遣经费: 90.78, even points.
pub const DISPATCH: &str = "13060524P000002100357";
/// 运转保障--移交在册自收自支经费: 88.43, even points.
pub const HANDED_OVER: &str = "13060524P00000310031E";
/// 建筑工地视频监控系统平台电信专线费: 4.48, all of it in December.
pub const VIDEO_LINE: &str = "13060524P00436210005G";
/// 白沟第二污水处理厂…质保金: no budget, 27.70 / 55.40 / 82.40 / 110.80.
pub const SEWAGE: &str = "13060524P004364100267";

/// The sample plan: the facts of the real document in words of ours.
pub fn sample_plan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plan-2024.txt")
}

/// The sample plan with the first `from` behind `anchor` replaced, as a file of that name in the place.
pub fn changed_plan(place: &Place, name: &str, changes: &[(&str, &str, &str)]) -> String {
    let mut text = std::fs::read_to_string(sample_plan()).unwrap();
    for (anchor, from, to) in changes {
        let start = text.find(anchor).unwrap();
        let at = start + text[start..].find(from).unwrap();
        text.replace_range(at..at + from.len(), to);
    }
    let file = place.file(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Imports the plan in January; the bell stays silent, so that only what a test asks for happens.
pub fn open_books(place: &Place, plan: &Path) -> Value {
    place.at("2024-01-08T09:00:00+08:00");
    for job in ["daily_check", "digest", "monthly_digest"] {
        place.set(&format!("schedule.{job}"), "");
    }
    place.json(&["import", "plan", plan.to_str().unwrap(), "--year", "2024"])
}

/// An officer for the unit, one more for the sewage works, and the head of the office.
pub fn add_people(place: &Place) {
    for (project, role, email, name) in [
        (None, "officer", "zhang.ke@example.invalid", "张可"),
        (Some(SEWAGE), "officer", "wang.lin@example.invalid", "王林"),
        (None, "head", "li.ming@example.invalid", "李明"),
    ] {
        let mut arguments = vec!["contact", "add", "--unit", UNIT, "--role", role, "--email", email, "--name", name];
        arguments.extend(project.iter().flat_map(|code| ["--project", code]));
        place.done(&arguments);
    }
}

/// Posts a payment and gives the answer, which must be a new entry.
pub fn pay(service: &Service, token: &str, code: &str, amount_yuan: &str, paid_on: &str, voucher: &str) -> Value {
    let path = format!("/years/2024/projects/{code}/disbursements");
    let body = json!({ "amount_yuan": amount_yuan, "paid_on": paid_on, "voucher_no": voucher });
    service.client.post(token, &path, voucher, &body).expect(201).json()
}
