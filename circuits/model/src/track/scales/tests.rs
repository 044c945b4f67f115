//! Against Vincenty's inverse formula (Survey Review 23, 1975), which shares no arithmetic with the scales.

use alloc::vec;
use alloc::vec::Vec;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::fence::Triangle;

/// The geodesic between two places in degrees, in metres.
fn vincenty([y1, x1]: [f64; 2], [y2, x2]: [f64; 2]) -> f64 {
    let (a, f) = (6_378_137.0_f64, 1.0 / 298.257_223_563);
    let b = a * (1.0 - f);
    let [u1, u2] = [y1, y2].map(|y: f64| ((1.0 - f) * y.to_radians().tan()).atan());
    let l = (x2 - x1).to_radians();
    let mut lambda = l;
    for _ in 0..200 {
        let crossing =
            (u2.cos() * lambda.sin()).hypot(u1.cos() * u2.sin() - u1.sin() * u2.cos() * lambda.cos());
        if crossing == 0.0 {
            return 0.0;
        }
        let along = u1.sin() * u2.sin() + u1.cos() * u2.cos() * lambda.cos();
        let sigma = crossing.atan2(along);
        let azimuth = u1.cos() * u2.cos() * lambda.sin() / crossing;
        let cos2 = 1.0 - azimuth * azimuth;
        // On the equator the middle is anywhere.
        let middle = if cos2 < 1e-15 { 0.0 } else { along - 2.0 * u1.sin() * u2.sin() / cos2 };
        let c = f / 16.0 * cos2 * (4.0 + f * (4.0 - 3.0 * cos2));
        let series = middle + c * along * (2.0 * middle * middle - 1.0);
        let next = l + (1.0 - c) * f * azimuth * (sigma + c * crossing * series);
        let moved = (next - lambda).abs();
        lambda = next;
        if moved < 1e-15 {
            let u = cos2 * (a * a - b * b) / (b * b);
            let big_a = 1.0 + u / 16384.0 * (4096.0 + u * (-768.0 + u * (320.0 - 175.0 * u)));
            let big_b = u / 1024.0 * (256.0 + u * (-128.0 + u * (74.0 - 47.0 * u)));
            let square = middle * middle;
            let inner = along * (2.0 * square - 1.0)
                - big_b / 6.0 * middle * (4.0 * crossing * crossing - 3.0) * (4.0 * square - 3.0);
            return b * big_a * (sigma - big_b * crossing * (middle + big_b / 4.0 * inner));
        }
    }
    panic!("no limit from {y1} {x1} to {y2} {x2}");
}

/// The rectangle from one latitude and longitude to another, in units of 1e-7 degree.
fn rectangle(south: i32, north: i32, west: i32, east: i32) -> Fence {
    let lower = Triangle::try_from([[south, west], [south, east], [north, east]]).unwrap();
    let upper = Triangle::try_from([[south, west], [north, east], [north, west]]).unwrap();
    Fence::new(vec![lower, upper]).unwrap()
}

/// The length by scales, in metres.
fn length(scales: Scales, from: [i32; 2], to: [i32; 2]) -> f64 {
    let [y, x] = [0, 1].map(|axis| f64::from(to[axis]) - f64::from(from[axis]));
    (f64::from(scales.latitude) * y).hypot(f64::from(scales.longitude) * x) / 1_024_000.0
}

/// Two places of a fence less than 2^24 units apart along either axis; `near` of them at most.
fn pair(rng: &mut ChaCha20Rng, south: i32, north: i32, near: i32) -> ([i32; 2], [i32; 2]) {
    let y = rng.gen_range(south..=north);
    let x = rng.gen_range(-40_000_000..=40_000_000);
    let to = (y.saturating_add(rng.gen_range(-near..=near))).clamp(south, north);
    // Often along a parallel at one of the ends, where the geodesic bulges most and units are longest.
    let (y, to) = match rng.gen_range(0..4) {
        0 => (south, south),
        1 => (north, north),
        _ => (y, to),
    };
    ([y, x], [to, x + rng.gen_range(-near..=near)])
}

/// Bands in units of 1e-7 degree: around the equator, both hemispheres, high ones, thin and wide ones.
fn bands() -> Vec<(i32, i32)> {
    let mut bands = vec![
        (-1, 1),
        (0, 10_000_000),
        (-30_000_000, 20_000_000),
        (-500_000_000, 700_000_000),
        (892_000_000, 899_000_000),
        (-899_000_000, -898_999_000),
        (525_200_000, 525_200_010),
    ];
    for degrees in (-85..=85).step_by(5) {
        bands.push((degrees * 10_000_000 - 3_000_000, degrees * 10_000_000 + 3_000_000));
        bands.push((degrees * 10_000_000, degrees * 10_000_000 + 20_000_000));
    }
    bands
}

#[test]
fn no_distance_comes_out_longer_than_the_geodesic_or_much_shorter() {
    let mut rng = ChaCha20Rng::seed_from_u64(64);
    let mut closest = 1.0_f64;
    for (south, north) in bands() {
        let fence = rectangle(south, north, -80_000_000, 80_000_000);
        let scales = Scales::over(&fence).unwrap();
        let shortfall = f64::from(scales.shortfall(&fence)) / 1e6;
        for near in [100, 10_000, 1_000_000, (1 << 24) - 1] {
            for _ in 0..100 {
                let (from, to) = pair(&mut rng, south, north, near);
                let [start, end] = [from, to].map(|place| place.map(|part| f64::from(part) / 1e7));
                let (truth, ours) = (vincenty(start, end), length(scales, from, to));
                // What the formula and doubles are off by at these distances.
                let doubt = 1e-6 + truth * 1e-9;
                assert!(ours <= truth + doubt, "{from:?} {to:?}: {ours} of {truth}");
                assert!(
                    ours + doubt >= (1.0 - shortfall) * truth,
                    "{from:?} {to:?}: {ours} of {truth}, {shortfall}"
                );
                if truth > 1_000.0 {
                    closest = closest.min(1.0 - ours / truth);
                }
            }
        }
    }
    assert!(closest < 1e-4, "scales are good for more: {closest}");
}

/// Along a parallel, the radius at the parallel itself would make distances longer than the geodesic, which bulges.
#[test]
fn without_the_bulge_distances_come_out_too_long() {
    let (north, far) = (450_000_000, (1 << 24) - 1);
    let scales = Scales::over(&rectangle(north - 100, north, 0, far)).unwrap();
    let degrees = f64::from(far) / 1e7;
    let truth = vincenty([45.0, 0.0], [45.0, degrees]);
    let at = |bulge: u32| parallel(north.unsigned_abs() + bulge) * degrees.to_radians();
    assert!(at(BULGE) < truth && truth < at(0), "{} {truth} {}", at(BULGE), at(0));
    assert!(length(scales, [north, 0], [north, far]) <= truth);
}

/// Radii of the literature: M and N at the equator, at a pole, and at 45 degrees.
#[test]
fn radii_are_those_of_the_ellipsoid() {
    let near = |ours: f64, published: f64| (ours - published).abs() < 1e-3;
    assert!(near(meridian(0), 6_335_439.327));
    assert!(near(meridian(QUARTER), 6_399_593.626));
    assert!(near(meridian(450_000_000), 6_367_381.816));
    assert!(near(parallel(0), 6_378_137.0));
    assert!(near(parallel(450_000_000), 6_388_838.290 * core::f64::consts::FRAC_1_SQRT_2));
    assert_eq!(parallel(QUARTER), 0.0);
    for angle in (0..=QUARTER).step_by(1_234_567) {
        assert!((sine(angle) - (f64::from(angle) / 1e7).to_radians().sin()).abs() < 1e-15, "{angle}");
    }
}

#[test]
fn scales_of_a_policy_may_not_exceed_the_fence() {
    let fence = rectangle(520_000_000, 530_000_000, 0, 1_000_000);
    let most = Scales::over(&fence).unwrap();
    assert_eq!(most.check(&fence), Ok(()));
    assert_eq!(Scales { latitude: 1, longitude: 1 }.check(&fence), Ok(()));
    let refused = |latitude, longitude| Scales { latitude, longitude }.check(&fence).unwrap_err();
    let Scales { latitude: a, longitude: b } = most;
    assert_eq!(refused(a + 1, b), ScalesError::TooLarge { axis: "latitude", most: a, got: a + 1 });
    assert_eq!(refused(a, b + 1), ScalesError::TooLarge { axis: "longitude", most: b, got: b + 1 });
    assert_eq!(refused(0, b), ScalesError::Zero { axis: "latitude", most: a });
    assert_eq!(refused(a, 0), ScalesError::Zero { axis: "longitude", most: b });
    // A degree at this latitude is some 2.3 %, and what is given away on top counts.
    let shortfall = most.shortfall(&fence);
    assert!((22_000..25_000).contains(&shortfall), "{shortfall}");
    let half = Scales { latitude: a, longitude: b / 2 }.shortfall(&fence);
    assert!((510_000..515_000).contains(&half), "{half}");
}

#[test]
fn a_fence_at_a_pole_has_no_scales() {
    for (south, north) in [(890_000_000, 900_000_000), (-900_000_000, 0), (0, 899_875_000)] {
        let refused = Scales::over(&rectangle(south, north, 0, 10)).unwrap_err();
        let latitude = south.unsigned_abs().max(north.unsigned_abs());
        assert_eq!(refused, ScalesError::Pole { latitude });
    }
    let last = Scales::over(&rectangle(0, 899_874_999, 0, 10));
    assert!(last.is_err(), "a unit of longitude of less than 2^-10 mm is nothing");
    assert!(Scales::over(&rectangle(0, 899_800_000, 0, 10)).is_ok());
}
