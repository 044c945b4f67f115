use alloc::vec;
use alloc::vec::Vec;

use ark_ff::AdditiveGroup;
use proptest::prelude::*;

use super::*;
use crate::device::DeviceKey;
use crate::field;
use crate::primitives::poseidon::{self, Domain};
use crate::reading::{ACCURACY_UNKNOWN, Location, ReadingError};
use crate::schema::ABSENT;

/// A header of frames that start at `start`.
pub(super) fn header(start: u64) -> FrameHeader {
    FrameHeader {
        network: Network::new(80002, [0x33; 20]),
        schema: 2,
        sequence: 5,
        start: UnixMillis::new(start).unwrap(),
        link: FrameLink::NONE,
        payload_hash: PayloadHash::of(b"rest"),
    }
}

pub(super) fn sample(offset_ms: u32) -> Sample {
    let location = Location::from_e7(481_234_567, -115_000_000).unwrap();
    Sample { offset_ms, location, accuracy_mm: 4_500, channels: [13_900, -1, ABSENT] }
}

/// `count` samples, one a second.
pub(super) fn frame(count: u32) -> Frame {
    let samples = (0..count).map(|second| sample(1000 * second)).collect();
    Frame::new(header(1_767_225_600_000), samples).unwrap()
}

fn any_channel() -> impl Strategy<Value = i64> {
    let ends = [LEAST_CHANNEL, -1, 0, 1, GREATEST_CHANNEL, ABSENT];
    prop_oneof![LEAST_CHANNEL..=GREATEST_CHANNEL, prop::sample::select(ends.to_vec())]
}

pub(super) fn any_sample() -> impl Strategy<Value = Sample> {
    let place = (-900_000_000..=900_000_000i32, -1_800_000_000..=1_800_000_000i32);
    let accuracy = prop_oneof![1..=u32::MAX, Just(1), Just(ACCURACY_UNKNOWN)];
    let fields = (any::<u32>(), place, accuracy, prop::array::uniform3(any_channel()));
    fields.prop_map(|(offset_ms, (latitude, longitude), accuracy_mm, channels)| {
        let location = Location::from_e7(latitude, longitude).unwrap();
        Sample { offset_ms, location, accuracy_mm, channels }
    })
}

/// Every frame of few samples that there is.
pub(super) fn any_frame() -> impl Strategy<Value = Frame> {
    let samples = prop::collection::vec(any_sample(), 1..24);
    let fields = (any::<u64>(), any::<u32>(), any::<u64>(), 0..(1u64 << 48) - (1 << 32), any::<Vec<u8>>());
    (fields, samples).prop_map(|((chain, schema, sequence, start, payload), mut samples)| {
        samples.sort_by_key(|sample| sample.offset_ms);
        let before = FrameSummary::new(header(start), 3, Fr::from(chain)).unwrap();
        let header = FrameHeader {
            network: Network::new(chain, [0x22; 20]),
            schema,
            sequence,
            start: UnixMillis::new(start).unwrap(),
            link: if sequence % 2 == 0 { FrameLink::NONE } else { FrameLink::after(&before) },
            payload_hash: PayloadHash::of(&payload),
        };
        Frame::new(header, samples).unwrap()
    })
}

/// The chain by its definition.
fn chain(samples: &[Sample]) -> Fr {
    samples.chunks(7).fold(Fr::ZERO, |chain, group| {
        let mut inputs = vec![chain];
        inputs.extend(group.iter().map(|sample| sample.to_field().unwrap()));
        inputs.resize(8, Fr::ZERO);
        poseidon::hash(Domain::Samples, &inputs)
    })
}

#[test]
fn chain_and_message_are_those_of_the_definition_at_every_edge() {
    for count in [1u32, 6, 7, 8, 13, 14, 15, 994, 995, 1000, 1001] {
        let frame = frame(count);
        assert_eq!(frame.summary().chain(), chain(frame.samples()), "{count} samples");
        assert_eq!(u32::from(frame.summary().count()), count);
        let lanes = frame.summary().lanes();
        assert_eq!(frame.message(), poseidon::hash(Domain::Frame, &lanes));
        assert_eq!(lanes[4], frame.summary().chain());
    }
    let none = Frame::new(header(0), Vec::new());
    assert_eq!(none, Err(FrameError::Count { got: 0 }));
    assert_eq!(FrameBuilder::new(header(0)).finish(), Err(FrameError::Count { got: 0 }));
    let many = Frame::new(header(0), vec![sample(0); 1002]);
    assert_eq!(many, Err(FrameError::Count { got: 1002 }));
    for count in [0, 1002, 1 << 16, usize::MAX] {
        assert_eq!(FrameSummary::new(header(0), count, Fr::ZERO), Err(FrameError::Count { got: count }));
    }
}

#[test]
fn lanes_are_packed_as_specified() {
    let header = FrameHeader {
        schema: 0x0a0b_0c0d,
        sequence: 0x0102_0304_0506_0708,
        start: UnixMillis::new(0x1112_1314_1516).unwrap(),
        ..header(0)
    };
    let summary = FrameSummary::new(header, 0x3e9, Fr::from(9u64)).unwrap();
    let texts = summary.lanes().map(|lane| field::to_hex(&lane));
    assert_eq!(texts[2], "0x0000000000000000000000010a0b0c0d010203040506070811121314151603e9");
    assert_eq!(texts[3], field::to_hex(&Fr::ZERO));
    assert_eq!(texts[4], field::to_hex(&Fr::from(9u64)));

    let sample = Sample {
        offset_ms: 1,
        location: Location::from_e7(1, -1).unwrap(),
        accuracy_mm: ACCURACY_UNKNOWN,
        channels: [GREATEST_CHANNEL, LEAST_CHANNEL, ABSENT],
    };
    let bits = [
        (Fr::from(1u64), 32),
        (Fr::from(0x8000_0001_u64), 32),
        (Fr::from(0x7fff_ffff_u64), 32),
        (Fr::from(u32::MAX), 32),
        (Fr::from((1u64 << 41) - 1), 41),
        (Fr::from(1u64), 41),
        (Fr::from(0u64), 41),
    ];
    assert_eq!(sample.to_field(), Ok(field::pack(&bits)));
    assert_eq!(Sample::from_field(field::pack(&bits)), Ok(sample));
}

#[test]
fn a_sample_that_is_none_says_why() {
    let with = |channels| Sample { channels, ..sample(0) }.to_field();
    for (channel, got) in [(0, LEAST_CHANNEL - 1), (1, GREATEST_CHANNEL + 1), (2, i64::MAX), (0, ABSENT + 1)]
    {
        let mut channels = [LEAST_CHANNEL, GREATEST_CHANNEL, ABSENT];
        assert!(with(channels).is_ok());
        channels[channel] = got;
        assert_eq!(with(channels), Err(SampleError::Channel { channel, got }));
    }
    let zero = Sample { accuracy_mm: 0, ..sample(0) };
    assert_eq!(zero.check(), Err(SampleError::Field { reason: ReadingError::ZeroAccuracy }));
    assert_eq!(zero.encode(), Err(SampleError::Field { reason: ReadingError::ZeroAccuracy }));
    // The element of the tail is no sample.
    assert!(Sample::from_field(Fr::ZERO).is_err());
    assert_eq!(Sample::from_field(field::power_of_two(251)), Err(SampleError::Bits { got: 252 }));
    assert_eq!(Sample::from_field(-Fr::from(1u64)), Err(SampleError::Bits { got: 254 }));
    assert_eq!(Sample::decode(&[0xff; 32]), Err(SampleError::Bits { got: 256 }));
    let largest = field::power_of_two(251) - Fr::from(1u64);
    assert_eq!(
        Sample::from_field(largest),
        Err(SampleError::Field { reason: ReadingError::Latitude { got: i32::MAX } })
    );
}

#[test]
fn offsets_never_decrease_and_no_sample_is_after_the_last_time() {
    let mut builder = FrameBuilder::new(header((1 << 48) - 1001));
    builder.push(&sample(3)).unwrap();
    builder.push(&sample(3)).unwrap();
    builder.push(&sample(1000)).unwrap();
    let kept = builder.clone().finish().unwrap();
    assert_eq!(builder.push(&sample(999)), Err(FrameError::Order { number: 4, least: 1000, got: 999 }));
    assert_eq!(builder.push(&sample(1001)), Err(FrameError::Time { number: 4, got: 1 << 48 }));
    let zero = Sample { accuracy_mm: 0, ..sample(1000) };
    assert!(matches!(builder.push(&zero), Err(FrameError::Sample { number: 4, .. })));
    // What was refused left nothing behind.
    assert_eq!((builder.count(), builder.finish().unwrap()), (3, kept));
    let mut last = FrameBuilder::new(header((1 << 48) - 1));
    last.push(&sample(0)).unwrap();
    assert_eq!(
        last.push(&sample(u32::MAX)),
        Err(FrameError::Time { number: 2, got: (1 << 48) + 4_294_967_294 })
    );
    let mut full = FrameBuilder::new(header(0));
    (0..1001).for_each(|offset| full.push(&sample(offset)).unwrap());
    assert_eq!(full.push(&sample(2000)), Err(FrameError::Count { got: 1002 }));
    assert_eq!(full.finish().unwrap().count(), 1001);
}

#[test]
fn a_link_is_the_message_before_cut_to_248_bits() {
    let first = frame(3);
    let link = FrameLink::after(first.summary());
    let top = field::to_be_bytes(&first.message())[0];
    assert_eq!(first.message(), link.to_field() + Fr::from(top) * field::power_of_two(248));
    let second = Frame::new(FrameHeader { link, ..*first.header() }, first.samples().to_vec()).unwrap();
    assert_ne!(first.message(), second.message());
    let of = |header| Frame::new(header, first.samples().to_vec()).unwrap();
    let later = of(FrameHeader { link, sequence: 6, ..*first.header() });
    let jumped = of(FrameHeader { link, sequence: 60, ..*first.header() });
    assert!(later.summary().follows(first.summary()) && jumped.summary().follows(first.summary()));
    assert!(!second.summary().follows(first.summary()), "the same sequence number");
    let unlinked = of(FrameHeader { sequence: 6, ..*first.header() });
    assert!(!unlinked.summary().follows(first.summary()) && !first.summary().follows(later.summary()));
    assert_eq!(FrameLink::from_field(link.to_field()), Ok(link));
    assert!(matches!(FrameLink::from_field(field::power_of_two(248)), Err(FrameError::Link { .. })));
}

#[test]
fn whatever_is_signed_changes_the_message() {
    let (base, key) = (frame(9), DeviceKey::from_seed([4; 32]));
    let signed = key.sign_frame(base.clone());
    let header = *base.header();
    let headers = [
        FrameHeader { network: Network::new(1, [0x33; 20]), ..header },
        FrameHeader { schema: 3, ..header },
        FrameHeader { sequence: 6, ..header },
        FrameHeader { start: UnixMillis::new(1_767_225_600_001).unwrap(), ..header },
        FrameHeader { link: FrameLink::after(base.summary()), ..header },
        FrameHeader { payload_hash: PayloadHash::NONE, ..header },
    ];
    let mut others: Vec<Frame> =
        headers.into_iter().map(|header| Frame::new(header, base.samples().to_vec()).unwrap()).collect();
    for index in 0..base.samples().len() {
        let mut samples = base.samples().to_vec();
        samples[index].accuracy_mm += 1;
        others.push(Frame::new(header, samples.clone()).unwrap());
        samples.remove(index);
        others.push(Frame::new(header, samples).unwrap());
    }
    for other in others {
        assert_ne!(other.message(), base.message());
        let refused = SignedFrame::new(other, *signed.key(), *signed.signature());
        assert!(matches!(refused, Err(FrameError::Signature { .. })), "{refused:?}");
    }
    assert_eq!(SignedFrame::new(base.clone(), *signed.key(), *signed.signature()), Ok(signed.clone()));
    assert_eq!(key.seal(*base.summary()), signed.seal());
    assert_eq!(base.time(8).get(), 1_767_225_608_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_sample_is_an_element_and_back(sample in any_sample()) {
        let element = sample.to_field().unwrap();
        prop_assert!(field::bit_length(&element) <= 251);
        prop_assert_eq!(Sample::from_field(element), Ok(sample));
        prop_assert_eq!(Sample::decode(&sample.encode().unwrap()), Ok(sample));
    }

    #[test]
    fn any_element_is_one_sample_or_none(bytes: [u8; 32]) {
        let mut bytes = bytes;
        bytes[0] &= 7;
        if let Ok(sample) = Sample::decode(&bytes) {
            prop_assert_eq!(sample.encode(), Ok(bytes));
        }
    }

    #[test]
    fn the_chain_is_that_of_the_definition(frame in any_frame()) {
        prop_assert_eq!(frame.summary().chain(), chain(frame.samples()));
    }
}
