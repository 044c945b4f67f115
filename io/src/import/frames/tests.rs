use zksensor_model::claim::StatementFamily;
use zksensor_model::fence::FenceRoot;
use zksensor_model::field::Fr;
use zksensor_model::known::FAMILIES;
use zksensor_model::policy::{Outputs, Parameters, PolicyParts};
use zksensor_model::reading::{Location, ReadingError};

use super::*;

const DAY: u64 = 1_767_225_600_000;

fn reading(time: u64) -> Reading {
    Reading {
        network: Network::new(137, [0x11; 20]),
        schema: 2,
        sequence: 77,
        time: UnixMillis::new(time).unwrap(),
        location: Location::from_e7(481_234_567, 115_000_000).unwrap(),
        accuracy_mm: 4_500,
        channels: [13_900, 5, ABSENT, ABSENT],
        payload_hash: PayloadHash::NONE,
    }
}

/// Epochs of an hour from midnight on.
fn hourly() -> Policy {
    let family: StatementFamily = FAMILIES[0].family();
    Policy::new(PolicyParts {
        network: Network::new(137, [0x11; 20]),
        fence: FenceRoot::from_field(Fr::from(1u64)),
        low: 0,
        high: 100_000,
        max_accuracy_mm: 10_000,
        epoch_origin: UnixMillis::new(DAY).unwrap(),
        epoch_length_ms: 3_600_000,
        k: 5,
        family,
        statement_version: 2,
        schema: 2,
        channel: 0,
        device_class: None,
        outputs: Outputs::default(),
        parameters: Parameters::NONE,
        insecure_small_k: false,
    })
    .unwrap()
}

/// The frames of readings at these times.
fn cut(cuts: FrameCuts, times: impl IntoIterator<Item = u64>) -> Vec<Frame> {
    let mut cutter = FrameCutter::new(cuts, 5, FrameLink::NONE);
    let mut frames = Vec::new();
    for time in times {
        frames.extend(cutter.push(&reading(time)).unwrap());
    }
    frames.extend(cutter.finish());
    assert_eq!(cutter.finish(), None);
    frames
}

fn counts(frames: &[Frame]) -> Vec<u16> {
    frames.iter().map(|frame| frame.summary().count()).collect()
}

#[test]
fn every_reading_is_in_one_frame_and_frames_are_linked() {
    for count in [1u64, 6, 7, 8, 1000, 1001, 1002, 2002, 2003] {
        let frames = cut(FrameCuts::default(), (0..count).map(|second| DAY + 1000 * second));
        let mut wanted = vec![1001; usize::try_from(count / 1001).unwrap()];
        wanted.extend((count % 1001 > 0).then(|| u16::try_from(count % 1001).unwrap()));
        assert_eq!(counts(&frames), wanted, "{count} readings");
        for (index, pair) in frames.windows(2).enumerate() {
            assert!(pair[1].summary().follows(pair[0].summary()));
            assert_eq!(pair[1].header().sequence, 6 + index as u64);
        }
        assert_eq!((frames[0].header().sequence, frames[0].header().link), (5, FrameLink::NONE));
        let times = frames.iter().flat_map(|frame| (0..frame.samples().len()).map(|at| frame.time(at).get()));
        assert!(times.eq((0..count).map(|second| DAY + 1000 * second)));
    }
    assert!(cut(FrameCuts::default(), []).is_empty());
}

#[test]
fn a_frame_ends_where_it_is_full_too_long_or_in_another_epoch() {
    let by = |samples, seconds: u64, policy| {
        let cuts = FrameCuts { samples, span_ms: NonZeroU64::new(1000 * seconds), policy };
        counts(&cut(cuts, (0..12).map(|minute| DAY - 120_000 + 60_000 * minute)))
    };
    assert_eq!(by(5, 0, None), [5, 5, 2]);
    assert_eq!(by(1, 0, None), [1; 12]);
    assert_eq!(by(usize::MAX, 0, None), [12]);
    assert_eq!(by(1001, 180, None), [3; 4]);
    assert_eq!(by(1001, 181, None), [4; 3]);
    assert_eq!(by(2, 180, None), [2; 6]);
    // Two before the origin, in no epoch; then those of epoch 0.
    assert_eq!(by(1001, 0, Some(hourly())), [2, 10]);
    assert_eq!(by(4, 300, Some(hourly())), [2, 4, 4, 2]);
    let policy = FrameCuts { policy: Some(hourly()), ..FrameCuts::default() };
    let hour = DAY + 3_600_000;
    let frames = cut(policy, [DAY, hour - 1, hour, hour, hour + 1, DAY + 7_200_000]);
    assert_eq!(counts(&frames), [2, 3, 1]);
    for frame in &frames {
        let epoch = |index| hourly().epoch_of(frame.time(index));
        assert_eq!(epoch(0), epoch(frame.samples().len() - 1));
    }
    // An offset has 32 bits.
    let most = DAY + u64::from(u32::MAX);
    assert_eq!(counts(&cut(FrameCuts::default(), [DAY, most])), [2]);
    assert_eq!(counts(&cut(FrameCuts::default(), [DAY, most + 1])), [1, 1]);
    assert_eq!(counts(&cut(FrameCuts::default(), [0, UnixMillis::MAX.get()])), [1, 1]);
    assert_eq!(counts(&cut(FrameCuts { samples: 0, ..FrameCuts::default() }, [DAY, DAY])), [1, 1]);
}

#[test]
fn a_change_of_network_or_schema_starts_another_frame() {
    let mut cutter = FrameCutter::new(FrameCuts::default(), 0, FrameLink::NONE);
    let others = [
        reading(DAY),
        Reading { schema: 3, ..reading(DAY) },
        Reading { network: Network::new(1, [1; 20]), schema: 3, ..reading(DAY) },
    ];
    let mut frames: Vec<Frame> = others.iter().filter_map(|reading| cutter.push(reading).unwrap()).collect();
    frames.extend(cutter.finish());
    assert_eq!(counts(&frames), [1, 1, 1]);
    assert_eq!(frames[2].header().network, others[2].network);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut cutter = FrameCutter::new(FrameCuts::default(), 0, FrameLink::NONE);
    cutter.push(&reading(DAY)).unwrap();
    let earlier = cutter.push(&reading(DAY - 1));
    assert_eq!(earlier, Err(FrameCutError::Order { least: DAY, got: DAY - 1 }));
    assert_eq!(
        earlier.unwrap_err().to_string(),
        "expected records in the order of their time, from 2026-01-01T00:00:00Z on, got 2025-12-31T23:59:59.999Z"
    );
    let wide = Reading { channels: [0, 1 << 40, 0, 0], ..reading(DAY + 1) };
    let reason = SampleError::Channel { channel: 1, got: 1 << 40 };
    assert_eq!(cutter.push(&wide), Err(FrameCutError::Sample { reason }));
    let zero = Reading { accuracy_mm: 0, ..reading(DAY + 1) };
    let reason = SampleError::Field { reason: ReadingError::ZeroAccuracy };
    assert_eq!(cutter.push(&zero), Err(FrameCutError::Sample { reason }));
    assert_eq!(cutter.push(&reading(DAY)), Ok(None));
    let frame = cutter.finish().unwrap();
    assert_eq!((frame.summary().count(), cutter.fourth_channels()), (2, 0));
    let [sample, _] = frame.samples() else { panic!("{frame:?}") };
    assert_eq!((sample.accuracy_mm, sample.channels), (4_500, [13_900, 5, ABSENT]));
}

#[test]
fn after_the_last_sequence_number_there_is_no_frame() {
    let cuts = FrameCuts { samples: 1, ..FrameCuts::default() };
    let mut cutter = FrameCutter::new(cuts, u64::MAX, FrameLink::NONE);
    assert_eq!(cutter.push(&reading(DAY)), Ok(None));
    assert_eq!(cutter.push(&reading(DAY)), Err(FrameCutError::Sequence));
    assert_eq!(cutter.finish().unwrap().header().sequence, u64::MAX);
    assert_eq!(cutter.push(&reading(DAY)), Err(FrameCutError::Sequence));
    assert_eq!(cutter.finish(), None);
}

#[test]
fn a_fourth_channel_is_counted_and_payloads_are_hashed_together() {
    let mut cutter = FrameCutter::new(FrameCuts::default(), 0, FrameLink::NONE);
    let payload = PayloadHash::of(b"picture");
    let readings = [
        Reading { channels: [1, 2, 3, 4], ..reading(DAY) },
        Reading { payload_hash: payload, ..reading(DAY) },
        Reading { channels: [1, 2, 3, 0], ..reading(DAY) },
    ];
    for reading in &readings {
        cutter.push(reading).unwrap();
    }
    assert_eq!(cutter.fourth_channels(), 1);
    let frame = cutter.finish().unwrap();
    assert_eq!(frame.samples()[0].channels, [1, 2, 3]);
    let mut bytes = [0; 96];
    bytes[32..64].copy_from_slice(&zksensor_model::field::to_be_bytes(&payload.to_field()));
    assert_eq!(frame.header().payload_hash, PayloadHash::of(&bytes));
    cutter.push(&reading(DAY)).unwrap();
    assert_eq!(cutter.finish().unwrap().header().payload_hash, PayloadHash::NONE);
}
