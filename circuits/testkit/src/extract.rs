//! The witness behind an assignment: what a prover who was accepted must have known, in the types that `check` reads.

use ark_ff::{AdditiveGroup, PrimeField};

use super::Target;
use zksensor_circuits::gadgets::membership::ARITY;
use zksensor_circuits::statement::{ClaimFamily, Rule, Statement};
use zksensor_model::device::{Attributes, Identity, Leaf};
use zksensor_model::fence::{COORDINATE_BITS, Corner, FenceRoot, Triangle};
use zksensor_model::field::bit_field;
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{Frame, FrameHeader, FrameLink, Sample};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyParts, encoding};
use zksensor_model::primitives::babyjubjub::{Point, Scalar};
use zksensor_model::primitives::eddsa::{PublicKey, Signature};
use zksensor_model::primitives::merkle::{MerklePath, node_hash};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{
    Location, Network, PayloadHash, Reading, SignedReading, UnixMillis, offset_channel,
};
use zksensor_model::schema::ABSENT;

/// A statement whose witness can be read out of an assignment.
pub trait Extract: Statement {
    /// The witness with these free inputs; `None` if no value of its type has them.
    fn extract(&self, free: &FreeInputs<'_>) -> Option<Self::Witness>;
}

/// The free inputs of an assignment, found by scope and name.
#[derive(Debug, Clone, Copy)]
pub struct FreeInputs<'f> {
    sites: &'f [Target],
    assignment: &'f [Fr],
}

impl<'f> FreeInputs<'f> {
    pub(super) fn new(sites: &'f [Target], assignment: &'f [Fr]) -> Self {
        FreeInputs { sites, assignment }
    }

    /// The public inputs that stand beside them; `None` if no typed ones have these words.
    pub(super) fn public<I: PublicInputs>(&self) -> Option<I> {
        // Column 0 is the constant.
        I::from_words(self.assignment.get(1..=I::layout().words())?).ok()
    }

    /// Every one, in the order of the circuit.
    pub fn all(&self) -> Vec<Fr> {
        self.sites.iter().map(|site| self.assignment[site.columns.start]).collect()
    }

    /// Those of a name whose innermost scope is `scope`, in one instance or outside, in order.
    pub fn named(&self, instance: Option<usize>, scope: &str, name: &str) -> Vec<Fr> {
        self.sites
            .iter()
            .filter(|site| site.instance == instance && site.name == name)
            .filter(|site| site.path.last().map_or("", |scope| scope.name()) == scope)
            .map(|site| self.assignment[site.columns.start])
            .collect()
    }

    pub(super) fn one(&self, instance: Option<usize>, scope: &str, name: &str) -> Option<Fr> {
        self.named(instance, scope, name).first().copied()
    }
}

/// The free inputs of one reading.
pub(super) struct EnrolledInputs<'f> {
    pub(super) free: &'f FreeInputs<'f>,
    pub(super) instance: Option<usize>,
    pub(super) base: &'f str,
}

impl EnrolledInputs<'_> {
    fn element(&self, scope: &str, name: &str) -> Option<Fr> {
        self.free.one(self.instance, scope, name)
    }

    pub(super) fn integer<T: TryFrom<u128>>(&self, scope: &str, name: &str) -> Option<T> {
        integer(&self.element(scope, name)?)
    }

    fn point(&self, scope: &str, [x, y]: [&str; 2]) -> Option<Point> {
        Some(Point { x: self.element(scope, x)?, y: self.element(scope, y)? })
    }

    pub(super) fn signed(&self) -> Option<SignedReading> {
        let corner = Corner {
            latitude: self.integer("fields", "latitude")?,
            longitude: self.integer("fields", "longitude")?,
        };
        let (latitude, longitude) = corner.signed();
        // Adding 2^63 twice is nothing.
        let channel = |half: u64| offset_channel(half.cast_signed()).cast_signed();
        let lanes = ["channels 0 and 1", "channels 2 and 3"].map(|name| {
            let packed = field::to_u128(&self.element(self.base, name)?)?;
            Some([(packed >> 64) as u64, packed as u64].map(channel))
        });
        let [[first, second], [third, fourth]] = [lanes[0]?, lanes[1]?];
        let reading = Reading {
            network: Network::from_field(self.element(self.base, "network")?).ok()?,
            schema: self.integer(self.base, "schema")?,
            sequence: self.integer("fields", "sequence")?,
            time: UnixMillis::new(self.integer("fields", "time")?).ok()?,
            location: Location::from_e7(latitude, longitude).ok()?,
            accuracy_mm: self.integer("fields", "accuracy")?,
            channels: [first, second, third, fourth],
            payload_hash: PayloadHash::from_field(self.element(self.base, "payload hash")?).ok()?,
        };
        Some(SignedReading::insecure_unverified(reading, self.key()?, self.signature()?))
    }

    pub(super) fn signature(&self) -> Option<Signature> {
        let scope = Rule::SIGNATURE.scope();
        let s = Scalar::from_bigint(self.element(scope, "response")?.into_bigint())?;
        Some(Signature { r: self.point(scope, ["nonce x", "nonce y"])?, s })
    }

    pub(super) fn leaf(&self) -> Option<Leaf> {
        let attributes = Attributes {
            class: self.integer("leaf", "class")?,
            expiry: UnixMillis::new(self.integer("leaf", "expiry")?).ok()?,
            owner: self.integer("leaf", "owner")?,
        };
        let identity = Identity::from_field(self.element(self.base, "identity")?);
        Some(Leaf { key: self.key()?, identity, attributes })
    }

    /// Whatever the coordinates are: `check` judges them.
    fn key(&self) -> Option<PublicKey> {
        Some(PublicKey::insecure_unchecked(self.point(self.base, ["key x", "key y"])?))
    }
}

fn integer<T: TryFrom<u128>>(value: &Fr) -> Option<T> {
    T::try_from(field::to_u128(value)?).ok()
}

/// The sample with these parts, in the order of the lane, whatever they are.
pub(super) fn sample(
    [offset, latitude, longitude, accuracy, channel_0, channel_1, channel_2]: [Fr; 7],
) -> Option<Sample> {
    let (latitude, longitude) =
        Corner { latitude: integer(&latitude)?, longitude: integer(&longitude)? }.signed();
    let channel = |value: &Fr| match integer::<i64>(value)? {
        0 => Some(ABSENT),
        stored => stored.checked_sub(encoding::VALUE_OFFSET),
    };
    Some(Sample {
        offset_ms: integer(&offset)?,
        location: Location::from_e7(latitude, longitude).ok()?,
        accuracy_mm: integer(&accuracy)?,
        channels: [channel(&channel_0)?, channel(&channel_1)?, channel(&channel_2)?],
    })
}

/// The frame of these samples, with the header that is in an instance of a block whose scope is `base`, or outside of every block.
pub(super) fn frame(
    free: &FreeInputs<'_>,
    (instance, base): (Option<usize>, &str),
    samples: Vec<Sample>,
) -> Option<Frame> {
    let element = |name| free.one(instance, base, name);
    let header = FrameHeader {
        network: Network::from_field(element("network")?).ok()?,
        schema: integer(&element("schema")?)?,
        sequence: integer(&free.one(instance, "fields", "sequence")?)?,
        start: UnixMillis::new(integer(&element("frame start")?)?).ok()?,
        link: FrameLink::from_field(element("link")?).ok()?,
        payload_hash: PayloadHash::from_field(element("payload hash")?).ok()?,
    };
    // Whatever a prover was accepted with: `check` judges it.
    Frame::insecure_unchecked(header, samples).ok()
}

pub(super) fn policy<C: ClaimFamily>(free: &FreeInputs<'_>) -> Option<Policy> {
    let element = |name| free.one(None, Rule::POLICY.scope(), name);
    fn of<T: TryFrom<u128>>(value: Option<Fr>) -> Option<T> {
        integer(&value?)
    }
    let value = |name| of::<i64>(element(name))?.checked_sub(encoding::VALUE_OFFSET);
    let class: u32 = of(element("device class"))?;
    // A statement whose policies have no outputs has constants here.
    let flags: u8 = if C::FAMILY.has_outputs() { of(element("outputs"))? } else { 0 };
    let asked = |flag: u8| flags & flag != 0;
    let parts = PolicyParts {
        network: Network::from_field(element("network")?).ok()?,
        fence: FenceRoot::from_field(element("fence root")?),
        low: value("low")?,
        high: value("high")?,
        max_accuracy_mm: of(element("maximum accuracy"))?,
        epoch_origin: UnixMillis::new(of(element("origin"))?).ok()?,
        epoch_length_ms: of(element("length"))?,
        k: of(element("k"))?,
        family: C::FAMILY,
        statement_version: C::VERSION,
        schema: of(element("schema"))?,
        channel: of(element("channel"))?,
        device_class: (class != encoding::ANY_DEVICE_CLASS).then(|| u16::try_from(class)).transpose().ok()?,
        outputs: Outputs {
            sum_of_squares: asked(encoding::SUM_OF_SQUARES_FLAG),
            minimum: asked(encoding::MINIMUM_FLAG),
            maximum: asked(encoding::MAXIMUM_FLAG),
        },
        parameters: element("parameters").map_or(Parameters::NONE, Parameters::from_field),
        insecure_small_k: true,
    };
    Policy::new(parts).ok()
}

pub(super) fn triangle(packed: &Fr) -> Option<Triangle> {
    if field::bit_length(packed) > 6 * COORDINATE_BITS {
        return None;
    }
    let part = |index: u32| integer(&bit_field(packed, COORDINATE_BITS * (5 - index), COORDINATE_BITS));
    let corner = |index: u32| Some(Corner { latitude: part(2 * index)?, longitude: part(2 * index + 1)? });
    Triangle::new(corner(0)?, corner(1)?, corner(2)?).ok()
}

/// The path of children each of which holds the node below, wherever it is; and the position of the leaf.
pub(super) fn path<const LEVELS: usize>(
    domain: Domain,
    leaf: Fr,
    children: &[Fr],
) -> Option<(MerklePath<LEVELS>, u32)> {
    let (mut node, mut position) = (leaf, 0);
    for (level, children) in children.chunks(ARITY).enumerate() {
        let digit = u32::try_from(children.iter().position(|child| *child == node)?).ok()?;
        position |= digit << (3 * level);
        node = node_hash(domain, children.try_into().ok()?);
    }
    Some((path_at(children, position), position))
}

/// The path of children with a position; levels without children are zero.
pub(super) fn path_at<const LEVELS: usize>(children: &[Fr], position: u32) -> MerklePath<LEVELS> {
    let mut siblings = [[Fr::ZERO; ARITY - 1]; LEVELS];
    for (level, (siblings, children)) in siblings.iter_mut().zip(children.chunks(ARITY)).enumerate() {
        let digit = (position >> (3 * level)) as usize % ARITY;
        let others = children.iter().enumerate().filter(|(index, _)| *index != digit);
        for (sibling, (_, child)) in siblings.iter_mut().zip(others) {
            *sibling = *child;
        }
    }
    MerklePath { siblings }
}
