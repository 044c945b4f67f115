//! What a report shows of a proof file, of whichever proof system.

use serde_json::Value;
use zksensor_model::field::Fr;
use zksensor_model::known::AnyClaim;
use zksensor_verifier::Proof;

use crate::files::{FileProof, ProofFile};

/// The public half of a proof, as its file has it.
#[derive(Debug, Clone)]
pub(super) struct Proven {
    pub(super) statement: AnyClaim,
    pub(super) words: Vec<Fr>,
    pub(super) fields: Vec<(&'static str, Value)>,
    pub(super) key_id: String,
    pub(super) insecure: bool,
    /// As `0x` and digits.
    pub(super) hex: String,
    /// The file.
    pub(super) json: String,
    /// Whether the page has a verifier of it.
    pub(super) system: System,
}

/// Of which proof system it is, as far as a page is concerned.
#[derive(Debug, Clone)]
pub(super) enum System {
    /// That of the page's verifier, with the bytes that it takes.
    Groth16(Vec<u8>),
    /// Another one, and whether the proof was verified when the page was made.
    Other { verified: bool },
}

impl Proven {
    /// That of Groth16.
    pub(super) fn groth16(file: &ProofFile<Proof>) -> Proven {
        Proven::of(file, System::Groth16(file.proof().to_bytes().to_vec()))
    }

    pub(super) fn of<P: FileProof>(file: &ProofFile<P>, system: System) -> Proven {
        Proven {
            statement: file.statement().clone(),
            words: file.words().to_vec(),
            fields: file.fields(),
            key_id: file.key_id().to_owned(),
            insecure: file.is_insecure(),
            hex: file.proof().to_hex(),
            json: file.to_json(),
            system,
        }
    }
}
