//! BabyJubJub in circomlib's form: 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 over the BN254 scalar field.
//!
//! The group has order 8 l with l prime ([`Scalar`] is the field of order l); circomlib's `Base8` generates the subgroup of
//! order l (ERC-2494 gives the parameters). a is a square and d is not, so the addition law is complete: it holds for every
//! pair of points of the curve. The Montgomery form v^2 = u^3 + 168698 u^2 + u is what circuits compute in.
//!
//! ```
//! use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
//! let point = BASE8.mul(&Scalar::from(5u64));
//! assert_eq!(Point::unpack(&point.pack()), Ok(point));
//! assert!(point.is_in_prime_subgroup());
//! ```

use alloc::boxed::Box;
use alloc::string::String;

use ark_ec::AdditiveGroup;
use ark_ff::{BigInt, Field, MontFp, PrimeField, Zero};
use once_cell::race::OnceBox;

use crate::field::{self, Fr};

pub(crate) use curve::{EdwardsAffine, EdwardsProjective};
pub use scalar::Scalar;

mod curve;
mod scalar;

/// Coefficient a of the twisted Edwards form.
pub const EDWARDS_A: Fr = MontFp!("168700");
/// Coefficient d of the twisted Edwards form.
pub const EDWARDS_D: Fr = MontFp!("168696");
/// Coefficient A of the Montgomery form B v^2 = u^3 + A u^2 + u.
pub const MONTGOMERY_A: Fr = MontFp!("168698");
/// Coefficient B of the Montgomery form.
pub const MONTGOMERY_B: Fr = Fr::ONE;
/// The cofactor: the curve has `COFACTOR` * l points.
pub const COFACTOR: u64 = 8;

/// circomlib's `Base8`, the generator of the subgroup of prime order l.
pub const BASE8: Point = Point {
    x: MontFp!("5299619240641551281634865583518297030282874472190772894086521144482721001553"),
    y: MontFp!("16950150798460657717958625567821834550301663161624707787222815936182638968203"),
};

/// Why 32 bytes are not a packed point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackedPointError {
    /// y is r or larger.
    #[error("expected a packed point with y below the BN254 scalar modulus, got y = {y}")]
    NotCanonical {
        /// The y that came, big-endian hexadecimal.
        y: String,
    },
    /// No point of the curve has this y.
    #[error(
        "expected a packed point of BabyJubJub, but no point has y = {y}; is the key or signature of this curve?"
    )]
    NotOnCurve {
        /// The y that came, big-endian hexadecimal.
        y: String,
    },
    /// The sign bit is set though x is 0, which has no sign.
    #[error("expected a clear sign bit because x is 0 for y = {y}, got a set one")]
    SignOfZero {
        /// The y that came, big-endian hexadecimal.
        y: String,
    },
}

/// A pair of coordinates, meant as a point in twisted Edwards form.
///
/// The fields are public, so a `Point` may lie anywhere: [`Point::unpack`] gives only points of the curve, everything else
/// asks [`Point::is_on_curve`] first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    /// The x coordinate.
    pub x: Fr,
    /// The y coordinate.
    pub y: Fr,
}

impl Point {
    /// The neutral element O = (0, 1).
    pub const IDENTITY: Point = Point { x: Fr::ZERO, y: Fr::ONE };

    /// Whether this is O.
    pub fn is_identity(&self) -> bool {
        *self == Point::IDENTITY
    }

    /// Whether a x^2 + y^2 = 1 + d x^2 y^2.
    pub fn is_on_curve(&self) -> bool {
        self.affine().is_on_curve()
    }

    /// Whether the point lies on the curve and l times it is O; O itself does. Takes variable time.
    pub fn is_in_prime_subgroup(&self) -> bool {
        self.is_on_curve() && combine([(&multiples(self.projective()), Scalar::MODULUS)]).is_zero()
    }

    /// The sum.
    ///
    /// # Panics
    /// May panic if a point is off the curve.
    pub fn add(&self, other: &Point) -> Point {
        (self.projective() + other.affine()).into()
    }

    /// Twice the point.
    ///
    /// # Panics
    /// May panic if the point is off the curve.
    pub fn double(&self) -> Point {
        self.projective().double().into()
    }

    /// The inverse, (-x, y).
    pub fn negate(&self) -> Point {
        Point { x: -self.x, y: self.y }
    }

    /// The point times the integer in [0, l) that `scalar` stands for. Fit for secret scalars: a ladder that does not branch
    /// on their bits.
    ///
    /// # Panics
    /// May panic if the point is off the curve.
    pub fn mul(&self, scalar: &Scalar) -> Point {
        (self.projective() * scalar).into()
    }

    /// Eight times the point: O exactly for the eight points of small order.
    ///
    /// # Panics
    /// May panic if the point is off the curve.
    pub fn mul_by_cofactor(&self) -> Point {
        self.projective().double().double().double().into()
    }

    /// circomlib's `packPoint`: y in 32 little-endian bytes, the top bit set when x > (r - 1) / 2.
    pub fn pack(&self) -> [u8; 32] {
        let mut bytes = field::to_be_bytes(&self.y);
        bytes.reverse();
        if is_negative(&self.x) {
            bytes[31] |= SIGN_BIT;
        }
        bytes
    }

    /// Reads what [`Point::pack`] writes; every accepted input packs to itself again.
    ///
    /// The point is on the curve, not necessarily of prime order: see [`crate::primitives::eddsa::PublicKey`].
    ///
    /// # Errors
    /// [`PackedPointError`] if y is not canonical, belongs to no point, or x is 0 and has a sign.
    pub fn unpack(bytes: &[u8; 32]) -> Result<Point, PackedPointError> {
        let mut bytes = *bytes;
        bytes.reverse();
        let negative = bytes[0] & SIGN_BIT != 0;
        bytes[0] &= !SIGN_BIT;
        let hex = || crate::hex::encode(&bytes);
        let y = field::from_be_bytes(&bytes).map_err(|_| PackedPointError::NotCanonical { y: hex() })?;
        // x^2 = (1 - y^2) / (a - d y^2); the denominator is never 0, because a / d is not a square.
        let denominator = (EDWARDS_A - EDWARDS_D * y.square()).inverse().expect("a / d is not a square");
        let root = ((Fr::ONE - y.square()) * denominator)
            .sqrt()
            .ok_or_else(|| PackedPointError::NotOnCurve { y: hex() })?;
        if negative && root.is_zero() {
            return Err(PackedPointError::SignOfZero { y: hex() });
        }
        let x = if is_negative(&root) == negative { root } else { -root };
        Ok(Point { x, y })
    }

    /// The Montgomery coordinates u = (1 + y) / (1 - y), v = u / x, or `None` where they do not exist (y = 1 or x = 0; on the
    /// curve O and (0, -1)).
    pub fn to_montgomery(&self) -> Option<(Fr, Fr)> {
        let u = (Fr::ONE + self.y) * (Fr::ONE - self.y).inverse()?;
        Some((u, u * self.x.inverse()?))
    }

    /// The point x = u / v, y = (u - 1) / (u + 1), or `None` where it does not exist (v = 0 or u = -1; on the Montgomery
    /// curve only (0, 0)).
    pub fn from_montgomery(u: &Fr, v: &Fr) -> Option<Point> {
        Some(Point { x: *u * v.inverse()?, y: (*u - Fr::ONE) * (*u + Fr::ONE).inverse()? })
    }

    fn affine(&self) -> EdwardsAffine {
        EdwardsAffine { x: self.x, y: self.y }
    }

    fn projective(&self) -> EdwardsProjective {
        self.affine().into()
    }
}

impl From<EdwardsProjective> for Point {
    fn from(point: EdwardsProjective) -> Point {
        let affine = EdwardsAffine::from(point);
        Point { x: affine.x, y: affine.y }
    }
}

/// s Base8 - h P in variable time, for public values and a point of the curve.
pub(super) fn base8_minus(s: &Scalar, h: &Scalar, point: &Point) -> Point {
    static BASE: OnceBox<Multiples> = OnceBox::new();
    let base = BASE.get_or_init(|| Box::new(multiples(BASE8.projective())));
    combine([(base, s.into_bigint()), (&multiples(-point.projective()), h.into_bigint())]).into()
}

/// 0 P, 1 P, .., 15 P.
type Multiples = [EdwardsProjective; 16];

fn multiples(point: EdwardsProjective) -> Multiples {
    let mut sum = EdwardsProjective::zero();
    core::array::from_fn(|_| {
        let multiple = sum;
        sum += point;
        multiple
    })
}

/// The sum of integer times point over all terms: digits of four bits, the doublings shared.
fn combine<const N: usize>(terms: [(&Multiples, BigInt<4>); N]) -> EdwardsProjective {
    let mut sum = EdwardsProjective::zero();
    for digit in (0..Scalar::MODULUS_BIT_SIZE.div_ceil(4)).rev() {
        for _ in 0..4 {
            sum.double_in_place();
        }
        for (table, integer) in &terms {
            let value = (integer.0[(digit / 16) as usize] >> (4 * (digit % 16))) & 15;
            if value != 0 {
                sum += table[value as usize];
            }
        }
    }
    sum
}

/// Set in the last byte of a packed point whose x is negative.
const SIGN_BIT: u8 = 0x80;

/// circomlib's sign: negative is above (r - 1) / 2.
fn is_negative(x: &Fr) -> bool {
    x.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO
}

#[cfg(test)]
mod tests;
