//! Files of halo2, and each where one of Groth16 is wanted, and the other way round.

use zksensor_prover_halo2::Srs;
use zksensor_verifier::KeyId;
use zksensor_verifier_halo2::Proof;

use super::super::halo2::{self, load_proving_key as load_halo2_proving_key, load_srs};
use super::*;

fn refused<T: std::fmt::Debug>(result: Result<T, FileError>) -> (String, &'static str) {
    let error = result.unwrap_err();
    (error.reason.to_string(), error.help())
}

/// A proof file of halo2 whose proof is none, for the claim of a true one.
fn proof_file() -> halo2::ProofFile {
    let (_, theirs) = proven();
    let proof = Proof::from_bytes(&[7; 96]).unwrap();
    ProofFile::new(theirs.statement().clone(), KeyId::new([9; 32], true), proof, theirs.words().to_vec())
        .unwrap()
}

#[test]
fn parameters_are_read_as_they_were_written_or_not_at_all() {
    let scratch = Scratch::new();
    let srs = Srs::insecure_setup(5, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let path = scratch.path(&halo2::srs_file_name(srs.k(), true));
    assert!(path.ends_with("halo2-k5.INSECURE.srs"));
    halo2::write_srs(Staged::create(&path, Kind::Srs, Overwrite::Never).unwrap(), &srs).unwrap();
    let read = load_srs(&path).unwrap();
    assert_eq!((read.digest(), read.is_insecure()), (srs.digest(), true));
    let bytes = fs::read(&path).unwrap();
    assert_eq!(Kind::of(&bytes), Some(Kind::Srs));
    for cut in [0, 1, 17, 21, bytes.len() / 2, bytes.len() - 1] {
        let (message, _) = refused(load_srs(&scratch.put(&bytes[..cut])));
        assert!(message.contains("expected parameters (SRS) of halo2"), "{cut}: {message}");
    }
    let mut altered = bytes.clone();
    altered[100] ^= 1;
    let (message, help) = refused(load_srs(&scratch.put(&altered)));
    assert!(message.contains("digest") && help.contains("fetch the parameters again"), "{message}");
    let (message, _) = refused(load_halo2_proving_key(&path));
    assert_eq!(message, "expected a proving key of halo2, got parameters (SRS) of halo2");
    let (message, _) = refused(load_srs(&scratch.path("none")));
    assert!(message.starts_with("expected to read parameters (SRS) of halo2, but"), "{message}");
}

#[test]
fn a_proof_file_is_of_one_system() {
    let (file, (key, theirs)) = (proof_file(), proven());
    let (path, json) = (Path::new("p.json"), file.to_json());
    assert!(json.contains("\"format\":\"zksensor-halo2-proof/v1\""), "{json}");
    assert_eq!(halo2::ProofFile::decode(path, json.as_bytes()).unwrap(), file);
    assert!(file.is_insecure() && file.fields() == theirs.fields());
    assert!(matches!(
        halo2::ProofFile::decode(path, json.replace("0x0707", "0x070").as_bytes()).unwrap_err().reason,
        Reason::Proof { reason: ProofFileError::Halo2Proof(_) }
    ));

    let (message, help) = refused(ProofFile::from_json(path, json.as_bytes()));
    assert_eq!(message, "expected a proof of groth16, got a proof of halo2");
    assert!(help.contains("of one proof system") && help.contains("`zksensor inspect`"), "{help}");
    let (message, other_help) = refused(halo2::ProofFile::decode(path, theirs.to_json().as_bytes()));
    assert_eq!((message.as_str(), other_help), ("expected a proof of halo2, got a proof of groth16", help));

    let keys = key.verifying_key().to_bytes();
    let (message, other_help) = refused(halo2::verifying_key(path, &keys));
    assert_eq!(message, "expected a verifying key of halo2, got a verifying key of groth16");
    assert_eq!(other_help, help);
    let begins = [b"zksensor-halo2-vk".as_slice(), &keys[11..]].concat();
    let (message, other_help) = refused(verifying_key(path, &begins));
    assert_eq!(message, "expected a verifying key of groth16, got a verifying key of halo2");
    assert_eq!(other_help, help);
    let (message, _) = refused(halo2::verifying_key(path, &begins));
    assert!(message.starts_with("expected a verifying key of halo2: "), "{message}");
    let scratch = Scratch::new();
    let mut bytes = Vec::new();
    key.write(&mut bytes).unwrap();
    let (message, other_help) = refused(load_halo2_proving_key(&scratch.put(&bytes)));
    assert_eq!(message, "expected a proving key of halo2, got a proving key of groth16");
    assert_eq!(other_help, help);
    let begins = [b"zksensor-halo2-pk".as_slice(), &bytes[11..]].concat();
    let (message, other_help) = refused(load_proving_key(&scratch.put(&begins)));
    assert_eq!(message, "expected a proving key of groth16, got a proving key of halo2");
    assert_eq!(other_help, help);
    // As much as a file of snarkjs may have.
    let (message, other_help) = refused(read(&scratch.put(&begins[..1 << 10]), Kind::Snarkjs));
    assert_eq!(message, "expected a file of snarkjs, got a proving key of halo2");
    assert_eq!(other_help, help);
}
