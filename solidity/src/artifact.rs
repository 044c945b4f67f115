//! Compiled contracts, checked in: deploying one needs no compiler.

use alloy_primitives::hex;
use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};
use zksensor_model::known::FAMILIES;

use crate::error::RenderError;
use crate::key_contract::Word;
use crate::model::StatementContract;
use crate::source::{self, Sources};

/// The compiler of the checked-in contracts.
pub const COMPILER: &str = "0.8.37";

/// A compiled contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Artifact {
    /// Its name.
    pub contract: String,
    /// Version of solc.
    pub compiler: String,
    /// keccak256 of the standard JSON that was compiled: shows, without a compiler, that the sources are still those.
    pub source_digest: String,
    /// The deployed code, with zeros in place of the immutables.
    #[serde(with = "crate::hex_bytes")]
    pub runtime_code: Vec<u8>,
    /// Where the 32 bytes of each immutable go in it, in the order of declaration.
    pub immutables: Vec<Vec<usize>>,
    /// Init code, before the constructor's arguments.
    #[serde(with = "crate::hex_bytes")]
    pub init_code: Vec<u8>,
}

macro_rules! checked_in {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// The checked-in artifacts of the statements, in the order of the list.
        const STATEMENTS: &[&str] = &[$(
            include_str!(concat!("../artifacts/", $title, "V", $version, "Groth16Verifier.json")),
        )*];
    };
}
zksensor_model::statements!(checked_in);
const HALO2: &str = include_str!("../artifacts/KeyedHalo2Verifier.json");
const KEYED: &str = include_str!("../artifacts/KeyedGroth16Verifier.json");

impl Artifact {
    /// The checked-in verifier of a statement.
    ///
    /// # Errors
    /// [`RenderError::UnknownStatement`] if there is none.
    pub fn of(contract: &StatementContract) -> Result<Self, RenderError> {
        let title = contract.title();
        let known = FAMILIES.iter().zip(STATEMENTS).find(|(known, _)| known.title() == title);
        let (_, text) = known.ok_or(RenderError::UnknownStatement { got: title })?;
        Ok(parse(text))
    }

    /// The checked-in verifier of every statement.
    pub fn keyed() -> Self {
        parse(KEYED)
    }

    /// The checked-in verifier of halo2.
    pub fn halo2() -> Self {
        parse(HALO2)
    }

    /// The artifact of compiled sources.
    pub fn new(
        sources: &Sources,
        init_code: Vec<u8>,
        runtime_code: Vec<u8>,
        immutables: Vec<Vec<usize>>,
    ) -> Self {
        Artifact {
            contract: sources.contract().to_owned(),
            compiler: COMPILER.to_owned(),
            source_digest: digest(sources),
            runtime_code,
            immutables,
            init_code,
        }
    }

    /// keccak256 of the deployed code with these immutables, in the order of declaration: what `EXTCODEHASH` will read.
    pub(crate) fn code_hash(&self, immutables: &[Word]) -> Word {
        assert_eq!(immutables.len(), self.immutables.len(), "immutables of {}", self.contract);
        let mut code = self.runtime_code.clone();
        for (value, places) in immutables.iter().zip(&self.immutables) {
            for &place in places {
                code[place..place + value.len()].copy_from_slice(value);
            }
        }
        Keccak256::digest(code).into()
    }

    /// Whether the sources are those that were compiled.
    pub fn is_of(&self, sources: &Sources) -> bool {
        self.source_digest == digest(sources) && self.contract == sources.contract()
    }
}

pub(crate) fn parse(text: &str) -> Artifact {
    serde_json::from_str(text).expect("a checked-in artifact reads back; a test reads each")
}

fn digest(sources: &Sources) -> String {
    let json = serde_json::to_vec(&source::standard_json(sources)).expect("maps with text keys");
    hex::encode_prefixed(Keccak256::digest(json))
}
