//! Bodies that are compressed by gzip (RFC 1952), of one member and a bounded length.

use crc::{CRC_32_ISO_HDLC, Crc};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// CRC-32 and length, at the end.
const TRAILER: usize = 8;

/// Why bytes are no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GzipError {
    /// They are not gzip, or cut, or damaged.
    Form,
    /// What they hold is longer than the limit.
    TooLong,
}

/// What the bytes hold, if it is at most `limit` long. No more memory than that is taken, whatever they say of their length.
pub(super) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let body = after_head(bytes).ok_or(GzipError::Form)?;
    let (deflated, trailer) =
        body.split_at_checked(body.len().wrapping_sub(TRAILER)).ok_or(GzipError::Form)?;
    let inflated = decompress_to_vec_with_limit(deflated, limit).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => GzipError::TooLong,
        _ => GzipError::Form,
    })?;
    let [checksum, length] = [0, 4].map(|at| {
        let part: [u8; 4] = trailer[at..at + 4].try_into().expect("the trailer has eight bytes");
        u32::from_le_bytes(part)
    });
    let is_whole = CRC.checksum(&inflated) == checksum && u32::try_from(inflated.len()) == Ok(length);
    is_whole.then_some(inflated).ok_or(GzipError::Form)
}

/// Section 2.3: what comes after the head of a member.
fn after_head(bytes: &[u8]) -> Option<&[u8]> {
    const CRC16: u8 = 1 << 1;
    const EXTRA: u8 = 1 << 2;
    const NAME: u8 = 1 << 3;
    const COMMENT: u8 = 1 << 4;
    const RESERVED: u8 = 0b1110_0000;
    let ([0x1f, 0x8b, 8, flags, ..], mut rest) = bytes.split_first_chunk::<10>()? else { return None };
    if flags & RESERVED != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & CRC16 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
pub(in crate::http) mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    /// A member with nothing in its head but what has to be there.
    pub(in crate::http) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        gzip.extend(compress_to_vec(bytes, 6));
        gzip.extend(CRC.checksum(bytes).to_le_bytes());
        gzip.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        gzip
    }

    #[test]
    fn what_went_in_comes_out_and_every_bit_counts() {
        let bytes: Vec<u8> = (0..2000u32).map(|index| (index * index % 251) as u8).collect();
        let packed = gzip(&bytes);
        assert_eq!(inflate(&packed, 2000), Ok(bytes.clone()));
        assert_eq!(inflate(&packed, 1999), Err(GzipError::TooLong));
        for cut in 0..packed.len() {
            assert!(inflate(&packed[..cut], 4000).is_err(), "{cut}");
        }
        for bit in 8 * 10..8 * packed.len() {
            let mut other = packed.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            // Bits between the last block and the trailer say nothing.
            let came = inflate(&other, 4000);
            assert!(came.is_err() || came == Ok(bytes.clone()), "{bit}");
        }
        let two = [packed.clone(), gzip(b"more")].concat();
        assert_eq!(inflate(&two, 4000), Err(GzipError::Form), "one member");
    }

    #[test]
    fn every_part_of_a_head_is_passed_over() {
        let plain = gzip(b"body");
        let mut full = plain[..10].to_vec();
        full[3] = 0b0001_1110;
        full.extend([2, 0, 9, 9]);
        full.extend(b"name\0comment\0");
        full.extend([7, 7]);
        full.extend(&plain[10..]);
        assert_eq!(inflate(&full, 10), Ok(b"body".to_vec()));
        full[3] |= 1 << 5;
        assert_eq!(inflate(&full, 10), Err(GzipError::Form));
        assert_eq!(inflate(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0, 255, 255], 10), Err(GzipError::Form));
    }

    #[test]
    fn a_bomb_takes_no_more_than_the_limit() {
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(inflate(&bomb, 1 << 20), Err(GzipError::TooLong));
    }
}
