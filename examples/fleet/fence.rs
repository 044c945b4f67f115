//! Where the example counts cars.

/// Munich's inner city and its west, of our own drawing: concave (the corner at 11.530, 48.127 cuts Nymphenburg and its park
/// off) and with a hole (a block in Neuhausen). Degrees, longitude first.
pub(crate) const INNER_MUNICH: &str = r#"{"type": "Polygon", "coordinates": [
    [[11.4880, 48.1180], [11.5600, 48.1080], [11.6040, 48.1220], [11.6020, 48.1560], [11.5700, 48.1680],
     [11.5300, 48.1660], [11.5300, 48.1270], [11.4880, 48.1275], [11.4880, 48.1180]],
    [[11.5360, 48.1530], [11.5360, 48.1580], [11.5430, 48.1580], [11.5430, 48.1530], [11.5360, 48.1530]]
]}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor::model::reading::Location;

    #[test]
    fn the_fence_has_a_hole_and_a_corner_that_points_inward() {
        let fence = zksensor::io::fence::from_geojson(INNER_MUNICH).unwrap();
        let inside =
            |latitude, longitude| fence.locate(&Location::from_e7(latitude, longitude).unwrap()).is_some();
        assert!(inside(481_373_000, 115_755_000), "Marienplatz");
        assert!(!inside(481_550_000, 115_400_000), "the hole");
        assert!(!inside(481_583_000, 115_033_000), "Nymphenburg Palace");
        assert!(!inside(483_538_000, 117_861_000), "the airport");
    }
}
