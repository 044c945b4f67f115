//! What a contract reverted with, in words.

use std::fmt;

use alloy_primitives::hex;
use alloy_sol_types::{Panic, SolError, SolInterface};

use crate::TestChains;
use crate::abi::IStatementVerifier::{IStatementVerifierErrors as Errors, KeyFault};
use crate::feed;

/// Decoded revert data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revert {
    /// No data: the ABI decoder refused the calldata, or a call ran out of gas.
    Empty,
    /// `Error(string)`.
    Message(String),
    /// `Panic(uint256)`, by its code (Solidity documentation, "Panic via assert and Error via require").
    Panic(u64),
    /// An error of `IStatementVerifier`: its name and what it says.
    Verifier {
        /// The error's name, such as `ProofRejected`.
        name: &'static str,
        /// What was wanted, what came, what to do.
        meaning: String,
    },
    /// An error of router, registry, feed or what reads it: its name and what it says.
    State {
        /// The error's name, such as `WindowShut`.
        name: &'static str,
        /// What was wanted, what came, what to do.
        meaning: String,
    },
    /// An error of another contract.
    Unknown(Vec<u8>),
}

impl Revert {
    /// What the data mean.
    pub fn decode(data: &[u8]) -> Self {
        if data.is_empty() {
            return Revert::Empty;
        }
        if let Ok(error) = Errors::abi_decode_validate(data) {
            let (name, meaning) = describe(&error);
            return Revert::Verifier { name, meaning };
        }
        if let Some((name, meaning)) = feed::decode(data) {
            return Revert::State { name, meaning };
        }
        if let Ok(error) = alloy_sol_types::Revert::abi_decode_validate(data) {
            return Revert::Message(error.reason);
        }
        if let Ok(error) = Panic::abi_decode_validate(data) {
            return Revert::Panic(error.code.saturating_to());
        }
        Revert::Unknown(data.to_vec())
    }

    /// The name of the error, if it is one of this project's contracts.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Revert::Verifier { name, .. } | Revert::State { name, .. } => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Revert::Empty => f.write_str(
                "no data: the calldata stop short of their ABI encoding, or a call ran out of gas",
            ),
            Revert::Message(reason) => write!(f, "Error(\"{}\")", reason.escape_debug()),
            Revert::Panic(code) => write!(f, "Panic({code:#x})"),
            Revert::Verifier { name, meaning } | Revert::State { name, meaning } => {
                write!(f, "{name}: {meaning}")
            }
            Revert::Unknown(data) => {
                let shown = &data[..data.len().min(SHOWN_BYTES)];
                write!(
                    f,
                    "an error of another contract, {} bytes: {}",
                    data.len(),
                    hex::encode_prefixed(shown)
                )
            }
        }
    }
}

/// Bytes of unknown revert data that are shown.
const SHOWN_BYTES: usize = 68;

const PAIRING_REFUSED: &str = "a proof has a point that is not canonical, off its curve or of another order, or there was too little gas";
const PROOF_REJECTED: &str = "the proof does not hold for these public inputs";
const BATCH_REJECTED: &str = "at least one proof does not hold; verify them one by one";

fn describe(error: &Errors) -> (&'static str, String) {
    match error {
        Errors::CalldataLength(e) => (
            "CalldataLength",
            format!(
                "expected {} bytes of calldata, got {}; encode the two arguments and nothing more",
                e.wanted, e.came
            ),
        ),
        Errors::CalldataOffset(e) => (
            "CalldataOffset",
            format!(
                "expected an argument to start at byte {} of calldata, it starts at {}; encode proof and inputs in their order",
                e.wanted, e.came
            ),
        ),
        Errors::ProofLength(e) => {
            ("ProofLength", format!("expected {} bytes of proof, got {}", e.wanted, e.came))
        }
        Errors::InputCount(e) => {
            ("InputCount", format!("expected {} public inputs, got {}", e.wanted, e.came))
        }
        Errors::InputNotCanonical(e) => (
            "InputNotCanonical",
            format!("public input {} is {:#x}, expected a value below r", e.index, e.value),
        ),
        Errors::BatchEmpty(_) => ("BatchEmpty", String::from("expected at least one proof")),
        Errors::ElementInvalid(e) => (
            "ElementInvalid",
            format!(
                "the number at byte {} of the proof is r or more, or the point there is at infinity",
                e.offset
            ),
        ),
        Errors::PairingRefused(_) => ("PairingRefused", PAIRING_REFUSED.to_owned()),
        Errors::ProofRejected(_) => ("ProofRejected", PROOF_REJECTED.to_owned()),
        Errors::BatchRejected(_) => ("BatchRejected", BATCH_REJECTED.to_owned()),
        Errors::FieldOutOfRange(e) => (
            "FieldOutOfRange",
            format!(
                "`{}` packs to {:#x}, expected a value below {:#x}",
                e.field.escape_debug(),
                e.value,
                e.limit
            ),
        ),
        Errors::KeyInvalid(e) => {
            ("KeyInvalid", format!("the element at word {} of the key {}", e.word, fault(e.fault)))
        }
        Errors::StatementMismatch(e) => (
            "StatementMismatch",
            format!("expected a key of {}, got one of {}", e.wanted.escape_debug(), e.came.escape_debug()),
        ),
        Errors::InsecureKey(e) => (
            "InsecureKey",
            format!(
                "one machine made the key, and whoever ran that setup can forge; use a ceremony's key on chain {}, or a test chain ({TestChains})",
                e.chainId
            ),
        ),
        Errors::KeyCodeHash(e) => {
            ("KeyCodeHash", format!("expected a key whose code hashes to {}, got {}", e.wanted, e.came))
        }
        Errors::KeyCodeMalformed(e) => {
            ("KeyCodeMalformed", format!("{} bytes of code are not a key of the statement", e.size))
        }
    }
}

fn fault(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Identity => "is the identity",
        KeyFault::NotInGroup => "is not canonical, off its curve or of another order",
        KeyFault::Generator => "is the generator: a setup without a contribution",
        KeyFault::Related => "equals another of beta, gamma and delta, up to sign: anybody could forge",
        KeyFault::Repeated => "equals another point of IC, up to sign: inputs could be exchanged",
        KeyFault::__Invalid => "is unfit",
    }
}
