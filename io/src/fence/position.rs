//! Positions as they are written, in units of 1e-7 degree: decimal text to integers, without floating point between.

use super::plane::Point;
use crate::import::{Decimal, DecimalError, Rounding};

/// Units in a degree, as a power of ten.
const PLACES: u32 = 7;
/// The latitude of a pole, in units.
const POLE: i64 = 900_000_000;
/// The largest longitude, in units.
const ANTIMERIDIAN: i64 = 1_800_000_000;
/// The most characters of what came that an error shows.
const SHOWN: usize = 40;

/// A position, or what is wrong with it: where it stands is known later. In a box, as there are many positions.
pub(super) type ReadPosition = Result<Point, Box<Wrong>>;

/// Why numbers are not a position of a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Fewer than two.
    Short,
    /// Something else than a number; its first characters.
    Number(String),
    /// Beyond WGS 84: longitude and latitude.
    Range(String, String),
    /// A longitude beyond 180 degrees, with a latitude that is one.
    Antimeridian(String),
    /// A pole.
    Pole,
}

/// The position of a longitude and a latitude in degrees, each rounded to a unit, half away from zero.
pub(super) fn position(longitude: &str, latitude: &str) -> ReadPosition {
    let (x, y) = (axis(longitude, ANTIMERIDIAN)?, axis(latitude, POLE)?);
    match (x, y) {
        (Some(x), Some(y)) if y.abs() < POLE => Ok(Point { x, y }),
        (Some(_), Some(_)) => Err(Wrong::Pole.into()),
        // Once around from there; further out it is no longitude in degrees.
        (None, Some(_)) if axis(longitude, 2 * ANTIMERIDIAN)?.is_some() => {
            Err(Wrong::Antimeridian(shown(longitude)).into())
        }
        _ => Err(Wrong::Range(shown(longitude), shown(latitude)).into()),
    }
}

/// Units of a number of degrees; `None` beyond the limit, by however little.
fn axis(text: &str, limit: i64) -> Result<Option<i64>, Box<Wrong>> {
    let number = match text.parse::<Decimal>() {
        Ok(number) => number,
        // More digits before the point, or a larger exponent, than any place has.
        Err(DecimalError::Digits) => return Ok(None),
        Err(_) => return Err(Wrong::Number(shown(text)).into()),
    };
    let within = number
        .to_fixed(PLACES, Rounding::AwayFromZero)
        .is_ok_and(|units| units.unsigned_abs() <= limit.unsigned_abs());
    Ok(number.to_fixed(PLACES, Rounding::HalfAwayFromZero).ok().filter(|_| within))
}

/// The beginning of what came, control characters escaped.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).flat_map(char::escape_debug).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ties_round_as_they_are_written() {
        let at = |longitude: &str, latitude: &str| {
            position(longitude, latitude).map(|point| (point.x, point.y)).map_err(|wrong| *wrong)
        };
        // As binary fractions the first is a little less than it says, and the second a little more.
        assert_eq!(at("18.5", "47.60792305"), Ok((185_000_000, 476_079_231)));
        assert_eq!(at("11.6", "16.172315349999999"), Ok((116_000_000, 161_723_153)));
        assert_eq!(at("-0.00000005", "1e-8"), Ok((-1, 0)));
        assert_eq!(at("180", "-89.99999994"), Ok((1_800_000_000, -899_999_999)));
        assert_eq!(at("0", "89.99999995"), Err(Wrong::Pole));
        assert_eq!(at("180.00000001", "1"), Err(Wrong::Antimeridian("180.00000001".to_owned())));
        assert_eq!(at("-361", "1"), Err(Wrong::Range("-361".to_owned(), "1".to_owned())));
        assert_eq!(at("1", "90.00000001"), Err(Wrong::Range("1".to_owned(), "90.00000001".to_owned())));
        assert_eq!(at("1e999", "1"), Err(Wrong::Range("1e999".to_owned(), "1".to_owned())));
        // The least number of 64 bits, whose size is none.
        let least = "-922337203685.4775808";
        assert_eq!(at("11", least), Err(Wrong::Range("11".to_owned(), least.to_owned())));
        assert!(at(least, "48").is_err());
        assert_eq!(at("NaN", "1"), Err(Wrong::Number("NaN".to_owned())));
    }

    proptest! {
        /// Every tie between two units goes away from zero, and its neighbours to their own side.
        #[test]
        fn a_tie_is_the_larger_unit(units in 0i64..899_999_998, negative: bool) {
            let sign = if negative { "-" } else { "" };
            let (whole, fraction) = (units / 10_000_000, units % 10_000_000);
            let signed = |units: i64| if negative { -units } else { units };
            for (rest, wanted) in [("5", units + 1), ("49999999999999999999", units), ("50000000000000000001", units + 1)] {
                let text = format!("{sign}{whole}.{fraction:07}{rest}");
                prop_assert_eq!(position(&text, &text), Ok(Point { x: signed(wanted), y: signed(wanted) }), "{}", text);
            }
        }
    }
}
