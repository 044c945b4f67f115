//! Decimal numbers as text, turned into fixed point without floating point.
//!
//! ```
//! use zksensor_io::import::{Decimal, Rounding};
//! let latitude: Decimal = "48.16350665".parse()?;
//! assert_eq!(latitude.to_fixed(7, Rounding::HalfAwayFromZero)?, 481_635_067);
//! assert!(latitude.to_fixed(7, Rounding::Exact).is_err());
//! # Ok::<(), zksensor_io::import::DecimalError>(())
//! ```

use std::str::FromStr;

/// Why text is not a decimal number, or not one of the wanted fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Something else than a sign, digits, one point, and an exponent.
    #[error("expected a decimal number such as -12.5, with a point and without thousands separators")]
    Form,
    /// More digits than are kept exactly.
    #[error(
        "expected at most {MAX_DIGITS} significant digits before the point and an exponent from -{MAX_EXPONENT} to {MAX_EXPONENT}"
    )]
    Digits,
    /// More digits than can be multiplied exactly.
    #[error("expected at most {MAX_SCALED_DIGITS} significant digits in a number whose unit is converted")]
    Scaled,
    /// More decimal places than the fixed point has.
    #[error("expected at most {places} decimal places; round the data")]
    Places {
        /// Decimal places of the fixed point.
        places: u32,
    },
    /// Does not fit 64 bits.
    #[error("expected a number within the signed 64 bits that {places} decimal places leave")]
    Range {
        /// Decimal places of the fixed point.
        places: u32,
    },
}

/// What becomes of decimal places that the fixed point does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// They are refused, unless they are 0.
    Exact,
    /// To the nearest, a half away from zero.
    HalfAwayFromZero,
    /// Away from zero: never less than the number, if that is positive.
    AwayFromZero,
    /// Towards zero: places are cut.
    TowardsZero,
}

/// A decimal number, as it was written: coefficient / 10^places, with a sign. Of a fraction without end the first 38
/// significant digits are kept, and whether there was more: enough to round as the whole number would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    coefficient: u128,
    places: i32,
    /// Whether digits other than 0 were left out below the last place.
    more: bool,
}

/// Significant digits that a u128 always holds.
const MAX_DIGITS: usize = 38;
/// Largest magnitude of an exponent.
const MAX_EXPONENT: i32 = 99;
/// Significant digits that may be multiplied by 2^32.
const MAX_SCALED_DIGITS: u32 = 28;

impl Decimal {
    /// The number of this integer.
    pub fn whole(value: u64) -> Decimal {
        Decimal { negative: false, coefficient: value.into(), places: 0, more: false }
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.coefficient == 0 && !self.more
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negated(self) -> Decimal {
        Decimal { negative: !self.negative, ..self }
    }

    /// The number times 10^`places`, as an integer.
    ///
    /// # Errors
    /// [`DecimalError::Places`] if rounding is [`Rounding::Exact`] and digits would be lost; [`DecimalError::Range`] if the
    /// result does not fit.
    pub fn to_fixed(&self, places: u32, rounding: Rounding) -> Result<i64, DecimalError> {
        self.quotient(self.coefficient, 1, places, rounding)
    }

    /// The number times `numerator` / `denominator` times 10^`places`, as an integer: rounded once.
    ///
    /// ```
    /// use zksensor_io::import::{Decimal, Rounding};
    /// let kilometres_an_hour: Decimal = "39".parse()?;
    /// assert_eq!(kilometres_an_hour.to_fixed_ratio(5, 18, 3, Rounding::HalfAwayFromZero)?, 10_833);
    /// # Ok::<(), zksensor_io::import::DecimalError>(())
    /// ```
    ///
    /// # Errors
    /// As of [`to_fixed`](Decimal::to_fixed); [`DecimalError::Scaled`] beyond 28 significant digits.
    ///
    /// # Panics
    /// If the denominator is 0.
    pub fn to_fixed_ratio(
        &self,
        numerator: u32,
        denominator: u32,
        places: u32,
        rounding: Rounding,
    ) -> Result<i64, DecimalError> {
        assert_ne!(denominator, 0, "a ratio has a denominator");
        if (numerator, denominator) == (1, 1) {
            return self.to_fixed(places, rounding);
        }
        if self.more || self.coefficient >= 10u128.pow(MAX_SCALED_DIGITS) {
            return Err(DecimalError::Scaled);
        }
        self.quotient(self.coefficient * u128::from(numerator), denominator, places, rounding)
    }

    /// The sum, exactly.
    ///
    /// # Errors
    /// [`DecimalError::Digits`] if it has more digits than are kept.
    pub fn plus(&self, other: &Decimal) -> Result<Decimal, DecimalError> {
        let (zero, rest) = if self.is_zero() { (self, other) } else { (other, self) };
        if zero.is_zero() {
            return Ok(*rest);
        }
        if self.more || other.more {
            return Err(DecimalError::Digits);
        }
        let places = self.places.max(other.places);
        let aligned = |number: &Decimal| {
            let shift = (places - number.places).unsigned_abs();
            let magnitude = 10u128.checked_pow(shift).and_then(|power| number.coefficient.checked_mul(power));
            let magnitude = magnitude.and_then(|magnitude| i128::try_from(magnitude).ok());
            magnitude
                .map(|magnitude| if number.negative { -magnitude } else { magnitude })
                .ok_or(DecimalError::Digits)
        };
        let sum = aligned(self)?.checked_add(aligned(other)?).ok_or(DecimalError::Digits)?;
        Ok(Decimal { negative: sum < 0, coefficient: sum.unsigned_abs(), places, more: false })
    }

    /// `numerator` / `denominator` / 10^(own places) * 10^`places`.
    fn quotient(
        &self,
        numerator: u128,
        denominator: u32,
        places: u32,
        rounding: Rounding,
    ) -> Result<i64, DecimalError> {
        let range = DecimalError::Range { places };
        let shift = i64::from(places) - i64::from(self.places);
        let power = u32::try_from(shift.unsigned_abs()).ok().and_then(|shift| 10u128.checked_pow(shift));
        let (numerator, divisor) = match (shift >= 0, power) {
            _ if numerator == 0 => (0, 1),
            (true, Some(power)) => (numerator.checked_mul(power).ok_or(range)?, u128::from(denominator)),
            (true, None) => return Err(range),
            // A divisor beyond 128 bits is above twice any numerator, which has 38 digits at the most.
            (false, power) => (
                numerator,
                power.and_then(|power| power.checked_mul(denominator.into())).unwrap_or(u128::MAX),
            ),
        };
        let (quotient, remainder) = (numerator / divisor, numerator % divisor);
        let inexact = remainder != 0 || self.more;
        // Digits that were left out never decide about a half: where they are, the result is beyond the range, or the
        // divisor is a multiple of 10 and its half an integer.
        let magnitude = match rounding {
            Rounding::Exact if inexact => return Err(DecimalError::Places { places }),
            Rounding::Exact | Rounding::TowardsZero => quotient,
            Rounding::HalfAwayFromZero => {
                quotient + u128::from(remainder != 0 && remainder >= divisor - remainder)
            }
            Rounding::AwayFromZero => quotient + u128::from(inexact),
        };
        let magnitude = i128::try_from(magnitude).map_err(|_| range)?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).map_err(|_| range)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// `[+-]digits[.digits][e[+-]digits]`, with a digit before the exponent.
    fn from_str(text: &str) -> Result<Decimal, DecimalError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
            return Err(DecimalError::Form);
        }
        let leading = digits().take_while(|digit| *digit == b'0').count();
        let dropped = (whole.len() + fraction.len() - leading).saturating_sub(MAX_DIGITS);
        if dropped > fraction.len() {
            return Err(DecimalError::Digits);
        }
        let kept = whole.len() + fraction.len() - dropped;
        let coefficient =
            digits().take(kept).fold(0u128, |number, digit| 10 * number + u128::from(digit - b'0'));
        let more = digits().skip(kept).any(|digit| digit != b'0');
        let places = i32::try_from(fraction.len() - dropped).map_err(|_| DecimalError::Digits)? - exponent;
        Ok(Decimal { negative, coefficient, places, more })
    }
}

fn read_exponent(text: &str) -> Result<i32, DecimalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(DecimalError::Form);
    }
    let exponent: i32 = text.parse().map_err(|_| DecimalError::Digits)?;
    if exponent.abs() <= MAX_EXPONENT { Ok(exponent) } else { Err(DecimalError::Digits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fixed(text: &str, places: u32, rounding: Rounding) -> Result<i64, DecimalError> {
        text.parse::<Decimal>()?.to_fixed(places, rounding)
    }

    #[test]
    fn numbers_are_exact() {
        for (text, places, wanted) in [
            ("48.1635066", 7, 481_635_066),
            ("-0.0000001", 7, -1),
            ("+11.5", 7, 115_000_000),
            (".5", 1, 5),
            ("7.", 0, 7),
            ("-0", 3, 0),
            ("21.500", 1, 215),
            ("1e3", 0, 1000),
            ("-1.25E-2", 4, -125),
            ("000000000000000000000000000000000000000000000000001", 0, 1),
            ("0e99", 7, 0),
            ("9223372036854775807", 0, i64::MAX),
            ("-9223372036854775808", 0, i64::MIN),
        ] {
            assert_eq!(fixed(text, places, Rounding::Exact), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn rounding_is_as_said() {
        let half = Rounding::HalfAwayFromZero;
        for (text, wanted) in
            [("0.05", 1), ("-0.05", -1), ("0.0499999", 0), ("-0.0499999", 0), ("0.14", 1), ("1e-60", 0)]
        {
            assert_eq!(fixed(text, 1, half), Ok(wanted), "{text}");
        }
        assert_eq!(fixed("99999999999999999999999999999999999999e-39", 0, half), Ok(0));
        assert_eq!(fixed("3.0001", 0, Rounding::AwayFromZero), Ok(4));
        assert_eq!(fixed("-3.0001", 0, Rounding::AwayFromZero), Ok(-4));
        assert_eq!(fixed("3.000", 0, Rounding::AwayFromZero), Ok(3));
        assert_eq!(fixed("3.999", 0, Rounding::TowardsZero), Ok(3));
        assert_eq!(fixed("-3.999", 0, Rounding::TowardsZero), Ok(-3));
        assert_eq!(fixed(&format!("3.{}", "9".repeat(60)), 0, Rounding::TowardsZero), Ok(3));
        assert_eq!(fixed("1.05", 1, Rounding::Exact), Err(DecimalError::Places { places: 1 }));
        assert_eq!(fixed("1e-60", 1, Rounding::Exact), Err(DecimalError::Places { places: 1 }));
    }

    #[test]
    fn digits_without_end_round_as_the_whole_number() {
        let half = Rounding::HalfAwayFromZero;
        let latitude = "37.24173816852271556854248046875000000000000000000001";
        assert_eq!(fixed(latitude, 7, half), Ok(372_417_382));
        assert_eq!(fixed(latitude, 7, Rounding::Exact), Err(DecimalError::Places { places: 7 }));
        let zeros = "0".repeat(60);
        for (text, rounding, wanted) in [
            (format!("0.5{zeros}"), half, 1),
            (format!("0.4{}", "9".repeat(60)), half, 0),
            (format!("1.{zeros}1"), Rounding::AwayFromZero, 2),
            (format!("-1.{zeros}1"), half, -1),
            (format!("7.{zeros}"), Rounding::Exact, 7),
            (format!("0.{zeros}{zeros}1"), half, 0),
            (format!("0.{zeros}{zeros}1"), Rounding::AwayFromZero, 1),
        ] {
            assert_eq!(fixed(&text, 0, rounding), Ok(wanted), "{text}");
        }
        assert_eq!(fixed(&format!("1.{zeros}1e40"), 0, half), Err(DecimalError::Range { places: 0 }));
    }

    #[test]
    fn ratios_round_once_and_sums_are_exact() {
        let half = Rounding::HalfAwayFromZero;
        let ratio = |text: &str, numerator, denominator, places| {
            text.parse::<Decimal>().unwrap().to_fixed_ratio(numerator, denominator, places, half)
        };
        assert_eq!(ratio("39", 5, 18, 3), Ok(10_833));
        assert_eq!(ratio("-0.0018", 5, 18, 3), Ok(-1), "a half, away from zero");
        assert_eq!(ratio("0.00179999", 5, 18, 3), Ok(0));
        assert_eq!(ratio("0.040", 463, 900, 3), Ok(21), "0.02058 m/s");
        assert_eq!(ratio("7344.61382", 1, 60, 7), Ok(1_224_102_303));
        assert_eq!(ratio("1e-60", 5, 18, 3), Ok(0));
        assert_eq!(ratio(&"1".repeat(29), 5, 18, 0), Err(DecimalError::Scaled));
        assert_eq!(ratio("9e18", 4_000_000_000, 1, 0), Err(DecimalError::Range { places: 0 }));
        let sum = |one: &str, other: &str| one.parse::<Decimal>().unwrap().plus(&other.parse().unwrap());
        assert_eq!(
            sum("1.276020076001e+09", "-0.5").unwrap().to_fixed(6, Rounding::Exact),
            Ok(1_276_020_075_501_000)
        );
        assert_eq!(sum("-1", "1").unwrap().to_fixed(0, Rounding::Exact), Ok(0));
        assert_eq!(sum("1e99", "0").unwrap(), "1e99".parse().unwrap());
        assert_eq!(sum("1e99", "1e-99"), Err(DecimalError::Digits));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "", "-", ".", "1,5", "1.2.3", "0x10", "NaN", "inf", " 1", "1 ", "--1", "1e", "1e+", "1e1.5", "é",
            "１",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Form), "{text}");
        }
        assert_eq!("1e100".parse::<Decimal>(), Err(DecimalError::Digits));
        assert_eq!("1".repeat(39).parse::<Decimal>(), Err(DecimalError::Digits));
        assert_eq!(fixed("9223372036854775808", 0, Rounding::Exact), Err(DecimalError::Range { places: 0 }));
        assert_eq!(fixed("1e99", 99, Rounding::Exact), Err(DecimalError::Range { places: 99 }));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value: i64, places in 0u32..12) {
            let magnitude = u128::from(value.unsigned_abs());
            let power = 10u128.pow(places);
            let sign = if value < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:0width$}", magnitude / power, magnitude % power, width = places as usize);
            prop_assert_eq!(fixed(&text, places, Rounding::Exact), Ok(value));
        }

        #[test]
        fn a_ratio_is_that_of_integers(value in -1_000_000_000_000i64..1_000_000_000_000, numerator in 1u32.., denominator in 1u32..) {
            let exact = i128::from(value) * i128::from(numerator) * 1000;
            let divisor = 2 * i128::from(denominator);
            let half = if exact < 0 { -i128::from(denominator) } else { i128::from(denominator) };
            let wanted = i64::try_from((2 * exact + half) / divisor).map_err(|_| DecimalError::Range { places: 3 });
            let number: Decimal = value.to_string().parse().unwrap();
            prop_assert_eq!(number.to_fixed_ratio(numerator, denominator, 3, Rounding::HalfAwayFromZero), wanted);
        }

        #[test]
        fn arbitrary_text_never_panics(text: String, number in "[-+0-9.eE]{0,60}", places in 0u32..200) {
            for text in [text, number] {
                for rounding in [
                    Rounding::Exact,
                    Rounding::HalfAwayFromZero,
                    Rounding::AwayFromZero,
                    Rounding::TowardsZero,
                ] {
                    let _ = fixed(&text, places, rounding);
                    if let Ok(number) = text.parse::<Decimal>() {
                        let _ = number.to_fixed_ratio(u32::MAX, 1 + places, places, rounding);
                        let _ = number.plus(&number.negated());
                    }
                }
            }
        }
    }
}
