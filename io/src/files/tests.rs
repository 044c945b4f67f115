use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_model::reading::{Location, Network, PayloadHash, Reading, SignedReading, UnixMillis};
use zksensor_prover::{Prover, ProvingKey, insecure_setup};
use zksensor_testkit::{Fleet, FleetOptions};

use super::*;
use zksensor_model::known::KnownStatement;

mod carried;
mod of_halo2;

/// A directory that goes when it is dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Scratch {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("zksensor-files-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Scratch(path)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    pub(super) fn put(&self, bytes: &[u8]) -> PathBuf {
        let path = self.path("put");
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A key and a proof of the smallest aggregate.
pub(super) fn proven() -> &'static (ProvingKey, ProofFile) {
    static PROVEN: OnceLock<(ProvingKey, ProofFile)> = OnceLock::new();
    PROVEN.get_or_init(|| {
        let fleet = Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() });
        let statement = fleet.statement(1);
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = insecure_setup(&statement, &mut rng, &()).unwrap();
        let witness = fleet.aggregate(1);
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        let prover = Prover::builder(statement, key.clone()).build().unwrap();
        let proof = prover.prove(&Assignment::new(&statement, inputs, &witness).unwrap(), &mut rng).unwrap();
        let (known, id) = (KnownStatement::Aggregate(statement), key.verifying_key().key_id());
        let file = ProofFile::new(known, id, proof, inputs.to_words().unwrap()).unwrap();
        (key, file)
    })
}

fn device() -> DeviceFile {
    let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: 3 };
    DeviceFile::new(DeviceKey::from_seed([9; 32]), DeviceSecret::from_be_bytes(&[1; 32]).unwrap(), attributes)
}

fn refused<T>(result: Result<T, FileError>) -> String {
    let error = result.err().expect("the file is refused");
    assert!(!error.help().is_empty());
    error.to_string()
}

#[test]
fn keys_and_registries_come_back_and_wrong_files_are_named() {
    let (scratch, (key, _)) = (Scratch::new(), proven());
    let name = key_file_name(key.statement(), key.is_insecure(), Kind::ProvingKey).unwrap();
    assert_eq!(name, "aggregate-v2-1x16x3.INSECURE.pk");
    let named = |insecure, kind| key_file_name(&"reading/v2".parse().unwrap(), insecure, kind);
    for (insecure, kind, wanted) in [
        (false, Kind::VerifyingKey, Some("reading-v2.vk")),
        (true, Kind::Halo2ProvingKey, Some("reading-v2.halo2.INSECURE.pk")),
        (false, Kind::Halo2VerifyingKey, Some("reading-v2.halo2.vk")),
        (false, Kind::Proof, None),
        (true, Kind::Srs, None),
    ] {
        assert_eq!(named(insecure, kind).as_deref(), wanted, "{kind}");
    }
    let (proving, verifying) = (scratch.path(&name), scratch.path("key.vk"));
    save_proving_key(&proving, key, Overwrite::Never).unwrap();
    save_verifying_key(&verifying, key.verifying_key(), Overwrite::Never).unwrap();
    assert_eq!(load_proving_key(&proving).unwrap().to_bytes(), key.to_bytes());
    assert_eq!(load_verifying_key(&verifying).unwrap(), *key.verifying_key());

    assert!(
        refused(load_verifying_key(&proving))
            .ends_with("expected a verifying key of at most 1048576 bytes, got more")
    );
    assert!(refused(load_registry(&verifying)).ends_with("key.vk: expected a registry, got a verifying key"));
    assert!(refused(load_proving_key(&verifying)).ends_with("expected a proving key, got a verifying key"));
    assert!(refused(load_registry(&scratch.path("none"))).contains("expected to read a registry, but: "));
    assert!(refused(load_registry(&scratch.put(b"x"))).ends_with("got bytes that do not begin like one"));
}

#[test]
fn damaged_binary_files_are_refused() {
    let (scratch, (key, _)) = (Scratch::new(), proven());
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::default() });
    let path = scratch.path("registry");
    save_registry(&path, &fleet.registry, Overwrite::Never).unwrap();
    assert_eq!(load_registry(&path).unwrap().root(), fleet.registry.root());
    let cut = |bytes: &[u8]| scratch.put(&bytes[..bytes.len() - 1]);
    let altered = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        scratch.put(&bytes)
    };
    let bytes = fleet.registry.to_bytes();
    assert!(refused(load_registry(&cut(&bytes))).contains("is it cut short?"));
    assert!(refused(load_registry(&altered(&bytes))).contains("the file is damaged"));
    let bytes = key.verifying_key().to_bytes();
    assert!(refused(load_verifying_key(&cut(&bytes))).contains("it was cut or added to"));
    assert!(refused(load_verifying_key(&altered(&bytes))).contains("the file is corrupt"));
    let bytes = key.to_bytes();
    assert!(refused(load_proving_key(&cut(&bytes))).contains("damaged or cut off"));
    assert!(refused(load_proving_key(&altered(&bytes))).contains("damaged or cut off"));
}

#[test]
fn proofs_come_back_and_nothing_in_them_may_differ() {
    let (scratch, (_, file)) = (Scratch::new(), proven());
    let path = scratch.path("proof.json");
    file.save(&path, Overwrite::Never).unwrap();
    assert_eq!(&ProofFile::load(&path).unwrap(), file);
    assert!(file.is_insecure());
    let json = file.to_json();
    let field = |name: &str| file.fields().iter().find(|(field, _)| *field == name).unwrap().1.clone();
    assert_eq!((field("epoch"), field("count")), (2.into(), 1.into()));
    assert_eq!(field("sum"), Fleet::LOW.to_string().as_str());

    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from} in {json}");
        refused(ProofFile::load(&scratch.put(json.replacen(from, to, 1).as_bytes())))
    };
    assert!(
        with("proof/v1", "proof/v2")
            .ends_with("expected the format `zksensor-proof/v1`, got `zksensor-proof/v2`")
    );
    assert!(
        with("aggregate/v2/1x16x3", "aggregate/v3/1x16").contains("`statement`: expected `aggregate/v2/")
    );
    assert!(with("INSECURE-", "SECURE-").contains("expected `key_id`"));
    assert!(with("\"proof\":\"0x", "\"proof\":\"0x00").contains("512 hexadecimal digits"));
    assert!(
        with("\"count\":1", "\"count\":2")
            .ends_with("field `count`: expected 1 as the public inputs have it, got 2")
    );
    assert!(with("\"count\":1,", "").contains("got nothing"));
    assert!(with("\"count\":1,", "\"count\":1,\"count\":1,").contains("field `count` comes twice"));
    assert!(with("\"fields\":", "\"note\":1,\"fields\":").contains("unknown field `note`"));
    assert!(
        with("zksensor-proof/v1", "zksensor-readings/v1").ends_with("expected a proof, got signed readings")
    );
    let words = file.words().iter().map(zksensor_model::field::to_hex).collect::<Vec<_>>();
    assert!(with(&words[0], "0x").contains("public input 0"));
    assert!(with(&format!("\"{}\",", words[0]), "").contains("expected 4 public inputs, got 3"));
    assert!(
        refused(ProofFile::load(&scratch.put(&json.as_bytes()[..200])))
            .contains("expected a proof, but line 1")
    );

    let mut wide = file.words().to_vec();
    wide[3] = -Fr::from(1u64);
    let key = proven().0.verifying_key().key_id();
    assert!(ProofFile::new(file.statement().clone(), key, file.proof().clone(), wide).is_err());
}

#[test]
fn device_keys_come_back_and_show_damage_without_the_secret() {
    let (scratch, device) = (Scratch::new(), device());
    let path = scratch.path("device.json");
    device.save(&path, Overwrite::Never).unwrap();
    assert!(matches!(device.save(&path, Overwrite::Never).unwrap_err().reason, Reason::Exists { .. }));
    let back = DeviceFile::load(&path).unwrap();
    assert_eq!((back.leaf(), back.key().expose_seed()), (device.leaf(), &[9; 32]));
    let json = fs::read_to_string(&path).unwrap();
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        let text = refused(DeviceFile::load(&scratch.put(json.replacen(from, to, 1).as_bytes())));
        assert!(!text.contains("0909") && !text.contains("0101"), "{text}");
        text
    };
    assert!(with("0x0909", "0x0908").contains("`seed` does not"));
    assert!(with("0x0101", "0x0102").contains("`identity_secret` does not"));
    assert!(with("\"class\": 7", "\"class\": 8").contains("`leaf_hash` does not"));
    assert!(with("0x0909", "0x09").contains("expected `seed`"));
    assert!(with("0x0101", "0xffff").contains("expected `identity_secret`"));
    assert!(with("device-key/v1", "device-key/v7").contains("`zksensor-device-key/v7`"));
    let leaf: FileResult<Leaf> = load_json(&path, Kind::Leaf);
    assert!(refused(leaf).ends_with("expected a device's leaf, got a device key"));
}

type FileResult<T> = Result<T, FileError>;

#[test]
fn readings_stream_and_altered_ones_are_told_apart() {
    let scratch = Scratch::new();
    let fleet = Fleet::new(&FleetOptions { devices: 3, ..FleetOptions::default() });
    let path = scratch.path("readings");
    let mut writer = ReadingsWriter::create(&path, Overwrite::Never).unwrap();
    let signed: Vec<_> = (0..3).map(|index| fleet.sign(index, &fleet.reading(index))).collect();
    signed.iter().for_each(|reading| writer.push(reading).unwrap());
    assert!(ReadingsReader::open(&path).is_err(), "the file is not there before it is finished");
    writer.finish().unwrap();
    let back: Vec<_> = ReadingsReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(back, signed);

    let text = fs::read_to_string(&path).unwrap();
    let read =
        |text: String| -> Vec<_> { ReadingsReader::open(&scratch.put(text.as_bytes())).unwrap().collect() };
    let twice = read(text.repeat(2));
    assert!(twice.len() == 6 && twice.iter().all(Result::is_ok));
    assert!(text.starts_with("{\"format\":\"zksensor-readings/v2\"}\n"));
    let altered = read(text.replacen("\"sequence\":\"1\"", "\"sequence\":\"5\"", 1));
    let [Ok(_), Err(error), Ok(_)] = &altered[..] else { panic!("{altered:?}") };
    assert!(matches!(error.reason, Reason::Reading { row: 2, .. }), "{error}");
    let cut = read(text[..text.len() - 9].to_owned());
    assert!(matches!(cut[2].as_ref().unwrap_err().reason, Reason::Cut { line: 4, .. }));
    assert_eq!(cut.len(), 3);
    assert!(ReadingsReader::open(&scratch.put(text.replace("/v2", "/v3").as_bytes())).is_err());
    assert!(ReadingsReader::open(&scratch.put(b"")).is_err());
    assert!(ReadingsReader::open(&scratch.put(b"\n\n")).is_err());
}

/// A reading of the device of this seed. The numbers are found by their digits.
pub(super) fn signed_by(seed: u8) -> SignedReading {
    let reading = Reading {
        network: Network::new(137, [0x11; 20]),
        schema: 3,
        sequence: 5,
        time: UnixMillis::new(1_767_232_860_000).unwrap(),
        location: Location::from_e7(481_234_567, 115_000_000).unwrap(),
        accuracy_mm: 4_500,
        channels: [i64::MIN, 21, 1_234_567_890_123_456_789, 0],
        payload_hash: PayloadHash::NONE,
    };
    DeviceKey::from_seed([seed; 32]).sign(&reading).unwrap()
}

/// Every loader on the file.
fn load_all(path: &Path) {
    let _ = load_proving_key(path);
    let _ = load_verifying_key(path);
    let _ = load_registry(path);
    let _ = ProofFile::load(path);
    let _ = DeviceFile::load(path);
    let _ = load_policy(path, None);
    let _ = load_fence(path);
    let _ = FenceFile::load(path);
    let _ = load_json::<Leaf>(path, Kind::Leaf);
    for lines in [
        ReadingsReader::open(path).map(Iterator::count),
        load_lines::<Leaf>(path, Kind::Leaf).map(Iterator::count),
    ] {
        let _ = lines;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, kind in 0usize..6, at: prop::sample::Index, byte: u8) {
        let scratch = Scratch::new();
        load_all(&scratch.put(&bytes));
        let (key, proof) = proven();
        let mut good = match kind {
            0 => key.verifying_key().to_bytes(),
            1 => proof.to_json().into_bytes(),
            2 => b"zksensor-pk\x03".to_vec(),
            3 => b"{\"format\":\"zksensor-readings/v2\"}\n".to_vec(),
            4 => b"zksensor registry\x00\x03\x00\x00\x00\x01".to_vec(),
            _ => serde_json::to_vec(&device().leaf()).unwrap(),
        };
        let at = at.index(good.len());
        good[at] = byte;
        good.extend(bytes);
        load_all(&scratch.put(&good));
    }
}
