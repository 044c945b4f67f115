//! Keys that are read, and for which rows they are.

use std::io::{self, ErrorKind, Read};

use ark_serialize::CanonicalSerialize;
use sha3::{Digest, Keccak256};
use zksensor_circuits::statement::{Assignment, Claim};
use zksensor_prover::{ProveError, Prover, ProvingKey, insecure_setup};
use zksensor_r1cs::compile;
use zksensor_testkit::KeyFile;

use crate::square::{GOOD, Says, Square, inputs};
use crate::{outside_the_subgroup, rng};

const DIGEST: usize = 32;

fn key(says: Says) -> ProvingKey {
    insecure_setup(&Square(says), &mut rng(21), &()).unwrap()
}

fn sealed(bytes: &[u8]) -> Vec<u8> {
    let body = &bytes[..bytes.len() - DIGEST];
    [body, Keccak256::digest(body).as_slice()].concat()
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    *bytes.last_chunk().unwrap()
}

fn reason(read: Result<ProvingKey, ProveError>) -> &'static str {
    match read {
        Err(ProveError::KeyBytes { reason, .. }) => reason,
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn a_key_of_other_rows_of_the_same_size_is_refused() {
    let (key, rows) = (key(Says::InARule), |says| compile(&Square(says)).unwrap().rows_digest());
    assert_eq!(key.rows(), rows(Says::InARule));
    let columns = KeyFile::of(&key.to_bytes()).queries[0].len();
    assert_eq!(columns, compile(&Square(Says::Doubled)).unwrap().columns());
    for says in [Says::Doubled, Says::InARuleOfABlock] {
        let refused = Prover::builder(Square(says), key.clone()).build().err().unwrap();
        let (statement, circuit) = (Square(says).id().into(), rows(says));
        assert_eq!(refused, ProveError::KeyRows { statement, key: key.rows(), circuit });
    }
    // Scopes have other names: the rows are the same.
    let statement = Square(Says::OutsideOfScopes);
    let prover = Prover::builder(statement, key).build().unwrap();
    prover.prove(&Assignment::new(&statement, inputs(), &GOOD).unwrap(), &mut rng(22)).unwrap();
}

#[test]
fn the_rows_are_in_the_file_and_under_its_digest() {
    let key = key(Says::InARule);
    let mut bytes = key.to_bytes();
    assert_eq!(bytes[12..44], key.rows().to_bytes());
    assert_eq!(ProvingKey::from_bytes(&bytes).unwrap().rows(), key.rows());
    bytes[12] ^= 1;
    assert!(reason(ProvingKey::from_bytes(&bytes)).contains("do not match their digest"));
    let renamed = ProvingKey::from_bytes(&sealed(&bytes)).unwrap();
    let refused = Prover::builder(Square(Says::InARule), renamed).build().err().unwrap();
    assert!(matches!(refused, ProveError::KeyRows { .. }), "{refused}");
}

#[test]
fn a_file_of_an_older_version_is_refused_with_what_to_do() {
    let bytes = key(Says::InARule).to_bytes();
    for version in [1, 2] {
        let old = sealed(&[b"zksensor-pk", &[version][..], &bytes[44..]].concat());
        assert!(reason(ProvingKey::from_bytes(&old)).contains("run the setup again"));
    }
    let new = sealed(&[b"zksensor-pk\x04", &bytes[12..]].concat());
    assert!(reason(ProvingKey::from_bytes(&new)).contains("do not begin with"));
}

/// Gives a byte at a time, then an error if there is one.
struct Drops<'a>(&'a [u8], Option<ErrorKind>);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (Some((first, rest)), false) = (self.0.split_first(), buffer.is_empty()) else {
            return self.1.map_or(Ok(0), |kind| Err(kind.into()));
        };
        (buffer[0], self.0) = (*first, rest);
        Ok(1)
    }
}

#[test]
fn any_reader_will_do_and_its_errors_are_told() {
    let key = key(Says::InARule);
    let bytes = key.to_bytes();
    let length = bytes.len() as u64;
    let mut written = Vec::new();
    key.write(&mut written).unwrap();
    assert_eq!(written, bytes);
    assert_eq!(ProvingKey::read(Drops(&bytes, None), length).unwrap().to_bytes(), bytes);
    for end in [0, 5, 11, 12, 50, bytes.len() / 2, bytes.len() - DIGEST, bytes.len() - 1] {
        let kind = |read: Result<ProvingKey, ProveError>| match read {
            Err(ProveError::KeyRead { kind }) => kind,
            other => panic!("{end}: {:?}", other.err()),
        };
        assert_eq!(kind(ProvingKey::read(&bytes[..end], length)), ErrorKind::UnexpectedEof);
        let denied = Drops(&bytes[..end], Some(ErrorKind::PermissionDenied));
        assert_eq!(kind(ProvingKey::read(denied, length)), ErrorKind::PermissionDenied);
    }
    let long = [&bytes[..], &[0]].concat();
    assert!(reason(ProvingKey::read(&long[..], length)).contains("go on after their digest"));
    for short in [0, 11, 12, 43, 44, length - 1] {
        assert!(matches!(ProvingKey::read(&bytes[..], short), Err(ProveError::KeyBytes { .. })), "{short}");
    }
    // No file is as large, and nothing is reserved for it.
    assert!(matches!(ProvingKey::read(&bytes[..], u64::MAX), Err(ProveError::KeyRead { .. })));
}

/// The order of the points of G2 is all that is taken on the caller's word, and only for the bytes that were read.
#[test]
fn what_was_checked_before_is_known_by_the_digest_of_what_is_read() {
    let good = key(Says::InARule).to_bytes();
    let read = |bytes: &[u8], known: &[u8; DIGEST]| {
        ProvingKey::read_checked_before(bytes, bytes.len() as u64, |digest| digest == known)
    };
    for known in [digest(&good), [0; DIGEST]] {
        let (key, found) = read(&good, &known).unwrap();
        assert_eq!((key.to_bytes(), found), (good.clone(), digest(&good)));
    }
    // A point of G2 outside the subgroup, in a key that is sealed again.
    let mut file = KeyFile::of(&good);
    let mut point = Vec::new();
    outside_the_subgroup().serialize_uncompressed(&mut point).unwrap();
    *file.queries[1].iter_mut().find(|point| point.is_some()).unwrap() = Some(KeyFile::coordinates(point));
    let bad = sealed(&[&file.body()[..], &[0; DIGEST]].concat());
    assert!(read(&bad, &digest(&bad)).is_ok(), "vouched for");
    // A digest of another file does not help it, wherever it is written.
    let mut borrowed = bad.clone();
    let body = bad.len() - DIGEST;
    borrowed[body..].copy_from_slice(&digest(&good));
    let refused = |bytes: &[u8], known: &[u8; DIGEST]| reason(read(bytes, known).map(|(key, _)| key));
    assert!(refused(&bad, &digest(&good)).contains("of another order"));
    assert!(refused(&borrowed, &digest(&good)).contains("do not match their digest"));
    // A point off its curve is found all the same: the last of H has another x.
    let mut off = good.clone();
    off[body - 64] ^= 1;
    let off = sealed(&off);
    assert!(refused(&off, &digest(&off)).contains("off its curve"));
}
