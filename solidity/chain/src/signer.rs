//! Who signs: a key from a keystore or the environment, or somebody else who has it.
//!
//! A key never is an argument of a command, which everybody on the machine can read, and never in an error, in `Debug` or in a file of this
//! crate's.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address as AlloyAddress, B256, Bytes, U64, U256};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;
use zksensor_model::hex;
use zksensor_solidity::Address;

use crate::error::ChainError;
use crate::http::Endpoint;
use crate::keystore;
use crate::rpc::{self, Outcome};

/// The variable of the environment that may have a key.
pub const KEY_VARIABLE: &str = "ZKSENSOR_PRIVATE_KEY";
const OF_KEYSTORE: &str = "a keystore with a key of secp256k1";

/// Who signs for an account. Clones are the same signer.
#[derive(Clone)]
pub struct Signer(Arc<Kind>);

enum Kind {
    Local(PrivateKeySigner),
    Remote { endpoint: Endpoint, account: AlloyAddress },
}

/// The account, and not the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.address())
    }
}

/// A signed transaction.
pub(crate) struct Signed {
    pub(crate) raw: Bytes,
    pub(crate) hash: B256,
}

/// What signers answer: the bytes alone (Web3Signer), or in an object (geth, clef).
#[derive(Deserialize)]
#[serde(untagged)]
enum Raw {
    Bytes(Bytes),
    Object { raw: Bytes },
}

impl Signer {
    /// The key of a keystore of version 3, as geth and `cast wallet` write them. The password is the first line of the file.
    ///
    /// # Errors
    /// [`ChainError`]; a keystore that takes more than 1 GiB or ten million rounds is refused.
    pub fn of_keystore(keystore: &Path, password_file: &Path) -> Result<Self, ChainError> {
        Self::of_key(&keystore::open(keystore, password_file)?, OF_KEYSTORE)
    }

    /// The same with a password that the caller has, and wipes.
    ///
    /// # Errors
    /// As [`Signer::of_keystore`].
    pub fn of_keystore_with(keystore: &Path, password: &str) -> Result<Self, ChainError> {
        Self::of_key(&keystore::open_with(keystore, password.as_bytes())?, OF_KEYSTORE)
    }

    /// The key in [`KEY_VARIABLE`].
    ///
    /// # Errors
    /// [`ChainError::Secret`] if there is none, or it is no key.
    pub fn of_environment() -> Result<Self, ChainError> {
        const WANTED: &str = "0x and 64 hexadecimal digits in the variable ZKSENSOR_PRIVATE_KEY";
        let text = std::env::var(KEY_VARIABLE).map_err(|_| ChainError::Secret { wanted: WANTED })?;
        let text = Zeroizing::new(text);
        let key = hex::decode::<32>(text.trim()).ok_or(ChainError::Secret { wanted: WANTED })?;
        Self::of_key(&*Zeroizing::new(key), WANTED)
    }

    fn of_key(key: &[u8], wanted: &'static str) -> Result<Self, ChainError> {
        let signer = PrivateKeySigner::from_slice(key).map_err(|_| ChainError::Secret { wanted })?;
        Ok(Signer(Arc::new(Kind::Local(signer))))
    }

    /// Somebody who signs for the account by `eth_signTransaction`: Web3Signer, clef, a node with the key. What comes back is compared
    /// with what was to be signed.
    ///
    /// # Errors
    /// [`ChainError::Url`].
    pub fn remote(url: &str, account: Address, patience: Duration) -> Result<Self, ChainError> {
        let endpoint = Endpoint::new("signer", url, patience)?;
        let account = AlloyAddress::from(account.0);
        Ok(Signer(Arc::new(Kind::Remote { endpoint, account })))
    }

    /// Whose transactions these are.
    pub fn address(&self) -> Address {
        Address(self.account().into_array())
    }

    pub(crate) fn account(&self) -> AlloyAddress {
        match &*self.0 {
            Kind::Local(signer) => signer.address(),
            Kind::Remote { account, .. } => *account,
        }
    }

    pub(crate) async fn sign(&self, transaction: &TxEip1559) -> Result<Signed, ChainError> {
        match &*self.0 {
            Kind::Local(signer) => {
                let signature = signer
                    .sign_hash_sync(&transaction.signature_hash())
                    .map_err(|_| ChainError::Secret { wanted: "a key that signs" })?;
                let envelope = TxEnvelope::from(transaction.clone().into_signed(signature));
                Ok(Signed { raw: envelope.encoded_2718().into(), hash: *envelope.tx_hash() })
            }
            Kind::Remote { endpoint, account } => sign_by(endpoint, *account, transaction).await,
        }
    }
}

/// Has somebody else sign, and looks at what.
async fn sign_by(
    endpoint: &Endpoint,
    account: AlloyAddress,
    transaction: &TxEip1559,
) -> Result<Signed, ChainError> {
    let method = "eth_signTransaction";
    let asked = json!([{
        "type": "0x2", "from": account, "to": transaction.to, "data": transaction.input, "value": transaction.value,
        "chainId": U64::from(transaction.chain_id), "nonce": U64::from(transaction.nonce), "gas": U64::from(transaction.gas_limit),
        "maxFeePerGas": U256::from(transaction.max_fee_per_gas),
        "maxPriorityFeePerGas": U256::from(transaction.max_priority_fee_per_gas),
    }]);
    let wanted = "a signed transaction";
    let raw = match rpc::ask::<Raw>(endpoint, method, &asked, wanted).await? {
        Outcome::Answer(Some(Raw::Bytes(raw) | Raw::Object { raw })) => raw,
        Outcome::Answer(None) => return Err(rpc::garbage(endpoint, method, wanted, "null")),
        Outcome::Refusal(refusal) => return Err(rpc::refused(endpoint, method, &refusal)),
    };
    let other =
        || ChainError::Signature { host: endpoint.host().to_owned(), account: Address(account.into_array()) };
    let mut rest = &raw[..];
    let envelope = TxEnvelope::decode_2718(&mut rest).map_err(|_| other())?;
    let TxEnvelope::Eip1559(signed) = &envelope else { return Err(other()) };
    let signer = signed.recover_signer().map_err(|_| other())?;
    if signed.tx() != transaction || signer != account || !rest.is_empty() {
        return Err(other());
    }
    Ok(Signed { hash: *envelope.tx_hash(), raw })
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroize;

    #[test]
    fn a_key_is_not_shown_and_has_its_address() {
        let mut key = [0; 32];
        key[31] = 1;
        let signer = Signer::of_key(&key, "a key").unwrap();
        key.zeroize();
        // The address of the key 1 is well known.
        assert_eq!(format!("{signer:?}"), "Signer(0x7e5f4552091a69125d5dfcb7b8c2659029395bdf)");
        assert!(matches!(Signer::of_key(&[0; 32], "a key"), Err(ChainError::Secret { .. })));
    }
}
