//! Why a proof, a key or public inputs are refused. Nothing here is secret.

use zksensor_model::claim::StatementId;
use zksensor_verifier::PointError;

/// Why bytes or text are not a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The bytes are as many as a proof of Groth16 has.
    #[error(
        "expected a proof of halo2, got 256 bytes, which a proof of groth16 has; verify it with a key of groth16"
    )]
    Groth16,
    /// No proof has this length.
    #[error(
        "expected a proof of words of 32 bytes, at most {most} bytes, got {got} bytes; pass the proof alone"
    )]
    Words {
        /// The most bytes of any proof.
        most: usize,
        /// Bytes that came.
        got: usize,
    },
    /// Another number of bytes than proofs under this key have.
    #[error(
        "expected a proof of {wanted} bytes, got {got}; it is of another statement, or was cut or added to"
    )]
    Length {
        /// Bytes of a proof under the key.
        wanted: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The text is not `0x` and two hexadecimal digits for each byte.
    #[error(
        "expected `0x` and two hexadecimal digits for each byte of a proof, got a text of {got} bytes that is not"
    )]
    Hex {
        /// Length of the text that came, in bytes.
        got: usize,
    },
    /// There is no point of a proof where one has to be.
    #[error("the point at byte {offset} of the proof {reason}; the proof was altered, or is not of this key")]
    Point {
        /// Where it begins.
        offset: usize,
        /// What is wrong with it.
        #[source]
        reason: PointError,
    },
    /// A number of the proof is not below r.
    #[error(
        "the number at byte {offset} of the proof is not below the scalar modulus; the proof was altered"
    )]
    NotCanonical {
        /// Where it begins.
        offset: usize,
    },
}

/// Why bytes or points are not a verifying key that anybody should trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes do not begin as a verifying key does.
    #[error(
        "expected a zksensor verifying key of halo2, got bytes that do not begin like one; is it a proving key or a proof?"
    )]
    Magic,
    /// The bytes are a verifying key of the other proof system.
    #[error(
        "expected a verifying key of halo2, got one of groth16; make a key of this backend, or verify with the other one"
    )]
    Groth16,
    /// The text is not `0x` and two hexadecimal digits for each byte.
    #[error(
        "expected a verifying key as `0x` and two hexadecimal digits for each byte, got a text of {got} bytes that is not"
    )]
    Hex {
        /// Length of the text that came, in bytes.
        got: usize,
    },
    /// An encoding that this release does not know.
    #[error(
        "expected version {wanted} of the encoding of a halo2 verifying key, got {got}, whose table is another; make the key anew from the same parameters, or use the release that wrote it"
    )]
    Version {
        /// The version of this release.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// The setup flag is neither 0 nor 1.
    #[error("expected 0 or 1 where the key says whether its setup was insecure, got {got}")]
    Flag {
        /// The byte that came.
        got: u8,
    },
    /// Truncated, or followed by other bytes.
    #[error("expected a verifying key of {wanted} bytes by its header, got {got}; it was cut or added to")]
    Length {
        /// Bytes that the header announces, or the least that there are of any.
        wanted: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The bytes are not those that were written.
    #[error("the digest at the end of the key is not that of its bytes; the file is corrupt, fetch it again")]
    Digest,
    /// The statement's id does not read like one.
    #[error("expected a statement id such as `aggregate/v2/64x32x3`, got `{got}`")]
    StatementId {
        /// The text that came, escaped.
        got: String,
    },
    /// No table has so many rows.
    #[error(
        "expected the binary logarithm of the rows to be {least} to {most}, got {got}; do not use this key"
    )]
    Rows {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// What came.
        got: u8,
    },
    /// Another number of commitments than a table has.
    #[error("a key has {wanted} {what}, got {got}; it is of another table")]
    Commitments {
        /// Which ones.
        what: &'static str,
        /// What a table has.
        wanted: usize,
        /// What came.
        got: usize,
    },
    /// More public inputs than there are rows.
    #[error("expected at most {most} public inputs, got {got}; do not use this key")]
    PublicInputs {
        /// What a column holds.
        most: usize,
        /// What came.
        got: u32,
    },
    /// An element is not a point that a key may hold.
    #[error("point {index} of the key {reason}; do not use this key")]
    Point {
        /// Which one: that of G2 is 0, and commitments follow.
        index: usize,
        /// What is wrong with it.
        #[source]
        reason: PointError,
    },
    /// s is 1 or -1: anybody opens any commitment as they like.
    #[error(
        "the secret of the key's parameters is 1 or -1, so anyone can forge; the setup has no contribution"
    )]
    KnownSecret,
}

/// Why a claim was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The key was made for another statement, version or shape.
    #[error("the key is for {key}, the statement is {statement}; load the key of the statement")]
    KeyMismatch {
        /// Id in the key.
        key: Box<StatementId>,
        /// Id of the statement.
        statement: Box<StatementId>,
    },
    /// The key takes another number of public inputs than the statement's layout.
    #[error("the key takes {key} public inputs, the layout of {statement} has {layout}; make the key anew")]
    KeyInputs {
        /// Id of the statement.
        statement: StatementId,
        /// Public inputs of the key.
        key: usize,
        /// Words of the layout.
        layout: usize,
    },
    /// The bytes are not a proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The public inputs are refused, as of any proof system.
    #[error(transparent)]
    Inputs(#[from] zksensor_verifier::VerifyError),
    /// The argument does not hold.
    #[error(
        "the proof does not show this statement for these public inputs; compare the key, the inputs and the proof"
    )]
    Rejected,
    /// A batch without a proof shows nothing.
    #[error("expected at least one proof in the batch, got none")]
    EmptyBatch,
    /// One item of a batch is refused by itself: its public inputs, the bytes of its proof.
    #[error("item {item} of the batch: {reason}")]
    BatchItem {
        /// Index of the item.
        item: usize,
        /// What is wrong with it.
        #[source]
        reason: Box<VerifyError>,
    },
    /// At least one proof of a batch does not hold.
    #[error("at least one of the {proofs} proofs does not hold; verify them one by one to find which")]
    BatchRejected {
        /// Proofs in the batch.
        proofs: usize,
    },
}
