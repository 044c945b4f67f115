//! What a contribution says of itself, in powers of tau as in keys: its kind, and in rising order a name (1), the iterations of a beacon (2)
//! and the beacon (3).

use std::io::{Read, Seek};

use crate::error::CeremonyError;
use crate::sections::Sections;

/// The most bytes of a name: what circom's tools keep.
pub(crate) const MOST_NAME: usize = 64;
/// Iterations of a beacon: 2 to these powers. More than the most would keep whoever verifies for hours.
pub(crate) const ITERATIONS: std::ops::RangeInclusive<u8> = 10..=30;
/// Iterations of all beacons of a key together: two of the longest, or as many short ones as anybody needs.
pub(crate) const MOST_ITERATIONS: u64 = 1 << 31;
const NAME: u8 = 1;
const EXPONENT: u8 = 2;
const BEACON: u8 = 3;
/// The kind and the length.
const HEADER: u64 = 8;
/// A name and a beacon of 255 bytes each.
const MOST: u32 = 2 * (2 + 255) + 2;

/// A contribution of public randomness: SHA-256 of a hash, 2^iterations times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beacon {
    /// The hash that nobody could foresee, 1 to 255 bytes.
    pub hash: Vec<u8>,
    /// The binary logarithm of the number of iterations, 10 to 30.
    pub iterations: u8,
}

impl Beacon {
    /// How often its hash is hashed.
    fn count(&self) -> u64 {
        1 << self.iterations
    }

    /// Holds its parts against what is allowed.
    ///
    /// # Errors
    /// [`CeremonyError::Beacon`] or [`CeremonyError::Iterations`].
    pub fn check(&self) -> Result<(), CeremonyError> {
        if !(1..=255).contains(&self.hash.len()) {
            return Err(CeremonyError::Beacon { got: self.hash.len() });
        }
        if !ITERATIONS.contains(&self.iterations) {
            let (least, most) = (*ITERATIONS.start(), *ITERATIONS.end());
            return Err(CeremonyError::Iterations { least, most, got: self.iterations });
        }
        Ok(())
    }
}

/// Holds the sum of the iterations of beacons, given with the numbers of their contributions, against the most: before anything is hashed.
pub(crate) fn check_iterations<'a>(
    beacons: impl Iterator<Item = (usize, &'a Beacon)>,
) -> Result<(), CeremonyError> {
    let mut got = 0u64;
    for (number, beacon) in beacons {
        got = got.saturating_add(beacon.count());
        if got > MOST_ITERATIONS {
            return Err(CeremonyError::AllIterations { number, most: MOST_ITERATIONS, got });
        }
    }
    Ok(())
}

/// As [`check_iterations`] of the beacons that a key has, and whether one more is too much for them.
pub(crate) fn check_more<'a>(
    before: impl Iterator<Item = (usize, &'a Beacon)> + Clone,
    beacon: &Beacon,
) -> Result<(), CeremonyError> {
    check_iterations(before.clone())?;
    let before = before.map(|(_, beacon)| beacon.count()).sum::<u64>();
    let (left, got) = (MOST_ITERATIONS - before, beacon.count());
    if got <= left {
        Ok(())
    } else {
        Err(CeremonyError::BeaconTooMuch { got, before, left, most: MOST_ITERATIONS })
    }
}

/// A name, and the beacon if it is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parameters {
    pub(crate) name: Option<String>,
    pub(crate) beacon: Option<Beacon>,
}

impl Parameters {
    /// Of a contribution to be made.
    pub(crate) fn new(name: &str, beacon: Option<Beacon>) -> Result<Self, CeremonyError> {
        if name.len() > MOST_NAME {
            return Err(CeremonyError::Name { limit: MOST_NAME, got: name.len() });
        }
        beacon.as_ref().map_or(Ok(()), Beacon::check)?;
        Ok(Parameters { name: Some(name.to_owned()).filter(|name| !name.is_empty()), beacon })
    }

    /// What stands at a byte of a section, and how many bytes it is.
    pub(crate) fn read<R: Read + Seek>(
        sections: &mut Sections<R>,
        section: u32,
        at: u64,
    ) -> Result<(Self, u64), CeremonyError> {
        let header = sections.bytes(section, at, HEADER)?;
        let word = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("four bytes"));
        let (kind, length) = (word(0), word(4));
        if length > MOST {
            return Err(sections.fault(section, at + 4, "expected a name and a beacon at most"));
        }
        let bytes = sections.bytes(section, at + HEADER, u64::from(length))?;
        let parsed = parse(kind, &bytes).map_err(|reason| sections.fault(section, at, reason))?;
        Ok((parsed, HEADER + u64::from(length)))
    }

    /// As [`Parameters::read`] reads.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut bytes = Vec::new();
        let mut put = |kind: u8, data: &[u8]| {
            bytes.extend_from_slice(&[kind, u8::try_from(data.len()).expect("their lengths were checked")]);
            bytes.extend_from_slice(data);
        };
        if let Some(name) = &self.name {
            put(NAME, name.as_bytes());
        }
        if let Some(Beacon { hash, iterations }) = &self.beacon {
            bytes.extend_from_slice(&[EXPONENT, *iterations]);
            let length = u8::try_from(hash.len()).expect("its length was checked");
            bytes.extend_from_slice(&[BEACON, length]);
            bytes.extend_from_slice(hash);
        }
        out.extend_from_slice(&u32::from(self.beacon.is_some()).to_le_bytes());
        out.extend_from_slice(&u32::try_from(bytes.len()).expect("below 1,000").to_le_bytes());
        out.extend_from_slice(&bytes);
    }
}

fn parse(kind: u32, mut bytes: &[u8]) -> Result<Parameters, &'static str> {
    const ENDS: &str = "expected a parameter of the contribution, and its end before that of all";
    let (mut name, mut iterations, mut hash) = (None, None, None);
    let mut last = 0;
    while let Some((parameter, rest)) = bytes.split_first() {
        if *parameter <= last {
            return Err("expected the parameters of the contribution in order, each once");
        }
        last = *parameter;
        let (first, rest) = rest.split_first().ok_or(ENDS)?;
        let length = if last == EXPONENT { 0 } else { usize::from(*first) };
        let (data, rest) = rest.split_at_checked(length).ok_or(ENDS)?;
        match last {
            NAME => {
                name = Some(std::str::from_utf8(data).map_err(|_| "expected a name in UTF-8")?.to_owned())
            }
            EXPONENT => iterations = Some(*first),
            BEACON => hash = Some(data.to_vec()),
            _ => return Err("expected a name, iterations or a beacon as parameter of the contribution"),
        }
        bytes = rest;
    }
    let beacon = match (kind, iterations, hash) {
        (0, None, None) => None,
        (1, Some(iterations), Some(hash)) => {
            let beacon = Beacon { hash, iterations };
            beacon.check().map_err(|_| "expected a beacon of 1 to 255 bytes and 2^10 to 2^30 iterations")?;
            Some(beacon)
        }
        (0 | 1, ..) => return Err("expected iterations and a hash of a beacon, and of nothing else"),
        _ => return Err("expected a contribution of kind 0, or a beacon, kind 1"),
    };
    Ok(Parameters { name, beacon })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_iterations_of_all_beacons_have_a_most() {
        let said = |iterations: &[u8]| {
            let beacons: Vec<_> = iterations
                .iter()
                .map(|iterations| Beacon { hash: vec![7], iterations: *iterations })
                .collect();
            check_iterations((5..).zip(&beacons)).err()
        };
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[30, 30]), None);
        assert_eq!(said(&[10; 1000]), None);
        let (most, least) = (1 << 31, 1 << 10);
        assert_eq!(
            said(&[30, 10, 30]),
            Some(CeremonyError::AllIterations { number: 7, most, got: most + least })
        );
        // Each of these would fill 64 bits.
        let got = (1 << 63) + least;
        assert_eq!(said(&[10, 63, 63]), Some(CeremonyError::AllIterations { number: 6, most, got }));
    }
}
