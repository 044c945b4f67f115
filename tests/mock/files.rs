//! Files of mocks, and each where a key or a proof is wanted, and the other way round.

use std::path::{Path, PathBuf};

use zksensor::files::{self, FileError, Kind, Overwrite, ProofFile, Reason, Staged};
use zksensor::halo2;
use zksensor::mock::files as mock_files;
use zksensor::mock::{KeyError, MockKey, MockProof};

use super::{Mocked, every};

fn refused<T: std::fmt::Debug>(result: Result<T, FileError>) -> (String, &'static str) {
    let error = result.unwrap_err();
    (error.reason.to_string(), error.help())
}

/// The file of a mock, of every statement.
fn proof_files() -> Vec<(Mocked, mock_files::ProofFile)> {
    let of = |mocked: Mocked| {
        let known = zksensor::model::known::KnownStatement::of(&mocked.statement).unwrap();
        let claim = zksensor::model::known::AnyClaim::known(&known);
        let key = MockKey::new(&mocked.statement).key_id();
        let file = ProofFile::new(claim, key, mocked.proof, mocked.words.clone()).unwrap();
        (mocked, file)
    };
    every().into_iter().map(of).collect()
}

#[test]
fn a_file_of_a_mock_is_read_as_it_was_written() {
    let path = Path::new("mock.json");
    for (mocked, file) in proof_files() {
        let json = file.to_json();
        assert!(json.contains("\"format\":\"zksensor-mock-proof/v1\"") && json.contains("\"INSECURE-0x"));
        assert_eq!(Kind::of(json.as_bytes()), Some(Kind::MockProof));
        let read = mock_files::ProofFile::decode(path, json.as_bytes()).unwrap();
        assert_eq!(read, file);
        read.verify(MockKey::new(&mocked.statement)).unwrap();
        let other: MockKey = MockKey::new(&"reading/v99".parse().unwrap());
        assert!(read.verify(other).is_err(), "under the key of another statement");
        let tail = json.replace(&"0".repeat(448), &format!("{}1", "0".repeat(447)));
        let (message, _) = refused(mock_files::ProofFile::decode(path, tail.as_bytes()));
        assert!(message.contains("from byte 255 on; is it a proof?"), "{message}");
    }
}

#[test]
fn nobody_takes_one_for_a_proof() {
    let path = Path::new("mock.json");
    for (_, file) in proof_files() {
        let json = file.to_json();
        let (message, help) = refused(ProofFile::from_json(path, json.as_bytes()));
        assert_eq!(message, "expected a proof, got a mock, which proves nothing");
        assert!(help.contains("ZKSENSOR_PROVER=mock"), "{help}");
        let (message, _) = refused(halo2::files::ProofFile::decode(path, json.as_bytes()));
        assert_eq!(message, "expected a proof of halo2, got a mock, which proves nothing");
        // With the name of a proof it is none either: no point of the curve has the coordinate 0.
        for format in ["zksensor-proof/v1", "zksensor-halo2-proof/v1"] {
            let renamed = json.replace("zksensor-mock-proof/v1", format);
            assert!(ProofFile::from_json(path, renamed.as_bytes()).is_err(), "{format}");
            let (message, help) = refused(ProofFile::<MockProof>::decode(path, renamed.as_bytes()));
            assert!(message.starts_with("expected a mock, which proves nothing, got a proof"), "{message}");
            assert!(help.contains("ZKSENSOR_PROVER=mock"), "{help}");
        }
    }
}

#[test]
fn a_key_of_mocks_is_no_key() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("mock-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for mocked in every() {
        let key = MockKey::new(&mocked.statement);
        let names = mock_files::key_file_names(&mocked.statement);
        assert!(names[0].ends_with(".MOCK.pk") && names[1].ends_with(".MOCK.vk"), "{names:?}");
        let path = folder.join(&names[0]);
        mock_files::write_key(Staged::create(&path, Kind::MockKey, Overwrite::Never).unwrap(), &key).unwrap();
        assert_eq!(mock_files::load_key(&path).unwrap(), key);
        assert!(key.key_id().to_string().starts_with("INSECURE-0x"));

        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(Kind::of(&bytes), Some(Kind::MockKey));
        let (message, help) = refused(files::load_proving_key(&path));
        assert!(message.contains("expected a proving key"), "{message}");
        let (message, vk_help) = refused(files::verifying_key(&path, &bytes));
        assert_eq!(message, "expected a verifying key, got a key of mocks");
        assert!(vk_help.contains("ZKSENSOR_PROVER=mock"), "{help}, {vk_help}");
        assert!(halo2::files::verifying_key(&path, &bytes).is_err());
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_key_is_exactly_what_was_written() {
    let path = Path::new("mock.pk");
    let bytes = MockKey::new(&"aggregate/v2/64x32x3".parse().unwrap()).to_bytes();
    let of = |bytes: &[u8]| match mock_files::key(path, bytes).unwrap_err().reason {
        Reason::MockKey { reason } => Some(reason),
        _ => None,
    };
    for cut in 0..bytes.len() {
        assert!(mock_files::key(path, &bytes[..cut]).is_err(), "{cut} bytes");
    }
    let longer = [&bytes[..], b"4"].concat();
    assert!(matches!(of(&longer), Some(KeyError::Length { .. })));
    for (at, to, wanted) in [(17, 2, "version 1"), (19, b'/', "statement"), (20, 0xff, "UTF-8")] {
        let mut altered = bytes.clone();
        altered[at] = to;
        let reason = of(&altered).unwrap().to_string();
        assert!(reason.contains(wanted), "{at}: {reason}");
    }
    assert_eq!(of(b"zksensor-pk"), None, "another kind is named");
}
