//! A verifying key that names its statement, and is checked before anything is verified against it.

mod encoding;
mod words;

use halo2_proofs::halo2curves::bn256::{Fr as Scalar, G1Affine, G2Affine};
use halo2_proofs::plonk::{self, ConstraintSystem, permutation};
use zksensor_model::claim::StatementId;
use zksensor_model::hex;
use zksensor_plonkish_table::usable_rows;
use zksensor_verifier::{KeyId, PointError};

use crate::bytes::{put_g1, put_g2, read_g1, read_g2};
use crate::error::KeyError;
use crate::table::{check_rows, domain, proof_bytes, system};

/// The elements of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPoints {
    /// s G2 of the parameters (SRS), s being their secret. G1 and G2 are the generators of all.
    pub s_g2: G2Affine,
    /// Commitments to the columns that are fixed: the table that is looked up, constants, selectors.
    pub fixed: Vec<G1Affine>,
    /// Commitments to the permutation of each column that has copies.
    pub copies: Vec<G1Affine>,
}

/// A verifying key of halo2 for one statement, which says of which parameters it is.
///
/// It exists only if a table has so many rows, there are exactly its commitments, all points are on their curve, of order r and
/// not the identity, and s is not 1 or -1. No check can tell whether somebody kept s: the flag says whether the parameters were made by one
/// machine. Unlike a key of Groth16 it has no secret of its own: whoever has the parameters and the statement makes the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    statement: StatementId,
    insecure: bool,
    k: u8,
    public_inputs: u32,
    points: KeyPoints,
    digest: [u8; 32],
}

impl VerifyingKey {
    /// Checks the elements of a key for a statement, of a table of 2^k rows; `insecure` says that one machine made the parameters, and could forge.
    ///
    /// # Errors
    /// [`KeyError::StatementId`] if the id does not read like one; [`KeyError::Rows`], [`KeyError::PublicInputs`] and
    /// [`KeyError::Commitments`] for what is no table; [`KeyError::Point`] and [`KeyError::KnownSecret`] for points that make the key unfit.
    pub fn new(
        statement: &StatementId,
        insecure: bool,
        k: u8,
        public_inputs: usize,
        points: KeyPoints,
    ) -> Result<Self, KeyError> {
        let id = statement.to_string();
        if id.len() > usize::from(u8::MAX) || id.parse().as_ref() != Ok(statement) {
            return Err(KeyError::StatementId { got: id.escape_default().to_string() });
        }
        check_rows(k)?;
        let system = system();
        let public_inputs = fitting(k, u32::try_from(public_inputs).unwrap_or(u32::MAX))?;
        let (fixed, copies) = commitments(&system);
        for (what, wanted, got) in [
            ("commitments to fixed columns", fixed, points.fixed.len()),
            ("commitments to copies", copies, points.copies.len()),
        ] {
            if wanted != got {
                return Err(KeyError::Commitments { what, wanted, got });
            }
        }
        check(&points)?;
        let statement = statement.clone();
        let mut key = VerifyingKey { statement, insecure, k, public_inputs, points, digest: [0; 32] };
        key.digest = encoding::digest(&key.body());
        Ok(key)
    }

    /// The id of the statement, such as `reading/v2`.
    pub fn statement(&self) -> &StatementId {
        &self.statement
    }

    /// Whether one machine made the parameters: whoever ran that can forge. For development only.
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// Binary logarithm of the number of rows.
    pub fn k(&self) -> u8 {
        self.k
    }

    /// The number of public inputs.
    pub fn public_inputs(&self) -> usize {
        self.public_inputs as usize
    }

    /// The elements.
    pub fn points(&self) -> &KeyPoints {
        &self.points
    }

    /// Bytes of every proof under this key.
    pub fn proof_bytes(&self) -> usize {
        proof_bytes(&system())
    }

    /// keccak256 of the canonical bytes without their last 32, which are this digest.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The digest, marked if the key is insecure.
    pub fn key_id(&self) -> KeyId {
        KeyId::new(self.digest, self.insecure)
    }

    /// The canonical bytes:
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 17 | `zksensor-halo2-vk` |
    /// | 1 | version of the encoding, 2 |
    /// | 1 | 1 if insecure, else 0 |
    /// | 1 + n | length of the statement's id, and the id |
    /// | 1 | k, of 2^k rows |
    /// | 4 | number of public inputs, big-endian |
    /// | 128 | s G2 |
    /// | 64 each | commitments to fixed columns, then to copies, as many as a table has |
    /// | 32 | keccak256 of all before |
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.body();
        bytes.extend_from_slice(&self.digest);
        bytes
    }

    /// Reads what [`VerifyingKey::to_bytes`] writes, and nothing else. No more is allocated than came, whatever
    /// the number of rows.
    ///
    /// # Errors
    /// [`KeyError::Magic`], [`KeyError::Version`], [`KeyError::Flag`] or [`KeyError::Length`] for another header, [`KeyError::Groth16`]
    /// for a key of Groth16, [`KeyError::Digest`] for altered bytes, and as [`VerifyingKey::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::decode(bytes)
    }

    /// [`VerifyingKey::to_bytes`] as `0x` and lower-case digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.to_bytes())
    }

    /// Reads what [`VerifyingKey::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// [`KeyError::Hex`] for any other text, and as [`VerifyingKey::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        Self::decode(&hex::decode_all(text).ok_or(KeyError::Hex { got: text.len() })?)
    }

    /// The number that begins every transcript under this key: halo2's digest of gates, copies, lookups and commitments, modulo r. A
    /// key of halo2's own has the same exactly if it is of the same table.
    pub fn transcript_start(&self) -> Scalar {
        self.argument().transcript_repr()
    }

    /// As halo2 verifies with it.
    pub(crate) fn argument(&self) -> plonk::VerifyingKey<G1Affine> {
        let system = system();
        let domain = domain(self.k, &system);
        let copies = permutation::VerifyingKey::from_commitments(self.points.copies.clone());
        plonk::VerifyingKey::from_parts(domain, self.points.fixed.clone(), copies, system, Vec::new(), false)
    }
}

/// Commitments that a key has: of fixed columns, and of copies.
fn commitments(system: &ConstraintSystem<Scalar>) -> (usize, usize) {
    (system.num_fixed_columns(), system.permutation().get_columns().len())
}

/// So many public inputs as there are rows for.
fn fitting(k: u8, got: u32) -> Result<u32, KeyError> {
    let most = usable_rows(k.into());
    match got as usize <= most {
        true => Ok(got),
        false => Err(KeyError::PublicInputs { most, got }),
    }
}

/// Points that anybody may have made.
fn check(points: &KeyPoints) -> Result<(), KeyError> {
    let mut bytes = Vec::new();
    put_g2(&mut bytes, &points.s_g2);
    let at = |index| move |reason: PointError| KeyError::Point { index, reason };
    read_g2(bytes[..].try_into().expect("a point of G2")).map_err(at(0))?;
    if [G2Affine::generator(), -G2Affine::generator()].contains(&points.s_g2) {
        return Err(KeyError::KnownSecret);
    }
    for (index, point) in points.fixed.iter().chain(&points.copies).enumerate() {
        bytes.clear();
        put_g1(&mut bytes, point);
        read_g1(bytes[..].try_into().expect("a point of G1")).map_err(at(index + 1))?;
    }
    Ok(())
}
