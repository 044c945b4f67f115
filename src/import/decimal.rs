//! Decimal numbers as text, turned into fixed point without floating point.
//!
//! ```
//! use zksensor::import::{Decimal, Rounding};
//! let latitude: Decimal = "48.16350665".parse()?;
//! assert_eq!(latitude.to_fixed(7, Rounding::HalfAwayFromZero)?, 481_635_067);
//! assert!(latitude.to_fixed(7, Rounding::Exact).is_err());
//! # Ok::<(), zksensor::import::DecimalError>(())
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
        "expected at most {MAX_DIGITS} significant digits and an exponent from -{MAX_EXPONENT} to {MAX_EXPONENT}"
    )]
    Digits,
    /// More decimal places than the fixed point has.
    #[error("expected at most {places} decimal places; raise the scale, or round the data")]
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
}

/// A decimal number, exactly as it was written: coefficient / 10^places, with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    coefficient: u128,
    places: i32,
}

/// Significant digits that a u128 always holds.
const MAX_DIGITS: usize = 38;
/// Largest magnitude of an exponent.
const MAX_EXPONENT: i32 = 99;

impl Decimal {
    /// The number times 10^`places`, as an integer.
    ///
    /// # Errors
    /// [`DecimalError::Places`] if rounding is [`Rounding::Exact`] and digits would be lost; [`DecimalError::Range`] if the
    /// result does not fit.
    pub fn to_fixed(&self, places: u32, rounding: Rounding) -> Result<i64, DecimalError> {
        let range = DecimalError::Range { places };
        let shift = i64::from(places) - i64::from(self.places);
        let power = u32::try_from(shift.unsigned_abs()).ok().and_then(|shift| 10u128.checked_pow(shift));
        let magnitude = match (shift >= 0, power) {
            _ if self.coefficient == 0 => 0,
            (true, Some(power)) => self.coefficient.checked_mul(power).ok_or(range)?,
            (true, None) => return Err(range),
            // 10^39 and more is above twice any coefficient.
            (false, power) => {
                let (quotient, remainder, power) = match power {
                    Some(power) => (self.coefficient / power, self.coefficient % power, power),
                    None => (0, self.coefficient, u128::MAX),
                };
                match rounding {
                    Rounding::Exact if remainder != 0 => return Err(DecimalError::Places { places }),
                    Rounding::Exact => quotient,
                    Rounding::HalfAwayFromZero => quotient + u128::from(remainder >= power - remainder),
                    Rounding::AwayFromZero => quotient + u128::from(remainder != 0),
                }
            }
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
        if digits().skip_while(|digit| *digit == b'0').count() > MAX_DIGITS {
            return Err(DecimalError::Digits);
        }
        let coefficient = digits().fold(0u128, |number, digit| 10 * number + u128::from(digit - b'0'));
        let places = i32::try_from(fraction.len()).map_err(|_| DecimalError::Digits)? - exponent;
        Ok(Decimal { negative, coefficient, places })
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
        assert_eq!(fixed("1.05", 1, Rounding::Exact), Err(DecimalError::Places { places: 1 }));
        assert_eq!(fixed("1e-60", 1, Rounding::Exact), Err(DecimalError::Places { places: 1 }));
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
        fn arbitrary_text_never_panics(text: String, number in "[-+0-9.eE]{0,60}", places in 0u32..200) {
            for text in [text, number] {
                for rounding in [Rounding::Exact, Rounding::HalfAwayFromZero, Rounding::AwayFromZero] {
                    let _ = fixed(&text, places, rounding);
                }
            }
        }
    }
}
