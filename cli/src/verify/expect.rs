//! `--expect`: what a public field has to be, as an exact integer.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use zksensor::files::{FileProof, ProofFile};

use super::VerifyCommandError;

/// What a public field has to be.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    field: String,
    relation: Relation,
    wanted: Integer,
    text: String,
}

/// Why text is no expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpectationError {
    /// No relation in it.
    #[error(
        "expected FIELD=VALUE, such as epoch=2, or with one of ==, !=, >=, <=, > and < (in quotes: a shell takes > for itself)"
    )]
    NoRelation,
    /// No field before it.
    #[error("expected the name of a public field before the relation, got nothing")]
    NoField,
    /// No integer after it.
    #[error(
        "expected an integer below 2^256 after the relation: decimal digits, or 0x and hexadecimal ones, got {got} characters that are none"
    )]
    Integer {
        /// Length of the text that came.
        got: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
    More,
    Less,
}

/// Longer ones first: `>=` begins like `>`.
const RELATIONS: [(&str, Relation); 7] = [
    ("==", Relation::Equal),
    ("!=", Relation::NotEqual),
    (">=", Relation::AtLeast),
    ("<=", Relation::AtMost),
    ("=", Relation::Equal),
    (">", Relation::More),
    ("<", Relation::Less),
];

impl FromStr for Expectation {
    type Err = ExpectationError;

    fn from_str(text: &str) -> Result<Expectation, ExpectationError> {
        let at = text.find(['=', '!', '<', '>']).ok_or(ExpectationError::NoRelation)?;
        let (field, rest) = text.split_at(at);
        let found =
            RELATIONS.iter().find_map(|(symbol, relation)| Some((rest.strip_prefix(symbol)?, *relation)));
        let (value, relation) = found.ok_or(ExpectationError::NoRelation)?;
        let (field, value) = (field.trim().to_owned(), value.trim());
        if field.is_empty() {
            return Err(ExpectationError::NoField);
        }
        let wanted = Integer::parse(value).ok_or(ExpectationError::Integer { got: value.chars().count() })?;
        Ok(Expectation { field, relation, wanted, text: value.to_owned() })
    }
}

impl Expectation {
    /// Checks that the proof has the field.
    ///
    /// # Errors
    /// [`VerifyCommandError::NoField`] with those that it has.
    pub(super) fn is_of<P: FileProof>(&self, file: &ProofFile<P>) -> Result<(), VerifyCommandError> {
        match file.field(&self.field) {
            Some(_) => Ok(()),
            None => {
                let fields: Vec<&str> = file.fields().iter().map(|(name, _)| *name).collect();
                Err(VerifyCommandError::NoField { fields: fields.join(", "), got: self.field.clone() })
            }
        }
    }

    /// Checks that the field is as expected.
    ///
    /// # Errors
    /// [`VerifyCommandError::NoField`]; [`VerifyCommandError::Unexpected`] if it is not.
    pub(super) fn check<P: FileProof>(&self, file: &ProofFile<P>) -> Result<(), VerifyCommandError> {
        self.is_of(file)?;
        let came = file.fields().into_iter().find(|(name, _)| *name == self.field);
        let came = came.map_or_else(String::new, |(_, value)| {
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        });
        let holds = Integer::parse(&came).is_some_and(|came| self.relation.holds(came.cmp(&self.wanted)));
        match holds {
            true => Ok(()),
            false => Err(VerifyCommandError::Unexpected {
                field: self.field.clone(),
                wanted: format!("{}{}", self.relation, self.text),
                got: came,
            }),
        }
    }
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Relation::Equal => ordering.is_eq(),
            Relation::NotEqual => ordering.is_ne(),
            Relation::AtLeast => ordering.is_ge(),
            Relation::AtMost => ordering.is_le(),
            Relation::More => ordering.is_gt(),
            Relation::Less => ordering.is_lt(),
        }
    }
}

/// Before a value; `=` is understood.
impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = RELATIONS.iter().find(|(_, relation)| relation == self);
        match (self, found) {
            (Relation::Equal, _) | (_, None) => Ok(()),
            (_, Some((symbol, _))) => write!(f, "{symbol} "),
        }
    }
}

/// An integer of at most 256 bits and a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Integer {
    negative: bool,
    /// Most significant first.
    limbs: [u64; 4],
}

impl Integer {
    /// Decimal digits, or `0x` and hexadecimal ones, after a minus sign or none.
    fn parse(text: &str) -> Option<Integer> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let (radix, digits) = digits.strip_prefix("0x").map_or((10, digits), |digits| (16, digits));
        if digits.is_empty() {
            return None;
        }
        let mut limbs = [0u64; 4];
        for digit in digits.chars() {
            let mut carry = u128::from(digit.to_digit(radix)?);
            for limb in limbs.iter_mut().rev() {
                carry += u128::from(*limb) * u128::from(radix);
                *limb = (carry & u128::from(u64::MAX)) as u64;
                carry >>= 64;
            }
            if carry != 0 {
                return None;
            }
        }
        Some(Integer { negative: negative && limbs != [0; 4], limbs })
    }
}

impl Ord for Integer {
    fn cmp(&self, other: &Integer) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.limbs.cmp(&other.limbs),
            (true, true) => other.limbs.cmp(&self.limbs),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Integer) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(text: &str) -> Integer {
        Integer::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn integers_are_exact() {
        let ascending = [
            format!("-0x{}", "f".repeat(64)),
            "-18446744073709551617".to_owned(),
            "-18446744073709551616".to_owned(),
            "-1".to_owned(),
            "0".to_owned(),
            "9007199254740992".to_owned(),
            "9007199254740993".to_owned(),
            "0x10000000000000000".to_owned(),
            "18446744073709551617".to_owned(),
            format!("0x{}", "f".repeat(64)),
        ];
        for (index, one) in ascending.iter().enumerate() {
            for (other_index, other) in ascending.iter().enumerate() {
                assert_eq!(integer(one).cmp(&integer(other)), index.cmp(&other_index), "{one} {other}");
            }
        }
        assert_eq!(integer("-0"), integer("0x0"));
        assert_eq!(integer("0xFF"), integer("0255"));
        let (large, beyond) = (format!("0x{}1", "0".repeat(99)), format!("0x1{}", "0".repeat(64)));
        assert_eq!(integer(&large), integer("1"));
        for wrong in ["", "-", "0x", "--1", "+1", "1.0", "1e3", "1_000", "a", " 1", &beyond, "\u{661}"] {
            assert_eq!(Integer::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_expectation_is_a_field_a_relation_and_an_integer() {
        for (text, relation) in [
            ("count>=5", Relation::AtLeast),
            (" count >= 5 ", Relation::AtLeast),
            ("count<=5", Relation::AtMost),
            ("count==5", Relation::Equal),
            ("count=5", Relation::Equal),
            ("count!=5", Relation::NotEqual),
            ("count>5", Relation::More),
            ("count<5", Relation::Less),
        ] {
            let expectation: Expectation = text.parse().unwrap();
            assert_eq!((&*expectation.field, expectation.relation), ("count", relation), "{text}");
            assert_eq!(expectation.wanted, integer("5"));
        }
        let refused = |text: &str| text.parse::<Expectation>().unwrap_err();
        for text in ["count", "", "count!5"] {
            assert_eq!(refused(text), ExpectationError::NoRelation, "{text}");
        }
        assert_eq!(refused(">=5"), ExpectationError::NoField);
        for text in ["count=>5", "count>=", "count=five", "count===5", "count><5"] {
            assert!(matches!(refused(text), ExpectationError::Integer { .. }), "{text}");
        }
    }

    #[test]
    fn relations_hold_as_they_are_read() {
        let holds = |relation: Relation| {
            [Ordering::Less, Ordering::Equal, Ordering::Greater].map(|ordering| relation.holds(ordering))
        };
        assert_eq!(holds(Relation::Equal), [false, true, false]);
        assert_eq!(holds(Relation::NotEqual), [true, false, true]);
        assert_eq!(holds(Relation::AtLeast), [false, true, true]);
        assert_eq!(holds(Relation::AtMost), [true, true, false]);
        assert_eq!(holds(Relation::More), [false, false, true]);
        assert_eq!(holds(Relation::Less), [true, false, false]);
    }
}
