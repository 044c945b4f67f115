use super::*;
use crate::layout::{WORD_BITS, Width};
use alloc::vec;

#[test]
fn every_domain_has_one_preimage() {
    for domain in Domain::ALL {
        assert_eq!(PREIMAGES.iter().filter(|preimage| preimage.domain == domain).count(), 1, "{domain:?}");
    }
    assert_eq!(PREIMAGES.len(), Domain::ALL.len());
}

#[test]
fn every_lane_is_one_word() {
    for lane in PREIMAGES.iter().flat_map(|preimage| preimage.lanes).chain(PACKED) {
        assert_eq!(lane.layout.words(), 1, "{}", lane.name);
        assert_eq!(lane.parts().count(), lane.layout.fields().len(), "{}", lane.name);
        let total: u32 = lane.widths().iter().sum();
        assert!(lane.layout.fields()[0].width == Width::Element || total <= WORD_BITS, "{}", lane.name);
    }
}

/// The widths that a circuit ranges, and the signs, as the documents have them.
#[test]
fn the_lanes_are_those_of_the_design() {
    assert_eq!(Header::LANE.widths(), [8, 32, 64, 48, 32, 32, 32]);
    assert_eq!(Attributes::LANE.widths(), [16, 48, 128]);
    assert_eq!(PolicyRanges::LANE.widths(), [41, 41, 32, 48, 40, 21]);
    assert_eq!(PolicyKind::LANE.widths(), [8, 16, 32, 2, 17, 3]);
    assert_eq!(Corners::LANE.widths(), [32; 6]);
    assert_eq!(FrameHeader::LANE.widths(), [8, 32, 64, 48, 16]);
    assert_eq!(Sample::LANE.widths(), [32, 32, 32, 32, 41, 41, 41]);
    let channels = [FirstChannels::LANE, LastChannels::LANE];
    for (field, _) in channels.iter().flat_map(|lane| lane.parts().collect::<Vec<_>>()) {
        assert_eq!((field.bits(), field.offset), (64, Some(63)), "a circuit takes any of the channels");
    }
}

#[test]
fn both_ways_of_packing_agree_and_refuse_what_does_not_fit() {
    let parts = [1u64, (1 << 48) - 1, 7].map(Fr::from);
    let [class, expiry_unix_ms, owner] = parts;
    let packed = Attributes { class, expiry_unix_ms, owner }.pack();
    assert_eq!(Attributes::LANE.pack(&parts), Ok(packed));
    let wide = Attributes::LANE.pack(&[class, Fr::from(1u64 << 48), owner]);
    assert!(matches!(wide, Err(LaneError::Overflow { part: "expiry_unix_ms", width: 48, .. })), "{wide:?}");
    assert_eq!(
        Attributes::LANE.pack(&parts[..2]),
        Err(LaneError::Count { lane: "attributes", wanted: 3, got: 2 })
    );
    let widest = || Attributes { class: Fr::from(1u64 << 16), expiry_unix_ms, owner }.pack();
    assert!(std::panic::catch_unwind(widest).is_err());
    let whole = vec![-Fr::from(1u64)];
    assert_eq!(Identity::PREIMAGE.lanes[0].pack(&whole), Ok(whole[0]));
}
