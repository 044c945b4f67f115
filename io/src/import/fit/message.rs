//! A data message and the definition that says what its bytes are.

/// What the data messages of a local number are.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) global: u16,
    pub(super) big_endian: bool,
    pub(super) fields: Vec<Field>,
    /// Bytes of a data message behind its header, those of developer fields included.
    pub(super) size: usize,
}

/// A field of a definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) number: u8,
    pub(super) size: u8,
    pub(super) base_type: u8,
}

/// The integers of at most 32 bits among the base types: number, bytes, whether they have a sign, and what no value is.
const INTEGERS: [(u8, u8, bool, i64); 11] = [
    (0x00, 1, false, 0xff),
    (0x01, 1, true, 0x7f),
    (0x02, 1, false, 0xff),
    (0x83, 2, true, 0x7fff),
    (0x84, 2, false, 0xffff),
    (0x85, 4, true, 0x7fff_ffff),
    (0x86, 4, false, 0xffff_ffff),
    (0x0a, 1, false, 0),
    (0x8b, 2, false, 0),
    (0x8c, 4, false, 0),
    (0x0d, 1, false, 0xff),
];

/// A data message.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) definition: &'a Definition,
    /// Which of the files that stand one behind the other, from 1.
    pub(super) file: u64,
    /// Low five bits of the time, if the header has them.
    pub(super) time_offset: Option<u8>,
    pub(super) bytes: &'a [u8],
}

impl Definition {
    /// A number that two fields have: which of the two holds is not said.
    pub(super) fn repeated(&self) -> Option<u8> {
        let later = |(index, field): (usize, &Field)| {
            self.fields[..index].iter().any(|before| before.number == field.number).then_some(field.number)
        };
        self.fields.iter().enumerate().find_map(later)
    }
}

impl Message<'_> {
    /// The integer of a field; none if there is no such field, it is a list or no integer, or it has no value.
    pub(super) fn integer(&self, number: u8) -> Option<i64> {
        let mut at = 0;
        for field in &self.definition.fields {
            let end = at + usize::from(field.size);
            if field.number == number {
                let bytes = self.bytes.get(at..end)?;
                let (_, size, signed, none) =
                    *INTEGERS.iter().find(|(base_type, ..)| *base_type == field.base_type)?;
                let value =
                    (size == field.size).then(|| integer(bytes, self.definition.big_endian, signed))?;
                return (value != none).then_some(value);
            }
            at = end;
        }
        None
    }
}

/// An integer of at most four bytes.
fn integer(bytes: &[u8], big_endian: bool, signed: bool) -> i64 {
    let shift = |number: i64, byte: &u8| number << 8 | i64::from(*byte);
    let unsigned = if big_endian { bytes.iter().fold(0, shift) } else { bytes.iter().rev().fold(0, shift) };
    let bits = 8 * bytes.len();
    if signed && unsigned >> (bits - 1) == 1 { unsigned - (1 << bits) } else { unsigned }
}
