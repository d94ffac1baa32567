//! Tokens, as JSON: never their hashes, and a secret once only.

use super::{Day, Instant, RoleWord, TokenStateWord, UnitCode};
use crate::actions::issue_token::Issued;
use crate::domain::access;
use crate::domain::language::Language;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// A token: who may do what, where, and how long.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Its public part, between `mp_` and the next `_`.
    #[schema(example = "3f9ac21b07de")]
    id: String,
    /// What people call it; it signs the ledger and the audit trail.
    #[schema(example = "财政一体化接口")]
    name: String,
    /// What it may do.
    role: RoleWord,
    /// The units that it may see, with those below them; empty for an admin's, which sees everything.
    units: Vec<UnitCode>,
    /// When it was made.
    created_at: Instant,
    /// The last day on which it is good; null where it has no end.
    expires_on: Option<Day>,
    /// When it was taken back.
    revoked_at: Option<Instant>,
    /// Whether it can be used today.
    state: TokenStateWord,
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedToken {
    /// What it is.
    #[serde(flatten)]
    about: Token,
    /// The token itself, for the `Authorization` header: given with the first answer only, null when that is repeated.
    #[schema(example = "mp_3f9ac21b07de_4uJ0Qm1X8yVZbq2sTn6wHkLr5pGdEcAo9fIuYtRxWvM")]
    token: Option<String>,
    /// What to do about it.
    #[schema(example = "keep it: it is shown only this once")]
    hint: String,
    /// Units of it that are not recorded yet; they may come with a later import.
    unknown_units: Vec<UnitCode>,
}

/// A token as it stands on a day.
#[must_use]
pub fn token(token: &access::Token, today: NaiveDate) -> Token {
    let state = match token.revoked_at {
        Some(_) => "revoked",
        None if token.is_good(today) => "good",
        None => "expired",
    };
    Token {
        id: token.id.clone(),
        name: token.name.clone(),
        role: RoleWord(token.role.name()),
        units: token.units.iter().cloned().map(UnitCode).collect(),
        created_at: Instant(token.created_at),
        expires_on: token.expires_on.map(Day),
        revoked_at: token.revoked_at.map(Instant),
        state: TokenStateWord(state),
    }
}

/// A token just made: with its secret, to be shown, or without, to be kept for a repeated request.
#[must_use]
pub fn issued_token(issued: &Issued, today: NaiveDate, with_secret: bool, language: Language) -> IssuedToken {
    let hint = if with_secret {
        language.pick("请妥善保存，只显示这一次", "keep it: it is shown only this once")
    } else {
        language.pick(
            "令牌只在首次应答中显示；若已遗失，请撤销后重新创建",
            "the token was shown with the first answer only; if it is lost, take it back and make another",
        )
    };
    IssuedToken {
        about: token(&issued.token, today),
        token: with_secret.then(|| issued.shown.clone()),
        hint: hint.to_owned(),
        unknown_units: issued.unknown_units.iter().cloned().map(UnitCode).collect(),
    }
}
