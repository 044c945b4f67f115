//! The policy inside a circuit: opened against its id once, imported by every block.

use ark_ff::Field;

use crate::gadgets::{Bit, Bounded, Gadgets, Port, PortReader, SynthesisError, unpack};
use crate::statement::{ClaimFamily, Rule};
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::{Policy, layout};
use zksensor_model::primitives::poseidon::Domain;

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
}

/// The part of the policy that the rules of one reading use.
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

impl<V: Clone> BlockPolicy<V> {
    /// As imports of a block, in the order of the fields.
    pub(super) fn to_ports<G: Gadgets<Var = V>>(&self, g: &mut G) -> Vec<Port<V>> {
        let BlockPolicy {
            network,
            schema,
            start,
            last,
            max_accuracy,
            channel: [half, lane],
            class,
            class_matters,
            low,
        } = self;
        vec![
            Port::element(network),
            Port::element(schema),
            g.port(start),
            g.port(last),
            g.port(max_accuracy),
            Port::bit(half),
            Port::bit(lane),
            Port::element(class),
            Port::bit(class_matters),
            Port::element(low),
        ]
    }

    /// Reads what [`BlockPolicy::to_ports`] wrote.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if something else was written.
    pub(super) fn from_ports(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        Ok(BlockPolicy {
            network: ports.element()?,
            schema: ports.element()?,
            start: ports.bounded()?,
            last: ports.bounded()?,
            max_accuracy: ports.bounded()?,
            channel: [ports.bit()?, ports.bit()?],
            class: ports.element()?,
            class_matters: ports.bit()?,
            low: ports.element()?,
        })
    }
}

/// C1: the id is Poseidon of the lanes, which are for this family and version, and every part is in its range.
pub(super) fn open<C: ClaimFamily, G: Gadgets>(
    g: &mut G,
    id: &G::Var,
    epoch: &Bounded<G::Var>,
    policy: Option<&Policy>,
) -> Result<PolicyVars<G::Var>, SynthesisError> {
    g.rule(Rule::POLICY, |g| {
        let parts = policy.map(Policy::parts);
        let integer = |value: Option<u64>| value.map(Fr::from);
        let offset = |value: i64| field::from_i64(value) + field::from_i64(layout::VALUE_OFFSET);
        let network = g.witness("network", parts.map(|p| p.network.to_field()))?;
        let fence_root = g.witness("fence root", parts.map(|p| p.fence.to_field()))?;
        let low = g.witness_bits("low", parts.map(|p| offset(p.low)), layout::LOW_BITS)?;
        let high = g.witness_bits("high", parts.map(|p| offset(p.high)), layout::HIGH_BITS)?;
        let max_accuracy = g.witness_bits(
            "maximum accuracy",
            integer(parts.map(|p| p.max_accuracy_mm.into())),
            layout::ACCURACY_BITS,
        )?;
        let origin =
            g.witness_bits("origin", integer(parts.map(|p| p.epoch_origin.get())), layout::TIME_BITS)?;
        let length =
            g.witness_bits("length", integer(parts.map(|p| p.epoch_length_ms)), layout::EPOCH_LENGTH_BITS)?;
        let k = g.witness_bits("k", integer(parts.map(|p| p.k.into())), layout::K_BITS)?;
        let schema =
            g.witness_bits("schema", integer(parts.map(|p| p.schema.into())), layout::SCHEMA_BITS)?;
        let channel =
            g.witness_bits("channel", integer(parts.map(|p| p.channel.into())), layout::CHANNEL_BITS)?;
        let class_value = parts.map(|p| p.device_class.map_or(layout::ANY_DEVICE_CLASS, u32::from));
        let class =
            g.witness_bits("device class", integer(class_value.map(u64::from)), layout::DEVICE_CLASS_BITS)?;
        let flags =
            g.witness_bits("outputs", integer(parts.map(|p| p.outputs.flags().into())), layout::FLAG_BITS)?;

        let ranges = unpack::pack(
            g,
            &[
                (low.var(), layout::LOW_BITS),
                (high.var(), layout::HIGH_BITS),
                (max_accuracy.var(), layout::ACCURACY_BITS),
                (origin.var(), layout::TIME_BITS),
                (length.var(), layout::EPOCH_LENGTH_BITS),
                (k.var(), layout::K_BITS),
            ],
        )?;
        let (family, version) = (g.constant(Fr::from(C::FAMILY.number())), g.constant(Fr::from(C::VERSION)));
        let kinds = unpack::pack(
            g,
            &[
                (&family, layout::FAMILY_BITS),
                (&version, layout::VERSION_BITS),
                (schema.var(), layout::SCHEMA_BITS),
                (channel.var(), layout::CHANNEL_BITS),
                (class.var(), layout::DEVICE_CLASS_BITS),
                (flags.var(), layout::FLAG_BITS),
            ],
        )?;
        let hash = g.poseidon(Domain::Policy, &[&network, &fence_root, &ranges, &kinds])?;
        g.assert_equal(&hash, id)?;

        // The epoch is [origin + epoch * length, that + length), and it ends by 2^48.
        let elapsed = g.mul(epoch.var(), length.var())?;
        let start = g.add(origin.var(), &elapsed);
        let last = g.linear(-Fr::ONE, &[(Fr::ONE, &start), (Fr::ONE, length.var())]);
        let start = g.assert_bits(&start, layout::TIME_BITS)?;
        let last = g.assert_bits(&last, layout::TIME_BITS)?;
        let span = g.sub(high.var(), low.var());
        let span = g.assert_bits(&span, layout::VALUE_SPAN_BITS)?;
        let any = &class.bits()[16];
        let class_matters = g.linear(Fr::ONE, &[(-Fr::ONE, any.var())]);
        let flags = [2, 1, 0].map(|bit: usize| flags.bits()[bit].clone());
        Ok(PolicyVars {
            block: BlockPolicy {
                network,
                schema: schema.var().clone(),
                start,
                last,
                max_accuracy,
                channel: [channel.bits()[0].clone(), channel.bits()[1].clone()],
                class: class.var().clone(),
                class_matters: Bit::insecure_assume(class_matters),
                low: low.var().clone(),
            },
            fence_root,
            span,
            k: k.var().clone(),
            flags,
        })
    })
}

/// low as a value: (low + 2^40) - 2^40.
pub(super) fn low_value<G: Gadgets>(g: &mut G, low: &G::Var) -> G::Var {
    g.linear(-field::from_i64(layout::VALUE_OFFSET), &[(Fr::ONE, low)])
}

/// bit * value.
pub(super) fn gate<G: Gadgets>(
    g: &mut G,
    bit: &Bit<G::Var>,
    value: &G::Var,
) -> Result<G::Var, SynthesisError> {
    g.mul(bit.var(), value)
}
