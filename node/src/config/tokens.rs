//! Who may send: names, and the SHA-256 of a bearer token of each.
//!
//! ```text
//! # name   SHA-256 of the token, as `printf %s "$TOKEN" | sha256sum` prints it
//! gateway-1 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! ```
//!
//! A token is 32 random bytes or more in some text: a hash of what nobody can guess needs no salt and no slowness.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use sha2::{Digest, Sha256};
use thiserror::Error;
use zksensor::files::{self, FileError, Kind};
use zksensor::hex;

/// The most tokens.
const MOST: usize = 10_000;

/// Names and hashes of tokens. `Debug` shows how many there are.
#[derive(Clone, Default)]
pub struct Tokens(HashMap<[u8; 32], usize>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

/// Why a text is no list of tokens.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokensError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A line.
    #[error(
        "line {line}: expected a name and the SHA-256 of its token, 64 hexadecimal digits, got something else"
    )]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// A name or a token that was there before.
    #[error("line {line}: expected a name and a token of its own, got one that an earlier line has")]
    Twice {
        /// Its number, from 1.
        line: usize,
    },
    /// None, or too many.
    #[error("expected 1 to {MOST} tokens, got {got}")]
    Count {
        /// How many.
        got: usize,
    },
}

impl Tokens {
    /// The tokens in a file.
    ///
    /// # Errors
    /// [`TokensError`].
    pub fn load(path: &Path) -> Result<Tokens, TokensError> {
        Tokens::parse(&files::read_text(path, Kind::Policy)?)
    }

    /// The tokens in a text.
    ///
    /// # Errors
    /// [`TokensError`] except [`TokensError::File`].
    pub fn parse(text: &str) -> Result<Tokens, TokensError> {
        let (mut names, mut tokens) = (BTreeSet::new(), HashMap::new());
        for (index, line) in text.lines().enumerate() {
            let (line, number) = (line.trim(), index + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = TokensError::Line { line: number };
            let mut parts = line.split_whitespace();
            let (Some(name), Some(hash), None) = (parts.next(), parts.next(), parts.next()) else {
                return Err(wrong);
            };
            let Ok(hash) = hex::parse::<32>(&format!("0x{hash}")) else { return Err(wrong) };
            let place = tokens.len();
            if !names.insert(name) || tokens.insert(hash, place).is_some() {
                return Err(TokensError::Twice { line: number });
            }
        }
        match tokens.len() {
            1..=MOST => Ok(Tokens(tokens)),
            got => Err(TokensError::Count { got }),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The index of the one whose token this is. What its time says, it says of hashes, and nobody can choose a token by its hash: it is looked
    /// up, so that a request costs as much with one token as with all that there may be.
    pub fn of(&self, token: &[u8]) -> Option<usize> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.0.get(&hash).copied()
    }
}
