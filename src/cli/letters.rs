//! `milepost letters`: the outbox.

use super::failure::Failure;
use super::out;
use super::setup::Setup;
use crate::actions::watch::LetterFilter;
use crate::actions::{Error, watch};
use crate::delivery::{Post, Round};
use crate::domain::access::Scope;
use crate::domain::letter::LetterState;
use crate::http::views;
use crate::render::table::plain_table;
use crate::storage::{Db, Opening};
use clap::{Args, Subcommand};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Arguments of `letters`.
#[derive(Debug, Args)]
pub struct LettersArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 列出 · Who was told what, and where each letter is.
    List {
        /// Only letters in this state: queued, retrying, sent, dead, cancelled.
        #[arg(long)]
        state: Option<String>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// 发送 · Send what is due now, as `serve` does all the time.
    Send,
}

/// Letters read at once.
const PAGE: i64 = 500;

/// Lists the outbox, or sends what is due.
pub fn run(setup: &Setup, args: &LettersArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    match &args.verb {
        Verb::Send => {
            let round = send_due(setup, &db)?;
            out::say(&told(setup, round)?);
            Ok(())
        }
        Verb::List { state, json } => {
            let unknown = || Failure::refused("state: queued, retrying, sent, dead or cancelled");
            let state = state.as_deref().map(|name| LetterState::from_name(name).ok_or_else(unknown)).transpose()?;
            list(&db, state, *json)
        }
    }
}

fn list(db: &Db, state: Option<LetterState>, for_machines: bool) -> Result<(), Failure> {
    let (mut letters, mut after) = (Vec::new(), String::new());
    loop {
        let (from, filter) = (after.clone(), LetterFilter { state, ..LetterFilter::default() });
        let page = db.read(move |conn| watch::letters(conn, &Scope::Everything, &filter, &from, PAGE));
        let page = page.wait().map_err(|error: Error| Failure::from(error))?;
        let Some(last) = page.last() else { break };
        after = last.id.to_string();
        letters.extend(page);
    }
    if for_machines {
        let items: Vec<_> = letters.iter().map(views::letter).collect();
        out::say_json(&json!({ "items": items }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = letters
        .into_iter()
        .map(|letter| {
            let at = views::instant(letter.created_at);
            let to = format!("{} <{}>", letter.to_name, letter.to_email);
            let state = format!("{} ({})", letter.state.name(), letter.attempts);
            vec![at, to, letter.subject, state, letter.last_words.unwrap_or_default()]
        })
        .collect();
    out::say(&plain_table(&["时间", "收件人", "主题", "状态（次数）", "服务器答复"], &rows));
    Ok(())
}

/// Sends what is due.
pub fn send_due(setup: &Setup, db: &Db) -> Result<Round, Failure> {
    let post = Post {
        db: db.clone(),
        mailer: setup.mailer()?,
        clock: setup.clock.clone(),
        retry_first_seconds: setup.settings.mail.retry_first_seconds,
        slowest_seconds: setup.settings.mail.slowest_seconds(),
        state: Arc::default(),
    };
    let strange = post.set_aside_strange()?;
    let round = post.deliver_due(&AtomicBool::new(false))?;
    Ok(Round { dead: round.dead + strange.dead, ..round })
}

/// What a round of sending came to, in words.
pub fn told(setup: &Setup, round: Round) -> Result<String, Failure> {
    let place = setup.mailer()?.describe();
    Ok(format!(
        "信件 letters: 已发出 sent {} → {place}；待重试 waiting {}；失败 dead {}",
        round.sent, round.waiting, round.dead
    ))
}
