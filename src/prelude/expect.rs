//! What a verifier expects, all of it, before a proof is a fact.

use zksensor_io::files::ProofFile;
use zksensor_model::claim::Binding;
use zksensor_model::claim::aggregate::AggregateInputs;
use zksensor_model::registry::RegistryRoot;
use zksensor_verifier::{KeyId, inputs_from_words};

use super::aggregator::statement_of;
use super::backend::Key;
use super::{Error, Fact, Policy};

/// Something of [`Expect`] that was not said yet.
#[derive(Debug, Clone, Copy)]
pub struct Missing;

/// What a proof has to be about. A proof that verifies is true of *some* policy, registry, epoch and binding under *some* key; a fact is
/// about those that the verifier names. All four are named, and compared, or it does not compile:
///
/// ```compile_fail,E0599
/// # use zksensor::prelude::*;
/// # fn f(policy: &Policy, root: zksensor::model::registry::RegistryRoot, key: &zksensor::verifier::VerifyingKey, proof: &ProofFile) {
/// // Whose key is it? Anybody can make one, and prove anything under it.
/// let fact = Expect::new(policy).registry_root(root).epoch(2).binding(Binding::NONE).verify(key, proof);
/// # }
/// ```
///
/// | what | without it |
/// |---|---|
/// | [policy](Expect::new) | a mean of anything, anywhere, of one device |
/// | [registry root](Expect::registry_root) | devices that somebody made up |
/// | [epoch](Expect::epoch) | a proof of another time, shown again |
/// | [binding](Expect::binding) | a proof for another contract or recipient, taken from there |
/// | [key id](Expect::key_id) | a key whose maker proves anything |
#[derive(Debug, Clone)]
#[must_use = "nothing is compared before `verify`"]
pub struct Expect<'p, R = Missing, E = Missing, B = Missing, K = Missing> {
    policy: &'p Policy,
    root: R,
    epoch: E,
    binding: B,
    key_id: K,
}

impl<'p> Expect<'p> {
    /// Where, of what, in which range, of how many at least: as the verifier has it, not as it came with the proof.
    pub fn new(policy: &'p Policy) -> Self {
        Expect { policy, root: Missing, epoch: Missing, binding: Missing, key_id: Missing }
    }
}

impl<'p, R, E, B, K> Expect<'p, R, E, B, K> {
    /// The devices that count: the root of the registry at the end of the epoch, from whoever keeps it, such as the contract.
    pub fn registry_root(self, root: RegistryRoot) -> Expect<'p, RegistryRoot, E, B, K> {
        let Expect { policy, epoch, binding, key_id, .. } = self;
        Expect { policy, root, epoch, binding, key_id }
    }

    /// When: the epoch that the verifier asks about, not the one that the proof says. [`Policy::epoch_of`] gives that of a time.
    pub fn epoch(self, epoch: u32) -> Expect<'p, R, u32, B, K> {
        let Expect { policy, root, binding, key_id, .. } = self;
        Expect { policy, root, epoch, binding, key_id }
    }

    /// For whom: chain, contract and recipient, or [`Binding::NONE`] for a proof that is bound to nothing.
    pub fn binding(self, binding: Binding) -> Expect<'p, R, E, Binding, K> {
        let Expect { policy, root, epoch, key_id, .. } = self;
        Expect { policy, root, epoch, binding, key_id }
    }

    /// Under which key: the id as its makers published it. It parses from text, and begins with `INSECURE-` if one machine made the key.
    pub fn key_id(self, key_id: KeyId) -> Expect<'p, R, E, B, KeyId> {
        let Expect { policy, root, epoch, binding, .. } = self;
        Expect { policy, root, epoch, binding, key_id }
    }
}

impl Expect<'_, RegistryRoot, u32, Binding, KeyId> {
    /// The fact that a proof shows, if it holds under the key and is about all that was expected. The key may come from anybody: its id is
    /// compared.
    ///
    /// # Errors
    /// [`Error::OtherKey`], [`Error::Statement`] and [`Error::Rejected`]; of a proof that holds [`Error::OtherPolicy`],
    /// [`Error::OtherRegistry`], [`Error::OtherEpoch`] and [`Error::OtherBinding`], in this order.
    pub fn verify<K: Key>(&self, key: &K, proof: &ProofFile<K::Proof>) -> Result<Fact, Error> {
        self.check_key(key)?;
        statement_of(key.of())?;
        key.accept(proof)?;
        self.compare(inputs_from_words(proof.words())?)
    }

    /// As [`Expect::verify`], of a proof and its public inputs as they come over a wire.
    ///
    /// # Errors
    /// As [`Expect::verify`].
    pub fn verify_bytes<K: Key>(&self, key: &K, proof: &[u8], inputs: &[u8]) -> Result<Fact, Error> {
        self.check_key(key)?;
        self.compare(key.accept_bytes(proof, inputs)?)
    }

    fn check_key(&self, key: &impl Key) -> Result<(), Error> {
        let (wanted, got) = (self.key_id, key.id());
        if wanted == got { Ok(()) } else { Err(Error::OtherKey { wanted: wanted.into(), got: got.into() }) }
    }

    /// The fact of public inputs that were proven.
    fn compare(&self, inputs: AggregateInputs) -> Result<Fact, Error> {
        let (wanted, got) = (self.policy.id(), inputs.policy_id);
        if wanted != got {
            return Err(Error::OtherPolicy { wanted: wanted.into(), got: got.into() });
        }
        let (wanted, got) = (self.root, inputs.registry_root);
        if wanted != got {
            return Err(Error::OtherRegistry { wanted: wanted.into(), got: got.into() });
        }
        let (wanted, got) = (self.epoch, inputs.epoch);
        if wanted != got {
            return Err(Error::OtherEpoch { wanted, got });
        }
        let (wanted, got) = (self.binding, inputs.binding);
        if wanted != got {
            return Err(Error::OtherBinding { wanted: wanted.into(), got: got.into() });
        }
        Fact::of(self.policy, inputs)
    }
}
