//! Who a bearer token belongs to. Secrets are compared as hashes, in constant time.

use super::callers::Shown;
use crate::domain::access::{Scope, Token};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A caller that has shown a good token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The token.
    pub token: Token,
    /// What it may see.
    pub scope: Scope,
    /// The stamp under which this was found.
    pub stamp: String,
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Whether a request shows the secret of a token that is good on its day.
#[must_use]
pub fn shows_good_token(shown: &Shown, token: &Token) -> bool {
    let same: bool = sha256_hex(shown.secret.as_bytes()).as_bytes().ct_eq(token.secret_sha256.as_bytes()).into();
    same && token.is_good(shown.today)
}
