//! A proving key into a stream, a few thousand points at a time.

use std::io::{self, Write};

use ark_serialize::CanonicalSerialize;
use sha3::{Digest, Keccak256};
use zksensor_engine::{Curve, Query, map};

use super::{COUNT_BYTES, DIGEST_BYTES, LENGTH_BYTES, MAGIC, ProvingKey, Queries};

/// Points at a time.
const AT_A_TIME: usize = 1 << 12;
/// Points of a job.
const A_JOB: usize = 1 << 8;

/// The bytes that [`write`] writes.
pub(super) fn length(key: &ProvingKey) -> usize {
    let Queries { a, b, c } = &key.queries;
    let header = MAGIC.len() + DIGEST_BYTES + LENGTH_BYTES + key.verifying.to_bytes().len();
    header + length_of(a) + length_of(b) + length_of(c) + DIGEST_BYTES
}

fn length_of<P: Curve>(query: &Query<P>) -> usize {
    COUNT_BYTES + query.len().div_ceil(8) + query.present_len() * P::zero().uncompressed_size()
}

/// As [`ProvingKey::to_bytes`] says.
pub(super) fn write(key: &ProvingKey, writer: impl Write) -> io::Result<()> {
    let (mut writer, digest) = hashed(key, writer)?;
    writer.write_all(&digest)?;
    writer.flush()
}

/// The digest of all that comes before it.
pub(super) fn digest(key: &ProvingKey) -> [u8; DIGEST_BYTES] {
    let (_, digest) = hashed(key, io::sink()).expect("nothing is written");
    digest
}

/// Writes all but the digest, which it returns.
fn hashed<W: Write>(key: &ProvingKey, writer: W) -> io::Result<(W, [u8; DIGEST_BYTES])> {
    let mut writer = Hashed { writer, hasher: Keccak256::new() };
    let verifying = key.verifying.to_bytes();
    let length = u32::try_from(verifying.len()).expect("a verifying key is small");
    for part in [&MAGIC[..], &key.rows.to_bytes(), &length.to_be_bytes(), &verifying] {
        writer.write_all(part)?;
    }
    write_query(&key.queries.a, &mut writer)?;
    write_query(&key.queries.b, &mut writer)?;
    write_query(&key.queries.c, &mut writer)?;
    Ok((writer.writer, writer.hasher.finalize().into()))
}

fn write_query<P: Curve>(query: &Query<P>, writer: &mut impl Write) -> io::Result<()> {
    let count = u32::try_from(query.len()).expect("a query has fewer than 2^31 columns");
    writer.write_all(&count.to_be_bytes())?;
    let mut present = vec![0; query.len().div_ceil(8)];
    for (at, is_present) in query.present().enumerate() {
        present[at / 8] |= u8::from(is_present) << (at % 8);
    }
    writer.write_all(&present)?;
    for from in (0..query.present_len()).step_by(AT_A_TIME) {
        let to = query.present_len().min(from + AT_A_TIME);
        let part = |job: usize| {
            let from = from + job * A_JOB;
            bytes_of(&query.present_points(from..to.min(from + A_JOB)))
        };
        for bytes in map((to - from).div_ceil(A_JOB), part) {
            writer.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// x and y of each point, none of which is the identity.
fn bytes_of<P: Curve>(points: &[P]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(points.len() * P::zero().uncompressed_size());
    for point in points {
        let (x, y) = point.xy().expect("it is not the identity");
        for coordinate in [x, y] {
            coordinate.serialize_uncompressed(&mut bytes).expect("writing to memory cannot fail");
        }
    }
    bytes
}

/// Writes, and hashes what was written.
struct Hashed<W> {
    writer: W,
    hasher: Keccak256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
