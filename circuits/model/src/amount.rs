//! Amounts of a unit: exact, without floating point.

use alloc::format;
use alloc::string::String;
use core::fmt;

/// An exact decimal number of a unit: `21.30 Cel` is 2130 at a scale of 2.
///
/// ```
/// use zksensor_model::amount::Amount;
/// let amount = Amount::new(2_130, 2, "Cel");
/// assert_eq!((amount.value(), amount.scale(), amount.unit()), (2_130, 2, "Cel"));
/// assert_eq!(amount.to_string(), "21.30 Cel");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    value: i64,
    scale: u32,
    unit: &'static str,
}

impl Amount {
    /// `value` / 10^`scale` of the unit.
    pub const fn new(value: i64, scale: u32, unit: &'static str) -> Amount {
        Amount { value, scale, unit }
    }

    /// The number times 10^[scale](Amount::scale).
    pub fn value(&self) -> i64 {
        self.value
    }

    /// Decimal places.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// Unit as SenML names it (RFC 8428); empty where the schema has none.
    pub fn unit(&self) -> &'static str {
        self.unit
    }
}

/// With all decimal places of the channel, or, as of `{:.1}`, rounded to so many, half away from zero.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Mean { sum: *self, count: 1 }.fmt(f)
    }
}

/// A mean: the exact ratio of a sum and a count. It is rounded where it is shown, and nowhere else.
///
/// ```
/// # use zksensor_model::amount::{Amount, Mean};
/// let mean = Mean::of(Amount::new(6_505, 2, "Cel"), 3);
/// assert_eq!((mean.sum().to_string(), mean.count()), ("65.05 Cel".to_owned(), 3));
/// assert_eq!(mean.to_string(), "21.68 Cel"); // 21.6833...
/// assert_eq!(format!("{mean:.4}"), "21.6833 Cel");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mean {
    sum: Amount,
    count: u32,
}

/// The most decimal places beyond the channel's: a sum has 62 bits, and times 10^18 it fits 128.
const MOST_MORE_PLACES: u32 = 18;

impl Mean {
    /// The mean of so many values with this sum. Of none it is the sum.
    pub fn of(sum: Amount, count: u32) -> Mean {
        Mean { sum, count: count.max(1) }
    }

    /// The sum of the values.
    pub fn sum(&self) -> Amount {
        self.sum
    }

    /// How many values there are, at least 1.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The mean times 10^`places`, rounded half away from zero. More than 18 places beyond the channel's are cut to as many.
    fn rounded(&self, places: u32) -> (i128, u32) {
        let scale = self.sum.scale;
        let places = places.min(scale + MOST_MORE_PLACES);
        let (numerator, denominator) = (i128::from(self.sum.value), i128::from(self.count));
        let (numerator, denominator) = match places.checked_sub(scale) {
            Some(more) => (numerator * 10i128.pow(more), denominator),
            None => (numerator, denominator * 10i128.pow(scale - places)),
        };
        let half = if numerator < 0 { -denominator } else { denominator };
        ((2 * numerator + half) / (2 * denominator), places)
    }
}

impl Mean {
    /// The number without its unit, with so many decimal places.
    fn number(&self, places: u32) -> String {
        let (value, places) = self.rounded(places);
        let sign = if value < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", value.unsigned_abs(), width = places as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places as usize);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// The number without its unit, with the decimal places of the channel.
    pub fn decimal(&self) -> String {
        self.number(self.sum.scale)
    }
}

/// With the decimal places of the channel, or as many as are asked for (`{:.4}`, at most 18 more than the channel's), rounded half away
/// from zero.
impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = f.precision().map_or(self.sum.scale, |places| u32::try_from(places).unwrap_or(u32::MAX));
        f.write_str(&self.number(asked))?;
        if self.sum.unit.is_empty() { Ok(()) } else { write!(f, " {}", self.sum.unit) }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    fn mean(sum: i64, scale: u32, count: u32) -> Mean {
        Mean::of(Amount::new(sum, scale, ""), count)
    }

    #[test]
    fn a_mean_is_rounded_half_away_from_zero_once() {
        for (sum, scale, count, shown) in [
            (6_505, 2, 3, "21.68"),
            (1, 2, 2, "0.01"),
            (-1, 2, 2, "-0.01"),
            (-1, 2, 3, "0.00"),
            (5, 1, 10, "0.1"),
            (-14, 0, 10, "-1"),
            (-15, 0, 10, "-2"),
            (0, 3, 7, "0.000"),
            (7, 0, 0, "7"),
            (i64::MIN, 4, 1, "-922337203685477.5808"),
        ] {
            assert_eq!(mean(sum, scale, count).to_string(), shown);
        }
        assert_eq!(format!("{:.0}", mean(2_150, 2, 1)), "22");
        assert_eq!(format!("{:.1}", mean(-2_155, 2, 1)), "-21.6");
        assert_eq!(format!("{:.3}", mean(2, 0, 3)), "0.667");
        assert_eq!(format!("{:.100}", mean(1, 0, 3)), "0.333333333333333333");
        assert_eq!(format!("{:.30}", mean(i64::MIN, 9, 1)).len(), "-9223372036.".len() + 27);
    }

    #[test]
    fn an_amount_has_the_places_of_its_channel() {
        for (value, scale, unit, shown) in [
            (2_130, 2, "Cel", "21.30 Cel"),
            (-5, 2, "", "-0.05"),
            (12, 0, "count", "12 count"),
            (0, 1, "m", "0.0 m"),
        ] {
            assert_eq!(Amount::new(value, scale, unit).to_string(), shown);
        }
    }
}
