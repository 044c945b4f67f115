//! Parameters: one encoding, and nothing but powers of one secret.

use sha3::{Digest, Keccak256};
use zksensor_prover_halo2::{Srs, SrsError};

use crate::rng;

const HEADER: usize = 21;
const ROWS: usize = 32;

fn bytes(seed: u64) -> Vec<u8> {
    let srs = Srs::insecure_setup(5, &mut rng(seed)).unwrap();
    let mut bytes = Vec::new();
    srs.write(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, srs.length());
    assert_eq!(bytes[bytes.len() - 32..], srs.digest());
    bytes
}

fn read(bytes: &[u8]) -> Result<Srs, SrsError> {
    Srs::read(bytes, bytes.len() as u64)
}

/// Reads them with the digest that they should have.
fn sealed(mut bytes: Vec<u8>) -> Result<Srs, SrsError> {
    let body = bytes.len() - 32;
    let digest = Keccak256::digest(&bytes[..body]);
    bytes[body..].copy_from_slice(&digest);
    read(&bytes)
}

#[test]
fn parameters_have_one_encoding() {
    let bytes = bytes(1);
    let srs = read(&bytes).unwrap();
    let mut again = Vec::new();
    srs.write(&mut again).unwrap();
    assert!(again == bytes && srs.is_insecure() && srs.k() == 5);
    assert!(format!("{srs:?}").contains("insecure: true"));
    for cut in 0..bytes.len() {
        assert!(read(&bytes[..cut]).is_err(), "{cut}");
        assert!(Srs::read(&bytes[..cut], bytes.len() as u64).is_err(), "{cut}");
    }
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        assert!(read(&altered).is_err(), "{at}");
    }
    for k in [0, 4, 26, 64, 255] {
        let mut altered = bytes.clone();
        altered[HEADER - 1] = k;
        assert_eq!(read(&altered).unwrap_err(), SrsError::Rows { least: 5, most: 25, got: k });
    }
    assert!(Srs::insecure_setup(4, &mut rng(1)).is_err());
}

#[test]
fn points_that_are_no_powers_are_refused() {
    let (good, other) = (bytes(1), bytes(2));
    assert!(sealed(good.clone()).is_ok());
    let point = |list: usize, i: usize| HEADER + 64 * (list * ROWS + i)..HEADER + 64 * (list * ROWS + i + 1);
    let structure = |bytes: Vec<u8>| match sealed(bytes).unwrap_err() {
        SrsError::Structure { what } => what,
        error => panic!("{error}"),
    };
    // Two points exchanged, one of another secret, and the point of G2 of another secret.
    for list in [0, 1] {
        for i in [1, 7, ROWS - 1] {
            let mut swapped = good.clone();
            swapped[point(list, i)].copy_from_slice(&good[point(list, i - 1)]);
            swapped[point(list, i - 1)].copy_from_slice(&good[point(list, i)]);
            structure(swapped);
            let mut mixed = good.clone();
            mixed[point(list, i)].copy_from_slice(&other[point(list, i)]);
            let lagrange = structure(mixed).contains("Lagrange");
            assert_eq!(lagrange, list == 1);
        }
    }
    let tail = good.len() - 32 - 128;
    let mut mixed = good.clone();
    mixed[tail..tail + 128].copy_from_slice(&other[tail..tail + 128]);
    assert_eq!(structure(mixed), "powers of one secret");
    // All powers times a number: of one secret, and not from the generator on.
    let mut off = good.clone();
    off[point(0, 0)].copy_from_slice(&good[point(0, 1)]);
    assert!(structure(off).contains("generator"));
    let mut infinite = good.clone();
    infinite[point(1, 3)].fill(0);
    assert!(matches!(sealed(infinite), Err(SrsError::Point { index: 35, .. })));
}
