//! `low` and `high` of a policy: integers in the fixed point of their channel, and what to write instead of another number.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::channel::ChannelError;
use zksensor_model::policy::encoding;
use zksensor_model::schema::Quantity;

/// A bound of a value: in fixed point, or with a point, which is refused once it is known what would have been right.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    Fixed(i64),
    Decimal(f64),
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundVisitor)
    }
}

struct BoundVisitor;

impl Visitor<'_> for BoundVisitor {
    type Value = Bound;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an integer, in fixed point")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Bound, E> {
        Ok(Bound::Fixed(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Bound, E> {
        Ok(Bound::Decimal(number))
    }
}

impl Bound {
    /// In fixed point.
    pub(super) fn fixed(self, key: &'static str, quantity: Option<Quantity>) -> Result<i64, ChannelError> {
        let number = match self {
            Bound::Fixed(number) => return Ok(number),
            Bound::Decimal(number) => number,
        };
        let suggestion = quantity.and_then(|quantity| integer_of(number, &quantity));
        Err(ChannelError::Decimal {
            key,
            quantity: quantity.map(Box::new),
            got: format!("{number:?}"),
            suggestion,
        })
    }
}

/// The integer in fixed point that the number is, to say so: nothing is taken from it.
fn integer_of(number: f64, quantity: &Quantity) -> Option<i64> {
    let scaled = number.abs() * 10f64.powi(quantity.scale.try_into().ok()?);
    let rounded = scaled.round();
    let is_it = rounded <= encoding::VALUE_OFFSET as f64 && (scaled - rounded).abs() < 1e-6;
    is_it.then_some(rounded.copysign(number) as i64)
}

/// How a channel has its values.
pub(super) struct Fixed<'a>(pub(super) Option<&'a Quantity>);

impl fmt::Display for Fixed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(quantity) => {
                let (places, unit, one) = (quantity.scale, quantity.unit, 10u64.pow(quantity.scale));
                write!(formatter, "in fixed point with {places} decimal places, where {one} is 1 {unit}")
            }
            None => formatter.write_str("in the fixed point that the schema's author says"),
        }
    }
}

/// What to write.
pub(super) struct Instead<'a>(pub(super) &'a Option<i64>);

impl fmt::Display for Instead<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |number| write!(formatter, "; write {number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::schema::Schema;

    #[test]
    fn a_number_with_a_point_is_told_what_it_is_in_fixed_point() {
        let (_, temperature) = Schema::named("air_quality").unwrap().channel("temperature").unwrap();
        let told =
            |low, quantity| Bound::Decimal(low).fixed("low", quantity).map_err(|error| error.to_string());
        let start = "expected `reading.low` to be an integer, in fixed point with 2 decimal places, where 100 is 1 Cel, got ";
        for (got, end) in [
            (-40.0, "-40.0; write -4000"),
            (21.35, "21.35; write 2135"),
            (-0.0, "-0.0; write 0"),
            (21.355, "21.355"),
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(told(got, temperature.quantity), Err(format!("{start}{end}")));
        }
        let own = "expected `reading.low` to be an integer, in the fixed point that the schema's author says, got 0.5";
        assert_eq!(told(0.5, None), Err(own.to_owned()));
        assert_eq!(Bound::Fixed(-7).fixed("low", None), Ok(-7));
    }
}
