//! Keeping house: tokens, units, contacts.

use super::failure::Failure;
use super::out;
use super::setup::{Setup, actor};
use crate::actions::add_contact::add_contact;
use crate::actions::issue_token::{Issued, TokenWish, issue_token, revoke_token};
use crate::actions::record_unit::put_unit;
use crate::actions::{Error, watch};
use crate::domain::access::{Role, Scope, Token};
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::contact::{Contact, ContactRole, EmailAddress, LetterStyle, person_name};
use crate::domain::language::Language;
use crate::domain::project::Unit;
use crate::domain::text::{MAX_NAME_CHARS, line};
use crate::http::views;
use crate::render::table::plain_table;
use crate::storage::units::{self, UnitRow};
use crate::storage::{Db, Opening, tokens};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

/// Arguments of `token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    verb: TokenVerb,
}

#[derive(Debug, Subcommand)]
enum TokenVerb {
    /// Make a token and print it, once.
    Create {
        /// What people call it; it signs the ledger and the audit trail.
        #[arg(long)]
        name: String,
        /// clerk, reviewer, auditor or admin.
        #[arg(long)]
        role: String,
        /// The units that it may see, with those below them; may be repeated. Only an admin needs none.
        #[arg(long = "unit")]
        units: Vec<String>,
        /// The last day on which it is good.
        #[arg(long)]
        expires: Option<NaiveDate>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// The tokens there are; never their secrets.
    List,
    /// Take a token back, by its id (the part between `mp_` and the next `_`).
    Revoke {
        /// The id.
        id: String,
    },
}

/// Makes, lists or revokes tokens.
pub fn token(setup: &Setup, args: TokenArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let now = setup.moment().now;
    match args.verb {
        TokenVerb::Create { name, role, units, expires, json } => {
            let role = Role::from_name(&role)
                .ok_or_else(|| Failure::refused("--role: clerk, reviewer, auditor 或 admin (one of these)"))?;
            let units =
                units.iter().map(|unit| UnitCode::parse(unit)).collect::<Result<_, _>>().map_err(Failure::refused)?;
            let name = line(&name, MAX_NAME_CHARS).map_err(|error| Failure::Refused(format!("--name {error}")))?;
            let issued = issue(&db, TokenWish { name, role, units, expires_on: expires }, now)?;
            print_token(&issued.token, &issued.shown, json);
            Ok(())
        }
        TokenVerb::List => {
            let all = db.read(tokens::all).wait().map_err(|error: crate::storage::Error| Failure::from(error))?;
            let rows: Vec<Vec<String>> = all.iter().map(token_row).collect();
            out::say(&plain_table(&["id", "name", "role", "units", "expires", "state"], &rows));
            Ok(())
        }
        TokenVerb::Revoke { id } => {
            let revoked = db.write(move |conn| revoke_token(conn, &id, None, &actor(), now));
            revoked.wait().map_err(|error: Error| Failure::from(error))
        }
    }
}

/// Makes and records a token; notes the units that are not known yet.
pub fn issue(db: &Db, wish: TokenWish, now: DateTime<Utc>) -> Result<Issued, Failure> {
    let issued = db.write(move |conn| issue_token(conn, wish, &actor(), now));
    let issued = issued.wait().map_err(|error: Error| Failure::from(error))?;
    for unit in &issued.unknown_units {
        out::note(&format!("⚠ 预算单位 {unit} 尚未登记，导入后生效 (unit {unit} is not known yet)"));
    }
    Ok(issued)
}

fn print_token(token: &Token, shown: &str, for_machines: bool) {
    if for_machines {
        out::say_json(&json!({ "token": shown, "id": token.id, "name": token.name, "role": token.role.name(),
            "units": token.units.iter().map(UnitCode::as_str).collect::<Vec<_>>(),
            "expires": token.expires_on.map(|day| day.to_string()) }));
    } else {
        out::say(shown);
        out::note("请妥善保存，只显示这一次 (keep it: it is shown only once)");
    }
}

fn token_row(token: &Token) -> Vec<String> {
    let units = if token.role == Role::Admin {
        "*".to_owned()
    } else {
        token.units.iter().map(UnitCode::as_str).collect::<Vec<_>>().join(" ")
    };
    let expires = token.expires_on.map_or("—".to_owned(), |day| day.to_string());
    let state = if token.revoked_at.is_some() { "revoked" } else { "good" };
    vec![token.id.clone(), token.name.clone(), token.role.name().to_owned(), units, expires, state.to_owned()]
}

/// Arguments of `unit`.
#[derive(Debug, Args)]
pub struct UnitArgs {
    #[command(subcommand)]
    verb: UnitVerb,
}

#[derive(Debug, Subcommand)]
enum UnitVerb {
    /// Record a unit, its new name, or the unit above it.
    Add {
        /// Its code.
        #[arg(long)]
        code: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// The unit above it.
        #[arg(long)]
        parent: Option<String>,
    },
    /// The units there are.
    List,
}

/// Records or lists units.
pub fn unit(setup: &Setup, args: UnitArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let now = setup.moment().now;
    match args.verb {
        UnitVerb::Add { code, name, parent } => {
            let code = UnitCode::parse(&code).map_err(Failure::refused)?;
            let name = line(&name, MAX_NAME_CHARS).map_err(|error| Failure::Refused(format!("--name {error}")))?;
            let parent = parent.as_deref().map(UnitCode::parse).transpose().map_err(Failure::refused)?;
            let row = UnitRow { unit: Unit { code, name }, parent };
            db.write(move |conn| put_unit(conn, &row, &actor(), now))
                .wait()
                .map_err(|error: Error| Failure::from(error))
        }
        UnitVerb::List => {
            let all = db.read(units::all).wait().map_err(|error: crate::storage::Error| Failure::from(error))?;
            let parent = |row: &UnitRow| row.parent.as_ref().map_or("—".to_owned(), ToString::to_string);
            let rows: Vec<Vec<String>> =
                all.iter().map(|row| vec![row.unit.code.to_string(), row.unit.name.clone(), parent(row)]).collect();
            out::say(&plain_table(&["编码 code", "名称 name", "上级 parent"], &rows));
            Ok(())
        }
    }
}

/// Arguments of `contact`.
#[derive(Debug, Args)]
pub struct ContactArgs {
    #[command(subcommand)]
    verb: ContactVerb,
}

#[derive(Debug, Subcommand)]
enum ContactVerb {
    /// Record a person who is told.
    Add {
        /// The unit; it covers those below it.
        #[arg(long)]
        unit: String,
        /// Only this project; without it, all of the unit's.
        #[arg(long)]
        project: Option<String>,
        /// officer, head or leader.
        #[arg(long)]
        role: String,
        /// Where letters go.
        #[arg(long)]
        email: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// In which language letters are written: zh or en.
        #[arg(long, default_value = "zh")]
        language: String,
        /// One letter a run (digest), or one for each alert (single).
        #[arg(long, default_value = "digest")]
        letters: String,
    },
    /// The contacts there are.
    List {
        /// For machines.
        #[arg(long)]
        json: bool,
    },
}

/// Contacts read at once; an office has fewer.
const MAX_CONTACTS: i64 = 10_000;

/// Records or lists contacts.
pub fn contact(setup: &Setup, args: ContactArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let now = setup.moment().now;
    match args.verb {
        ContactVerb::Add { unit, project, role, email, name, language, letters } => {
            let role = ContactRole::from_name(&role)
                .ok_or_else(|| Failure::refused("--role: officer, head 或 leader (one of these)"))?;
            let contact = Contact {
                id: Uuid::now_v7(),
                unit: UnitCode::parse(&unit).map_err(Failure::refused)?,
                project: project.as_deref().map(ProjectCode::parse).transpose().map_err(Failure::refused)?,
                role,
                email: EmailAddress::parse(&email).map_err(|error| Failure::Refused(format!("--email: {error}")))?,
                name: person_name(&name).map_err(|error| Failure::Refused(format!("--name {error}")))?,
                language: Language::from_name(&language)
                    .ok_or_else(|| Failure::refused("--language: zh 或 en (one of these)"))?,
                letters: LetterStyle::from_name(&letters)
                    .ok_or_else(|| Failure::refused("--letters: digest 或 single (one of these)"))?,
            };
            let told = format!("已登记 recorded: {} <{}>", contact.name, contact.email.as_str());
            record_contact(&db, contact, now)?;
            out::note(&told);
            Ok(())
        }
        ContactVerb::List { json: for_machines } => {
            let all = db.read(|conn| {
                watch::contacts(conn, &Scope::Everything, &watch::ContactFilter::default(), "", MAX_CONTACTS)
            });
            let all = all.wait().map_err(|error: Error| Failure::from(error))?;
            if for_machines {
                out::say_json(&json!({ "items": all.iter().map(views::contact).collect::<Vec<_>>() }));
            } else {
                let rows: Vec<Vec<String>> = all.iter().map(contact_row).collect();
                out::say(&plain_table(&["单位 unit", "项目 project", "职责 role", "姓名 name", "邮箱 e-mail"], &rows));
            }
            Ok(())
        }
    }
}

/// Records a contact.
pub fn record_contact(db: &Db, contact: Contact, now: DateTime<Utc>) -> Result<(), Failure> {
    let added = db.write(move |conn| add_contact(conn, &contact, &actor(), now));
    added.wait().map_err(|error: Error| Failure::from(error))
}

fn contact_row(contact: &Contact) -> Vec<String> {
    let project = contact.project.as_ref().map_or("—".to_owned(), ToString::to_string);
    let role = contact.role.name().to_owned();
    vec![contact.unit.to_string(), project, role, contact.name.clone(), contact.email.as_str().to_owned()]
}
