//! `milepost verify`: does the database still say one thing?

use super::failure::Failure;
use super::out;
use super::setup::Setup;
use crate::storage::verify::{Findings, verify};
use crate::storage::{Error, Opening};
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// Verifies; a difference is exit code 1.
pub fn run(setup: &Setup, args: &VerifyArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let busy = out::busy("正在核验…");
    let found: Findings = db.read(verify).wait().map_err(|error: Error| Failure::from(error))?;
    busy.finish_and_clear();
    if args.json {
        out::say_json(&as_json(&found));
    } else {
        out::say(&format!("项目 {} 个，支出记录 {} 笔  (projects, ledger entries)", found.projects, found.entries));
        for complaint in &found.integrity {
            out::say(&format!("✗ 数据库完整性 integrity: {complaint}"));
        }
        for one in &found.rollups {
            let rollup = one.rollup.map_or("（缺）".to_owned(), crate::domain::money::Fen::yuan);
            out::say(&format!(
                "✗ 汇总与台账不符 roll-up differs: project {} {} {}: ledger {} roll-up {rollup}",
                one.project,
                one.month.format("%Y-%m"),
                one.source,
                one.ledger
            ));
        }
        for complaint in &found.commitments {
            out::say(&format!("✗ 合同与支付申请 commitments: {complaint}"));
        }
        if found.is_clean() {
            out::say("✓ 汇总与台账一致，数据库完整  (roll-ups equal the ledger, the database is sound)");
        }
    }
    if found.is_clean() {
        Ok(())
    } else {
        Err(Failure::Refused("核验发现不一致 (differences were found)".to_owned()))
    }
}

fn as_json(found: &Findings) -> Value {
    let rollups: Vec<Value> = found
        .rollups
        .iter()
        .map(|one| {
            json!({ "project_id": one.project, "month": one.month.format("%Y-%m").to_string(), "source": one.source,
                "ledger_yuan": one.ledger.yuan(), "rollup_yuan": one.rollup.map(crate::domain::money::Fen::yuan) })
        })
        .collect();
    json!({ "clean": found.is_clean(), "projects": found.projects, "entries": found.entries,
        "integrity": found.integrity, "commitments": found.commitments, "rollups": rollups })
}
