//! Reads a file message by message, and its checksum.

use std::io::{BufRead, Read};

use crc::{CRC_16_ARC, Crc, Digest, Table};

use super::FitError;
use super::message::{Definition, Field, Message};
use crate::import::TableError;

/// The checksum of the protocol.
static CRC: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_ARC);

/// Data messages of a file, or of several one after the other.
pub(super) struct Messages<R> {
    input: R,
    checksum: Digest<'static, u16, Table<1>>,
    /// Bytes that messages have left before the checksum; none between two files.
    left: Option<u32>,
    /// Files so far.
    files: u64,
    definitions: [Option<Definition>; 16],
    bytes: Vec<u8>,
}

/// What stands before a message.
enum Header {
    Definition { local: u8, developer: bool },
    Data { local: u8, time_offset: Option<u8> },
}

impl Header {
    fn of(byte: u8) -> Header {
        if byte & 0x80 != 0 {
            Header::Data { local: byte >> 5 & 3, time_offset: Some(byte & 31) }
        } else if byte & 0x40 != 0 {
            Header::Definition { local: byte & 15, developer: byte & 0x20 != 0 }
        } else {
            Header::Data { local: byte & 15, time_offset: None }
        }
    }
}

impl<R: BufRead> Messages<R> {
    pub(super) fn new(input: R) -> Messages<R> {
        Messages {
            input,
            checksum: CRC.digest(),
            left: None,
            files: 0,
            definitions: Default::default(),
            bytes: Vec::new(),
        }
    }

    /// The next data message; none at the end of the last file.
    pub(super) fn next(&mut self) -> Result<Option<Message<'_>>, TableError> {
        loop {
            match self.left {
                None => {
                    if !self.header()? {
                        return Ok(None);
                    }
                }
                Some(0) => self.end()?,
                Some(_) => {
                    let [byte] = self.fixed()?;
                    match Header::of(byte) {
                        Header::Definition { local, developer } => self.define(local, developer)?,
                        Header::Data { local, time_offset } => {
                            let index = usize::from(local);
                            let undefined = FitError::Undefined { local };
                            let size = self.definitions[index].as_ref().ok_or(undefined)?.size;
                            self.take(size)?;
                            let definition = self.definitions[index].as_ref().ok_or(undefined)?;
                            let file = self.files;
                            return Ok(Some(Message { definition, file, time_offset, bytes: &self.bytes }));
                        }
                    }
                }
            }
        }
    }

    /// Reads the header of a file, if there is another one.
    fn header(&mut self) -> Result<bool, TableError> {
        let mut head = Vec::new();
        self.read(1, &mut head)?;
        match (head.first(), self.files > 0) {
            (Some(12 | 14), _) => {}
            (None, true) => return Ok(false),
            _ => return Err(FitError::Header.into()),
        }
        self.files += 1;
        let size = usize::from(head[0]);
        self.read(size - 1, &mut head)?;
        if head.get(8..12).is_some_and(|name| name != b".FIT") {
            return Err(FitError::Header.into());
        }
        if head.len() < size {
            return Err(TableError::Cut);
        }
        let own = head.get(12..14).map(|sum| u16::from_le_bytes([sum[0], sum[1]]));
        // A header may leave its own checksum out, or 0; the one at the end then covers it, as it does otherwise.
        if let Some(got) = own.filter(|got| *got != 0) {
            let wanted = CRC.checksum(&head[..12]);
            if wanted != got {
                return Err(FitError::Checksum { wanted, got }.into());
            }
        }
        self.checksum = CRC.digest();
        self.checksum.update(&head);
        self.left = Some(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        self.definitions = Default::default();
        Ok(true)
    }

    /// Reads the checksum behind the last message.
    fn end(&mut self) -> Result<(), TableError> {
        let mut bytes = Vec::new();
        self.read(2, &mut bytes)?;
        let [low, high] = bytes[..] else { return Err(TableError::Cut) };
        let (wanted, got) = (self.checksum.clone().finalize(), u16::from_le_bytes([low, high]));
        if wanted != got {
            return Err(FitError::Checksum { wanted, got }.into());
        }
        self.left = None;
        Ok(())
    }

    fn define(&mut self, local: u8, developer: bool) -> Result<(), TableError> {
        let [_, endian, first, second, fields] = self.fixed()?;
        let big_endian = endian == 1;
        let global = if big_endian {
            u16::from_be_bytes([first, second])
        } else {
            u16::from_le_bytes([first, second])
        };
        let fields = self.triples(fields)?;
        let others = if developer {
            let [count] = self.fixed()?;
            self.triples(count)?
        } else {
            Vec::new()
        };
        let size = fields.iter().chain(&others).map(|field| usize::from(field.size)).sum();
        self.definitions[usize::from(local)] = Some(Definition { global, big_endian, fields, size });
        Ok(())
    }

    /// Descriptions of fields, three bytes each.
    fn triples(&mut self, count: u8) -> Result<Vec<Field>, TableError> {
        self.take(3 * usize::from(count))?;
        let field = |bytes: &[u8]| Field { number: bytes[0], size: bytes[1], base_type: bytes[2] & 0x9f };
        Ok(self.bytes.chunks_exact(3).map(field).collect())
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], TableError> {
        self.take(N)?;
        let mut fixed = [0; N];
        fixed.copy_from_slice(&self.bytes);
        Ok(fixed)
    }

    /// Reads bytes of a message, at most 2 * 255 * 255, into [`Messages::bytes`].
    fn take(&mut self, count: usize) -> Result<(), TableError> {
        let left = self.left.unwrap_or_default();
        let got = u32::try_from(count).unwrap_or(u32::MAX);
        self.left = Some(left.checked_sub(got).ok_or(FitError::Size { wanted: left, got })?);
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.read(count, &mut bytes)?;
        self.bytes = bytes;
        if self.bytes.len() < count {
            return Err(TableError::Cut);
        }
        self.checksum.update(&self.bytes);
        Ok(())
    }

    /// Reads so many bytes, or as many as there are.
    fn read(&mut self, count: usize, bytes: &mut Vec<u8>) -> Result<(), TableError> {
        let mut input = Read::by_ref(&mut self.input).take(count as u64);
        input.read_to_end(bytes).map(drop).map_err(|reason| TableError::Io { reason })
    }
}
