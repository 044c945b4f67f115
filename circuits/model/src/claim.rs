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
pub mod reading;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use sha3::{Digest, Keccak256};

use crate::field::{self, Fr};
use crate::layout::{Field, InputValue, PublicInputs};
use crate::rule::Rule;

/// Name, version and shape of a statement. Keys, proofs and files carry it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementId {
    /// Family name, such as `aggregate`.
    pub name: &'static str,
    /// Version: any change of constraints or layout makes a new one.
    pub version: u16,
    /// The sizes that fix the circuit, such as capacity and triangles.
    pub shape: Vec<u32>,
}

impl StatementId {
    /// Name and version without the shape: `aggregate/v1`.
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

macro_rules! element_values {
    ($($type:path, $make:path);*) => {$(
        impl InputValue for $type {
            fn encode(&self, _: &Field) -> Fr {
                self.to_field()
            }
            fn decode(value: &Fr, _: &Field) -> Option<Self> {
                Some($make(*value))
            }
        }
    )*};
}
element_values!(
    crate::registry::RegistryRoot, crate::registry::RegistryRoot::new;
    crate::policy::PolicyId, crate::policy::PolicyId::from_field
);

impl InputValue for Binding {
    fn encode(&self, _: &Field) -> Fr {
        self.0
    }
    fn decode(value: &Fr, _: &Field) -> Option<Self> {
        (field::bit_length(value) <= Self::BITS).then_some(Binding(*value))
    }
}
