//! The key that a ceremony starts with: what powers of tau and the rows of a circuit give, with delta = 1. It is the same for everybody, byte by
//! byte, also for circom's tools.

use std::io::Write;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{BigInteger, PrimeField, Zero};
use blake2::{Blake2b512, Digest};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

use crate::error::CeremonyError;
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
        let wanted = rows_of(circuit).max(2).next_power_of_two().trailing_zeros();
        if powers.power != wanted {
            return Err(CeremonyError::Powers { wanted, got: powers.power });
        }
        let [in_a, in_b, in_c] = columns(circuit);
        let count = circuit.columns();
        let inputs = circuit.publics() + 1;
        let of = |entries: &Entries, points: &[G1Affine]| {
            crate::ptau::affine(count, |at| weighted(&entries[at], points))
        };
        let joined: Vec<G1Affine> = crate::ptau::affine(count, |at| {
            weighted(&in_a[at], &powers.beta_rows)
                + weighted(&in_b[at], &powers.alpha_rows)
                + weighted(&in_c[at], &powers.rows)
        });
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
            a: of(&in_a, &powers.rows),
            b_g1: of(&in_b, &powers.rows),
            b_g2: crate::ptau::affine(count, |at| weighted(&in_b[at], &powers.rows_g2)),
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

/// The sum of the points of some rows, each by its coefficient. Small coefficients of either sign cost little; many large ones, such as those
/// of Poseidon's matrices, are summed together.
fn weighted<P: Point>(entries: &[(u32, Fr)], points: &[P]) -> P::Group
where
    P::Group: VariableBaseMSM<MulBase = P, ScalarField = Fr>,
{
    const SMALL_BITS: u32 = 64;
    const FEW: usize = 8;
    let (mut sum, mut bases, mut scalars) = (P::Group::zero(), Vec::new(), Vec::new());
    for (row, value) in entries {
        let (point, positive, negative) =
            (points[*row as usize], value.into_bigint(), (-*value).into_bigint());
        let (least, point) = if negative < positive { (negative, -point) } else { (positive, point) };
        if least.num_bits() <= SMALL_BITS {
            sum += point.mul_bigint(least);
        } else {
            bases.push(point);
            scalars.push(least);
        }
    }
    if bases.len() < FEW {
        return bases.iter().zip(scalars).fold(sum, |sum, (point, by)| sum + point.mul_bigint(by));
    }
    sum + P::Group::msm_bigint(&bases, &scalars)
}
