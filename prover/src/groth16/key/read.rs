//! A proving key out of a stream: hashed as it is read, a few thousand points at a time, so that little more is in memory
//! than the key itself.

use std::io::{self, ErrorKind, Read};

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sha3::{Digest, Keccak256};
use zksensor_engine as engine;
use zksensor_r1cs::RowsDigest;
use zksensor_verifier::{KeyError, VerifyingKey};

use super::super::ark::key_to_ark;
use super::super::subgroup::all_in_g2;
use super::{DIGEST_BYTES, LENGTH_BYTES, MAGIC, NAME, ProvingKey};
use crate::error::ProveError;

/// Reads `length` bytes, and nothing else than a key. `checked_before` is asked of their digest; if it says yes, the order of
/// the points of G2 is not asked for.
pub(super) fn read(
    reader: impl Read,
    length: u64,
    checked_before: impl FnOnce(&[u8; DIGEST_BYTES]) -> bool,
) -> Result<(ProvingKey, [u8; DIGEST_BYTES]), ProveError> {
    let named = |fault: Fault| match fault {
        Fault::Bytes(reason) => {
            ProveError::KeyBytes { reason, got: usize::try_from(length).unwrap_or(usize::MAX) }
        }
        Fault::Key(error) => ProveError::Key(error),
        Fault::Io(kind) => ProveError::KeyRead { kind },
    };
    let mut source = Source { reader, left: length, hasher: Keccak256::new() };
    source.magic().map_err(named)?;
    let key = match elements(&mut source) {
        Err(Fault::Io(kind)) => return Err(named(Fault::Io(kind))),
        read => read,
    };
    // What is damaged is said before what came of it.
    let digest = source.finish().map_err(named)?;
    let key = key.map_err(named)?;
    if !checked_before(&digest) && !all_in_g2(&key.key.b_g2_query, &digest) {
        return Err(named(Fault::Bytes(OFF_CURVE)));
    }
    Ok((key, digest))
}

/// Why there is no key.
enum Fault {
    Bytes(&'static str),
    Key(KeyError),
    Io(ErrorKind),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error.kind())
    }
}

const DOES_NOT_FIT: &str = "hold a length or a coordinate that does not fit";
const OFF_CURVE: &str = "hold a point off its curve or of another order";
const WRITTEN_OTHERWISE: &str = "hold a point that is not written as it should be";

/// The bytes to come, and the digest of those that came.
struct Source<R> {
    reader: R,
    left: u64,
    hasher: Keccak256,
}

impl<R: Read> Source<R> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Fault> {
        self.reader.read_exact(buffer)?;
        self.left -= buffer.len() as u64;
        self.hasher.update(buffer);
        Ok(())
    }

    /// The next bytes of what the digest covers; `otherwise` if it ends before.
    fn take<const N: usize>(&mut self, otherwise: &'static str) -> Result<[u8; N], Fault> {
        let mut buffer = [0; N];
        self.expect(N, otherwise)?;
        self.fill(&mut buffer).map(|()| buffer)
    }

    /// As [`Source::take`].
    fn take_vec(&mut self, length: usize, otherwise: &'static str) -> Result<Vec<u8>, Fault> {
        self.expect(length, otherwise)?;
        let mut buffer = vec![0; length];
        self.fill(&mut buffer).map(|()| buffer)
    }

    fn expect(&self, length: usize, otherwise: &'static str) -> Result<(), Fault> {
        if length as u64 > self.covered() { Err(Fault::Bytes(otherwise)) } else { Ok(()) }
    }

    /// Bytes to come before the digest.
    fn covered(&self) -> u64 {
        self.left.saturating_sub(DIGEST_BYTES as u64)
    }

    fn magic(&mut self) -> Result<(), Fault> {
        const OTHER: &str = "do not begin with `zksensor-pk` and version 2";
        if self.left < MAGIC.len() as u64 {
            return Err(Fault::Bytes(OTHER));
        }
        let mut magic = [0; MAGIC.len()];
        self.fill(&mut magic)?;
        match magic.strip_prefix(NAME) {
            _ if magic == *MAGIC => {}
            Some([1]) => {
                return Err(Fault::Bytes(
                    "are of version 1, which does not say for which rows; run the setup again",
                ));
            }
            _ => return Err(Fault::Bytes(OTHER)),
        }
        if self.left < DIGEST_BYTES as u64 { Err(Fault::Bytes("end before the digest")) } else { Ok(()) }
    }

    /// Reads what is left. The digest, if it is that of the bytes before it and nothing comes after.
    fn finish(mut self) -> Result<[u8; DIGEST_BYTES], Fault> {
        let mut buffer = vec![0; 1 << 16];
        while self.covered() > 0 {
            let next = usize::try_from(self.covered()).map_or(buffer.len(), |left| left.min(buffer.len()));
            self.fill(&mut buffer[..next])?;
        }
        let mut written = [0; DIGEST_BYTES];
        self.reader.read_exact(&mut written)?;
        let digest: [u8; DIGEST_BYTES] = self.hasher.finalize().into();
        if digest != written {
            return Err(Fault::Bytes("do not match their digest; the file is damaged or cut off"));
        }
        match self.reader.read(&mut [0])? {
            0 => Ok(digest),
            _ => Err(Fault::Bytes("go on after their digest")),
        }
    }
}

/// All between magic and digest. Every point is on its curve; of which order those of G2 are is not asked.
fn elements<R: Read>(source: &mut Source<R>) -> Result<ProvingKey, Fault> {
    let rows = RowsDigest::from_bytes(source.take("end before the digest of the rows")?);
    let length: [u8; LENGTH_BYTES] = source.take("end before the verifying key")?;
    let verifying = source.take_vec(u32::from_be_bytes(length) as usize, "end within the verifying key")?;
    let verifying = VerifyingKey::from_bytes(&verifying).map_err(Fault::Key)?;
    let vk = key_to_ark(verifying.points());
    let mut expected = Vec::with_capacity(vk.uncompressed_size());
    vk.serialize_uncompressed(&mut expected).expect("writing to memory cannot fail");
    if source.take_vec(expected.len(), DOES_NOT_FIT)? != expected {
        return Err(Fault::Bytes("hold two different verifying keys"));
    }
    let key = ark_groth16::ProvingKey {
        vk,
        beta_g1: points(source, 1)?[0],
        delta_g1: points(source, 1)?[0],
        a_query: query(source)?,
        b_g1_query: query(source)?,
        b_g2_query: query(source)?,
        h_query: query(source)?,
        l_query: query(source)?,
    };
    if source.covered() > 0 {
        return Err(Fault::Bytes("go on after the last point"));
    }
    if !halves_agree(&key) {
        return Err(Fault::Bytes("hold another beta or delta in G1 than in G2"));
    }
    Ok(ProvingKey { verifying, rows, key })
}

/// beta and delta are in G1 what the verifying key has in G2. No proof of ours is made with those in G1; a prover that needs B in G1
/// would, with a delta at infinity there (and a beta and B query to go with it), give proofs that verify and are not blinded.
fn halves_agree(key: &ark_groth16::ProvingKey<Bn254>) -> bool {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    [(key.beta_g1, key.vk.beta_g2), (key.delta_g1, key.vk.delta_g2)]
        .into_iter()
        .all(|(in_g1, in_g2)| Bn254::pairing(in_g1, two) == Bn254::pairing(one, in_g2))
}

/// A query: the number of its points, and they.
fn query<C: SWCurveConfig, R: Read>(source: &mut Source<R>) -> Result<Vec<Affine<C>>, Fault> {
    let count = u64::from_le_bytes(source.take(DOES_NOT_FIT)?);
    points(source, count)
}

/// So many points. What is reserved for them is bounded by the bytes that are left.
fn points<C: SWCurveConfig, R: Read>(source: &mut Source<R>, count: u64) -> Result<Vec<Affine<C>>, Fault> {
    const AT_A_TIME: usize = 1 << 12;
    const A_JOB: usize = 1 << 8;
    let size = Affine::<C>::zero().uncompressed_size();
    let fits = count.checked_mul(size as u64).is_some_and(|bytes| bytes <= source.covered());
    let count = usize::try_from(count).ok().filter(|_| fits).ok_or(Fault::Bytes(DOES_NOT_FIT))?;
    let mut points = Vec::with_capacity(count);
    let mut buffer = vec![0; size * count.min(AT_A_TIME)];
    while points.len() < count {
        let bytes = &mut buffer[..size * (count - points.len()).min(AT_A_TIME)];
        source.fill(bytes)?;
        let jobs: Vec<&[u8]> = bytes.chunks(size * A_JOB).collect();
        for part in engine::map(jobs.len(), |job| jobs[job].chunks_exact(size).map(point).collect()) {
            let part: Vec<Affine<C>> = Result::map_err(part, Fault::Bytes)?;
            points.extend(part);
        }
    }
    Ok(points)
}

/// One point: x and y, little-endian, with a bit for infinity.
#[allow(
    clippy::disallowed_methods,
    reason = "asking each point of G2 for its order takes most of a load; `all_in_g2` asks all of them at once"
)]
fn point<C: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<C>, &'static str> {
    let point = Affine::<C>::deserialize_uncompressed_unchecked(bytes).map_err(|_| DOES_NOT_FIT)?;
    if !point.is_on_curve() {
        return Err(OFF_CURVE);
    }
    // arkworks ignores the sign of an uncompressed point, and the coordinates of one at infinity.
    let mut again = [0; 128];
    let mut rest = &mut again[..bytes.len()];
    point.serialize_uncompressed(&mut rest).map_err(|_| DOES_NOT_FIT)?;
    if again[..bytes.len()] == *bytes { Ok(point) } else { Err(WRITTEN_OTHERWISE) }
}
