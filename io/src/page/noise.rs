//! The noise of a private sum, drawn: the distribution around the exact sum, and where the published one fell.

use std::fmt::Write as _;

use zksensor_model::amount::Amount;

/// What is sealed and what is published of a private sum. It is for the prover's page alone: the exact sum is a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Noised {
    /// The exact sum.
    pub exact: Amount,
    /// The sum with its noise.
    pub published: Amount,
    /// The scale of the noise, above 0.
    pub scale: Amount,
}

/// Shows nothing of it.
impl std::fmt::Debug for Noised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Noised")
    }
}

/// Size of the drawing, and where its curve stands.
pub(super) const WIDTH: f64 = 720.0;
pub(super) const HEIGHT: f64 = 190.0;
const FLOOR: f64 = 150.0;
const PEAK: f64 = 26.0;
/// Scales to either side that are drawn; what lies beyond comes once in 400 times, and is drawn at the edge.
const SIDE: f64 = 6.0;
/// Points of the curve.
const POINTS: i32 = 120;

/// The drawing, as the template has it.
pub(super) struct Drawn {
    pub(super) curve: String,
    pub(super) exact_at: f64,
    pub(super) published_at: f64,
    /// The published label's anchor.
    pub(super) anchor: &'static str,
    pub(super) exact: String,
    pub(super) published: String,
    pub(super) noise: String,
    pub(super) scale: String,
}

impl Drawn {
    pub(super) fn of(noised: &Noised) -> Drawn {
        let Noised { exact, published, scale } = noised;
        let noise = published.value().saturating_sub(exact.value());
        let scales = noise as f64 / (scale.value().max(1) as f64);
        let at = |scales: f64| WIDTH / 2.0 + scales.clamp(-SIDE, SIDE) / SIDE * (WIDTH / 2.0 - 12.0);
        let mut curve = format!("M{:.1} {FLOOR}", at(-SIDE));
        for point in -POINTS / 2..=POINTS / 2 {
            let x = f64::from(point) / f64::from(POINTS / 2) * SIDE;
            let y = FLOOR - (FLOOR - PEAK) * (-x.abs()).exp();
            write!(curve, "L{:.1} {y:.1}", at(x)).expect("writing to a string cannot fail");
        }
        write!(curve, "L{:.1} {FLOOR}Z", at(SIDE)).expect("writing to a string cannot fail");
        Drawn {
            curve,
            exact_at: at(0.0),
            published_at: at(scales),
            anchor: if scales > SIDE / 2.0 { "end" } else { "start" },
            exact: exact.to_string(),
            published: published.to_string(),
            noise: Amount::new(noise, exact.scale(), exact.unit()).to_string(),
            scale: scale.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(published: i64) -> Drawn {
        let of = |value| Amount::new(value, 2, "Cel");
        Drawn::of(&Noised { exact: of(10_000), published: of(published), scale: of(4_096) })
    }

    #[test]
    fn the_published_sum_stands_where_its_noise_is() {
        let left = drawn(10_000 - 4_096);
        assert!(left.published_at < left.exact_at);
        assert_eq!((left.noise.as_str(), left.exact.as_str()), ("-40.96 Cel", "100.00 Cel"));
        let right = drawn(10_000 + 4_096);
        assert!((right.published_at - right.exact_at - (left.exact_at - left.published_at)).abs() < 1e-9);
        // far out it stays on the drawing
        for far in [i64::MIN, i64::MAX] {
            let far = drawn(far);
            assert!((0.0..=WIDTH).contains(&far.published_at), "{}", far.published_at);
        }
        assert!(!left.curve.contains("NaN") && left.curve.ends_with('Z'));
    }
}
