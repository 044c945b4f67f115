//! Ceremonies: our files under snarkjs, its files under ours, and both in one ceremony.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use zksensor::circuits::statement::Assignment;
use zksensor::model::field::Fr;
use zksensor::model::layout::{Element, PublicInputs};
use zksensor::prover::Prover;
use zksensor::r1cs::{self, Circuit, Sequential};
use zksensor::snarkjs;
use zksensor_ceremony::{
    Beacon, CeremonyError, Initial, Ptau, Zkey, ptau_digest, rows_of, write_r1cs, write_wtns_with_secrets,
};

use super::groth16::{Square, SquareInputs, holds, written};
use super::node::Node;

/// One power more than the circuit needs, and as many.
const POWERS: [u32; 2] = [7, 6];
const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ITERATIONS: u8 = 10;

/// A folder that goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> BufReader<File> {
    BufReader::new(File::open(path).unwrap())
}

fn create(path: &Path) -> BufWriter<File> {
    BufWriter::new(File::create(path).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    zksensor::model::hex::encode(bytes).split_off(2)
}

/// How many things were compared.
pub(super) fn compare(oracle: &mut Node) -> usize {
    let folder =
        Folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ceremony-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let circuit = r1cs::compile(&Square).unwrap();
    assert_eq!(rows_of(&circuit).next_power_of_two().trailing_zeros(), POWERS[1]);
    let rows = folder.file("square.r1cs");
    write_r1cs(&circuit, create(&rows)).unwrap();
    let mut compared = rows_agree(oracle, &circuit, &rows);
    for power in POWERS {
        compared += ceremony(oracle, &folder, &circuit, power);
    }
    compared
}

/// Their reader of rows on our file.
fn rows_agree(oracle: &mut Node, circuit: &Circuit, rows: &Path) -> usize {
    let theirs = oracle.ask(&json!({ "op": "rows", "r1cs": rows }));
    assert_eq!(theirs["nVars"], circuit.columns());
    assert_eq!(theirs["nPublic"], circuit.publics());
    assert_eq!(theirs["nConstraints"], circuit.constraints());
    let mut constraints = theirs["constraints"].as_array().unwrap().iter();
    for view in circuit.segments() {
        for row in 0..view.segment.constraints() {
            let theirs = constraints.next().unwrap();
            for (side, rows) in [&view.segment.a, &view.segment.b, &view.segment.c].into_iter().enumerate() {
                let mut ours = serde_json::Map::new();
                for (value, column) in rows.row(row) {
                    let written = ours.insert(view.global(*column).to_string(), value.to_string().into());
                    assert!(written.is_none(), "the test's statement has no column twice in a row");
                }
                assert_eq!(theirs[side], Value::Object(ours), "row {row}, side {side}");
            }
        }
    }
    assert!(constraints.next().is_none());
    3 * circuit.constraints()
}

/// Six contributions, ours and theirs, and a beacon of each.
fn ceremony(oracle: &mut Node, folder: &Folder, circuit: &Circuit, power: u32) -> usize {
    let file = |name: &str| folder.file(&format!("{power}-{name}"));
    let (raw, prepared, rows) = (file("raw.ptau"), file("prepared.ptau"), folder.file("square.r1cs"));
    let request =
        json!({ "op": "powers", "power": power, "raw": raw, "prepared": prepared, "folder": folder.0 });
    assert_eq!(oracle.ask(&request), true);
    let initial = |path: &Path| {
        let digest = ptau_digest(open(path)).unwrap();
        let powers = Ptau::open(open(path)).unwrap().trusted(&digest).unwrap();
        Initial::new(circuit, { powers }.powers(rows_of(circuit)).unwrap()).unwrap()
    };
    powers_of_nobody(&raw, &prepared);
    let commitments = |path: &Path| {
        let digest = ptau_digest(open(path)).unwrap();
        Ptau::open(open(path)).unwrap().trusted(&digest).unwrap().kzg_powers(power).unwrap()
    };
    let powers = commitments(&raw);
    assert!(powers.is_trusted && powers.g1.len() == 1 << power && powers == commitments(&prepared));
    // Byte by byte, from powers as they are and prepared ones.
    let first = initial(&prepared);
    let (ours, theirs) = (file("ours.zkey"), file("theirs.zkey"));
    let digest = oracle.ask(&json!({ "op": "first", "r1cs": rows, "ptau": prepared, "zkey": theirs }));
    first.write(create(&ours)).unwrap();
    assert!(fs::read(&ours).unwrap() == fs::read(&theirs).unwrap(), "the first key, of prepared powers");
    initial(&raw).write(create(&ours)).unwrap();
    assert!(fs::read(&ours).unwrap() == fs::read(&theirs).unwrap(), "the first key, of powers as they are");
    assert_eq!(digest, hex(&first.circuit_digest()));

    let mut compared = 3;
    let mut at = ours;
    for (step, is_ours) in [true, false, false, true, true, false, true].into_iter().enumerate() {
        let (next, name) = (file(&format!("{step}.zkey")), format!("contributor {step}, named Åsa"));
        let is_beacon = step == 3 || step == 5;
        let hash = if is_ours {
            let mut zkey = Zkey::open(open(&at)).unwrap();
            let beacon =
                Beacon { hash: (0..32).map(|byte: u8| (byte % 16) * 0x11).collect(), iterations: ITERATIONS };
            let hash = if is_beacon {
                zkey.beacon(&name, beacon, create(&next))
            } else {
                zkey.contribute(&name, b"typed", create(&next))
            };
            hex(&hash.unwrap())
        } else {
            let op = if is_beacon { "beacon" } else { "contribute" };
            let request = json!({ "op": op, "from": at, "to": next, "name": name, "hash": HASH, "iterations": ITERATIONS });
            oracle.ask(&request).as_str().unwrap().to_owned()
        };
        let verified = oracle.ask(&json!({ "op": "ceremony", "r1cs": rows, "ptau": prepared, "zkey": next }));
        assert_eq!(verified, true, "snarkjs on step {step}");
        let transcript = Zkey::open(open(&next)).unwrap().verify(&first).unwrap();
        let last = transcript.contributions().last().unwrap();
        assert_eq!((last.name(), hex(&last.hash())), (Some(&name[..]), hash), "step {step}");
        at = next;
        compared += 3;
    }
    compared
        + altered(oracle, &at, &rows, &prepared, &first)
        + proofs(oracle, &at, &file("w.wtns"), &rows, &first, circuit)
}

/// Both refuse a key in which one byte of a section is another.
fn altered(oracle: &mut Node, zkey: &Path, rows: &Path, ptau: &Path, initial: &Initial) -> usize {
    let bytes = fs::read(zkey).unwrap();
    let path = zkey.with_extension("altered");
    // The last point of H, delta before it, and a contribution behind it.
    let places = [bytes.len() / 2, bytes.len() - 700, 200];
    for place in places {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        fs::write(&path, &altered).unwrap();
        assert_eq!(oracle.ask(&json!({ "op": "ceremony", "r1cs": rows, "ptau": ptau, "zkey": path })), false);
        let ours = Zkey::open(open(&path)).and_then(|mut zkey| zkey.verify(initial));
        assert!(ours.is_err(), "byte {place}");
    }
    places.len()
}

/// Proofs under the finished key, of ours and of theirs, for both verifiers.
fn proofs(
    oracle: &mut Node,
    zkey: &Path,
    wtns: &Path,
    rows: &Path,
    initial: &Initial,
    circuit: &Circuit,
) -> usize {
    let (root, shift) = (Fr::from(1_234_567u64), 89);
    let inputs = SquareInputs { result: Element(root * root + Fr::from(shift)), shift };
    let words = inputs.to_words().unwrap();
    let full = circuit.assign(&Square, &words, &root, &Sequential, None).unwrap();
    write_wtns_with_secrets(circuit, &full, create(wtns)).unwrap();
    assert_eq!(oracle.ask(&json!({ "op": "witness", "r1cs": rows, "wtns": wtns })), true);

    let (key, transcript) = Zkey::open(open(zkey)).unwrap().finish(&Square, initial, &()).unwrap();
    assert!(!key.is_insecure());
    let ceremony = key.verifying_key().ceremony().unwrap();
    assert_eq!((ceremony.contributions(), ceremony.transcript()), (5, transcript.digest()));

    let theirs = oracle.ask(&json!({ "op": "proveOurs", "zkey": zkey, "wtns": wtns }));
    let verifier = snarkjs::key_from_json(theirs["key"].to_string().as_bytes()).unwrap();
    assert_eq!(verifier.points(), key.verifying_key().points());
    assert!(holds(&verifier, &theirs), "our verifier on their proof");
    let prover = Prover::builder(Square, key).threads(1).build().unwrap();
    let assignment = Assignment::new(&Square, inputs, &root).unwrap();
    let ours = written(&prover.prove(&assignment, &mut ChaCha20Rng::seed_from_u64(7)).unwrap(), &words);
    assert!(holds(&verifier, &ours), "our verifier on our proof");
    let request = json!({ "op": "verify", "key": theirs["key"], "cases": [ours, theirs] });
    assert_eq!(oracle.verify(&request), [true, true]);
    6
}

/// Whoever writes a file can list whoever they like: without a digest nothing vouches for it.
fn powers_of_nobody(raw: &Path, prepared: &Path) {
    let another =
        Ptau::open(open(raw)).unwrap().trusted(&ptau_digest(open(prepared)).unwrap()).err().unwrap();
    assert!(matches!(another, CeremonyError::Digest { .. }), "{another}");
    let unpublished = Ptau::open(open(prepared)).unwrap().published().err().unwrap();
    assert!(matches!(unpublished, CeremonyError::Digest { .. }), "{unpublished}");
}
