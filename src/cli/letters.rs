//! `milepost letters`: the outbox.

use super::failure::Failure;
use super::out;
use super::setup::{Setup, actor};
use crate::actions::cancel_letter::cancel_letter;
use crate::actions::retry_letter::retry_letter;
use crate::actions::watch::{LetterFilter, ListedLetter};
use crate::actions::{Error, watch};
use crate::delivery::{Post, Round};
use crate::domain::access::Scope;
use crate::domain::contact::EmailAddress;
use crate::domain::letter::{Composed, Letter, LetterKind, LetterState, message_id};
use crate::http::views;
use crate::mail::SendFailure;
use crate::render::table::plain_table;
use crate::storage::{Db, Opening};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use uuid::Uuid;

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
        /// Only letters to this address.
        #[arg(long)]
        to: Option<String>,
        /// Only letters of this kind: digest, immediate, single, monthly.
        #[arg(long)]
        kind: Option<String>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// 查看 · One letter whole: its words, where it is, and which figures it told.
    Show {
        /// Its id, as `list` shows it.
        id: Uuid,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// 重发 · Send a letter on its way again that was given up, was taken back, or waits for its next attempt.
    Retry {
        /// Its id.
        id: Uuid,
    },
    /// 撤回 · Take a letter back that has not been sent.
    Cancel {
        /// Its id.
        id: Uuid,
        /// Why; it goes into the audit trail.
        #[arg(long)]
        reason: String,
    },
    /// 发送 · Send what is due now, as `serve` does all the time.
    Send,
    /// 试发 · Prove the set-up: sends a small letter at once, past the outbox.
    Test {
        /// To whom.
        #[arg(long)]
        to: String,
    },
}

/// Letters read at once.
const PAGE: i64 = 500;

/// What a table shows where there is nothing.
const NOTHING: &str = "—";

/// Lists the outbox, shows or moves a letter, or sends what is due.
pub fn run(setup: &Setup, args: &LettersArgs) -> Result<(), Failure> {
    // It needs no books: who sets a machine up tries the mail first.
    if let Verb::Test { to } = &args.verb {
        return try_out(setup, to);
    }
    let db = setup.open(Opening::MustExist)?;
    match &args.verb {
        Verb::Send => {
            let round = send_due(setup, &db)?;
            out::say(&told(setup, round)?);
            Ok(())
        }
        Verb::List { state, to, kind, json } => {
            list(&db, narrowed(state.as_deref(), to.as_deref(), kind.as_deref())?, *json)
        }
        Verb::Show { id, json } => show(setup, &db, *id, *json),
        Verb::Retry { id } => {
            let (id, now) = (*id, setup.moment().now);
            let letter = db.write(move |conn| retry_letter(conn, id, &Scope::Everything, &actor(), now)).wait();
            say_state(&letter.map_err(|error: Error| Failure::from(error))?);
            Ok(())
        }
        Verb::Cancel { id, reason } => {
            let (id, now, reason) = (*id, setup.moment().now, reason.trim().to_owned());
            if reason.is_empty() || reason.chars().any(char::is_control) {
                return Err(Failure::refused("--reason: 请用一行文字说明原因 (say why, in one line)"));
            }
            let scope = Scope::Everything;
            let letter = db.write(move |conn| cancel_letter(conn, id, &reason, &scope, &actor(), now)).wait();
            say_state(&letter.map_err(|error: Error| Failure::from(error))?);
            Ok(())
        }
        Verb::Test { .. } => Ok(()),
    }
}

fn say_state(letter: &ListedLetter) {
    out::say(&format!("{} {} → {}", letter.id, letter.to_email, letter.state.name()));
}

fn narrowed(state: Option<&str>, to: Option<&str>, kind: Option<&str>) -> Result<LetterFilter, Failure> {
    let no_state = || Failure::refused("state: queued, retrying, sent, dead or cancelled");
    let no_kind = || Failure::refused("kind: digest, immediate, single or monthly");
    Ok(LetterFilter {
        state: state.map(|name| LetterState::from_name(name).ok_or_else(no_state)).transpose()?,
        to: to.map(address).transpose()?,
        kind: kind.map(|name| LetterKind::from_name(name).ok_or_else(no_kind)).transpose()?,
        ..LetterFilter::default()
    })
}

fn address(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|error| Failure::refused(format!("--to 不是有效的电子邮箱地址 ({error})")))
}

fn list(db: &Db, filter: LetterFilter, for_machines: bool) -> Result<(), Failure> {
    let (mut letters, mut after) = (Vec::new(), String::new());
    loop {
        let (from, filter) = (after.clone(), filter.clone());
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
            let words = letter.last_words.unwrap_or_default();
            vec![letter.id.to_string(), at, letter.kind.name().to_owned(), to, letter.subject, state, words]
        })
        .collect();
    out::say(&plain_table(&["编号", "时间", "种类", "收件人", "主题", "状态（次数）", "服务器答复"], &rows));
    Ok(())
}

fn show(setup: &Setup, db: &Db, id: Uuid, for_machines: bool) -> Result<(), Failure> {
    let found = db.read(move |conn| {
        let letter = watch::letter(conn, &Scope::Everything, id)?;
        Ok::<_, Error>((letter, watch::letter_tells(conn, id)?))
    });
    let (letter, tells) = found.wait()?;
    let mailer = setup.mailer()?;
    if for_machines {
        out::say_json(&views::letter_story(&letter, &tells, mailer.domain()));
        return Ok(());
    }
    let at = |at: Option<DateTime<Utc>>| at.map_or_else(|| NOTHING.to_owned(), views::instant);
    let facts = [
        ("编号 id", letter.id.to_string()),
        ("Message-ID", message_id(letter.id, mailer.domain())),
        ("种类 kind", letter.kind.name().to_owned()),
        ("收件人 to", format!("{} <{}>", letter.to_name, letter.to_email)),
        ("状态 state", format!("{} ({})", letter.state.name(), letter.attempts)),
        ("生成 decided", at(Some(letter.created_at))),
        ("送达 accepted", at(letter.sent_at)),
        ("答复 last words", letter.last_words.clone().unwrap_or_else(|| NOTHING.to_owned())),
        ("主题 subject", letter.subject.clone()),
    ];
    let facts: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    let told: Vec<Vec<String>> = tells
        .0
        .iter()
        .map(|told| {
            let change = format!("{} {}", told.change.name(), told.severity.name());
            vec![told.project_code.clone(), told.project_name.clone(), change, told.inputs.clone()]
        })
        .collect();
    out::say(&plain_table(&["信件 letter", ""], &facts));
    out::say(&format!("\n{}", plain_table(&["项目编码", "项目", "变化", "依据 figures"], &told)));
    out::say(&format!("\n{}", letter.text));
    Ok(())
}

/// Hands a small letter, in both parts, to the configured carrier at once, and says what it answered.
fn try_out(setup: &Setup, to: &str) -> Result<(), Failure> {
    let mailer = setup.mailer()?;
    let place = mailer.describe();
    let letter = Letter {
        id: Uuid::now_v7(),
        to: address(to)?,
        to_name: String::new(),
        words: Composed {
            subject: "试发：预算执行监控的信件可以送达 (test)".to_owned(),
            text: format!("这是一封试发信，收到即说明设置无误，无须答复。\n\nA test: letters arrive by {place}.\n"),
            html: format!(
                "<!doctype html><html lang=\"zh\"><body><p>这是一封试发信，收到即说明设置无误，无须答复。</p>\
                 <p lang=\"en\">A test: letters arrive by {place}.</p></body></html>"
            ),
        },
        created_at: setup.moment().now,
        references: Vec::new(),
    };
    match mailer.send(&letter) {
        Ok(accepted) => {
            out::say(&format!("已送出 sent → {place}\n答复 answer: {}", accepted.words));
            Ok(())
        }
        Err(failure) => {
            let (words, chinese, english) = mend(&failure);
            Err(Failure::World(format!("未能送出 not sent → {place}\n答复 answer: {words}\n{chinese}\n({english})")))
        }
    }
}

/// What was answered, and what to mend.
fn mend(failure: &SendFailure) -> (&str, &'static str, &'static str) {
    match failure {
        SendFailure::Retry { words } => (
            words,
            "邮件服务器忙、无应答或连不上：请检查 mail.smtp.host、mail.smtp.port 和网络，稍后再试",
            "the server is busy, silent or away: check mail.smtp.host, mail.smtp.port and the network, and try again",
        ),
        SendFailure::Dead { words } => (
            words,
            "邮件服务器拒收此信：请检查收件地址，以及服务器是否允许 mail.from 发信",
            "the server refuses this letter: check the address, and whether mail.from may send there",
        ),
        SendFailure::Pause { words } => (
            words,
            "发信通道须先修好：请检查 mail.from、mail.smtp.username 和密码、mail.smtp.security、mail.smtp.ca_file，\
             或信件文件夹是否可写",
            "the channel must be mended: check mail.from, mail.smtp.username and its password, mail.smtp.security, \
             mail.smtp.ca_file, or whether the folder can be written",
        ),
    }
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
    let round = post.deliver_due(&|_| false, &AtomicBool::new(false))?;
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
