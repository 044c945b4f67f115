use alloc::vec;
use alloc::vec::Vec;

use ark_ff::{BigInteger, PrimeField};
use proptest::prelude::*;

use super::super::tests::{any_frame, frame, sample};
use super::*;
use crate::device::DeviceKey;
use crate::primitives::babyjubjub::Scalar;
use crate::primitives::eddsa::{PublicKeyError, SignatureError};
use crate::reading::ReadingError;

fn example(count: u32) -> SignedFrame {
    DeviceKey::from_seed([4; 32]).sign_frame(frame(count))
}

fn decode_with(offset: usize, replacement: &[u8]) -> Result<SignedFrame, FrameError> {
    let mut bytes = example(2).encode();
    bytes[offset..offset + replacement.len()].copy_from_slice(replacement);
    SignedFrame::decode(&bytes)
}

#[test]
fn frames_of_every_length_come_back() {
    for count in [1u32, 6, 7, 8, 1000, 1001] {
        let signed = example(count);
        let bytes = signed.encode();
        assert_eq!(bytes.len(), signed_frame_length(count as usize));
        assert_eq!(SignedFrame::decode(&bytes), Ok(signed));
        for got in [bytes.len() - 1, bytes.len() + 1] {
            let mut other = bytes.clone();
            other.resize(got, 0);
            let refused = SignedFrame::decode(&other);
            let short = FrameError::Short { wanted: 242, got };
            let length = FrameError::Length { count: count as usize, wanted: bytes.len(), got };
            assert_eq!(refused, Err(if got < 242 { short } else { length }), "{count}");
        }
    }
}

#[test]
fn each_fault_has_its_error() {
    assert_eq!(SignedFrame::decode(&[]), Err(FrameError::Short { wanted: 242, got: 0 }));
    assert_eq!(SignedFrame::decode(&[1; 241]), Err(FrameError::Short { wanted: 242, got: 241 }));
    assert_eq!(SignedFrame::decode(&[2]), Err(FrameError::Version { wanted: 1, got: 2 }));
    assert_eq!(decode_with(0, &[0]), Err(FrameError::Version { wanted: 1, got: 0 }));
    for got in [0u16, 1002, u16::MAX] {
        assert_eq!(decode_with(50, &got.to_be_bytes()), Err(FrameError::Count { got: got.into() }));
    }
    let length = Err(FrameError::Length { count: 1001, wanted: 32_242, got: 274 });
    assert_eq!(decode_with(50, &1001u16.to_be_bytes()), length);
    let place = |got| FrameError::Sample {
        number: 2,
        reason: SampleError::Field { reason: ReadingError::Latitude { got } },
    };
    let of = |first: &Sample, second: [u8; 32]| {
        decode_with(FRAME_HEAD_LENGTH, &[first.encode().unwrap(), second].concat())
    };
    assert_eq!(of(&sample(0), [0; 32]), Err(place(i32::MIN)));
    let wide = SampleError::Bits { got: 252 };
    let mut bytes = [0; 32];
    bytes[0] = 0x08;
    assert_eq!(of(&sample(0), bytes), Err(FrameError::Sample { number: 2, reason: wide }));
    let backwards = of(&sample(9), sample(8).encode().unwrap());
    assert_eq!(backwards, Err(FrameError::Order { number: 2, least: 9, got: 8 }));
    let time = decode_with(44, &[0xff; 6]);
    assert_eq!(time, Err(FrameError::Time { number: 2, got: (1 << 48) + 999 }));
    let key = FRAME_HEAD_LENGTH + 64;
    let identity: [u8; 32] = core::array::from_fn(|index| u8::from(index == 0));
    assert_eq!(decode_with(key, &identity), Err(FrameError::Key { reason: PublicKeyError::Identity }));
    let mismatch = Err(FrameError::Signature { reason: SignatureError::Mismatch });
    assert_eq!(decode_with(key + 32, &identity), mismatch);
    assert_eq!(decode_with(43, &[9]), mismatch);
    let beyond = decode_with(key + 64, &Scalar::MODULUS.to_bytes_le());
    let Err(FrameError::Signature { reason: SignatureError::ScalarNotCanonical { .. } }) = beyond else {
        panic!("{beyond:?}")
    };
}

#[test]
fn every_bit_of_the_encoding_counts() {
    // A bit of each byte of head, samples and tail, another one the next time around.
    let bytes = example(2).encode();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 8);
        assert!(SignedFrame::decode(&other).is_err(), "byte {at}");
    }
    // Samples in another order, twice, or of another frame.
    let samples = FRAME_HEAD_LENGTH..FRAME_HEAD_LENGTH + 64;
    let mut other = bytes.clone();
    other[samples].rotate_left(32);
    assert!(SignedFrame::decode(&other).is_err());
}

#[test]
fn what_a_device_writes_as_it_goes_is_the_encoding() {
    let signed = example(30);
    let seal = signed.seal();
    let mut bytes = seal.head().to_vec();
    for sample in signed.frame().samples() {
        bytes.extend_from_slice(&sample.encode().unwrap());
    }
    bytes.extend_from_slice(&seal.tail());
    assert_eq!(bytes, signed.encode());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_frame_round_trips_and_every_bit_counts(frame in any_frame(), seed: [u8; 32], at: prop::sample::Index) {
        let signed = DeviceKey::from_seed(seed).sign_frame(frame);
        let mut bytes = signed.encode();
        prop_assert_eq!(SignedFrame::decode(&bytes), Ok(signed));
        let bit = at.index(8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(SignedFrame::decode(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 242..400), short: Vec<u8>, count in 0u16..8) {
        let mut bytes = bytes;
        bytes[0] = FRAME_VERSION;
        bytes[44] = 0;
        bytes[50..52].copy_from_slice(&count.to_be_bytes());
        prop_assert!(SignedFrame::decode(&bytes).is_err());
        let mut fitting = bytes.clone();
        fitting.resize(signed_frame_length(count.into()), 7);
        prop_assert!(SignedFrame::decode(&fitting).is_err());
        prop_assert!(SignedFrame::decode(&short).is_err());
        prop_assert!(SignedFrame::decode(&[vec![FRAME_VERSION], short].concat()).is_err());
    }
}
