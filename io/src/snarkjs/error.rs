//! Why a file of snarkjs is refused.

use std::fmt;

use zksensor_verifier::{KeyError, ProofError};

/// Where in a file: a member, and the indices of the arrays in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPath {
    /// The member; `public` for the list in public.json.
    pub field: &'static str,
    /// Indices from 0, outermost first.
    pub index: Vec<usize>,
}

impl MemberPath {
    pub(super) fn new(field: &'static str, index: &[usize]) -> MemberPath {
        MemberPath { field, index: index.to_vec() }
    }

    /// An item of the array that is here.
    pub(super) fn at(&self, index: usize) -> MemberPath {
        MemberPath { field: self.field, index: [&self.index[..], &[index]].concat() }
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        self.index.iter().try_for_each(|index| write!(f, "[{index}]"))
    }
}

/// Why a file is not one of snarkjs, or holds what nobody should accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnarkjsError {
    /// Not JSON, or not of the file's form.
    #[error("expected a file as snarkjs writes it, but line {line}, column {column}: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there, cut to 200 characters.
        reason: String,
    },
    /// Text in another encoding than UTF-8.
    #[error("expected a file as snarkjs writes it, in UTF-8, got UTF-16; save it as UTF-8")]
    Encoding,
    /// Another proof system or curve.
    #[error("`{field}`: expected `{wanted}`, got `{got}`")]
    Named {
        /// The member.
        field: &'static str,
        /// What it has to be.
        wanted: &'static str,
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// A number that is not written as a decimal integer.
    #[error(
        "`{place}`: expected decimal digits without sign or leading zero, got a text of {length} bytes that is not"
    )]
    NotDecimal {
        /// Where.
        place: MemberPath,
        /// Length of the text that came, in bytes.
        length: usize,
    },
    /// A number that is not below its modulus.
    #[error("`{place}`: expected a number below {modulus}, got one that is not; it was altered")]
    NotCanonical {
        /// Where.
        place: MemberPath,
        /// Which modulus.
        modulus: &'static str,
    },
    /// A point in projective coordinates, or at infinity.
    #[error(
        "`{place}`: expected 1 as the last coordinate of a point, got something else; is it the point at infinity?"
    )]
    NotAffine {
        /// Where.
        place: MemberPath,
    },
    /// `nPublic` and the list of points do not agree.
    #[error("`IC`: expected one point more than `nPublic`, which is {announced}, got {points}")]
    Count {
        /// `nPublic`.
        announced: u64,
        /// Points that came.
        points: usize,
    },
    /// The pairing in the key is not that of its elements.
    #[error(
        "`vk_alphabeta_12`: expected the pairing of vk_alpha_1 and vk_beta_2, got something else; do not use this key"
    )]
    AlphaBeta,
    /// The key is unfit.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The proof is none.
    #[error(transparent)]
    Proof(#[from] ProofError),
}
