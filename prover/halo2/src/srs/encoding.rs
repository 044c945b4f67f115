//! The bytes of parameters, in a stream.

use std::io::{self, Read, Write};

use halo2_proofs::halo2curves::bn256::Bn256;
use halo2_proofs::poly::commitment::ParamsProver as _;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use sha3::{Digest, Keccak256};
use zksensor_verifier::names::HALO2_PARAMETERS as MAGIC;
use zksensor_verifier_halo2::{G1_BYTES, G2_BYTES, PointError, parameters, put_g1, put_g2, read_g1, read_g2};

use super::{Srs, structure};
use crate::error::SrsError;

const VERSION: u8 = 1;
const DIGEST_BYTES: usize = 32;
/// Magic, version, flag and k.
const HEADER: usize = MAGIC.len() + 3;

pub(super) fn length(k: u32) -> u64 {
    (HEADER + G2_BYTES + DIGEST_BYTES) as u64 + (2 * G1_BYTES as u64) * (1 << k)
}

pub(super) fn check_rows(got: u8) -> Result<(), SrsError> {
    let (least, most) = (Srs::LEAST_K, Srs::MOST_K);
    if got < least || got > most { Err(SrsError::Rows { least, most, got }) } else { Ok(()) }
}

/// Parameters with the digest of their bytes.
pub(super) fn sealed(params: ParamsKZG<Bn256>, insecure: bool) -> Srs {
    let mut srs = Srs { params, insecure, digest: [0; DIGEST_BYTES] };
    let mut hashing = Hashing(Keccak256::new());
    body(&srs, &mut hashing).expect("hashing cannot fail");
    srs.digest = hashing.0.finalize().into();
    srs
}

pub(super) fn write(srs: &Srs, mut writer: impl Write) -> io::Result<()> {
    body(srs, &mut writer)?;
    writer.write_all(&srs.digest)
}

fn body(srs: &Srs, writer: &mut impl Write) -> io::Result<()> {
    let k = u8::try_from(srs.k()).expect("k is at most 25");
    writer.write_all(MAGIC)?;
    writer.write_all(&[VERSION, u8::from(srs.insecure), k])?;
    let mut bytes = Vec::with_capacity(G1_BYTES);
    for point in srs.params.get_g().iter().chain(&structure::lagrange(&srs.params)) {
        bytes.clear();
        put_g1(&mut bytes, point);
        writer.write_all(&bytes)?;
    }
    bytes.clear();
    put_g2(&mut bytes, &srs.params.s_g2());
    writer.write_all(&bytes)
}

pub(super) fn read(reader: impl Read, got: u64) -> Result<Srs, SrsError> {
    let mut source = Source { reader, hasher: Keccak256::new() };
    if got < length(Srs::LEAST_K.into()) {
        return Err(SrsError::Length { wanted: length(Srs::LEAST_K.into()), got });
    }
    let header = source.take::<HEADER>()?;
    let Some(&[version, flag, k]) = header.strip_prefix(MAGIC).and_then(|rest| rest.first_chunk()) else {
        return Err(SrsError::Magic);
    };
    if version != VERSION {
        return Err(SrsError::Version { wanted: VERSION, got: version });
    }
    let insecure = match flag {
        0 => false,
        1 => true,
        got => return Err(SrsError::Flag { got }),
    };
    check_rows(k)?;
    let wanted = length(k.into());
    if wanted != got {
        return Err(SrsError::Length { wanted, got });
    }
    let rows = 1 << k;
    // What is damaged is said before what came of it, so points are judged behind the digest.
    let (mut wrong, mut points) = (None, [Vec::new(), Vec::new()]);
    for (list, points) in points.iter_mut().enumerate() {
        for i in 0..rows {
            match read_g1(&source.take::<G1_BYTES>()?) {
                Ok(point) => points.push(point),
                Err(reason) => wrong = wrong.or(Some((list * rows + i, reason))),
            }
        }
    }
    let s_g2 = read_g2(&source.take::<G2_BYTES>()?);
    let digest: [u8; DIGEST_BYTES] = source.hasher.clone().finalize().into();
    if source.take::<DIGEST_BYTES>()? != digest {
        return Err(SrsError::Digest);
    }
    let at = |(index, reason): (usize, PointError)| SrsError::Point { index, reason };
    if let Some(wrong) = wrong {
        return Err(at(wrong));
    }
    let s_g2 = s_g2.map_err(|reason| at((2 * rows, reason)))?;
    let [powers, lagrange] = points;
    let params = parameters(k.into(), powers, lagrange, s_g2);
    structure::check(&params, digest)?;
    Ok(Srs { params, insecure, digest })
}

struct Source<R> {
    reader: R,
    hasher: Keccak256,
}

impl<R: Read> Source<R> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SrsError> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(|error| SrsError::Read { kind: error.kind() })?;
        self.hasher.update(bytes);
        Ok(bytes)
    }
}

/// Hashes what is written.
struct Hashing(Keccak256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
