//! The rules that every reading of every statement obeys: C3 and C6 to C12, natively and as a circuit.

use std::fmt;

use ark_ff::{AdditiveGroup, Field};
use zeroize::Zeroize;

use super::policy_vars::BlockPolicy;
use super::unproven::{UnprovenLeaf, UnprovenLocation, UnprovenValue};
use super::{Rule, Violation};
use crate::gadgets::{self, Bit, Gadgets, PointVars, SignatureVars, SynthesisError, unpack};
use zksensor_model::device::{Attributes, Identity, Leaf};
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::{Policy, layout};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{READING_VERSION, SignedReading, offset_channel};
use zksensor_model::registry::{DeviceMembership, MembershipPath, Position};

/// A signed reading with the registration of its device. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct EnrolledReading {
    /// The reading.
    pub signed: SignedReading,
    /// The identity in the device's leaf.
    pub identity: Identity,
    /// The attributes in the device's leaf.
    pub attributes: Attributes,
    /// The leaf's position.
    pub position: Position,
    /// From the leaf to the registry root.
    pub path: MembershipPath,
}

impl fmt::Debug for EnrolledReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolledReading(..)")
    }
}

impl EnrolledReading {
    /// Joins a reading with the membership of the device that signed it.
    pub fn new(signed: SignedReading, membership: &DeviceMembership) -> Self {
        let leaf = membership.leaf();
        EnrolledReading {
            signed,
            identity: leaf.identity,
            attributes: leaf.attributes,
            position: membership.position(),
            path: *membership.path(),
        }
    }

    /// The leaf that the registry must hold.
    pub fn leaf(&self) -> Leaf {
        Leaf { key: *self.signed.key(), identity: self.identity, attributes: self.attributes }
    }

    /// The channel that the policy reads.
    pub fn value(&self, policy: &Policy) -> i64 {
        self.signed.reading().channels[usize::from(policy.parts().channel)]
    }
}

/// C3 and C6 to C12 for reading number `index`. `epoch` is (first millisecond, first after).
pub(super) fn check(
    index: usize,
    enrolled: &EnrolledReading,
    policy: &Policy,
    epoch: (u64, u64),
) -> Result<(), Violation> {
    check_signature(index, enrolled)?;
    let (parts, reading) = (policy.parts(), enrolled.signed.reading());
    let (start, end) = epoch;
    let time = reading.time.get();
    if !(start..end).contains(&time) {
        return Err(Violation::Epoch { reading: index, time, start, end });
    }
    let value = enrolled.value(policy);
    if !(parts.low..=parts.high).contains(&value) {
        return Err(Violation::Value { reading: index, value, low: parts.low, high: parts.high });
    }
    if reading.accuracy_mm == 0 {
        return Err(Violation::NoAccuracy { reading: index });
    }
    if reading.accuracy_mm > parts.max_accuracy_mm {
        let (accuracy, maximum) = (reading.accuracy_mm, parts.max_accuracy_mm);
        return Err(Violation::Accuracy { reading: index, accuracy, maximum });
    }
    let class = enrolled.attributes.class;
    if let Some(wanted) = parts.device_class.filter(|wanted| *wanted != class) {
        return Err(Violation::Class { reading: index, class, wanted });
    }
    let expiry = enrolled.attributes.expiry.get();
    if expiry <= time {
        return Err(Violation::Expiry { reading: index, expiry, time });
    }
    if reading.network != parts.network {
        return Err(Violation::Network { reading: index });
    }
    if reading.schema != parts.schema {
        return Err(Violation::Schema { reading: index, schema: reading.schema, wanted: parts.schema });
    }
    Ok(())
}

fn check_signature(index: usize, enrolled: &EnrolledReading) -> Result<(), Violation> {
    let signed = &enrolled.signed;
    eddsa::verify_point(signed.key().point(), &signed.reading().message(), signed.signature())
        .map_err(|_| Violation::Signature { reading: index })
}

/// A reading as the field elements that a circuit takes: a real one, or the dummy of an unused slot.
#[derive(Clone)]
pub(super) struct SlotValues {
    pub(super) network: Fr,
    pub(super) payload_hash: Fr,
    pub(super) schema: Fr,
    pub(super) sequence: Fr,
    pub(super) time: Fr,
    pub(super) latitude: Fr,
    pub(super) longitude: Fr,
    pub(super) accuracy: Fr,
    pub(super) lanes: [Fr; 2],
    pub(super) key: Point,
    pub(super) nonce: Point,
    pub(super) response: Fr,
    pub(super) identity: Fr,
    pub(super) class: Fr,
    pub(super) expiry: Fr,
    pub(super) owner: Fr,
}

impl Drop for SlotValues {
    fn drop(&mut self) {
        let SlotValues {
            network,
            payload_hash,
            schema,
            sequence,
            time,
            latitude,
            longitude,
            accuracy,
            lanes: [first, second],
            key,
            nonce,
            response,
            identity,
            class,
            expiry,
            owner,
        } = self;
        let reading =
            [network, payload_hash, schema, sequence, time, latitude, longitude, accuracy, first, second];
        let signature = [&mut key.x, &mut key.y, &mut nonce.x, &mut nonce.y, response];
        let device = [identity, class, expiry, owner];
        reading.into_iter().chain(signature).chain(device).for_each(Zeroize::zeroize);
    }
}

impl SlotValues {
    pub(super) fn new(enrolled: &EnrolledReading) -> Self {
        let (signed, attributes) = (&enrolled.signed, &enrolled.attributes);
        let reading = signed.reading();
        let (latitude, longitude) = reading.location.offset();
        let lanes = reading.lanes();
        SlotValues {
            network: reading.network.to_field(),
            payload_hash: reading.payload_hash.to_field(),
            schema: Fr::from(reading.schema),
            sequence: Fr::from(reading.sequence),
            time: Fr::from(reading.time.get()),
            latitude: Fr::from(latitude),
            longitude: Fr::from(longitude),
            accuracy: Fr::from(reading.accuracy_mm),
            lanes: [lanes[3], lanes[4]],
            key: *signed.key().point(),
            nonce: signed.signature().r,
            response: eddsa::response_element(&signed.signature().s),
            identity: enrolled.identity.to_field(),
            class: Fr::from(attributes.class),
            expiry: Fr::from(attributes.expiry.get()),
            owner: Fr::from(attributes.owner),
        }
    }
}

/// What the rest of a statement needs of a reading. What is not proven yet can only be proven.
#[must_use]
pub(super) struct SlotVars<V> {
    pub(super) message: V,
    /// For C4.
    pub(super) leaf: UnprovenLeaf<V>,
    pub(super) identity: V,
    /// For C5.
    pub(super) location: UnprovenLocation<V>,
    /// For C7.
    pub(super) value: UnprovenValue<V>,
}

/// C3 and C6 to C12, each off where `active` is 0.
pub(super) fn synthesize<G: Gadgets>(
    g: &mut G,
    policy: &BlockPolicy<G::Var>,
    active: &Bit<G::Var>,
    values: Option<&SlotValues>,
) -> Result<SlotVars<G::Var>, SynthesisError> {
    let network = g.witness("network", values.map(|v| v.network))?;
    let payload_hash = g.witness("payload hash", values.map(|v| v.payload_hash))?;
    let schema = g.witness("schema", values.map(|v| v.schema))?;
    let (sequence, time, latitude, longitude, accuracy) = g.scope("fields", |g| {
        Ok((
            g.witness_bits("sequence", values.map(|v| v.sequence), 64)?,
            g.witness_bits("time", values.map(|v| v.time), layout::TIME_BITS)?,
            g.witness_bits("latitude", values.map(|v| v.latitude), 32)?,
            g.witness_bits("longitude", values.map(|v| v.longitude), 32)?,
            g.witness_bits("accuracy", values.map(|v| v.accuracy), layout::ACCURACY_BITS)?,
        ))
    })?;
    let lanes = [
        g.witness("channels 0 and 1", values.map(|v| v.lanes[0]))?,
        g.witness("channels 2 and 3", values.map(|v| v.lanes[1]))?,
    ];
    let key = witness_point(g, ["key x", "key y"], values.map(|v| v.key))?;
    let version = g.constant(Fr::from(READING_VERSION));
    let header = unpack::pack(
        g,
        &[
            (&version, 8),
            (&schema, 32),
            (sequence.var(), 64),
            (time.var(), 48),
            (latitude.var(), 32),
            (longitude.var(), 32),
            (accuracy.var(), 32),
        ],
    )?;
    let message = g.scope("message", |g| {
        g.poseidon(Domain::Message, &[&network, &payload_hash, &header, &lanes[0], &lanes[1]])
    })?;

    // C3. The key signed the message.
    g.rule(Rule::SIGNATURE, |g| {
        let nonce = witness_point(g, ["nonce x", "nonce y"], values.map(|v| v.nonce))?;
        let response = g.witness("response", values.map(|v| v.response))?;
        gadgets::eddsa::verify(g, &SignatureVars { key: key.clone(), nonce, response }, &message)
    })?;

    let identity = g.witness("identity", values.map(|v| v.identity))?;
    let (class, expiry, leaf) = g.scope("leaf", |g| {
        let class = g.witness_bits("class", values.map(|v| v.class), 16)?;
        let expiry = g.witness_bits("expiry", values.map(|v| v.expiry), layout::TIME_BITS)?;
        let owner = g.witness_bits("owner", values.map(|v| v.owner), 128)?;
        let attributes = unpack::pack(g, &[(class.var(), 16), (expiry.var(), 48), (owner.var(), 128)])?;
        let leaf = g.poseidon(Domain::Leaf, &[&key.x, &key.y, &identity, &attributes])?;
        Ok((class, expiry, leaf))
    })?;

    // C6. start <= time <= last.
    g.rule(Rule::EPOCH, |g| {
        g.assert_le(&policy.start, &time, Some(active))?;
        g.assert_le(&time, &policy.last, Some(active))
    })?;

    // C7. The policy's channel is one half of one lane.
    let above_low = g.rule(Rule::VALUE, |g| {
        let lane = g.select(&policy.channel[1], &lanes[1], &lanes[0])?;
        let value = half_of_lane(g, &lane, &policy.channel[0])?;
        // value - 2^63 - (low + 2^40 - 2^40)
        let shift = field::from_i64(layout::VALUE_OFFSET) - field::power_of_two(63);
        Ok(g.linear(shift, &[(Fr::ONE, &value), (-Fr::ONE, &policy.low)]))
    })?;

    // C8. accuracy <= maximum.
    g.rule(Rule::ACCURACY, |g| g.assert_le(&accuracy, &policy.max_accuracy, Some(active)))?;

    // C9. class = the policy's, unless any will do.
    g.rule(Rule::CLASS, |g| {
        let difference = g.sub(class.var(), &policy.class);
        let matters = g.mul(policy.class_matters.var(), active.var())?;
        let zero = g.constant(Fr::ZERO);
        g.assert_product(&matters, &difference, &zero)
    })?;

    // C10. time < expiry.
    g.rule(Rule::EXPIRY, |g| g.assert_lt(&time, &expiry, Some(active)))?;

    // C11. network = the policy's.
    g.rule(Rule::NETWORK, |g| g.assert_equal_if(active, &network, &policy.network))?;

    // C12. schema = the policy's.
    g.rule(Rule::SCHEMA, |g| g.assert_equal_if(active, &schema, &policy.schema))?;

    Ok(SlotVars {
        message,
        leaf: UnprovenLeaf::new(leaf),
        identity,
        location: UnprovenLocation::new(latitude, longitude),
        value: UnprovenValue::new(above_low),
    })
}

fn witness_point<G: Gadgets>(
    g: &mut G,
    names: [&'static str; 2],
    value: Option<Point>,
) -> Result<PointVars<G::Var>, SynthesisError> {
    Ok(PointVars { x: g.witness(names[0], value.map(|p| p.x))?, y: g.witness(names[1], value.map(|p| p.y))? })
}

/// The half of `lane` = high 2^64 + low that `second` selects (0 the high one, as the first-named is on top). The other
/// half is ranged to 64 bits; the selected one is ranged by what it is used for.
///
/// With v the selected half and w the other, high = v + second (w - v), and lane = high (2^64 - 1) + v + w.
fn half_of_lane<G: Gadgets>(
    g: &mut G,
    lane: &G::Var,
    second: &Bit<G::Var>,
) -> Result<G::Var, SynthesisError> {
    let halves = g.hint("halves", 2, &[lane, second.var()], |v| {
        let high = zksensor_model::field::bit_field(&v[0], 64, 64);
        let low = zksensor_model::field::bit_field(&v[0], 0, 64);
        if v[1] == Fr::ZERO { vec![high, low] } else { vec![low, high] }
    })?;
    let [value, other] = [&halves[0], &halves[1]];
    g.assert_bits(other, 64)?;
    let scale = (field::power_of_two(64) - Fr::ONE).inverse().expect("2^64 - 1 is not zero");
    let high_less_value = g.linear(Fr::ZERO, &[(scale, lane), (-scale - Fr::ONE, value), (-scale, other)]);
    let difference = g.sub(other, value);
    g.assert_product(second.var(), &difference, &high_less_value)?;
    Ok(value.clone())
}

/// The reading of unused slots. Its key 8A != O is not of prime order, so no registry accepts it; it is the same for
/// everybody and says nothing.
pub(super) fn dummy() -> &'static SlotValues {
    use std::sync::OnceLock;
    static DUMMY: OnceLock<SlotValues> = OnceLock::new();
    DUMMY.get_or_init(|| {
        let lane = field::pack(&[(Fr::from(offset_channel(0)), 64), (Fr::from(offset_channel(0)), 64)]);
        let header = field::pack(&[
            (Fr::from(READING_VERSION), 8),
            (Fr::ZERO, 144),
            (field::power_of_two(31), 32),
            (field::power_of_two(31), 32),
            (Fr::ONE, 32),
        ]);
        let message = zksensor_model::primitives::poseidon::hash(
            Domain::Message,
            &[Fr::ZERO, Fr::ZERO, header, lane, lane],
        );
        let (key, signature) = eddsa::insecure_dummy_signature(&message);
        SlotValues {
            network: Fr::ZERO,
            payload_hash: Fr::ZERO,
            schema: Fr::ZERO,
            sequence: Fr::ZERO,
            time: Fr::ZERO,
            latitude: field::power_of_two(31),
            longitude: field::power_of_two(31),
            accuracy: Fr::ONE,
            lanes: [lane; 2],
            key,
            nonce: signature.r,
            response: eddsa::response_element(&signature.s),
            identity: Fr::ZERO,
            class: Fr::ZERO,
            expiry: Fr::ZERO,
            owner: Fr::ZERO,
        }
    })
}

impl SlotValues {
    /// The hash of the leaf.
    pub(super) fn leaf(&self) -> Fr {
        let attributes = field::pack(&[(self.class, 16), (self.expiry, 48), (self.owner, 128)]);
        zksensor_model::primitives::poseidon::hash(
            Domain::Leaf,
            &[self.key.x, self.key.y, self.identity, attributes],
        )
    }
}
