//! What every statement about one reading shares: C1 and C3 to C12, natively and as a circuit. What comes out is proven, so that a
//! statement of another crate can go on from it.
//!
//! Registry and fence are both proven by full Merkle paths, so one circuit serves every fence of up to 4,096 triangles.

use ark_ff::Field as _;
use zeroize::Zeroize;

use super::enrolled::{self, EnrolledReading, EnrolledValues, EnrolledVars};
use super::policy_vars::{self, BlockPolicy};
use super::{ClaimFamily, PolicyMismatch, Rule, Violation, ensure};
use crate::gadgets::membership::Path;
use crate::gadgets::{Bit, Bounded, Gadgets, Port, SynthesisError};
use zksensor_model::fence::{DEPTH, Fence, FencePath, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Devices, Policy, PolicyId};
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{RegistryRoot, TREE_DEPTH};

/// Bits of an epoch's number: more would let its start wrap around the field.
const EPOCH_BITS: u32 = 32;

/// One reading under a policy, and the triangle of the fence that holds it: of a witness.
#[derive(Clone, Copy)]
pub struct OneReading<'w> {
    /// The policy.
    pub policy: &'w Policy,
    /// The triangle of the fence that holds the location.
    pub in_fence: &'w InFence,
    /// The reading with its registration.
    pub reading: &'w EnrolledReading,
}

/// The triangle of a fence that holds a place, with its path.
#[derive(Clone, Copy)]
pub struct InFence {
    /// The triangle.
    pub triangle: Triangle,
    /// Its index in the fence.
    pub index: u32,
    /// From the triangle to the fence root.
    pub path: FencePath,
}

impl InFence {
    /// Of a reading; triangle 0 for one that is outside, which C5 will refuse.
    pub fn of(fence: &Fence, reading: &EnrolledReading) -> Self {
        InFence::at(fence, fence.locate(&reading.signed.reading().location).unwrap_or(0))
    }

    /// Of a triangle of the fence.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn at(fence: &Fence, index: usize) -> Self {
        InFence {
            triangle: fence.triangles()[index],
            index: u32::try_from(index).expect("at most 4,096 triangles"),
            path: fence.path(index).expect("the index is one of the fence"),
        }
    }
}

/// What such a statement makes public, natively.
#[derive(Debug, Clone, Copy)]
pub struct OnePublic {
    /// The registry root.
    pub registry_root: RegistryRoot,
    /// The policy.
    pub policy_id: PolicyId,
    /// The epoch's number.
    pub epoch: u32,
}

/// The same in a circuit: ports of the statement's inputs.
pub struct OnePublicVars<'v, V> {
    /// The registry root.
    pub registry_root: &'v Port<V>,
    /// The policy.
    pub policy_id: &'v Port<V>,
    /// The epoch's number.
    pub epoch: &'v Port<V>,
}

/// What is proven of one reading.
#[must_use]
pub struct OneReadingVars<V> {
    /// What the device signed.
    pub message: V,
    /// The identity in the device's leaf.
    pub identity: V,
    /// The value less the policy's low: at most high - low.
    pub above_low: Bounded<V>,
    /// The epoch's number.
    pub epoch: Bounded<V>,
    /// What else the family is held to, by the policy; not ranged. The constant 0 for a family without.
    pub parameters: V,
}

impl OneReading<'_> {
    /// The root of the registry that the reading's path leads to.
    pub fn registry_root(&self) -> RegistryRoot {
        self.reading.path.registry_root(&self.reading.leaf(), self.reading.position)
    }

    /// C1 and C3 to C12, for a policy of this family, which is one of one device.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check<C: ClaimFamily>(&self, public: &OnePublic) -> Result<(), Violation> {
        const { assert!(matches!(C::FAMILY.devices(), Devices::One), "a policy with a k promises more devices") };
        let (policy, parts, enrolled) = (self.policy, self.policy.parts(), self.reading);
        let mismatch = |reason| move || Violation::Policy { reason };
        ensure(policy.id() == public.policy_id, mismatch(PolicyMismatch::Id))?; // C1
        ensure(C::is_of(policy), mismatch(PolicyMismatch::Statement))?;
        let epoch = super::epoch_bounds(policy, public.epoch)?;
        enrolled::check(0, enrolled, policy, epoch)?; // C3, C6 to C12
        let position = enrolled.position.get();
        let in_registry = self.registry_root() == public.registry_root;
        ensure(in_registry, || Violation::Membership { reading: 0, position })?; // C4
        let location = &enrolled.signed.reading().location;
        let InFence { triangle, index, path } = self.in_fence;
        let admitted = parts.fence.admits(triangle, *index as usize, path);
        ensure(admitted && triangle.contains(location), || Violation::Fence { reading: 0 }) // C5
    }
}

/// The circuit of [`OneReading::check`].
///
/// # Errors
/// [`SynthesisError`], never for a false claim.
pub fn synthesize<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    public: &OnePublicVars<'_, G::Var>,
    one: Option<&OneReading<'_>>,
) -> Result<OneReadingVars<G::Var>, SynthesisError> {
    const { assert!(matches!(C::FAMILY.devices(), Devices::One), "a policy with a k promises more devices") };
    let values = one.map(Values::new);
    let values = values.as_ref();

    // C1. The policy.
    let epoch = public.epoch.bounded()?;
    if epoch.width() != EPOCH_BITS {
        return Err(SynthesisError::Size {
            gadget: "one reading",
            wanted: "an epoch of 32 bits",
            got: epoch.width() as usize,
        });
    }
    let policy = policy_vars::open::<C, G>(g, public.policy_id.var(), &epoch, one.map(|one| one.policy))?;

    // C3, C6 to C12.
    let always = g.constant(Fr::ONE);
    let active = Bit::insecure_assume(always);
    let block: &BlockPolicy<G::Var> = &policy.block;
    let enrolled = values.map(|values| &values.enrolled);
    let EnrolledVars { message, leaf, identity, location, value } =
        enrolled::synthesize(g, block, &active, enrolled)?;
    let above_low = g.rule(Rule::VALUE, |g| value.within(g, &policy.span))?;

    // C4. The leaf is under the registry root.
    g.rule(Rule::MEMBERSHIP, |g| {
        let path = Path::witness(g, TREE_DEPTH, values.map(|values| &values.registry[..]))?;
        leaf.under(g, public.registry_root.var(), &path)
    })?;

    // C5. A triangle under the fence root holds the location.
    g.rule(Rule::FENCE, |g| {
        let triangle = g.witness("selected triangle", values.map(|values| values.triangle))?;
        let path = Path::witness(g, DEPTH, values.map(|values| &values.fence[..]))?;
        let root = g.scope("path", |g| path.climb(g, Domain::Fence, &triangle))?;
        g.assert_equal(&root, &policy.fence_root)?;
        location.inside(g, &triangle, None)
    })?;
    Ok(OneReadingVars { message, identity, above_low, epoch, parameters: policy.parameters })
}

/// The witness as field elements.
struct Values {
    enrolled: EnrolledValues,
    registry: [[Fr; merkle::ARITY]; TREE_DEPTH],
    triangle: Fr,
    fence: [[Fr; merkle::ARITY]; DEPTH],
}

impl Values {
    fn new(one: &OneReading<'_>) -> Self {
        let (enrolled, in_fence) = (one.reading, one.in_fence);
        let triangle = in_fence.triangle.pack();
        Values {
            enrolled: EnrolledValues::new(enrolled),
            registry: enrolled.path.levels(Domain::Node, enrolled.leaf().hash(), enrolled.position.get()),
            triangle,
            fence: in_fence.path.levels(Domain::Fence, triangle, in_fence.index),
        }
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.registry.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
        self.triangle.zeroize();
        self.fence.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
    }
}
