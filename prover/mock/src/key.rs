//! The key of mocks: the name of a statement, and no secret.

use sha3::{Digest, Keccak256};
use zksensor_circuits::statement::StatementId;
use zksensor_verifier::KeyId;
use zksensor_verifier::names::MOCK_KEY;

use crate::error::KeyError;

const VERSION: u8 = 1;
/// Magic, version and the length of the id.
const HEADER: usize = MOCK_KEY.len() + 2;
/// What `MockVerifier.sol` hashes before the statement.
const NO_KEY: &[u8; 21] = b"zksensor mock, no key";

/// What mocks of one statement are made and verified with. Both sides have the same: there is nothing in it but the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockKey {
    statement: StatementId,
}

impl MockKey {
    /// The key of a statement. It takes no time and no randomness.
    pub fn new(statement: &StatementId) -> MockKey {
        MockKey { statement: statement.clone() }
    }

    /// The id of the statement, such as `aggregate/v2/64x32x3`.
    pub fn statement(&self) -> &StatementId {
        &self.statement
    }

    /// The id of no key, which says INSECURE: `KEY_ID` of `MockVerifier.sol` for this statement. It is
    /// keccak256(abi.encode("zksensor mock, no key", keccak256(statement))).
    pub fn key_id(&self) -> KeyId {
        let statement: [u8; 32] = Keccak256::digest(self.statement.to_string()).into();
        let mut encoded = Vec::with_capacity(4 * 32);
        encoded.extend_from_slice(&word(64)); // where the text lies
        encoded.extend_from_slice(&statement);
        encoded.extend_from_slice(&word(NO_KEY.len() as u64));
        encoded.extend_from_slice(NO_KEY);
        encoded.resize(4 * 32, 0);
        KeyId::new(Keccak256::digest(&encoded).into(), true)
    }

    /// The canonical bytes: `zksensor-mock-key`, the version 1, the length of the statement's id in a byte, and the id.
    pub fn to_bytes(&self) -> Vec<u8> {
        let id = self.statement.to_string();
        let length = u8::try_from(id.len()).expect("ids of statements are shorter than 256 bytes");
        [&MOCK_KEY[..], &[VERSION, length], id.as_bytes()].concat()
    }

    /// Reads what [`MockKey::to_bytes`] writes, and nothing else.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<MockKey, KeyError> {
        let rest = bytes.strip_prefix(MOCK_KEY).ok_or(KeyError::Magic)?;
        let [version, length, id @ ..] = rest else {
            return Err(KeyError::Length { wanted: HEADER + 1, got: bytes.len() });
        };
        if *version != VERSION {
            return Err(KeyError::Version { wanted: VERSION, got: *version });
        }
        if usize::from(*length) != id.len() {
            return Err(KeyError::Length { wanted: HEADER + usize::from(*length), got: bytes.len() });
        }
        let id = std::str::from_utf8(id).map_err(|_| KeyError::Text)?;
        Ok(MockKey { statement: id.parse()? })
    }
}

/// A number as a word of the EVM.
pub(crate) fn word(number: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&number.to_be_bytes());
    word
}
