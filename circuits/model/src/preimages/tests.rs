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
    for lane in PREIMAGES.iter().flat_map(|preimage| preimage.lanes).chain(PACKED).chain([
        &SurveyLimits::LANE,
        &TrackLimits::LANE,
        &HistogramLimits::LANE,
        &NoiseLimits::LANE,
    ]) {
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
    let leaf = Leaf::PREIMAGE.lanes.iter().flat_map(Lane::widths).collect::<Vec<u32>>();
    assert_eq!(leaf, [254, 254, 254, 16, 48, 128]);
    assert_eq!(PolicyRanges::LANE.widths(), [41, 41, 32, 48, 40, 21]);
    assert_eq!(PolicyKind::LANE.widths(), [8, 16, 32, 2, 17, 3]);
    assert_eq!(Corners::LANE.widths(), [32; 6]);
    assert_eq!(FrameHeader::LANE.widths(), [8, 32, 64, 48, 16]);
    assert_eq!(Sample::LANE.widths(), [32, 32, 32, 32, 41, 41, 41]);
    assert_eq!(SurveyLimits::LANE.widths(), [16, 16, 40, 40]);
    assert_eq!(TrackLimits::LANE.widths(), [19, 22, 20, 14, 14, 27, 16, 16]);
    assert_eq!(HistogramLimits::LANE.widths(), [40]);
    assert_eq!(NoiseLimits::LANE.widths(), [6]);
    let channels = [FirstChannels::LANE, LastChannels::LANE];
    for (field, _) in channels.iter().flat_map(|lane| lane.parts().collect::<Vec<_>>()) {
        assert_eq!((field.bits(), field.offset), (64, Some(63)), "a circuit takes any of the channels");
    }
}

#[test]
fn both_ways_of_packing_agree_and_refuse_what_does_not_fit() {
    let parts = [1u64, 7, (1 << 32) - 1, 3, 65_536, 5].map(Fr::from);
    let kind = |parts: [Fr; 6]| {
        let [family, statement_version, schema, channel, device_class, outputs] = parts;
        PolicyKind { family, statement_version, schema, channel, device_class, outputs }.pack()
    };
    assert_eq!(PolicyKind::LANE.pack(&parts), Ok(kind(parts)));
    assert_eq!(PolicyKind::LANE.unpack(&kind(parts)), Some(parts.to_vec()));
    let wide = kind(parts) + crate::field::power_of_two(PolicyKind::LANE.widths().iter().sum());
    assert_eq!(PolicyKind::LANE.unpack(&wide), None);
    let mut wide = parts;
    wide[2] = Fr::from(1u64 << 32);
    let refused = PolicyKind::LANE.pack(&wide);
    assert!(matches!(refused, Err(LaneError::Overflow { part: "schema", width: 32, .. })), "{refused:?}");
    assert_eq!(PolicyKind::LANE.pack(&parts[..2]), Err(LaneError::Count { lane: "kind", wanted: 6, got: 2 }));
    assert!(std::panic::catch_unwind(|| kind(wide)).is_err());
    let whole = vec![-Fr::from(1u64)];
    assert_eq!(Identity::PREIMAGE.lanes[0].pack(&whole), Ok(whole[0]));
    assert_eq!(Identity::PREIMAGE.lanes[0].unpack(&whole[0]), Some(whole));
}
