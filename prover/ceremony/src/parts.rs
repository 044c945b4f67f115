//! Parts of a first key that a run leaves to the next one.
//!
//! A part that was kept is somebody's file: nothing of it is taken on its word. Each of its points is on its curve and of order r, and for
//! random numbers r_j the sum of r_j p_j is what the powers of tau, which are checked in every run, and the circuit give. So whoever wrote the
//! part fools this with a chance of 2^-253; and to hold a part costs a sum, where making it costs a product for each of its points or more.

use std::io::{ErrorKind, Read, Write};

use crate::error::CeremonyError;
use crate::point::Point;
use crate::sections::{AT_A_TIME, decode, put_more};

/// Where the parts of a first key are kept, so that a run that was ended need not make them again.
///
/// `()` keeps none. Names are of lower-case letters, digits and `-`, and each is of one part of one key: whoever keeps parts of several keys
/// keeps these apart.
pub trait Parts {
    /// The `length` bytes of a part, if it is there.
    ///
    /// # Errors
    /// [`CeremonyError::System`] if they cannot be read.
    fn take(&mut self, name: &str, length: u64) -> Result<Option<Box<dyn Read + '_>>, CeremonyError>;

    /// The part that was taken last is not what the powers and the circuit give. It is made again, and kept in its place.
    fn refuse(&mut self, name: &str);

    /// Keeps a part of `length` bytes, which `write` writes.
    ///
    /// # Errors
    /// What `write` says; [`CeremonyError::System`] if it cannot be kept.
    fn keep(
        &mut self,
        name: &str,
        length: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError>;
}

impl Parts for () {
    fn take(&mut self, _: &str, _: u64) -> Result<Option<Box<dyn Read + '_>>, CeremonyError> {
        Ok(None)
    }

    fn refuse(&mut self, _: &str) {}

    fn keep(
        &mut self,
        _: &str,
        _: u64,
        _: &mut dyn FnMut(&mut dyn Write) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError> {
        Ok(())
    }
}

/// The points of a part: those that were kept if they hold, or else made and kept.
pub(crate) fn kept<P: Point>(
    parts: &mut dyn Parts,
    name: &str,
    count: usize,
    make: impl FnOnce() -> Vec<P>,
    holds: impl FnOnce(&[P]) -> Result<bool, CeremonyError>,
) -> Result<Vec<P>, CeremonyError> {
    let length = (count * P::BYTES) as u64;
    let taken = match parts.take(name, length)? {
        Some(reader) => Some(read(reader, count)?),
        None => None,
    };
    if let Some(taken) = taken {
        match taken {
            Some(points) if holds(&points)? => return Ok(points),
            _ => parts.refuse(name),
        }
    }
    let points = make();
    parts.keep(name, length, &mut |mut writer| put_more(&mut writer, &points))?;
    Ok(points)
}

/// So many points, each checked; none if one of them is no point, or there are fewer.
fn read<P: Point>(mut reader: impl Read, count: usize) -> Result<Option<Vec<P>>, CeremonyError> {
    let mut points = Vec::new();
    let mut bytes = Vec::new();
    while points.len() < count {
        bytes.resize((count - points.len()).min(AT_A_TIME as usize) * P::BYTES, 0);
        match reader.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            done => done?,
        }
        match decode(&bytes) {
            Ok(more) => points.extend::<Vec<P>>(more),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(points))
}
