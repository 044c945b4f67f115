//! A proving key out of a stream: hashed as it is read, a few thousand points at a time, so that little more is in memory
//! than the key itself.

use std::io::{self, ErrorKind, Read};

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::AdditiveGroup;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sha3::{Digest, Keccak256};
use zksensor_engine::{self as engine, Curve, Query};
use zksensor_r1cs::RowsDigest;
use zksensor_verifier::names::{GROTH16_PROVING_KEY, HALO2_PROVING_KEY};
use zksensor_verifier::{KeyError, VerifyingKey};

use super::super::subgroup::all_in_g2;
use super::{COUNT_BYTES, DIGEST_BYTES, LENGTH_BYTES, MAGIC, ProvingKey, Queries};
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
    if !checked_before(&digest) && !all_in_g2(&key.queries.b, &digest) {
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
const BITS_BEHIND: &str = "hold a bit for a point that there is not";

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

    /// So many points of a curve are to come.
    fn expect_points<C: SWCurveConfig>(&self, count: u64) -> Result<(), Fault> {
        match count.checked_mul(point_bytes::<C>() as u64) {
            Some(bytes) if bytes <= self.covered() => Ok(()),
            _ => Err(Fault::Bytes(DOES_NOT_FIT)),
        }
    }

    /// Bytes to come before the digest.
    fn covered(&self) -> u64 {
        self.left.saturating_sub(DIGEST_BYTES as u64)
    }

    fn magic(&mut self) -> Result<(), Fault> {
        const OTHER: &str = "do not begin with `zksensor-pk` and version 3";
        if self.left < MAGIC.len() as u64 {
            return Err(Fault::Bytes(OTHER));
        }
        let mut magic = [0; MAGIC.len()];
        self.fill(&mut magic)?;
        match magic.strip_prefix(GROTH16_PROVING_KEY) {
            _ if magic == *MAGIC => {}
            Some([1 | 2]) => {
                return Err(Fault::Bytes(
                    "are of a version before 3, which holds other points; run the setup again",
                ));
            }
            _ if HALO2_PROVING_KEY.starts_with(&magic) => {
                return Err(Fault::Bytes(
                    "are one of halo2; run the setup with groth16, or prove with halo2",
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
    let queries = Queries { a: query(source)?, b: query(source)?, c: query(source)? };
    if source.covered() > 0 {
        return Err(Fault::Bytes("go on after the last point"));
    }
    Ok(ProvingKey { verifying, rows, queries })
}

/// A query: the number of its points, which of them are not the identity, and those. What is reserved for them is bounded by the bytes
/// that are left.
fn query<C: SWCurveConfig, R: Read>(source: &mut Source<R>) -> Result<Query<Affine<C>>, Fault>
where
    Affine<C>: Curve,
{
    const AT_A_TIME: usize = 1 << 12;
    let count = u32::from_be_bytes(source.take::<COUNT_BYTES>(DOES_NOT_FIT)?);
    let count = usize::try_from(count).ok().filter(|count| *count < engine::MOST_COLUMNS);
    let count = count.ok_or(Fault::Bytes(DOES_NOT_FIT))?;
    let present = source.take_vec(count.div_ceil(8), DOES_NOT_FIT)?;
    let is_present = |at: usize| present[at / 8] >> (at % 8) & 1 == 1;
    if (count..8 * present.len()).any(is_present) {
        return Err(Fault::Bytes(BITS_BEHIND));
    }
    let points: u64 = present.iter().map(|byte| u64::from(byte.count_ones())).sum();
    source.expect_points::<C>(points)?;
    let mut query = Query::empty(0, points as usize);
    for from in (0..count).step_by(AT_A_TIME) {
        let part = from..count.min(from + AT_A_TIME);
        let mut read =
            points_of::<C, R>(source, part.clone().filter(|at| is_present(*at)).count())?.into_iter();
        let all: Vec<Affine<C>> = part
            .map(|at| if is_present(at) { read.next().expect("as many as bits") } else { Affine::identity() })
            .collect();
        query.extend(&all);
    }
    Ok(query)
}

/// So many points, none the identity.
fn points_of<C: SWCurveConfig, R: Read>(
    source: &mut Source<R>,
    count: usize,
) -> Result<Vec<Affine<C>>, Fault> {
    const A_JOB: usize = 1 << 8;
    let bytes = source.take_vec(count * point_bytes::<C>(), DOES_NOT_FIT)?;
    let jobs: Vec<&[u8]> = bytes.chunks(point_bytes::<C>() * A_JOB).collect();
    let parts =
        engine::map(jobs.len(), |job| jobs[job].chunks_exact(point_bytes::<C>()).map(point).collect());
    let parts: Result<Vec<Vec<Affine<C>>>, _> = parts.into_iter().collect();
    parts.map(|parts| parts.concat()).map_err(Fault::Bytes)
}

/// Bytes of the two coordinates.
fn point_bytes<C: SWCurveConfig>() -> usize {
    2 * C::BaseField::ZERO.uncompressed_size()
}

/// One point: x and y, little-endian. (0, 0) is on neither curve, and arkworks' identity.
#[allow(
    clippy::disallowed_methods,
    reason = "asking each point of G2 for its order takes most of a load; `all_in_g2` asks all of them at once"
)]
fn point<C: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<C>, &'static str> {
    let (x, y) = bytes.split_at(bytes.len() / 2);
    let coordinate = |bytes| C::BaseField::deserialize_uncompressed(bytes).map_err(|_| DOES_NOT_FIT);
    let point = Affine::new_unchecked(coordinate(x)?, coordinate(y)?);
    if point.is_on_curve() && !point.is_zero() { Ok(point) } else { Err(OFF_CURVE) }
}
