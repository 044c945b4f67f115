//! A name for the rows of a circuit: what a key was made for.
//!
//! keccak256 over everything that fixes the constraints: the rows outside blocks and those of each block once, how many
//! columns and instances there are, and where each instance is plugged in. Names of scopes and wires are left out. Numbers
//! have 8 bytes and each list its length before it, so that two circuits with one digest have the same constraints, in the
//! same order, on the same columns.

use std::fmt;

use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use sha3::{Digest, Keccak256};

use super::circuit::Circuit;
use super::rows::{Rows, Segment};
use zksensor_model::field::Fr;
use zksensor_model::hex;

const DOMAIN: &[u8] = b"zksensor-rows\x01";

/// keccak256 of a circuit's rows, see [`Circuit::rows_digest`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowsDigest([u8; 32]);

impl RowsDigest {
    /// A digest that was written down before.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        RowsDigest(bytes)
    }

    /// The bytes.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for RowsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for RowsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowsDigest({self})")
    }
}

impl Circuit {
    /// The digest of everything that fixes the constraints. A key serves circuits of this digest and no others.
    pub fn rows_digest(&self) -> RowsDigest {
        let mut hasher = Hasher(Keccak256::new_with_prefix(DOMAIN));
        hasher.number(self.columns());
        hasher.segment(&self.outer);
        hasher.columns(self.outer_map());
        hasher.number(self.repeats.len());
        for (index, repeat) in self.repeats.iter().enumerate() {
            let (base, imports, each) = self.plug(index);
            hasher.number(repeat.count);
            hasher.number(base);
            hasher.columns(imports);
            hasher.number(each.len());
            each.iter().for_each(|imports| hasher.columns(imports));
            hasher.segment(&repeat.block);
        }
        RowsDigest(hasher.0.finalize().into())
    }
}

struct Hasher(Keccak256);

impl Hasher {
    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }

    fn columns(&mut self, columns: &[u32]) {
        self.number(columns.len());
        columns.iter().for_each(|column| self.number(*column as usize));
    }

    fn segment(&mut self, segment: &Segment) {
        let Segment { a, b, c, publics, imports, columns, .. } = segment;
        for number in [*publics, *imports, *columns, segment.constraints()] {
            self.number(number);
        }
        for rows in [a, b, c] {
            self.rows(rows);
        }
    }

    fn rows(&mut self, rows: &Rows) {
        for row in 0..rows.len() {
            let entries =
                canonical(rows.row(row).iter().map(|(coefficient, column)| (*column, *coefficient)));
            self.number(entries.len());
            for (column, coefficient) in entries {
                self.number(column as usize);
                self.0.update(coefficient.into_bigint().to_bytes_be());
            }
        }
    }
}

/// One side of a constraint in its one form: columns in order, each once, with what is not zero.
pub fn canonical(row: impl IntoIterator<Item = (u32, Fr)>) -> Vec<(u32, Fr)> {
    let mut sorted: Vec<(u32, Fr)> = row.into_iter().collect();
    sorted.sort_unstable_by_key(|(column, _)| *column);
    sorted.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    sorted.retain(|(_, coefficient)| *coefficient != Fr::ZERO);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_one_form() {
        let [one, two] = [1u64, 2].map(Fr::from);
        let row = [(5, one), (3, two), (5, one), (1, Fr::ZERO), (4, one), (4, -one)];
        assert_eq!(canonical(row), [(3, two), (5, two)]);
        assert_eq!(canonical([]), []);
    }
}
