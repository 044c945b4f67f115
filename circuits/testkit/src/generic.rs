//! Claims that hold, with nothing in them that happens to be equal or zero: siblings, lanes, triangles and the nodes of the
//! cap are random, so that no link is idle.

use ark_ff::UniformRand;
use rand::RngCore;
use rand_chacha::ChaCha20Rng;

use super::Fleet;
use zksensor_circuits::statement::EnrolledReading;
use zksensor_model::device::DeviceKey;
use zksensor_model::fence::{Corner, FenceRoot, Triangle};
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{Frame, FrameHeader, FrameLink, SignedFrame};
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::primitives::merkle::MerklePath;
use zksensor_model::reading::{Location, PayloadHash};
use zksensor_model::registry::Position;

/// A good reading, random in what no policy reads, of a device at a random path.
pub(super) fn enrolled(fleet: &Fleet, index: usize, position: u32, rng: &mut ChaCha20Rng) -> EnrolledReading {
    let mut reading = fleet.reading(index);
    let channel = usize::from(fleet.policy.parts().channel);
    let value = reading.channels[channel];
    reading.channels = [0; 4].map(|_: i64| rng.next_u64().cast_signed());
    reading.channels[channel] = value;
    reading.sequence = rng.next_u64();
    reading.payload_hash = PayloadHash::of(&rng.next_u64().to_be_bytes());
    reading.location = middle(&fleet.fence.triangles()[index % fleet.fence.triangles().len()]);
    let mut enrolled = fleet.enrolled(index, &reading);
    enrolled.position = Position::new(position).expect("below 2^21");
    fill(&mut enrolled.path, rng);
    enrolled
}

/// The same frame with a link.
pub(super) fn linked(key: &DeviceKey, signed: &SignedFrame, rng: &mut ChaCha20Rng) -> SignedFrame {
    let frame = signed.frame();
    let mut bytes = field::to_be_bytes(&Fr::rand(rng));
    bytes[0] = 0;
    let link = field::from_be_bytes(&bytes).expect("248 bits are below r");
    let header = FrameHeader { link: FrameLink::from_field(link).expect("248 bits"), ..*frame.header() };
    let frame = Frame::new(header, frame.samples().to_vec());
    key.sign_frame(frame.expect("the samples of a frame"))
}

/// The middle of a triangle: places in different ones select different ones.
///
/// # Panics
/// If a corner is no place, as that of no fence is.
pub fn middle(triangle: &Triangle) -> Location {
    let corners = triangle.corners().map(Corner::signed);
    let mean = |axis: fn((i32, i32)) -> i32| {
        let sum: i64 = corners.iter().map(|corner| i64::from(axis(*corner))).sum();
        i32::try_from(sum / 3).expect("a mean of three")
    };
    Location::from_e7(mean(|corner| corner.0), mean(|corner| corner.1)).expect("between valid places")
}

pub(super) fn fill<const LEVELS: usize>(path: &mut MerklePath<LEVELS>, rng: &mut ChaCha20Rng) {
    path.siblings.as_flattened_mut().fill_with(|| Fr::rand(rng));
}

pub(super) fn with_fence(policy: &Policy, fence: FenceRoot) -> Policy {
    Policy::new(PolicyParts { fence, ..*policy.parts() }).expect("any root is one of a fence")
}

/// A triangle far from the fleet.
pub(super) fn elsewhere(number: usize) -> Triangle {
    let south = -300_000_000 + 1_000 * i32::try_from(number).expect("a small number");
    let corners = [[south, 110_000_000], [south, 120_000_000], [south + 777_777, 115_000_000]];
    corners.try_into().expect("a counter-clockwise triangle")
}
