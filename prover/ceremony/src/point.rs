//! Coordinates and points as circom's tools write them.
//!
//! In files ("LEM"): x and y, each little-endian and in Montgomery form, that is multiplied by 2^256; in G2 each of them the part without u
//! and the part with it. In hashes ("U"): x and y big-endian and not in that form, in G2 the part with u first. The identity is zeros in both.

use std::sync::LazyLock;

use ark_bn254::{Fq, Fq2, Fr};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, BigInteger, Field, PrimeField};

/// Bytes of an element of either field.
pub(crate) const ELEMENT: usize = 32;

/// 2^256 in the field, and its inverse.
struct Montgomery<F> {
    factor: F,
    inverse: F,
}

fn montgomery<F: PrimeField>() -> Montgomery<F> {
    let factor = F::from(2u64).pow([256]);
    Montgomery { factor, inverse: factor.inverse().expect("2 is not zero") }
}

static OF_Q: LazyLock<Montgomery<Fq>> = LazyLock::new(montgomery);
static OF_R: LazyLock<Montgomery<Fr>> = LazyLock::new(montgomery);

/// A number of four limbs, little-endian.
pub(crate) fn number(bytes: &[u8]) -> BigInt<4> {
    let limb = |at: usize| u64::from_le_bytes(bytes[8 * at..][..8].try_into().expect("eight bytes"));
    BigInt::new([limb(0), limb(1), limb(2), limb(3)])
}

/// An element of Fr from its canonical bytes, little-endian.
pub(crate) fn scalar(bytes: &[u8]) -> Option<Fr> {
    Fr::from_bigint(number(bytes))
}

/// An element of Fr from its Montgomery form.
pub(crate) fn scalar_from_montgomery(bytes: &[u8]) -> Option<Fr> {
    scalar(bytes).map(|value| value * OF_R.inverse)
}

/// The value, little-endian.
pub(crate) fn scalar_bytes(value: &Fr) -> [u8; ELEMENT] {
    little_endian(value)
}

/// The value times 2^512, little-endian: the form of a zkey's coefficients.
pub(crate) fn coefficient_bytes(value: &Fr) -> [u8; ELEMENT] {
    little_endian(&(*value * OF_R.factor * OF_R.factor))
}

fn little_endian<F: PrimeField<BigInt = BigInt<4>>>(value: &F) -> [u8; ELEMENT] {
    let mut bytes = [0; ELEMENT];
    for (limb, bytes) in value.into_bigint().0.iter().zip(bytes.chunks_exact_mut(8)) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

/// A coordinate: an element of Fq, or of its extension.
pub(crate) trait Coordinate: Field {
    /// Of [`ELEMENT`] bytes each.
    const PARTS: usize;
    /// From the form that files have; `None` if it is not canonical.
    fn from_file(bytes: &[u8]) -> Option<Self>;
    /// In the form that files have.
    fn to_file(self, out: &mut Vec<u8>);
    /// In the form that is hashed.
    fn to_hash(self, out: &mut Vec<u8>);
    /// Whether it is above half the modulus; of two parts, the one with u unless that is zero.
    fn is_negative(self) -> bool;
}

impl Coordinate for Fq {
    const PARTS: usize = 1;

    fn from_file(bytes: &[u8]) -> Option<Fq> {
        Fq::from_bigint(number(bytes)).map(|value| value * OF_Q.inverse)
    }

    fn to_file(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&little_endian(&(self * OF_Q.factor)));
    }

    fn to_hash(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.into_bigint().to_bytes_be());
    }

    fn is_negative(self) -> bool {
        self.into_bigint() > Fq::MODULUS_MINUS_ONE_DIV_TWO
    }
}

impl Coordinate for Fq2 {
    const PARTS: usize = 2;

    fn from_file(bytes: &[u8]) -> Option<Fq2> {
        let (c0, c1) = bytes.split_at(ELEMENT);
        Some(Fq2::new(Fq::from_file(c0)?, Fq::from_file(c1)?))
    }

    fn to_file(self, out: &mut Vec<u8>) {
        self.c0.to_file(out);
        self.c1.to_file(out);
    }

    fn to_hash(self, out: &mut Vec<u8>) {
        self.c1.to_hash(out);
        self.c0.to_hash(out);
    }

    fn is_negative(self) -> bool {
        if self.c1 == Fq::from(0u64) { self.c0.is_negative() } else { self.c1.is_negative() }
    }
}

/// A point of G1 or G2 in the files.
pub(crate) trait Point: AffineRepr<ScalarField = Fr> + Send + Sync {
    /// Bytes of one.
    const BYTES: usize;
    /// From the form that files have: canonical, on the curve, of order r, or all zeros.
    fn from_file(bytes: &[u8]) -> Result<Self, &'static str>;
    /// In the form that files have.
    fn to_file(&self, out: &mut Vec<u8>);
    /// In the form that is hashed.
    fn to_hash(&self, out: &mut Vec<u8>);
}

impl<C: SWCurveConfig<ScalarField = Fr, BaseField: Coordinate>> Point for Affine<C> {
    const BYTES: usize = 2 * ELEMENT * C::BaseField::PARTS;

    fn from_file(bytes: &[u8]) -> Result<Self, &'static str> {
        read(bytes)
    }

    fn to_file(&self, out: &mut Vec<u8>) {
        write(self, out, Coordinate::to_file);
    }

    fn to_hash(&self, out: &mut Vec<u8>) {
        write(self, out, Coordinate::to_hash);
    }
}

fn read<C: SWCurveConfig<BaseField: Coordinate>>(bytes: &[u8]) -> Result<Affine<C>, &'static str> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(Affine::identity());
    }
    let (x, y) = bytes.split_at(bytes.len() / 2);
    let coordinate = |bytes| {
        C::BaseField::from_file(bytes).ok_or("expected a coordinate below the modulus of the base field")
    };
    let point = on_curve(coordinate(x)?, coordinate(y)?);
    match point {
        Some(point) if point.is_in_correct_subgroup_assuming_on_curve() => Ok(point),
        Some(_) => Err("expected a point of the group of order r, got one of another order"),
        None => Err("expected a point on the curve"),
    }
}

/// The point, if it is one. Its order is not asked for.
#[expect(
    clippy::disallowed_methods,
    reason = "the curve is asked for here, and the order where a point comes in"
)]
pub(crate) fn on_curve<C: SWCurveConfig>(x: C::BaseField, y: C::BaseField) -> Option<Affine<C>> {
    let point = Affine::new_unchecked(x, y);
    point.is_on_curve().then_some(point)
}

fn write<C: SWCurveConfig<BaseField: Coordinate>>(
    point: &Affine<C>,
    out: &mut Vec<u8>,
    form: fn(C::BaseField, &mut Vec<u8>),
) {
    match point.xy() {
        Some((x, y)) => {
            form(x, out);
            form(y, out);
        }
        None => out.resize(out.len() + 2 * ELEMENT * C::BaseField::PARTS, 0),
    }
}

/// The form of a point that is hashed.
pub(crate) fn hashed(point: &impl Point) -> Vec<u8> {
    let mut bytes = Vec::new();
    point.to_hash(&mut bytes);
    bytes
}
