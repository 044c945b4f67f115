//! `reading`: one reading of the node's own device, position and value hidden.
//!
//! What becomes public does not link two epochs: the nullifier is keyed by the device secret, the commitment salted.

use alloc::vec::Vec;
use core::fmt;

use rand::{CryptoRng, RngCore};
use zeroize::Zeroize;

use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::device::DeviceSecret;
use crate::element::element_types;
use crate::field::{self, Fr};
use crate::policy::PolicyId;
use crate::preimages;
use crate::registry::RegistryRoot;
use crate::rule::Rule;

/// The statement. It has one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SingleReading;

element_types! {
    /// Poseidon\[nullifier\](device secret, policy id, epoch): one a device, policy and epoch.
    pub struct Nullifier;
    /// Poseidon\[commitment\](message, salt).
    pub struct Commitment;
}

/// Blinds a commitment. Zeroized; never printed.
#[derive(Clone)]
pub struct Salt(Fr);

impl Nullifier {
    /// The nullifier of a device for a policy in an epoch.
    pub fn of(secret: &DeviceSecret, policy: PolicyId, epoch: u32) -> Self {
        let (device_secret, policy_id) = (secret.expose(), policy.to_field());
        Nullifier(preimages::Nullifier { device_secret, policy_id, epoch: Fr::from(epoch) }.hash())
    }
}

impl Commitment {
    /// The commitment to a message (see [`crate::reading::Reading::message`]).
    pub fn of(message: &Fr, salt: &Salt) -> Self {
        Commitment(preimages::Commitment { message: *message, salt: salt.0 }.hash())
    }
}

impl Salt {
    /// 248 random bits.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0u8; 32];
        rng.fill_bytes(&mut bytes[1..]);
        let salt = Salt(field::from_be_bytes(&bytes).expect("248 bits are below r"));
        bytes.zeroize();
        salt
    }

    /// The salt that is `value`, out of an assignment.
    ///
    /// # Security
    /// A salt of fewer than 128 random bits hides nothing; take [`Salt::generate`].
    pub fn insecure_from_field(value: Fr) -> Self {
        Salt(value)
    }

    /// The salt, to open the commitment to somebody.
    ///
    /// # Security
    /// With it and a guess of the reading the commitment can be tested.
    pub fn expose(&self) -> Fr {
        self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Drop for Salt {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

crate::public_inputs! {
    /// What a reading makes public: five field elements.
    pub struct ReadingInputs, ReadingFields {
        /// The registry root at the start of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// One a device, policy and epoch.
        nullifier: Nullifier = element as "uint256",
        /// To the signed message.
        commitment: Commitment = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

impl ClaimFamily for SingleReading {
    const FAMILY: StatementFamily = StatementFamily::ours(2, "reading", Devices::One);
    const VERSION: u16 = 2;
    const ABOUT: &'static str = "One reading of the own device";
    const SIZES: &'static [Size] = &[];

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        match shape {
            [] => Ok(SingleReading),
            _ => Err(ShapeError::Count { wanted: Self::pattern(), got: shape.len() }),
        }
    }
}

impl Claim for SingleReading {
    type Inputs = ReadingInputs;

    fn id(&self) -> StatementId {
        Self::id_of(Vec::new())
    }

    /// C1, C3 to C12, C20 to C22.
    fn rules(&self) -> Vec<Rule> {
        [&Rule::OF_A_READING[..], &[Rule::IDENTITY, Rule::NULLIFIER, Rule::COMMITMENT]].concat()
    }
}
