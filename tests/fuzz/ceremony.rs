//! Rows, powers of tau and keys of a ceremony, in the files of circom's tools.

use std::io::Cursor;

use zksensor_ceremony::{Ptau, Zkey, read_r1cs_header};

use super::memory::bounded;

/// Rows of a circuit for which the powers are read: few, as inputs are short.
const ROWS: usize = 2;
/// As few for commitments.
const POWER: u32 = 1;
/// No contribution is written in fewer bytes: points and digests.
const CONTRIBUTION: usize = 3 * 64 + 128 + 64;

/// The header, the contributions, and the points with what the pairings say of them.
pub(crate) fn ptau(input: &[u8]) {
    bounded(input, |input| {
        let Ok(mut powers) = Ptau::open(Cursor::new(input)) else { return };
        assert!((1..=28).contains(&powers.power()));
        assert!(powers.contributions().len() * CONTRIBUTION <= input.len());
        if let Ok(read) = powers.powers(ROWS) {
            assert_eq!(read.power(), 1);
        }
        if let Ok(read) = powers.kzg_powers(POWER) {
            assert_eq!((read.g1.len(), read.is_trusted), (1 << POWER, false));
        }
    });
}

/// The header, the contributions, and every point.
pub(crate) fn zkey(input: &[u8]) {
    bounded(input, |input| {
        let Ok(mut key) = Zkey::open(Cursor::new(input)) else { return };
        assert!(key.contributions().len() * CONTRIBUTION <= input.len());
        for contribution in key.contributions() {
            assert!(contribution.name().is_none_or(|name| name.len() <= 255));
        }
        let _ = key.check_points();
    });
}

/// The header.
pub(crate) fn rows(input: &[u8]) {
    bounded(input, |input| {
        let Ok(header) = read_r1cs_header(Cursor::new(input)) else { return };
        assert!(u64::from(header.columns) * 8 <= input.len() as u64);
        assert!(u64::from(header.constraints) * 12 <= input.len() as u64);
    });
}
