//! The whole of a ceremony: powers of tau, the statement's own circuit, each contribution, and the points that they leave.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use sha3::{Digest, Keccak256};

use crate::combine::{all_by_one_factor, unforeseen};
use crate::error::CeremonyError;
use crate::initial::Initial;
use crate::point::Point;
use crate::zkey::{A, B_G1, B_G2, COEFFICIENTS, Contribution, H, Header, IC, Kind, L, Zkey};

/// What a ceremony that holds consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    circuit: [u8; 64],
    is_trusted: bool,
    contributions: Vec<Contribution>,
}

impl Transcript {
    /// What everybody's tools print as the circuit hash.
    pub fn circuit_digest(&self) -> [u8; 64] {
        self.circuit
    }

    /// Whether the powers of tau were held against a digest that the caller trusts ([`crate::Ptau::trusted`]). If not, whoever made them may
    /// be able to forge, and a key of them is INSECURE.
    pub fn has_trusted_powers(&self) -> bool {
        self.is_trusted
    }

    /// All of them in order, beacons too.
    pub fn contributions(&self) -> &[Contribution] {
        &self.contributions
    }

    /// How many of them are somebody's secret: one who was honest is enough.
    pub fn secrets(&self) -> usize {
        self.contributions.iter().filter(|one| one.kind() == Kind::Secret).count()
    }

    /// keccak256 of [`Transcript::to_bytes`]. It names whoever contributed, which no hash of circom's tools does.
    pub fn digest(&self) -> [u8; 32] {
        Keccak256::digest(self.to_bytes()).into()
    }

    /// `zksensor-transcript` and 1, the circuit's digest, the number of contributions (4 bytes), and of each its hash, 0 or 1 for a beacon, the
    /// length of its name and the name; of a beacon also its iterations, its length and it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = b"zksensor-transcript\x01".to_vec();
        bytes.extend_from_slice(&self.circuit);
        bytes.extend_from_slice(&crate::rows::number(self.contributions.len()).to_be_bytes());
        for contribution in &self.contributions {
            bytes.extend_from_slice(&contribution.hash());
            let name = contribution.name().unwrap_or_default().as_bytes();
            let beacon = match contribution.kind() {
                Kind::Secret => None,
                Kind::Beacon(beacon) => Some(beacon),
            };
            bytes.extend_from_slice(&[u8::from(beacon.is_some()), short(name)]);
            bytes.extend_from_slice(name);
            if let Some(beacon) = beacon {
                bytes.extend_from_slice(&[beacon.iterations, short(&beacon.hash)]);
                bytes.extend_from_slice(&beacon.hash);
            }
        }
        bytes
    }
}

fn short(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).expect("names and beacons have at most 255 bytes")
}

impl<R: Read + Seek> Zkey<R> {
    /// Holds the key against the first key of its statement and powers of tau, and each contribution against the one before. Nothing of the file
    /// is taken on its word.
    ///
    /// # Errors
    /// [`CeremonyError::Initial`], [`CeremonyError::Chain`] or [`CeremonyError::Applied`] name the first step that does not hold;
    /// [`CeremonyError::AllIterations`] for beacons that would take hours, of which none is computed;
    /// [`CeremonyError::Section`] for a point that is none.
    pub fn verify(&mut self, initial: &Initial) -> Result<Transcript, CeremonyError> {
        let same = |holds: bool, step| if holds { Ok(()) } else { Err(CeremonyError::Initial { step }) };
        let Header { columns, publics, domain, .. } = initial.header;
        let sizes = (self.header.columns, self.header.publics, self.header.domain);
        same(sizes == (columns, publics, domain), "its sizes are of another circuit")?;
        let Header { delta_g1, delta_g2, .. } = self.header;
        let same_points = self.header == Header { delta_g1, delta_g2, ..initial.header };
        same(same_points, "alpha, beta or gamma are others")?;
        same(self.chain.circuit == initial.chain.circuit, "the digest of the circuit is another")?;
        same(self.has(COEFFICIENTS, &initial.coefficients)?, "section 4, the matrices, is another")?;
        same(self.holds(IC, &initial.ic)?, "section 3, IC, is another")?;
        same(self.holds(A, &initial.a)?, "section 5, A, is another")?;
        same(self.holds(B_G1, &initial.b_g1)?, "section 6, B in G1, is another")?;
        same(self.holds(B_G2, &initial.b_g2)?, "section 7, B in G2, is another")?;
        self.check_chain()?;
        let applied = |holds: bool, step| if holds { Ok(()) } else { Err(CeremonyError::Applied { step }) };
        applied(self.is_by_delta(L, &initial.l)?, "section 8, L, is not the first one by delta")?;
        applied(self.is_by_delta(H, &initial.h)?, "section 9, H, is not the first one by delta")?;
        let contributions = self.chain.contributions.clone();
        Ok(Transcript { circuit: self.chain.circuit, is_trusted: initial.is_trusted, contributions })
    }

    /// Whether a section has these points.
    fn holds<P: Point>(&mut self, section: u32, points: &[P]) -> Result<bool, CeremonyError> {
        let mut at = 0;
        let mut is_same = true;
        self.each_part(section, |part: Vec<P>| {
            is_same &= points.get(at..at + part.len()) == Some(&part[..]);
            at += part.len();
            Ok(())
        })?;
        Ok(is_same && at == points.len())
    }

    /// Whether a section has these bytes.
    fn has(&mut self, section: u32, wanted: &[u8]) -> Result<bool, CeremonyError> {
        if self.sections.size(section)? != wanted.len() as u64 {
            return Ok(false);
        }
        const AT_A_TIME: usize = 1 << 20;
        for (index, part) in wanted.chunks(AT_A_TIME).enumerate() {
            if self.sections.bytes(section, (index * AT_A_TIME) as u64, part.len() as u64)? != part {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a section has these points, each divided by delta.
    fn is_by_delta(&mut self, section: u32, first: &[G1Affine]) -> Result<bool, CeremonyError> {
        let mut rng = unforeseen()?;
        let (one, delta) = (G2Affine::generator(), self.header.delta_g2);
        let mut at = 0;
        let mut holds = true;
        self.each_part(section, |part: Vec<G1Affine>| {
            let first = &first[at..at + part.len()];
            at += part.len();
            // The new by delta is the old.
            holds = holds && all_by_one_factor(&part, first, one, delta, &mut rng);
            Ok(())
        })?;
        Ok(holds)
    }
}
