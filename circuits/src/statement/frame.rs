//! What statements about a frame share: who signed it, for whom, and when. Of its samples it takes what ties them to the signature.

pub(super) mod chain;
pub(super) mod sample;

use std::fmt;

use ark_ff::AdditiveGroup;
use zeroize::Zeroize;

use super::enrolled::{LeafVars, witness_leaf, witness_point};
use super::policy_vars::BlockPolicy;
use super::unproven::UnprovenLeaf;
use super::{Rule, Violation};
use crate::gadgets::preimage::{self, witness_part};
use crate::gadgets::{self, Bit, Bounded, Gadgets, SignatureVars, SynthesisError};
use zksensor_model::device::{Attributes, Identity, Leaf};
use zksensor_model::field::Fr;
use zksensor_model::frame::{FRAME_VERSION, Frame, FrameHeader as Header, FrameLink, Sample, SignedFrame};
use zksensor_model::layout::Field;
use zksensor_model::policy::{Policy, encoding};
use zksensor_model::preimages::{self, FrameHeader};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa::{self, PublicKey};
use zksensor_model::primitives::merkle;
use zksensor_model::reading::{Location, Network, PayloadHash, UnixMillis};
use zksensor_model::registry::{DeviceMembership, MembershipPath, Position, RegistryRoot, TREE_DEPTH};

/// A signed frame with the registration of its device. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct EnrolledFrame {
    /// The frame.
    pub signed: SignedFrame,
    /// The identity in the device's leaf.
    pub identity: Identity,
    /// The attributes in the device's leaf.
    pub attributes: Attributes,
    /// The leaf's position.
    pub position: Position,
    /// From the leaf to the registry root.
    pub path: MembershipPath,
}

impl fmt::Debug for EnrolledFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolledFrame(..)")
    }
}

impl EnrolledFrame {
    /// Joins a frame with the membership of the device that signed it.
    pub fn new(signed: SignedFrame, membership: &DeviceMembership) -> Self {
        let leaf = membership.leaf();
        EnrolledFrame {
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

    /// The root of the registry that the path leads to.
    pub fn registry_root(&self) -> RegistryRoot {
        self.path.registry_root(&self.leaf(), self.position)
    }

    /// C3, C6 of the first and the last sample, and C9, C11 and C12. `epoch` is (first millisecond, first after).
    pub(super) fn check(&self, policy: &Policy, epoch: (u64, u64)) -> Result<(), Violation> {
        let signed = &self.signed;
        eddsa::verify_point(signed.key().point(), &signed.frame().message(), signed.signature())
            .map_err(|_| Violation::Signature { reading: 0 })?;
        self.check_signed(policy, epoch)
    }

    /// The same without C3: what is signed is looked at, and not the signature.
    pub(super) fn check_signed(&self, policy: &Policy, (start, end): (u64, u64)) -> Result<(), Violation> {
        let (frame, parts) = (self.signed.frame(), policy.parts());
        let header = frame.header();
        for reading in [0, frame.samples().len() - 1] {
            let time = frame.time(reading).get();
            if !(start..end).contains(&time) {
                return Err(Violation::Epoch { reading, time, start, end });
            }
        }
        let class = self.attributes.class;
        if let Some(wanted) = parts.device_class.filter(|wanted| *wanted != class) {
            return Err(Violation::Class { reading: 0, class, wanted });
        }
        if header.network != parts.network {
            return Err(Violation::Network { reading: 0 });
        }
        if header.schema != parts.schema {
            let (schema, wanted) = (header.schema, parts.schema);
            return Err(Violation::Schema { reading: 0, schema, wanted });
        }
        Ok(())
    }
}

/// What of a frame's samples its header says, and when the samples were taken, in milliseconds after the frame's start.
pub(super) struct Samples<V> {
    pub(super) count: V,
    pub(super) chain: V,
    pub(super) first: Bounded<V>,
    pub(super) last: V,
    /// Of those that are counted the last.
    pub(super) last_counted: V,
}

/// What the rest of a statement needs of a frame.
#[must_use]
pub(super) struct FrameVars<V> {
    /// For C4.
    pub(super) leaf: UnprovenLeaf<V>,
    pub(super) identity: V,
}

/// The start of a frame, before its samples are known: what offsets are counted from, in Unix milliseconds.
pub(super) fn witness_start<G: Gadgets>(
    g: &mut G,
    values: Option<&FrameValues>,
) -> Result<Bounded<G::Var>, SynthesisError> {
    const PARTS: FrameHeader<Field> = FrameHeader::PARTS;
    witness_part(g, "frame start", values.map(|v| v.start), &PARTS.start_unix_ms)
}

/// C3, C6 but for the earliest counted sample, and C9 to C12; but for C3 anything if `active` is given and 0. A device signs whatever it
/// likes, so nothing is taken from the order in which an honest one has its samples.
pub(super) fn synthesize<G: Gadgets>(
    g: &mut G,
    policy: &BlockPolicy<G::Var>,
    active: Option<&Bit<G::Var>>,
    start: &Bounded<G::Var>,
    samples: &Samples<G::Var>,
    values: Option<&FrameValues>,
) -> Result<FrameVars<G::Var>, SynthesisError> {
    const PARTS: FrameHeader<Field> = FrameHeader::PARTS;
    let network = g.witness("network", values.map(|v| v.network))?;
    let payload_hash = g.witness("payload hash", values.map(|v| v.payload_hash))?;
    let schema = g.witness("schema", values.map(|v| v.schema))?;
    let sequence =
        g.scope("fields", |g| witness_part(g, "sequence", values.map(|v| v.sequence), &PARTS.sequence))?;
    let link = g.witness("link", values.map(|v| v.link))?;
    let key = witness_point(g, ["key x", "key y"], values.map(|v| v.key))?;
    let version = g.constant(Fr::from(FRAME_VERSION));
    let header = FrameHeader {
        version: &version,
        schema: &schema,
        sequence: sequence.var(),
        start_unix_ms: start.var(),
        count: &samples.count,
    };
    let header = preimage::pack(g, header)?;
    let message = preimages::Frame {
        network: &network,
        payload_hash: &payload_hash,
        header: &header,
        link: &link,
        chain: &samples.chain,
    };
    let message = g.scope("message", |g| preimage::hash(g, message))?;

    // C3. The key signed the message.
    g.rule(Rule::SIGNATURE, |g| {
        let nonce = witness_point(g, ["nonce x", "nonce y"], values.map(|v| v.nonce))?;
        let response = g.witness("response", values.map(|v| v.response))?;
        gadgets::eddsa::verify(g, &SignatureVars { key: key.clone(), nonce, response }, &message)
    })?;

    let attributes = values.map(|v| [v.leaf.identity, v.leaf.class, v.leaf.expiry_unix_ms, v.leaf.owner]);
    let LeafVars { identity, class, expiry, leaf } = witness_leaf(g, &key, attributes)?;

    // C6. start <= first, last <= last millisecond, and so the others of the three.
    let last_counted = g.rule(Rule::EPOCH, |g| {
        for signed in [samples.first.var(), &samples.last] {
            let time = time_of(g, start, signed)?;
            g.assert_le(&policy.start, &time, active)?;
            g.assert_le(&time, &policy.last, active)?;
        }
        let counted = time_of(g, start, &samples.last_counted)?;
        g.assert_le(&counted, &policy.last, active)?;
        Ok(counted)
    })?;

    // C9. class = the policy's, unless any will do.
    g.rule(Rule::CLASS, |g| policy.assert_class(g, &class, active))?;

    // C10. The last counted sample is before the expiry.
    g.rule(Rule::EXPIRY, |g| g.assert_lt(&last_counted, &expiry, active))?;

    // C11. network = the policy's.
    g.rule(Rule::NETWORK, |g| assert_equal(g, active, &network, &policy.network))?;

    // C12. schema = the policy's.
    g.rule(Rule::SCHEMA, |g| assert_equal(g, active, &schema, &policy.schema))?;

    Ok(FrameVars { leaf: UnprovenLeaf::new(leaf), identity })
}

/// When a sample was taken that is so many milliseconds after the start, in Unix milliseconds.
pub(super) fn time_of<G: Gadgets>(
    g: &mut G,
    start: &Bounded<G::Var>,
    offset: &G::Var,
) -> Result<Bounded<G::Var>, SynthesisError> {
    let time = g.add(start.var(), offset);
    g.assert_range(&time, encoding::TIME_BITS)
}

/// a = b, or anything if `active` is given and 0.
fn assert_equal<G: Gadgets>(
    g: &mut G,
    active: Option<&Bit<G::Var>>,
    a: &G::Var,
    b: &G::Var,
) -> Result<(), SynthesisError> {
    match active {
        None => g.assert_equal(a, b),
        Some(active) => g.assert_equal_if(active, a, b),
    }
}

/// A frame without its samples, as the field elements that a circuit takes.
pub(super) struct FrameValues {
    network: Fr,
    payload_hash: Fr,
    schema: Fr,
    sequence: Fr,
    start: Fr,
    link: Fr,
    key: Point,
    nonce: Point,
    response: Fr,
    leaf: preimages::Leaf<Fr>,
}

impl FrameValues {
    pub(super) fn new(enrolled: &EnrolledFrame) -> Self {
        let signed = &enrolled.signed;
        let summary = signed.frame().summary();
        let (message, header) = (summary.preimage(), summary.header_parts());
        FrameValues {
            network: message.network,
            payload_hash: message.payload_hash,
            schema: header.schema,
            sequence: header.sequence,
            start: header.start_unix_ms,
            link: message.link,
            key: *signed.key().point(),
            nonce: signed.signature().r,
            response: eddsa::response_element(&signed.signature().s),
            leaf: enrolled.leaf().preimage(),
        }
    }
}

impl Drop for FrameValues {
    fn drop(&mut self) {
        let FrameValues {
            network,
            payload_hash,
            schema,
            sequence,
            start,
            link,
            key,
            nonce,
            response,
            leaf: preimages::Leaf { key_x, key_y, identity, class, expiry_unix_ms, owner },
        } = self;
        let frame = [network, payload_hash, schema, sequence, start, link];
        let signature = [&mut key.x, &mut key.y, &mut nonce.x, &mut nonce.y, response];
        let device = [key_x, key_y, identity, class, expiry_unix_ms, owner];
        frame.into_iter().chain(signature).chain(device).for_each(Zeroize::zeroize);
    }
}

/// The frame of unused slots. Its key 8A != O is not of prime order, so no registry accepts it; it is the same for everybody and says
/// nothing.
pub(super) fn dummy() -> &'static EnrolledFrame {
    use std::sync::OnceLock;
    static DUMMY: OnceLock<EnrolledFrame> = OnceLock::new();
    DUMMY.get_or_init(|| {
        let none = UnixMillis::new(0).expect("below 2^48");
        let header = Header {
            network: Network::from_field(Fr::ZERO).expect("248 bits"),
            schema: 0,
            sequence: 0,
            start: none,
            link: FrameLink::NONE,
            payload_hash: PayloadHash::NONE,
        };
        let location = Location::from_e7(0, 0).expect("a place");
        let sample = Sample { offset_ms: 0, location, accuracy_mm: 1, channels: [0; 3] };
        let frame = Frame::new(header, vec![sample]).expect("a frame of one sample");
        let (key, signature) = eddsa::insecure_dummy_signature(&frame.message());
        let key = PublicKey::insecure_unchecked(key); // not of prime order on purpose: no registry has it
        EnrolledFrame {
            signed: SignedFrame::insecure_unverified(frame, key, signature),
            identity: Identity::from_field(Fr::ZERO),
            attributes: Attributes { class: 0, expiry: none, owner: 0 },
            position: Position::new(0).expect("a position"),
            path: MembershipPath { siblings: [[Fr::ZERO; merkle::ARITY - 1]; TREE_DEPTH] },
        }
    })
}
