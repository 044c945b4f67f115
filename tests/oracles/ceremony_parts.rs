//! First keys whose making was ended: what was kept is taken if it holds, and the key is the same to the byte.

use std::collections::BTreeMap;
use std::io::{Cursor, ErrorKind, Read, Write};

use zksensor::circuits::statement::Statement;
use zksensor::r1cs;
use zksensor_ceremony::{CeremonyError, Initial, Parts, Ptau, rows_of};

use super::ceremony_attacks::{first, initial, sections, toy};
use super::groth16::Square;

const ENDED: CeremonyError = CeremonyError::System { kind: ErrorKind::Interrupted };

/// Parts in memory, of somebody who may have written anything.
#[derive(Default)]
struct Kept {
    parts: BTreeMap<String, Vec<u8>>,
    taken: Vec<String>,
    refused: Vec<String>,
    made: Vec<String>,
    /// The run ends when as many parts were made.
    ends_after: Option<usize>,
}

impl Kept {
    fn again(self) -> Kept {
        Kept { parts: self.parts, ..Kept::default() }
    }
}

impl Parts for Kept {
    fn take(&mut self, name: &str, length: u64) -> Result<Option<Box<dyn Read + '_>>, CeremonyError> {
        let Some(bytes) = self.parts.get(name) else { return Ok(None) };
        self.taken.push(name.to_owned());
        Ok(Some(Box::new(Cursor::new(bytes).take(length))))
    }

    fn refuse(&mut self, name: &str) {
        self.refused.push(name.to_owned());
    }

    fn keep(
        &mut self,
        name: &str,
        length: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError> {
        if self.ends_after == Some(self.made.len()) {
            return Err(ENDED);
        }
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        assert_eq!(bytes.len() as u64, length, "{name}");
        self.made.push(name.to_owned());
        self.parts.insert(name.to_owned(), bytes);
        Ok(())
    }
}

/// The first key of a statement, with parts.
fn made(statement: &impl Statement, ptau: &[u8], parts: &mut Kept) -> Result<Vec<u8>, CeremonyError> {
    let circuit = r1cs::compile(statement).unwrap();
    let powers = Ptau::open(Cursor::new(ptau))?.powers_with(rows_of(&circuit), parts)?;
    Ok(first(&Initial::with_parts(&circuit, powers, parts)?))
}

/// Powers of tau without their Lagrange polynomials, which are made then.
fn raw(prepared: &[u8]) -> Vec<u8> {
    let sections = sections(prepared);
    let raw: Vec<_> = sections.into_iter().filter(|(number, _)| *number < 12).collect();
    let mut bytes = prepared[..8].to_vec();
    bytes.extend_from_slice(&u32::try_from(raw.len()).unwrap().to_le_bytes());
    for (_, range) in raw {
        bytes.extend_from_slice(&prepared[range.start - 12..range.end]);
    }
    bytes
}

#[test]
fn keys_that_were_ended_are_the_same_to_the_byte() {
    let prepared = toy(5);
    let wanted = first(&initial(&prepared).unwrap());
    for (ptau, count) in [(raw(&prepared), 9), (prepared, 4)] {
        assert!(first(&initial(&ptau).unwrap()) == wanted);
        let mut all = Kept::default();
        assert!(made(&Square, &ptau, &mut all).unwrap() == wanted);
        assert_eq!((all.made.len(), all.taken.len()), (count, 0));
        for ended in 0..=count {
            let mut kept = Kept { ends_after: Some(ended), ..Kept::default() };
            let done = made(&Square, &ptau, &mut kept);
            assert_eq!(done.err(), (ended < count).then_some(ENDED));
            let mut kept = kept.again();
            assert!(made(&Square, &ptau, &mut kept).unwrap() == wanted, "ended after {ended}");
            assert_eq!((kept.taken.len(), kept.made.len()), (ended, count - ended));
            assert_eq!(kept.refused, [""; 0]);
        }
        // Ended again and again, a part further each time.
        let mut kept = Kept::default();
        let mut runs = 0;
        let key = loop {
            kept.ends_after = Some(1);
            match made(&Square, &ptau, &mut kept) {
                Ok(key) => break key,
                Err(error) => assert_eq!(error, ENDED),
            }
            runs += 1;
            kept = kept.again();
        };
        assert!(key == wanted && runs == count - 1, "{runs}");
    }
}

/// Parts of points that are on their curves and of order r, and are not those that were to be made; and of what is no point.
#[test]
fn parts_that_do_not_hold_are_made_again() {
    let ptau = raw(&toy(5));
    let wanted = first(&initial(&ptau).unwrap());
    let mut honest = Kept::default();
    made(&Square, &ptau, &mut honest).unwrap();
    let mut others = Kept::default();
    made(&Square, &raw(&toy(6)), &mut others).unwrap();
    for (name, part) in &honest.parts {
        let size = if name.contains("g2") { 128 } else { 64 };
        let points: Vec<&[u8]> = part.chunks(size).collect();
        let mut swapped = points.clone();
        let other = (0..).find(|at| points[*at] != points[0]).unwrap();
        swapped.swap(0, other);
        let mut doubled = points.clone();
        doubled[other] = points[0];
        let mut without = points.clone();
        let zero = vec![0; size];
        let there = points.iter().position(|point| *point != zero).unwrap();
        without[there] = &zero;
        let mut none = part.clone();
        none[there * size] ^= 1;
        let hostile = [
            swapped.concat(),
            doubled.concat(),
            without.concat(),
            none,
            part[..part.len() - 1].to_vec(),
            Vec::new(),
            others.parts[name].clone(),
        ];
        for (index, bytes) in hostile.into_iter().enumerate() {
            let mut kept = Kept { parts: honest.parts.clone(), ..Kept::default() };
            kept.parts.insert(name.clone(), bytes);
            assert!(made(&Square, &ptau, &mut kept).unwrap() == wanted, "{name}, {index}");
            assert_eq!((&kept.refused, &kept.made), (&vec![name.clone()], &vec![name.clone()]), "{index}");
            assert_eq!(kept.taken.len(), honest.parts.len());
        }
    }
}
