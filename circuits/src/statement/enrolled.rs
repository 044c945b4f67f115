//! The rules that every reading of every statement obeys: C3 and C6 to C12, natively and as a circuit.

mod values;

use std::fmt;

use ark_ff::{AdditiveGroup, Field as _};

pub(super) use self::values::{EnrolledValues, dummy};
use super::policy_vars::BlockPolicy;
use super::unproven::{UnprovenLeaf, UnprovenLocation, UnprovenValue};
use super::{Rule, Violation};
use crate::gadgets::preimage::{self, witness_part};
use crate::gadgets::{self, Bit, Bounded, Gadgets, PointVars, SignatureVars, SynthesisError};
use zksensor_model::device::{Attributes, Identity, Leaf};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Field;
use zksensor_model::policy::{Policy, encoding};
use zksensor_model::preimages::{self, FirstChannels, Header, Message};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa;
use zksensor_model::reading::{READING_VERSION, SignedReading};
use zksensor_model::registry::{DeviceMembership, MembershipPath, Position};

/// Bits of a channel in its lane.
const CHANNEL_BITS: u32 = FirstChannels::PARTS.channel_0.bits();

/// Bits of an expiry: those of the times that it is compared with.
const EXPIRY_BITS: u32 = Header::PARTS.time_unix_ms.bits();

/// A channel is stored plus 2^this.
const CHANNEL_OFFSET: u32 = FirstChannels::PARTS.channel_0.offset.expect("channels are signed");

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
    check_signed(index, enrolled, policy, epoch)
}

/// C6 to C12: of a reading whose signature holds.
pub(super) fn check_signed(
    index: usize,
    enrolled: &EnrolledReading,
    policy: &Policy,
    epoch: (u64, u64),
) -> Result<(), Violation> {
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

/// What the rest of a statement needs of a reading. What is not proven yet can only be proven.
#[must_use]
pub(super) struct EnrolledVars<V> {
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
    values: Option<&EnrolledValues>,
) -> Result<EnrolledVars<G::Var>, SynthesisError> {
    let signed = witness_reading(g, values)?;
    let ReadingVars { network, schema, time, latitude, longitude, accuracy_less_one, lanes, key, message } =
        signed;

    // C3. The key signed the message.
    g.rule(Rule::SIGNATURE, |g| {
        let nonce = witness_point(g, ["nonce x", "nonce y"], values.map(|v| v.nonce))?;
        let response = g.witness("response", values.map(|v| v.response))?;
        gadgets::eddsa::verify(g, &SignatureVars { key: key.clone(), nonce, response }, &message)
    })?;

    let attributes = values.map(|v| [v.identity, v.class, v.expiry, v.owner]);
    let LeafVars { identity, class, expiry, leaf } = witness_leaf(g, &key, attributes)?;

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
        let shift = field::from_i64(encoding::VALUE_OFFSET) - field::power_of_two(CHANNEL_OFFSET);
        Ok(g.linear(shift, &[(Fr::ONE, &value), (-Fr::ONE, &policy.low)]))
    })?;

    // C8. 1 <= accuracy <= maximum: accuracy - 1 is in its range, and below the maximum.
    g.rule(Rule::ACCURACY, |g| g.assert_lt(&accuracy_less_one, &policy.max_accuracy, Some(active)))?;

    // C9. class = the policy's, unless any will do.
    g.rule(Rule::CLASS, |g| policy.assert_class(g, &class, Some(active)))?;

    // C10. time < expiry.
    g.rule(Rule::EXPIRY, |g| g.assert_lt(&time, &expiry, Some(active)))?;

    // C11. network = the policy's.
    g.rule(Rule::NETWORK, |g| g.assert_equal_if(active, &network, &policy.network))?;

    // C12. schema = the policy's.
    g.rule(Rule::SCHEMA, |g| g.assert_equal_if(active, &schema, &policy.schema))?;

    Ok(EnrolledVars {
        message,
        leaf: UnprovenLeaf::new(leaf),
        identity,
        location: UnprovenLocation::new(latitude, longitude),
        value: UnprovenValue::new(above_low),
    })
}

/// A reading that nobody is known to have signed.
struct ReadingVars<V> {
    network: V,
    schema: V,
    time: Bounded<V>,
    latitude: Bounded<V>,
    longitude: Bounded<V>,
    /// In 32 bits. Where it is 2^32 - 1 the header is none of a reading: C8 refuses it, and an unused slot may have it.
    accuracy_less_one: Bounded<V>,
    /// The channels, two a lane.
    lanes: [V; 2],
    key: PointVars<V>,
    message: V,
}

fn witness_reading<G: Gadgets>(
    g: &mut G,
    values: Option<&EnrolledValues>,
) -> Result<ReadingVars<G::Var>, SynthesisError> {
    const PARTS: Header<Field> = Header::PARTS;
    let network = g.witness("network", values.map(|v| v.network))?;
    let payload_hash = g.witness("payload hash", values.map(|v| v.payload_hash))?;
    let schema = g.witness("schema", values.map(|v| v.schema))?;
    let (sequence, time, latitude, longitude, accuracy) = g.scope("fields", |g| {
        Ok((
            witness_part(g, "sequence", values.map(|v| v.sequence), &PARTS.sequence)?,
            witness_part(g, "time", values.map(|v| v.time), &PARTS.time_unix_ms)?,
            witness_part(g, "latitude", values.map(|v| v.latitude), &PARTS.latitude_e7)?,
            witness_part(g, "longitude", values.map(|v| v.longitude), &PARTS.longitude_e7)?,
            witness_accuracy(g, values.map(|v| v.accuracy))?,
        ))
    })?;
    let (accuracy, accuracy_less_one) = accuracy;
    let lanes = [
        g.witness("channels 0 and 1", values.map(|v| v.lanes[0]))?,
        g.witness("channels 2 and 3", values.map(|v| v.lanes[1]))?,
    ];
    let key = witness_point(g, ["key x", "key y"], values.map(|v| v.key))?;
    let version = g.constant(Fr::from(READING_VERSION));
    let header = Header {
        version: &version,
        schema: &schema,
        sequence: sequence.var(),
        time_unix_ms: time.var(),
        latitude_e7: latitude.var(),
        longitude_e7: longitude.var(),
        accuracy_mm: &accuracy,
    };
    let header = preimage::pack(g, header)?;
    let [first_channels, last_channels] = &lanes;
    let message = Message {
        network: &network,
        payload_hash: &payload_hash,
        header: &header,
        first_channels,
        last_channels,
    };
    let message = g.scope("message", |g| preimage::hash(g, message))?;
    Ok(ReadingVars { network, schema, time, latitude, longitude, accuracy_less_one, lanes, key, message })
}

/// An accuracy, and the accuracy - 1 in the bits of its part: 0 is none, and 2^32 - 1 is in range.
fn witness_accuracy<G: Gadgets>(
    g: &mut G,
    value: Option<Fr>,
) -> Result<(G::Var, Bounded<G::Var>), SynthesisError> {
    const PARTS: Header<Field> = Header::PARTS;
    let accuracy = g.witness("accuracy", value)?;
    let less_one = g.linear(-Fr::ONE, &[(Fr::ONE, &accuracy)]);
    let less_one = g.rule(Rule::ACCURACY, |g| g.assert_range(&less_one, PARTS.accuracy_mm.bits()))?;
    Ok((accuracy, less_one))
}

/// A leaf that no registry is known to hold.
pub(super) struct LeafVars<V> {
    pub(super) identity: V,
    pub(super) class: V,
    pub(super) expiry: Bounded<V>,
    pub(super) leaf: V,
}

/// Of the attributes the expiry alone is compared as an integer, and so alone ranged: a registry takes no leaf whose attributes are
/// out of range, and another preimage of the same digest is not known. The values are identity, class, expiry and owner.
pub(super) fn witness_leaf<G: Gadgets>(
    g: &mut G,
    key: &PointVars<G::Var>,
    values: Option<[Fr; 4]>,
) -> Result<LeafVars<G::Var>, SynthesisError> {
    let value = |part: usize| values.map(|values| values[part]);
    let identity = g.witness("identity", value(0))?;
    g.scope("leaf", |g| {
        let class = g.witness("class", value(1))?;
        let expiry = g.witness_range("expiry", value(2), EXPIRY_BITS)?;
        let owner = g.witness("owner", value(3))?;
        let lanes = preimages::Leaf {
            key_x: &key.x,
            key_y: &key.y,
            identity: &identity,
            class: &class,
            expiry_unix_ms: expiry.var(),
            owner: &owner,
        };
        let leaf = preimage::hash(g, lanes)?;
        Ok(LeafVars { identity, class, expiry, leaf })
    })
}

pub(super) fn witness_point<G: Gadgets>(
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
        let high = field::bit_field(&v[0], CHANNEL_BITS, CHANNEL_BITS);
        let low = field::bit_field(&v[0], 0, CHANNEL_BITS);
        if v[1] == Fr::ZERO { vec![high, low] } else { vec![low, high] }
    })?;
    let [value, other] = [&halves[0], &halves[1]];
    g.assert_range(other, CHANNEL_BITS)?;
    let scale = (field::power_of_two(CHANNEL_BITS) - Fr::ONE).inverse().expect("2^64 - 1 is not zero");
    let high_less_value = g.linear(Fr::ZERO, &[(scale, lane), (-scale - Fr::ONE, value), (-scale, other)]);
    let difference = g.sub(other, value);
    g.assert_product(second.var(), &difference, &high_less_value)?;
    Ok(value.clone())
}
