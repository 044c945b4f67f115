//! What is claimed: which statement, of which shape, with which public inputs. A verifier, a contract and a browser need no
//! more; why a claim is true is for `zksensor-circuits`.
//!
//! | rule | name | aggregate | reading |
//! |---|---|---|---|
//! | C1 | the policy id opens to the policy, every part in its range, for this statement | x | x |
//! | C2 | slots are active from slot 0 up without a gap | x | |
//! | C3 | the device signed the reading | x | x |
//! | C4 | the device's leaf is in the registry | x | x |
//! | C5 | the location is inside the fence | x | x |
//! | C6 | the time is in the epoch | x | x |
//! | C7 | the channel's value is in the policy's range | x | x |
//! | C8 | the accuracy is at most the policy's | x | x |
//! | C9 | the device is of the policy's class | x | x |
//! | C10 | the registration expires after the reading's time | x | x |
//! | C11 | the reading is for the policy's network | x | x |
//! | C12 | the reading has the policy's schema | x | x |
//! | C13 | leaf positions increase strictly | x | |
//! | C14 | all positions lie in the chunk | x | |
//! | C15 | count is the number of readings, at least k | x | |
//! | C16 | sum is the sum of the values | x | |
//! | C17 | sum of squares is that of value - low, or 0 if not asked for | x | |
//! | C18 | minimum is attained and no value is less, or 0 if not asked for | x | |
//! | C19 | maximum is attained and no value is more, or 0 if not asked for | x | |
//! | C20 | the identity opens to the device secret | | x |
//! | C21 | the nullifier is that of the device, the policy and the epoch | | x |
//! | C22 | the commitment opens to the message and the salt | | x |

pub mod aggregate;
mod family;
pub mod histogram;
pub mod private_sum;
pub mod reading;
pub mod readings;
pub mod survey;
pub mod track;

pub use family::{ClaimFamily, Devices, ShapeError, Size, StatementFamily};

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha3::{Digest, Keccak256};

use crate::field::{self, Fr};
use crate::layout::{Field, InputValue, PublicInputs};
use crate::rule::Rule;

/// Name, version and shape of a statement. Keys, proofs and files carry it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementId {
    /// Family name, such as `aggregate`: a lower-case letter, then such letters, digits, `-` and `_`.
    pub name: Cow<'static, str>,
    /// Version: any change of constraints or layout makes a new one.
    pub version: u16,
    /// The sizes that fix the circuit, such as capacity and triangles.
    pub shape: Vec<u32>,
}

impl StatementId {
    /// Name and version without the shape: `aggregate/v2`.
    pub fn title(&self) -> String {
        format!("{}/v{}", self.name, self.version)
    }

    /// keccak256 of the whole id as text: what a binding commits to.
    pub fn digest(&self) -> [u8; 32] {
        Keccak256::digest(self.to_string().as_bytes()).into()
    }
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.title())?;
        for (index, size) in self.shape.iter().enumerate() {
            write!(f, "{}{size}", if index == 0 { '/' } else { 'x' })?;
        }
        Ok(())
    }
}

/// Why text is no id of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a statement id such as `aggregate/v2/64x32x3`, got `{got}`")]
pub struct StatementIdError {
    /// What came, escaped and cut to 80 characters.
    pub got: String,
}

/// Exactly what `Display` writes: `name/v1` or `name/v1/64x32`, numbers without leading zeros.
impl FromStr for StatementId {
    type Err = StatementIdError;

    fn from_str(text: &str) -> Result<Self, StatementIdError> {
        parse_id(text).ok_or_else(|| StatementIdError { got: text.escape_default().take(80).collect() })
    }
}

fn parse_id(text: &str) -> Option<StatementId> {
    let mut parts = text.split('/');
    let (name, version, shape) = (parts.next()?, parts.next()?.strip_prefix('v')?, parts.next());
    let in_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let is_name = name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(in_name);
    let sizes = shape.map_or(Some(Vec::new()), |shape| shape.split('x').map(number).collect());
    (is_name && parts.next().is_none()).then_some(())?;
    let version = u16::try_from(number(version)?).ok()?;
    Some(StatementId { name: Cow::Owned(String::from(name)), version, shape: sizes? })
}

/// Decimal digits, with a leading zero in 0 alone.
fn number(text: &str) -> Option<u32> {
    let is_exact = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_exact.then(|| text.parse().ok()).flatten()
}

/// As text.
impl Serialize for StatementId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StatementId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What a statement claims, without the reason why it holds.
pub trait Claim: Sync {
    /// Typed public inputs.
    type Inputs: PublicInputs + Sync;

    /// Name, version, shape.
    fn id(&self) -> StatementId;

    /// The rules of this shape in order: compiling a circuit in which one of them has no row is an error, and so is a row of a
    /// rule that is not among them.
    fn rules(&self) -> Vec<Rule>;
}

/// Ties a proof to a chain, a contract, a recipient and a statement: the low 152 bits of
/// keccak256(abi.encode(chainid, contract, recipient, statement digest)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding(Fr);

impl Binding {
    /// Width in bits.
    pub const BITS: u32 = 152;

    /// The binding of a proof that `recipient` gets the credit for at `contract` on `chain_id`.
    pub fn new(chain_id: u64, contract: [u8; 20], recipient: [u8; 20], statement: &StatementId) -> Self {
        let mut bytes = [0u8; 128];
        bytes[24..32].copy_from_slice(&chain_id.to_be_bytes());
        bytes[44..64].copy_from_slice(&contract);
        bytes[76..96].copy_from_slice(&recipient);
        bytes[96..].copy_from_slice(&statement.digest());
        let mut digest: [u8; 32] = Keccak256::digest(bytes).into();
        digest[..32 - Self::BITS as usize / 8].fill(0);
        Binding(field::from_be_bytes(&digest).expect("152 bits are below r"))
    }

    /// A proof that is bound to nothing: for verification outside a chain.
    pub const NONE: Binding = Binding(<Fr as ark_ff::AdditiveGroup>::ZERO);

    /// The value.
    pub fn to_field(self) -> Fr {
        self.0
    }
}

impl InputValue for Binding {
    fn encode(&self, _: &Field) -> Fr {
        self.0
    }
    fn decode(value: &Fr, _: &Field) -> Option<Self> {
        (field::bit_length(value) <= Self::BITS).then_some(Binding(*value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn an_id_is_read_as_it_is_written_and_in_no_other_way() {
        for (name, version, shape) in [
            ("aggregate", 1, vec![64, 32]),
            ("reading", u16::MAX, vec![]),
            ("a-1_b", 0, vec![0, u32::MAX, 7]),
        ] {
            let id = StatementId { name: name.into(), version, shape };
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for wrong in [
            "",
            "/v1",
            "reading",
            "reading/1",
            "reading/v",
            "reading/v01",
            "reading/v+1",
            "reading/v65536",
            "reading/v1/",
            "reading/v1/x",
            "reading/v1/1x",
            "reading/v1/01",
            "reading/v1/4294967296",
            "reading/v1/1/2",
            "Reading/v1",
            "1reading/v1",
            "read ing/v1",
            "reading /v1",
            "reading/v1 ",
            "r\u{e9}ading/v1",
            "../v1",
        ] {
            let refused = StatementIdError { got: wrong.escape_default().collect() };
            assert_eq!(wrong.parse::<StatementId>(), Err(refused));
        }
        let long = "x".repeat(10_000);
        assert!(long.parse::<StatementId>().is_err_and(|error| error.got.len() == 80));
    }
}
