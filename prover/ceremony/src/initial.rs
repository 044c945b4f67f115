//! The key that a ceremony starts with: what powers of tau and the rows of a circuit give, with delta = 1. It is the same for everybody, byte by
//! byte, also for circom's tools.

use std::io::Write;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AdditiveGroup, AffineRepr, ScalarMul, VariableBaseMSM};
use ark_ff::{BigInt, BigInteger, PrimeField, Zero};
use blake2::{Blake2b512, Digest};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

use crate::combine::{random, sum1, sum2, unforeseen};
use crate::error::CeremonyError;
use crate::parts::{Parts, kept};
use crate::point::{Point, coefficient_bytes, hashed};
use crate::ptau::Powers;
use crate::rows::{constraints, number};
use crate::sections::{Format, begin, put_points, put_section};
use crate::zkey::{
    A, B_G1, B_G2, COEFFICIENTS, CONTRIBUTIONS, Chain, GROTH16, H, HEADER, Header, IC, L, PROTOCOL,
};

/// The key before anybody contributed.
pub struct Initial {
    pub(crate) header: Header,
    pub(crate) chain: Chain,
    pub(crate) is_trusted: bool,
    pub(crate) coefficients: Vec<u8>,
    pub(crate) ic: Vec<G1Affine>,
    pub(crate) a: Vec<G1Affine>,
    pub(crate) b_g1: Vec<G1Affine>,
    pub(crate) b_g2: Vec<G2Affine>,
    pub(crate) l: Vec<G1Affine>,
    pub(crate) h: Vec<G1Affine>,
}

/// The rows that a circuit takes of a domain: its constraints, the constant one, and each public input.
pub fn rows_of(circuit: &Circuit) -> usize {
    circuit.constraints() + circuit.publics() + 1
}

/// Of each column the rows that it is in, and with what.
type Entries = Vec<Vec<(u32, Fr)>>;

impl Initial {
    /// Of a circuit and powers of tau for its size ([`rows_of`]).
    ///
    /// # Errors
    /// [`CeremonyError::Powers`] if the powers are for another size.
    pub fn new(circuit: &Circuit, powers: Powers) -> Result<Self, CeremonyError> {
        Initial::with_parts(circuit, powers, &mut ())
    }

    /// As [`Initial::new`]. Sums are kept as they are made, and taken from what an earlier run kept if they hold.
    ///
    /// # Errors
    /// As [`Initial::new`]; [`CeremonyError::System`] if a part cannot be read or kept, [`CeremonyError::Randomness`].
    pub fn with_parts(
        circuit: &Circuit,
        powers: Powers,
        parts: &mut dyn Parts,
    ) -> Result<Self, CeremonyError> {
        let wanted = rows_of(circuit).max(2).next_power_of_two().trailing_zeros();
        if powers.power != wanted {
            return Err(CeremonyError::Powers { wanted, got: powers.power });
        }
        let [in_a, in_b, in_c] = columns(circuit);
        let count = circuit.columns();
        let inputs = circuit.publics() + 1;
        let (rows, rows_g2) = (&powers.rows, &powers.rows_g2);
        let joined = [(&in_a, &powers.beta_rows[..]), (&in_b, &powers.alpha_rows), (&in_c, rows)];
        let joined = summed(parts, "joined", &joined, sum1)?;
        let (ic, l) = joined.split_at(inputs);
        let mut initial = Initial {
            header: Header {
                columns: number(count),
                publics: number(circuit.publics()),
                domain: 1 << powers.power,
                alpha_g1: powers.alpha_g1,
                beta_g1: powers.beta_g1,
                beta_g2: powers.beta_g2,
                gamma_g2: G2Affine::generator(),
                delta_g1: G1Affine::generator(),
                delta_g2: G2Affine::generator(),
            },
            chain: Chain { circuit: [0; 64], contributions: Vec::new() },
            is_trusted: powers.is_trusted,
            coefficients: coefficients(circuit),
            ic: ic.to_vec(),
            a: summed(parts, "a", &[(&in_a, rows)], sum1)?,
            b_g1: summed(parts, "b-g1", &[(&in_b, rows)], sum1)?,
            b_g2: summed(parts, "b-g2", &[(&in_b, rows_g2)], sum2)?,
            l: l.to_vec(),
            h: powers.odd,
        };
        initial.chain.circuit = initial.digest(&powers.differences);
        Ok(initial)
    }

    /// What everybody's tools print as the circuit hash.
    pub fn circuit_digest(&self) -> [u8; 64] {
        self.chain.circuit
    }

    /// The key's points, with the differences of powers in place of H.
    fn digest(&self, differences: &[G1Affine]) -> [u8; 64] {
        let Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2, .. } = &self.header;
        let mut hash = Blake2b512::new();
        [alpha_g1, beta_g1].iter().for_each(|point| hash.update(hashed(*point)));
        [beta_g2, gamma_g2].iter().for_each(|point| hash.update(hashed(*point)));
        hash.update(hashed(delta_g1));
        hash.update(hashed(delta_g2));
        hash_points(&mut hash, self.ic.len(), &self.ic);
        hash_points(&mut hash, self.header.domain as usize - 1, differences);
        hash_points(&mut hash, self.l.len(), &self.l);
        hash_points(&mut hash, self.a.len(), &self.a);
        hash_points(&mut hash, self.b_g1.len(), &self.b_g1);
        hash_points(&mut hash, self.b_g2.len(), &self.b_g2);
        hash.finalize().into()
    }

    /// Writes the first key of a ceremony.
    ///
    /// # Errors
    /// [`CeremonyError::System`] if the writer fails.
    pub fn write(&self, mut writer: impl Write) -> Result<(), CeremonyError> {
        begin(&mut writer, Format::Zkey, 10)?;
        put_section(&mut writer, PROTOCOL, &GROTH16.to_le_bytes())?;
        put_section(&mut writer, HEADER, &self.header.encode())?;
        put_section(&mut writer, COEFFICIENTS, &self.coefficients)?;
        put_points(&mut writer, IC, &self.ic)?;
        put_points(&mut writer, H, &self.h)?;
        put_points(&mut writer, L, &self.l)?;
        put_points(&mut writer, A, &self.a)?;
        put_points(&mut writer, B_G1, &self.b_g1)?;
        put_points(&mut writer, B_G2, &self.b_g2)?;
        put_section(&mut writer, CONTRIBUTIONS, &self.chain.encode())?;
        Ok(writer.flush()?)
    }
}

/// The number that is said, big-endian, and the points.
fn hash_points<P: Point>(hash: &mut Blake2b512, said: usize, points: &[P]) {
    hash.update(number(said).to_be_bytes());
    points.iter().for_each(|point| hash.update(hashed(point)));
}

/// The entries of A, B and C by column; in A behind the constraints a row for each public input.
fn columns(circuit: &Circuit) -> [Entries; 3] {
    let mut entries = [(); 3].map(|()| vec![Vec::new(); circuit.columns()]);
    for (row, sides) in constraints(circuit).enumerate() {
        for (matrix, side) in entries.iter_mut().zip(sides) {
            side.into_iter().for_each(|(column, value)| matrix[column as usize].push((number(row), value)));
        }
    }
    for (input, column) in entries[0][..=circuit.publics()].iter_mut().enumerate() {
        column.push((number(circuit.constraints() + input), Fr::from(1u64)));
    }
    entries
}

/// Section 4.
fn coefficients(circuit: &Circuit) -> Vec<u8> {
    let (mut bytes, mut count) = (vec![0; 4], 0u32);
    let mut put = |matrix: u32, row: usize, column: u32, value: &Fr| {
        for word in [matrix, number(row), column] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&coefficient_bytes(value));
        count += 1;
    };
    for (row, [a, b, _]) in constraints(circuit).enumerate() {
        a.iter().for_each(|(column, value)| put(0, row, *column, value));
        b.iter().for_each(|(column, value)| put(1, row, *column, value));
    }
    for input in 0..=circuit.publics() {
        put(0, circuit.constraints() + input, number(input), &Fr::from(1u64));
    }
    bytes[..4].copy_from_slice(&count.to_le_bytes());
    bytes
}

/// Columns whose sums are one part.
const A_PART: usize = 1 << 14;

/// The sum of each column as a point, of all sides together; each side is a matrix and the points of its rows. `sum` is that of points by numbers.
fn summed<P: Point>(
    parts: &mut dyn Parts,
    name: &str,
    sides: &[(&Entries, &[P])],
    sum: fn(&[P], &[Fr]) -> P,
) -> Result<Vec<P>, CeremonyError>
where
    P::Group: VariableBaseMSM<MulBase = P, ScalarField = Fr>,
{
    let count = sides[0].0.len();
    let mut all = Vec::with_capacity(count);
    for (part, from) in (0..count).step_by(A_PART).enumerate() {
        let columns = from..count.min(from + A_PART);
        let make = || {
            let mut sums = vec![P::Group::zero(); columns.len()];
            for (entries, points) in sides {
                let side = weighted_all(&entries[columns.clone()], points);
                sums.iter_mut().zip(side).for_each(|(sum, point)| *sum += point);
            }
            P::Group::batch_convert_to_mul_base(&sums)
        };
        let holds = |these: &[P]| {
            let by = random(&mut unforeseen()?, these.len());
            let each = sides.iter().map(|(entries, points)| {
                let (points, numbers) = together_by(&entries[columns.clone()], points, &by);
                sum(&points, &numbers).into_group()
            });
            Ok(sum(these, &by).into_group() == each.sum::<P::Group>())
        };
        all.extend(kept(parts, &format!("{name}-{part}"), columns.len(), make, holds)?);
    }
    Ok(all)
}

/// The columns, each by its number, as one: the points of the rows that they are in, and with what.
fn together_by<P: Point>(entries: &[Vec<(u32, Fr)>], points: &[P], by: &[Fr]) -> (Vec<P>, Vec<Fr>) {
    let mut of_rows = vec![Fr::zero(); points.len()];
    for (column, by) in entries.iter().zip(by) {
        column.iter().for_each(|(row, value)| of_rows[*row as usize] += *value * by);
    }
    let rows = of_rows.into_iter().zip(points).filter(|(number, _)| !number.is_zero());
    rows.map(|(number, point)| (*point, number)).unzip()
}

/// The sum of each column. Long ones, such as that of the constant one, are summed by all threads, one after the other; a short one is
/// one thread's.
fn weighted_all<P: Point>(entries: &[Vec<(u32, Fr)>], points: &[P]) -> Vec<P::Group>
where
    P::Group: VariableBaseMSM<MulBase = P, ScalarField = Fr>,
{
    const LONG: usize = 1 << 9;
    let is_long = |at: usize| entries[at].len() >= LONG;
    let short = |at: usize| if is_long(at) { P::Group::zero() } else { weighted(&entries[at], points) };
    let mut sums = crate::ptau::projective(0..entries.len(), short);
    for at in (0..entries.len()).filter(|at| is_long(*at)) {
        let (bases, scalars): (Vec<P>, Vec<_>) =
            entries[at].iter().map(|(row, value)| least(&points[*row as usize], value)).unzip();
        sums[at] = P::Group::msm_bigint(&bases, &scalars);
    }
    sums
}

/// A point and a number that give the same product, the number the lesser of either sign.
fn least<P: Point>(point: &P, value: &Fr) -> (P, BigInt<4>) {
    let (positive, negative) = (value.into_bigint(), (-*value).into_bigint());
    if negative < positive { (-*point, negative) } else { (*point, positive) }
}

/// The sum of the points of some rows, each by its coefficient, on this thread alone: arkworks' sums of many go parallel. Small coefficients
/// cost little; several large ones, such as those of Poseidon's matrices, share their doublings.
fn weighted<P: Point>(entries: &[(u32, Fr)], points: &[P]) -> P::Group
where
    P::Group: VariableBaseMSM<MulBase = P, ScalarField = Fr>,
{
    const SMALL_BITS: u32 = 64;
    let (mut sum, mut large) = (P::Group::zero(), Vec::new());
    for (row, value) in entries {
        let (point, number) = least(&points[*row as usize], value);
        if number.num_bits() <= SMALL_BITS {
            sum += point.mul_bigint(number);
        } else {
            large.push((point, signed_digits(&number)));
        }
    }
    sum + together(&large)
}

/// The number in digits of -1, 0 and 1, no two neighbours of which are not 0, the least first (non-adjacent form).
fn signed_digits(number: &BigInt<4>) -> Vec<i8> {
    let mut digits = Vec::with_capacity(256);
    let mut rest = *number;
    while !rest.is_zero() {
        let digit = match (rest.is_odd(), rest.0[0] & 3) {
            (false, _) => 0,
            (true, 1) => 1,
            (true, _) => -1,
        };
        match digit {
            1 => rest.sub_with_borrow(&BigInt::one()),
            // Numbers are below r, which leaves two bits.
            -1 => rest.add_with_carry(&BigInt::one()),
            _ => false,
        };
        digits.push(digit);
        rest.div2();
    }
    digits
}

/// The sum of points by numbers in signed digits: a doubling for all of them, then an addition for each digit.
fn together<P: Point>(terms: &[(P, Vec<i8>)]) -> P::Group {
    let highest = terms.iter().map(|(_, digits)| digits.len()).max().unwrap_or(0);
    let mut sum = P::Group::zero();
    for place in (0..highest).rev() {
        sum.double_in_place();
        for (point, digits) in terms {
            match digits.get(place) {
                Some(1) => sum += *point,
                Some(-1) => sum -= *point,
                _ => {}
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use ark_bn254::G1Projective;
    use ark_ec::CurveGroup;
    use ark_ff::{Field, UniformRand};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    /// Columns of every length around what is long, of numbers of every kind, as arkworks multiplies.
    #[test]
    fn sums_of_columns_are_those_of_products() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let points: Vec<G1Affine> = (0..600).map(|_| G1Affine::rand(&mut rng)).collect();
        let value = |rng: &mut ChaCha20Rng, i: usize| match i % 7 {
            0 => Fr::from(i as u64),
            1 => -Fr::from(i as u64),
            2 => Fr::from(0u64),
            3 => -Fr::from(1u64),
            4 => Fr::from(2u64).pow([64 + i as u64 % 180]),
            _ => Fr::rand(rng),
        };
        let lengths = [0, 1, 2, 7, 8, 9, 100, 511, 512, 600];
        let entries: Entries = lengths
            .iter()
            .map(|length| (0..*length).map(|i| (599 - i as u32, value(&mut rng, i))).collect())
            .collect();
        let sums = weighted_all(&entries, &points);
        for (column, sum) in entries.iter().zip(sums) {
            let wanted = column
                .iter()
                .fold(G1Projective::zero(), |sum, (row, value)| sum + points[*row as usize] * value);
            assert_eq!(sum.into_affine(), wanted.into_affine(), "{} rows", column.len());
        }
    }
}
