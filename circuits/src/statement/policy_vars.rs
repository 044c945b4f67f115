//! The policy inside a circuit: opened against its id once, imported by every block.

use ark_ff::{AdditiveGroup, Field as _};

use crate::gadgets::preimage::{self, witness_bits_of_part, witness_part};
use crate::gadgets::{Bit, Bits, Bounded, Gadgets, SynthesisError};
use crate::statement::{ClaimFamily, Rule};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Field;
use zksensor_model::policy::{Devices, Policy, SMALLEST_K_FOR_SUM_OF_SQUARES, encoding};
use zksensor_model::preimages::{self, PolicyKind, PolicyRanges};

/// The opened policy with the bounds of one epoch.
pub(super) struct PolicyVars<V> {
    /// What a block needs.
    pub(super) block: BlockPolicy<V>,
    pub(super) fence_root: V,
    /// high - low.
    pub(super) span: Bounded<V>,
    pub(super) k: V,
    /// Output flags: sum of squares, minimum, maximum.
    pub(super) flags: [Bit<V>; 3],
    /// What else the family is held to, as the policy's fifth lane has it; not ranged.
    pub(super) parameters: V,
}

crate::ports! {
    /// The part of the policy that the rules of one reading use.
    #[derive(Clone)]
    pub(super) struct BlockPolicy<V> {
        pub(super) network: V,
        pub(super) schema: V,
        /// First millisecond of the epoch.
        pub(super) start: Bounded<V>,
        /// Last millisecond of the epoch.
        pub(super) last: Bounded<V>,
        pub(super) max_accuracy: Bounded<V>,
        /// Low bit: which half of a lane; high bit: which lane.
        pub(super) channel: [Bit<V>; 2],
        pub(super) class: V,
        /// 1 - (any class).
        pub(super) class_matters: Bit<V>,
        /// low + 2^40.
        pub(super) low: V,
    }
}

/// C1: the id is Poseidon of the lanes, which are for this family and version, every part is in its range, and a part that is
/// not used has its one value.
pub(super) fn open<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    id: &G::Var,
    epoch: &Bounded<G::Var>,
    policy: Option<&Policy>,
) -> Result<PolicyVars<G::Var>, SynthesisError> {
    g.rule(Rule::POLICY, |g| {
        let parts = policy.map(Policy::parts);
        let network = g.witness("network", parts.map(|p| p.network.to_field()))?;
        let fence_root = g.witness("fence root", parts.map(|p| p.fence.to_field()))?;
        let ranges = witness_ranges(g, policy.map(Policy::ranges).as_ref())?;
        let Kind { schema, channel, class, flags } =
            witness_kind::<C, G>(g, policy.map(Policy::kind).as_ref())?;
        let parameters = match C::FAMILY.has_parameters() {
            true => g.witness("parameters", parts.map(|p| p.parameters.to_field()))?,
            false => g.constant(Fr::ZERO),
        };

        let (family, version) = (g.constant(Fr::from(C::FAMILY.number())), g.constant(Fr::from(C::VERSION)));
        let kind = PolicyKind {
            family: &family,
            statement_version: &version,
            schema: schema.var(),
            channel: channel.var(),
            device_class: class.var(),
            outputs: &flags.packed,
        };
        let lanes = preimages::Policy {
            network: &network,
            fence_root: &fence_root,
            ranges: &preimage::pack(g, ranges.as_ref().map(Bounded::var))?,
            kind: &preimage::pack(g, kind)?,
            parameters: &parameters,
        };
        let hash = preimage::hash(g, lanes)?;
        g.assert_equal(&hash, id)?;

        let any = one_meaning::<C, G>(g, &ranges.k, &flags.bits[0], &class)?;
        if C::FAMILY.is_of_frames() {
            assert_of_samples(g, channel.bits(), ranges.low.var())?;
        }

        let PolicyRanges { low, high, max_accuracy_mm, epoch_origin_unix_ms, epoch_length_ms, k } = ranges;
        // The epoch is [origin + epoch * length, that + length), and it ends by 2^48.
        let elapsed = g.mul(epoch.var(), epoch_length_ms.var())?;
        let start = g.add(epoch_origin_unix_ms.var(), &elapsed);
        let last = g.linear(-Fr::ONE, &[(Fr::ONE, &start), (Fr::ONE, epoch_length_ms.var())]);
        let start = g.assert_range(&start, encoding::TIME_BITS)?;
        let last = g.assert_range(&last, encoding::TIME_BITS)?;
        let span = g.sub(high.var(), low.var());
        let span = g.assert_range(&span, encoding::VALUE_SPAN_BITS)?;
        let class_matters = g.linear(Fr::ONE, &[(-Fr::ONE, any.var())]);
        Ok(PolicyVars {
            block: BlockPolicy {
                network,
                schema: schema.var().clone(),
                start,
                last,
                max_accuracy: max_accuracy_mm,
                channel: [channel.bits()[0].clone(), channel.bits()[1].clone()],
                class: class.var().clone(),
                class_matters: Bit::insecure_assume(class_matters),
                low: low.var().clone(),
            },
            fence_root,
            span,
            k: k.var().clone(),
            flags: flags.bits,
            parameters,
        })
    })
}

/// k is that of the family, and any class is 2^16 and nothing above it. Gives whether the class is any.
fn one_meaning<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    k: &Bounded<G::Var>,
    squares: &Bit<G::Var>,
    class: &Bits<G::Var>,
) -> Result<Bit<G::Var>, SynthesisError> {
    match C::FAMILY.devices() {
        Devices::One => {
            let one = g.constant(Fr::ONE);
            g.assert_equal(k.var(), &one)?;
        }
        // k >= 1, and k >= 8 where squares are summed: with few values they nearly determine them.
        Devices::AtLeastK => {
            let more = Fr::from(SMALLEST_K_FOR_SUM_OF_SQUARES - 1);
            let surplus = g.linear(-Fr::ONE, &[(Fr::ONE, k.var()), (-more, squares.var())]);
            g.assert_range(&surplus, encoding::K_BITS)?;
        }
    }
    let any = class.bits()[encoding::DEVICE_CLASS_BITS as usize - 1].clone();
    let above = g.linear(-Fr::from(encoding::ANY_DEVICE_CLASS), &[(Fr::ONE, class.var())]);
    let zero = g.constant(Fr::ZERO);
    g.assert_product(any.var(), &above, &zero)?;
    Ok(any)
}

/// The channel is one of a sample's three, and low above what stands for an absent one.
fn assert_of_samples<G: Gadgets>(
    g: &mut G,
    channel: &[Bit<G::Var>],
    low: &G::Var,
) -> Result<(), SynthesisError> {
    let zero = g.constant(Fr::ZERO);
    g.assert_product(channel[0].var(), channel[1].var(), &zero)?;
    // -2^40, stored as 0.
    let above = g.linear(-Fr::ONE, &[(Fr::ONE, low)]);
    g.assert_range(&above, PolicyRanges::PARTS.low.bits())?;
    Ok(())
}

fn witness_ranges<G: Gadgets>(
    g: &mut G,
    values: Option<&PolicyRanges<Fr>>,
) -> Result<PolicyRanges<Bounded<G::Var>>, SynthesisError> {
    const PARTS: PolicyRanges<Field> = PolicyRanges::PARTS;
    Ok(PolicyRanges {
        low: witness_part(g, "low", values.map(|v| v.low), &PARTS.low)?,
        high: witness_part(g, "high", values.map(|v| v.high), &PARTS.high)?,
        max_accuracy_mm: {
            witness_part(g, "maximum accuracy", values.map(|v| v.max_accuracy_mm), &PARTS.max_accuracy_mm)?
        },
        epoch_origin_unix_ms: {
            let part = &PARTS.epoch_origin_unix_ms;
            witness_part(g, "origin", values.map(|v| v.epoch_origin_unix_ms), part)?
        },
        epoch_length_ms: {
            witness_part(g, "length", values.map(|v| v.epoch_length_ms), &PARTS.epoch_length_ms)?
        },
        k: witness_part(g, "k", values.map(|v| v.k), &PARTS.k)?,
    })
}

/// The parts of the lane that are no constants of the statement.
struct Kind<V> {
    schema: Bounded<V>,
    channel: Bits<V>,
    class: Bits<V>,
    flags: Flags<V>,
}

/// The output flags.
struct Flags<V> {
    packed: V,
    /// Sum of squares, minimum, maximum.
    bits: [Bit<V>; 3],
}

fn witness_kind<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    values: Option<&PolicyKind<Fr>>,
) -> Result<Kind<G::Var>, SynthesisError> {
    const PARTS: PolicyKind<Field> = PolicyKind::PARTS;
    Ok(Kind {
        schema: witness_part(g, "schema", values.map(|v| v.schema), &PARTS.schema)?,
        channel: witness_bits_of_part(g, "channel", values.map(|v| v.channel), &PARTS.channel)?,
        class: witness_bits_of_part(g, "device class", values.map(|v| v.device_class), &PARTS.device_class)?,
        flags: witness_flags::<C, G>(g, values.map(|v| v.outputs))?,
    })
}

/// None for a family whose policies have no outputs.
fn witness_flags<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    value: Option<Fr>,
) -> Result<Flags<G::Var>, SynthesisError> {
    const PARTS: PolicyKind<Field> = PolicyKind::PARTS;
    if C::FAMILY.has_outputs() {
        let packed = witness_bits_of_part(g, "outputs", value, &PARTS.outputs)?;
        let bits = [2, 1, 0].map(|bit: usize| packed.bits()[bit].clone());
        return Ok(Flags { packed: packed.var().clone(), bits });
    }
    let off = g.constant(Fr::ZERO);
    Ok(Flags { packed: off.clone(), bits: [(); 3].map(|()| Bit::insecure_assume(off.clone())) })
}

impl<V: Clone> BlockPolicy<V> {
    /// C9. class = the policy's, unless any will do, or anything if `active` is given and 0.
    pub(super) fn assert_class<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        class: &V,
        active: Option<&Bit<V>>,
    ) -> Result<(), SynthesisError> {
        let matters = match active {
            None => self.class_matters.var().clone(),
            Some(active) => g.mul(self.class_matters.var(), active.var())?,
        };
        let matters = Bit::insecure_assume(matters); // a product of booleans
        g.assert_equal_if(&matters, class, &self.class)
    }
}

/// low as a value: (low + 2^40) - 2^40.
pub(super) fn low_value<G: Gadgets>(g: &mut G, low: &G::Var) -> G::Var {
    g.linear(-field::from_i64(encoding::VALUE_OFFSET), &[(Fr::ONE, low)])
}

/// bit * value.
pub(super) fn gate<G: Gadgets>(
    g: &mut G,
    bit: &Bit<G::Var>,
    value: &G::Var,
) -> Result<G::Var, SynthesisError> {
    g.mul(bit.var(), value)
}
