//! The container of all files of circom's tools: four letters, a version, the number of sections, and each section with its number and its
//! length before it. Numbers are little-endian.

use std::fmt;
use std::io::{Read, Seek, SeekFrom, Write};

use zksensor_engine as engine;

use crate::error::CeremonyError;
use crate::point::Point;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `.r1cs`: the rows of a circuit.
    R1cs,
    /// `.ptau`: powers of tau.
    Ptau,
    /// `.zkey`: a proving key.
    Zkey,
    /// `.wtns`: an assignment.
    Wtns,
}

impl Format {
    fn letters(self) -> &'static [u8; 4] {
        match self {
            Format::R1cs => b"r1cs",
            Format::Ptau => b"ptau",
            Format::Zkey => b"zkey",
            Format::Wtns => b"wtns",
        }
    }

    fn version(self) -> u32 {
        if self == Format::Wtns { 2 } else { 1 }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::R1cs => "a circuit (.r1cs)",
            Format::Ptau => "powers of tau (.ptau)",
            Format::Zkey => "a proving key (.zkey)",
            Format::Wtns => "a witness (.wtns)",
        })
    }
}

const NUMBER: u64 = 4;
/// Letters, version, number of sections.
const HEADER: u64 = 12;
/// No format has more sections.
const MOST: u32 = 16;
/// Points that are read at once, and those of a job among them.
pub(crate) const AT_A_TIME: u64 = 1 << 14;
const A_JOB: usize = 1 << 8;

/// A section of a file.
#[derive(Debug, Clone, Copy)]
struct Entry {
    number: u32,
    start: u64,
    size: u64,
}

/// A file, of which the table of its sections was read.
pub(crate) struct Sections<R> {
    reader: R,
    format: Format,
    entries: Vec<Entry>,
}

impl<R: Read + Seek> Sections<R> {
    /// Reads the table: every section once, and together the whole file.
    pub(crate) fn open(mut reader: R, format: Format) -> Result<Self, CeremonyError> {
        let length = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let refused = |reason| Err(CeremonyError::File { wanted: format, reason });
        if length < HEADER {
            return refused("ends within its first twelve bytes");
        }
        let letters: [u8; 4] = take(&mut reader)?;
        if letters != *format.letters() {
            return refused(
                "begins otherwise; keys of gnark and of arkworks have forms of their own, which are not read",
            );
        }
        if u32::from_le_bytes(take(&mut reader)?) != format.version() {
            return refused("is of another version of the format");
        }
        let count = u32::from_le_bytes(take(&mut reader)?);
        if count > MOST {
            return refused("says that it has more sections than the format knows");
        }
        let (mut entries, mut start) = (Vec::<Entry>::new(), HEADER);
        for _ in 0..count {
            let fault =
                |section, reason| Err(CeremonyError::Section { format, section, offset: start, reason });
            if length - start < NUMBER + 8 {
                return refused("ends before its last section");
            }
            let number = u32::from_le_bytes(take(&mut reader)?);
            let size = u64::from_le_bytes(take(&mut reader)?);
            let begin = start + NUMBER + 8;
            if entries.iter().any(|entry| entry.number == number) {
                return fault(number, "expected every section once, got a second one");
            }
            if size > length - begin {
                return fault(number, "the file ends within the section; it is cut off");
            }
            entries.push(Entry { number, start: begin, size });
            start = begin + size;
            reader.seek(SeekFrom::Start(start))?;
        }
        if start != length {
            return refused("goes on after its last section");
        }
        Ok(Sections { reader, format, entries })
    }

    /// The file, at whatever place it was read last.
    pub(crate) fn reader(&mut self) -> &mut R {
        &mut self.reader
    }

    pub(crate) fn has(&self, section: u32) -> bool {
        self.entries.iter().any(|entry| entry.number == section)
    }

    fn entry(&self, section: u32) -> Result<Entry, CeremonyError> {
        let found = self.entries.iter().find(|entry| entry.number == section);
        let format = self.format;
        let missing = CeremonyError::Section {
            format,
            section,
            offset: HEADER,
            reason: "expected the section, which is not there",
        };
        found.copied().ok_or(missing)
    }

    pub(crate) fn size(&self, section: u32) -> Result<u64, CeremonyError> {
        self.entry(section).map(|entry| entry.size)
    }

    /// The numbers of the sections are these and no others.
    pub(crate) fn expect_only(&self, known: &[u32]) -> Result<(), CeremonyError> {
        match self.entries.iter().find(|entry| !known.contains(&entry.number)) {
            Some(entry) => Err(self.fault(entry.number, 0, "expected no section of this number")),
            None => Ok(()),
        }
    }

    pub(crate) fn expect_size(&self, section: u32, wanted: u64) -> Result<(), CeremonyError> {
        let reason = "expected another length of this section by what the header says";
        if self.size(section)? == wanted { Ok(()) } else { Err(self.fault(section, 0, reason)) }
    }

    /// What is wrong at a byte of a section.
    pub(crate) fn fault(&self, section: u32, offset: u64, reason: &'static str) -> CeremonyError {
        let start = self.entry(section).map_or(0, |entry| entry.start);
        CeremonyError::Section { format: self.format, section, offset: start + offset, reason }
    }

    /// Bytes of a section.
    pub(crate) fn bytes(&mut self, section: u32, offset: u64, length: u64) -> Result<Vec<u8>, CeremonyError> {
        let entry = self.entry(section)?;
        if offset.checked_add(length).is_none_or(|end| end > entry.size) {
            return Err(self.fault(section, entry.size, "the section ends before what it should hold"));
        }
        self.reader.seek(SeekFrom::Start(entry.start + offset))?;
        let mut bytes =
            vec![0; usize::try_from(length).expect("it is within the file, and asked for in parts")];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Points of a section, each checked.
    pub(crate) fn points<P: Point>(
        &mut self,
        section: u32,
        from: u64,
        count: u64,
    ) -> Result<Vec<P>, CeremonyError> {
        let mut points = Vec::new();
        for first in (from..from + count).step_by(AT_A_TIME as usize) {
            let offset = first * P::BYTES as u64;
            let part = AT_A_TIME.min(from + count - first) * P::BYTES as u64;
            let bytes = self.bytes(section, offset, part)?;
            let fault = |(at, reason)| self.fault(section, offset + (at * P::BYTES) as u64, reason);
            points.extend(decode::<P>(&bytes).map_err(fault)?);
        }
        Ok(points)
    }
}

/// Points, each checked; or which one is none, and why.
pub(crate) fn decode<P: Point>(bytes: &[u8]) -> Result<Vec<P>, (usize, &'static str)> {
    let jobs: Vec<&[u8]> = bytes.chunks(A_JOB * P::BYTES).collect();
    let read = engine::map(jobs.len(), |job| {
        let each = jobs[job].chunks_exact(P::BYTES).enumerate();
        let decoded =
            each.map(|(at, bytes)| P::from_file(bytes).map_err(|reason| (job * A_JOB + at, reason)));
        decoded.collect::<Result<Vec<P>, _>>()
    });
    let mut points = Vec::with_capacity(bytes.len() / P::BYTES);
    for part in read {
        points.extend(part?);
    }
    Ok(points)
}

fn take<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], CeremonyError> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Begins a file.
pub(crate) fn begin(writer: &mut impl Write, format: Format, sections: u32) -> Result<(), CeremonyError> {
    writer.write_all(format.letters())?;
    writer.write_all(&format.version().to_le_bytes())?;
    Ok(writer.write_all(&sections.to_le_bytes())?)
}

/// Begins a section of so many bytes.
pub(crate) fn begin_section(writer: &mut impl Write, section: u32, size: u64) -> Result<(), CeremonyError> {
    writer.write_all(&section.to_le_bytes())?;
    Ok(writer.write_all(&size.to_le_bytes())?)
}

/// A whole section.
pub(crate) fn put_section(writer: &mut impl Write, section: u32, bytes: &[u8]) -> Result<(), CeremonyError> {
    begin_section(writer, section, bytes.len() as u64)?;
    Ok(writer.write_all(bytes)?)
}

/// A section of points.
pub(crate) fn put_points<P: Point>(
    writer: &mut impl Write,
    section: u32,
    points: &[P],
) -> Result<(), CeremonyError> {
    begin_section(writer, section, (points.len() * P::BYTES) as u64)?;
    put_more(writer, points)
}

/// Points within a section.
pub(crate) fn put_more<P: Point>(writer: &mut impl Write, points: &[P]) -> Result<(), CeremonyError> {
    let parts: Vec<&[P]> = points.chunks(A_JOB).collect();
    for part in parts.chunks(A_JOB) {
        let encoded = engine::map(part.len(), |index| {
            let mut bytes = Vec::with_capacity(part[index].len() * P::BYTES);
            part[index].iter().for_each(|point| point.to_file(&mut bytes));
            bytes
        });
        for bytes in encoded {
            writer.write_all(&bytes)?;
        }
    }
    Ok(())
}
