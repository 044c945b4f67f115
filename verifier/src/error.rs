//! Why a proof, a key or public inputs are refused. Nothing here is secret.

use std::fmt;

use zksensor_model::claim::StatementId;
use zksensor_model::layout::InputError;

/// Why coordinates are not a point that a proof or a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PointError {
    /// A coordinate is not below the modulus q of the base field.
    #[error("has a coordinate that is not below the base field's modulus")]
    NotCanonical,
    /// The curve's equation does not hold.
    #[error("is not on the curve")]
    NotOnCurve,
    /// A point of the twist whose order is not r.
    #[error("is outside the subgroup of prime order")]
    NotInSubgroup,
    /// The point at infinity, which no honest proof or key holds.
    #[error("is the point at infinity")]
    Identity,
}

/// An element of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofElement {
    /// A, in G1.
    A,
    /// B, in G2.
    B,
    /// C, in G1.
    C,
}

impl fmt::Display for ProofElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProofElement::A => "A",
            ProofElement::B => "B",
            ProofElement::C => "C",
        })
    }
}

/// Why bytes, text or points are not a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Another number of bytes.
    #[error("expected a proof of {wanted} bytes, got {got}; pass the proof alone, uncompressed")]
    Length {
        /// Bytes of a proof.
        wanted: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The text is not `0x` and two hexadecimal digits for each byte.
    #[error("expected `0x` and {wanted} hexadecimal digits, got a text of {got} bytes that is not")]
    Hex {
        /// Digits of a proof.
        wanted: usize,
        /// Length of the text that came, in bytes.
        got: usize,
    },
    /// The bytes are a proof as arkworks serializes it, compressed or not.
    #[error(
        "expected a proof as the EVM takes it, big-endian and uncompressed, got one of {got} bytes as arkworks serializes it, \
         little-endian; read it with arkworks and pass its points to `Proof::new`"
    )]
    Arkworks {
        /// Bytes that came.
        got: usize,
    },
    /// An element is not a point that a proof may hold.
    #[error("proof element {element} {reason}; the proof was altered, or is not of this curve")]
    Point {
        /// Which element.
        element: ProofElement,
        /// What is wrong with it.
        #[source]
        reason: PointError,
    },
}

/// An element of a verifying key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyElement {
    /// alpha, in G1.
    Alpha,
    /// beta, in G2.
    Beta,
    /// gamma, in G2.
    Gamma,
    /// delta, in G2.
    Delta,
    /// The point of a public input, in G1: 0 is that of the constant one, i + 1 that of public input i.
    Ic(usize),
}

impl fmt::Display for KeyElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyElement::Alpha => f.write_str("alpha"),
            KeyElement::Beta => f.write_str("beta"),
            KeyElement::Gamma => f.write_str("gamma"),
            KeyElement::Delta => f.write_str("delta"),
            KeyElement::Ic(index) => write!(f, "IC[{index}]"),
        }
    }
}

/// Why bytes or points are not a verifying key that anybody should trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes do not begin as a verifying key does.
    #[error(
        "expected a zksensor verifying key, got bytes that do not begin like one; is it a proving key or a proof?"
    )]
    Magic,
    /// The bytes are a verifying key of the other proof system.
    #[error(
        "expected a verifying key of groth16, got one of halo2; make a key of this backend, or verify with the other one"
    )]
    Halo2,
    /// The bytes are a verifying key as arkworks serializes it, compressed or not.
    #[error(
        "expected a zksensor verifying key, got one as arkworks serializes it, little-endian and without its statement; read it \
         with arkworks and pass its points to `VerifyingKey::new`"
    )]
    Arkworks,
    /// The text is not `0x` and two hexadecimal digits for each byte.
    #[error(
        "expected a verifying key as `0x` and two hexadecimal digits for each byte, got a text of {got} bytes that is not"
    )]
    Hex {
        /// Length of the text that came, in bytes.
        got: usize,
    },
    /// Text that is no id of a key.
    #[error(
        "expected the id of a key as `0x` and 64 lower-case hexadecimal digits, after `INSECURE-` if it is insecure, got `{got}`"
    )]
    KeyId {
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// An encoding that this release does not know.
    #[error("expected version {wanted} of the key encoding, got {got}; use the release that wrote it")]
    Version {
        /// The version of this release.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// The setup flag is neither 0, 1 nor 2.
    #[error("expected 0, 1 or 2 where the key says how it was made, got {got}")]
    Flag {
        /// The byte that came.
        got: u8,
    },
    /// It says that it is of a ceremony, and that nobody contributed.
    #[error("expected at least one contribution of a key of a ceremony, got 0")]
    NoContribution,
    /// Truncated, or followed by other bytes.
    #[error("expected a verifying key of {wanted} bytes by its header, got {got}; it was cut or added to")]
    Length {
        /// Bytes that the header announces.
        wanted: u64,
        /// Bytes that came.
        got: u64,
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
    /// There is no IC point at all, or more than an encoding can count.
    #[error("expected one IC point more than public inputs, got {got} IC points")]
    IcCount {
        /// IC points that came.
        got: usize,
    },
    /// An element is not a point that a key may hold.
    #[error("key element {element} {reason}; do not use this key")]
    Point {
        /// Which element.
        element: KeyElement,
        /// What is wrong with it.
        #[source]
        reason: PointError,
    },
    /// Two of beta, gamma and delta are equal up to sign: anyone can forge.
    #[error(
        "{first} and {second} of the key are equal up to sign, so anyone can forge; the setup was not finished"
    )]
    Related {
        /// One element.
        first: KeyElement,
        /// The other.
        second: KeyElement,
    },
    /// An element is the group's generator up to sign: nobody contributed to that secret.
    #[error(
        "{element} of the key is the generator up to sign, so its secret is known; the setup has no contribution"
    )]
    Generator {
        /// Which element.
        element: KeyElement,
    },
    /// Two IC points are equal up to sign: the inputs that they stand for can be exchanged.
    #[error(
        "IC[{first}] and IC[{second}] of the key are equal up to sign, so public inputs are not bound; do not use it"
    )]
    IcRepeated {
        /// Index of one.
        first: usize,
        /// Index of the other.
        second: usize,
    },
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
    /// The bytes or points are not a proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Another number of public inputs.
    #[error("expected {wanted} public inputs, got {got}")]
    InputCount {
        /// What the statement has.
        wanted: usize,
        /// What came.
        got: usize,
    },
    /// The public inputs take another number of bytes.
    #[error("expected {wanted} bytes of public inputs, 32 for each, got {got}")]
    InputLength {
        /// What the statement's inputs take.
        wanted: usize,
        /// What came.
        got: usize,
    },
    /// A public input is not below r.
    #[error("public input {input} is {value}, which is not below the scalar modulus; it was altered")]
    NotCanonical {
        /// Index of the word.
        input: usize,
        /// The value, hexadecimal.
        value: String,
    },
    /// The public inputs are none of the statement's.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// The words stand for inputs whose own packing is different.
    #[error(
        "public input {input} is not what its typed fields pack to; there must be one packing of each meaning"
    )]
    Ambiguous {
        /// Index of the first word that differs.
        input: usize,
    },
    /// The pairing equation does not hold.
    #[error(
        "the proof does not show this statement for these public inputs; compare the key, the inputs and the proof"
    )]
    Rejected,
    /// A batch without a proof shows nothing.
    #[error("expected at least one proof in the batch, got none")]
    EmptyBatch,
    /// The public inputs of one item of a batch are refused.
    #[error("item {item} of the batch: {reason}")]
    BatchInputs {
        /// Index of the item.
        item: usize,
        /// What is wrong with its public inputs.
        #[source]
        reason: Box<VerifyError>,
    },
    /// At least one proof of a batch does not hold.
    #[error("at least one of the {proofs} proofs does not hold; verify them one by one to find which")]
    BatchRejected {
        /// Proofs in the batch.
        proofs: usize,
    },
    /// The random source gave 128 zero bits.
    #[error("the random source returned 128 zero bits, so it is broken; use the system's")]
    Randomness,
}
