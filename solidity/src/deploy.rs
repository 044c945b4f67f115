//! What is sent to a chain: init code with its constructor's arguments.

use alloy_primitives::{Address, B256, U256, hex};
use alloy_sol_types::SolValue;
use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};

use crate::artifact::Artifact;
use crate::error::RenderError;
#[cfg(feature = "halo2")]
use crate::halo2::Halo2ContractKey;
use crate::key::ContractKey;
use crate::key_contract::{KeyContract, Word};
use crate::model::StatementContract;
#[cfg(feature = "halo2")]
use crate::source::HALO2_VERIFIER;
use crate::source::KEYED_VERIFIER;

/// A contract ready to deploy. Serialized, bytes are `0x` and hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// Name of the contract; it ends in `INSECURE` if one machine made the key.
    pub contract: String,
    /// The id of the statement.
    pub statement: String,
    /// Whether one machine made the key.
    pub insecure: bool,
    /// What `KEY_ID()` will return.
    pub key_id: String,
    /// What `TRANSCRIPT()` will return: the digest of the transcript of the ceremony that made the key, or zeros.
    pub transcript: String,
    /// keccak256 of the code that the contract will have: what a router is told to expect, and an explorer shows.
    pub code_hash: String,
    /// The constructor's arguments, ABI-encoded: what explorers ask for.
    #[serde(with = "crate::hex_bytes")]
    pub constructor_arguments: Vec<u8>,
    /// Init code and arguments: the data of the transaction that deploys.
    #[serde(with = "crate::hex_bytes")]
    pub bytecode: Vec<u8>,
}

impl Deployment {
    /// The verifier of the key's statement, with this key.
    ///
    /// # Errors
    /// [`RenderError::UnknownStatement`] if no compiled contract of the statement is checked in.
    pub fn verifier(key: &ContractKey) -> Result<Self, RenderError> {
        let contract = StatementContract::named(key.statement())?;
        let words: Vec<U256> = key.words().iter().map(|word| U256::from_be_bytes(*word)).collect();
        // In the order in which the template declares them.
        let said = [flag(key.is_insecure()), key.statement_id(), key.id(), key.transcript()];
        let immutables = [&said[..], key.words()].concat();
        Ok(Self::new(
            contract.verifier(key.is_insecure()),
            key,
            &Artifact::of(&contract)?,
            &immutables,
            verifier_arguments(key.statement(), &words, key.origin().word()),
        ))
    }

    /// The verifier of every statement, for the key that [`KeyContract::code_init`] deployed at `address`.
    pub fn keyed(key: &ContractKey, address: [u8; 20]) -> Self {
        let immutables = [&keyed_immutables(key, address)[..], &[key.transcript()]].concat();
        let arguments = keyed_arguments(key, address);
        Self::new(KEYED_VERIFIER.to_owned(), key, &Artifact::keyed(), &immutables, arguments)
    }

    /// The verifier of halo2, for the key whose contract is deployed at `address`.
    #[cfg(feature = "halo2")]
    pub fn halo2(key: &Halo2ContractKey, address: [u8; 20]) -> Self {
        let immutables = [&keyed_immutables(key, address)[..], &key.domain()].concat();
        let arguments = keyed_arguments(key, address);
        Self::new(HALO2_VERIFIER.to_owned(), key, &Artifact::halo2(), &immutables, arguments)
    }

    fn new(
        contract: String,
        key: &KeyContract,
        artifact: &Artifact,
        immutables: &[Word],
        arguments: Vec<u8>,
    ) -> Self {
        Deployment {
            contract,
            statement: key.statement().to_owned(),
            insecure: key.is_insecure(),
            key_id: hex::encode_prefixed(key.id()),
            transcript: hex::encode_prefixed(key.transcript()),
            code_hash: hex::encode_prefixed(artifact.code_hash(immutables)),
            bytecode: [&artifact.init_code[..], &arguments].concat(),
            constructor_arguments: arguments,
        }
    }
}

/// What a verifier of every statement holds of its key, in the order in which the contracts declare them.
fn keyed_immutables(key: &KeyContract, address: [u8; 20]) -> [Word; 7] {
    let title: Vec<&str> = key.statement().splitn(3, '/').take(2).collect();
    [
        Address::from(address).into_word().0,
        key.code_hash(),
        flag(key.is_insecure()),
        key.statement_id(),
        key.id(),
        Keccak256::digest(title.join("/")).into(),
        U256::from(key.public_inputs()).to_be_bytes(),
    ]
}

/// The arguments of its constructor.
fn keyed_arguments(key: &KeyContract, address: [u8; 20]) -> Vec<u8> {
    (Address::from(address), B256::from(key.code_hash()), key.statement().to_owned()).abi_encode_params()
}

/// A `bool` as the EVM holds it.
fn flag(value: bool) -> Word {
    U256::from(u8::from(value)).to_be_bytes()
}

/// The key contract of the keyed verifier, ready to deploy. Serialized, bytes are `0x` and hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyDeployment {
    /// The id of the statement.
    pub statement: String,
    /// Whether one machine made the key.
    pub insecure: bool,
    /// What `KEY_ID()` of the verifier will return.
    pub key_id: String,
    /// What `TRANSCRIPT()` of the verifier will return.
    pub transcript: String,
    /// keccak256 of the code: what the verifier pins.
    pub code_hash: String,
    /// The code that the key contract will have: it holds the key and does nothing.
    #[serde(with = "crate::hex_bytes")]
    pub code: Vec<u8>,
    /// Init code: the data of the transaction that deploys.
    #[serde(with = "crate::hex_bytes")]
    pub bytecode: Vec<u8>,
}

impl KeyDeployment {
    /// The contract that holds the key. [`Deployment::keyed`] takes its address.
    pub fn new(key: &KeyContract) -> Self {
        KeyDeployment {
            statement: key.statement().to_owned(),
            insecure: key.is_insecure(),
            key_id: hex::encode_prefixed(key.id()),
            transcript: hex::encode_prefixed(key.transcript()),
            code_hash: hex::encode_prefixed(key.code_hash()),
            code: key.code(),
            bytecode: key.code_init(),
        }
    }
}

/// `(string, uint256[n], bytes32)`, where n differs by statement: the head is the offset of the text, the words of the key in
/// place, and who made it (Solidity documentation, "Formal Specification of the Encoding").
fn verifier_arguments(statement: &str, words: &[U256], origin: Word) -> Vec<u8> {
    let head = 32 * (words.len() + 2);
    let text = statement.abi_encode();
    // A text alone encodes as the offset 32 and its tail.
    let tail = &text[32..];
    let mut arguments = U256::from(head).abi_encode();
    words.iter().for_each(|word| arguments.extend(word.abi_encode()));
    arguments.extend(origin);
    arguments.extend(tail);
    arguments
}
