use ark_bn254::Fq;
use ark_ec::CurveGroup;
use ark_ff::{BigInteger, Field};
use serde_json::{Value, json};
use zksensor_verifier::{KeyElement, KeyError, PointError, ProofElement, ProofError, VerifyError};

use super::*;

/// A key whose secrets are known, and a proof of the words 33 and 0 that they make without any circuit.
fn made() -> (KeyPoints, Proof, Vec<Fr>) {
    let [alpha, beta, delta] = [3u64, 5, 7].map(Fr::from);
    let ic = [11u64, 13, 17].map(Fr::from);
    let words = vec![Fr::from(33u64), Fr::from(0u64)];
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let two = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
    let key = KeyPoints {
        alpha_g1: one(alpha),
        beta_g2: two(beta),
        gamma_g2: G2Affine::generator(),
        delta_g2: two(delta),
        gamma_abc_g1: ic.map(one).to_vec(),
    };
    let (a, b) = (Fr::from(19u64), Fr::from(23u64));
    let public = ic[0] + ic[1] * words[0] + ic[2] * words[1];
    let c = (a * b - alpha * beta - public) * delta.inverse().unwrap();
    (key, Proof::new(one(a), two(b), one(c)).unwrap(), words)
}

/// Refuses a document after `change`: why.
fn refused<T>(
    json: &str,
    read: fn(&[u8]) -> Result<T, SnarkjsError>,
    change: impl FnOnce(&mut Value),
) -> SnarkjsError {
    let mut document: Value = serde_json::from_str(json).unwrap();
    change(&mut document);
    match read(document.to_string().as_bytes()) {
        Ok(_) => panic!("accepted {document}"),
        Err(error) => error,
    }
}

fn place(field: &'static str, index: &[usize]) -> MemberPath {
    MemberPath::new(field, index)
}

/// The text of x + q.
fn plus_q(text: &Value) -> Value {
    let mut value = text.as_str().unwrap().parse::<Fq>().unwrap().into_bigint();
    value.add_with_carry(&Fq::MODULUS);
    value.to_string().into()
}

#[test]
fn what_is_written_is_read_and_verifies() {
    let (key, proof, words) = made();
    let json = key_to_json(&key);
    let verifier = key_from_json(json.as_bytes()).unwrap();
    assert_eq!(verifier.points(), &key);
    assert_eq!(key_to_json(verifier.points()), json);
    let read = proof_from_json(proof_to_json(&proof).as_bytes()).unwrap();
    assert_eq!(read, proof);
    assert_eq!(public_from_json(public_to_json(&words).as_bytes()).unwrap(), words);
    assert_eq!(verifier.verify(&read, &words), Ok(()));
    assert_eq!(verifier.verify(&read, &[words[1], words[0]]), Err(VerifyError::Rejected));
    let short = VerifyError::InputCount { wanted: 2, got: 1 };
    assert_eq!(verifier.verify(&read, &words[..1]), Err(short));

    // Members that others leave out, add, or have in another order, and other names of the curve.
    let without = |json: &str, members: &[&str]| {
        let mut shorter: Value = serde_json::from_str(json).unwrap();
        for member in members {
            shorter.as_object_mut().unwrap().shift_remove(*member).unwrap();
        }
        let members = shorter.as_object().unwrap().iter().rev();
        let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let proof_json = proof_to_json(&proof);
    for members in [&["vk_alphabeta_12"][..], &["protocol"], &["curve"], &["protocol", "curve"], &[]] {
        assert_eq!(key_from_json(without(&json, members).as_bytes()).unwrap().points(), &key);
    }
    for members in [&["protocol"][..], &["curve"], &["protocol", "curve"], &[]] {
        assert_eq!(proof_from_json(without(&proof_json, members).as_bytes()).unwrap(), proof);
    }
    for curve in ["bn254", "BN254", "BN128", "altbn128", "alt_bn128", "alt-bn128"] {
        let renamed = |json: &str| json.replace("bn128", curve);
        assert_eq!(key_from_json(renamed(&json).as_bytes()).unwrap().points(), &key);
        assert_eq!(proof_from_json(renamed(&proof_json).as_bytes()).unwrap(), proof);
    }
    let power = json.replacen('{', "{\"power\": 12,", 1);
    assert_eq!(key_from_json(power.as_bytes()).unwrap().points(), &key);
}

#[test]
fn a_key_without_public_signals_verifies() {
    let (key, ..) = made();
    let [a, b, alpha, beta, delta, constant] = [19u64, 23, 3, 5, 7, 11].map(Fr::from);
    let key = KeyPoints { gamma_abc_g1: key.gamma_abc_g1[..1].to_vec(), ..key };
    let verifier = key_from_json(key_to_json(&key).as_bytes()).unwrap();
    let c = (a * b - alpha * beta - constant) * delta.inverse().unwrap();
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let proof = Proof::new(one(a), (G2Affine::generator() * b).into_affine(), one(c)).unwrap();
    assert_eq!((verifier.public_inputs(), verifier.verify(&proof, &[])), (0, Ok(())));
    let one_more = VerifyError::InputCount { wanted: 0, got: 1 };
    assert_eq!(verifier.verify(&proof, &[Fr::from(0u64)]), Err(one_more));
}

#[test]
fn a_mark_is_passed_over_and_utf_16_is_named() {
    let (key, proof, words) = made();
    let marked = |json: String| format!("\u{feff}{json}").into_bytes();
    assert!(key_from_json(&marked(key_to_json(&key))).is_ok());
    assert!(proof_from_json(&marked(proof_to_json(&proof))).is_ok());
    assert!(public_from_json(&marked(public_to_json(&words))).is_ok());
    let utf16 = |json: String| json.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_eq!(key_from_json(&utf16(key_to_json(&key))).err(), Some(SnarkjsError::Encoding));
    assert_eq!(proof_from_json(&utf16(proof_to_json(&proof))).err(), Some(SnarkjsError::Encoding));
    let marked = [&[0xff, 0xfe][..], &utf16(public_to_json(&words))].concat();
    assert_eq!(public_from_json(&marked).err(), Some(SnarkjsError::Encoding));
}

#[test]
fn numbers_have_one_text() {
    let modulus = Fr::MODULUS.to_string();
    let largest = (-Fr::from(1u64)).into_bigint().to_string();
    assert_eq!(public_from_json(format!("[\"{largest}\"]").as_bytes()).unwrap(), [-Fr::from(1u64)]);
    assert_eq!(public_from_json(b"[]").unwrap(), []);
    let at = || place("public", &[1]);
    for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "1e3", "1.0", "\u{0661}"] {
        let error = public_from_json(format!("[\"0\",\"{wrong}\"]").as_bytes()).unwrap_err();
        assert_eq!(error, SnarkjsError::NotDecimal { place: at(), length: wrong.len() }, "{wrong}");
    }
    let nines = "9".repeat(DIGITS_OF_MODULUS);
    for large in [modulus, nines.clone() + "9", nines, "1".repeat(100_000)] {
        let error = public_from_json(format!("[\"0\",\"{large}\"]").as_bytes()).unwrap_err();
        assert!(matches!(error, SnarkjsError::NotCanonical { place, .. } if place == at()), "{large}");
    }
    assert_eq!(
        public_from_json(b"[\"0\",\"00\"]").unwrap_err().to_string().split(':').next(),
        Some("`public[1]`")
    );
}

const DIGITS_OF_MODULUS: usize = 77;

#[test]
fn json_is_of_the_form() {
    let (key, proof, _) = made();
    let (key, proof) = (key_to_json(&key), proof_to_json(&proof));
    let reason = |error: SnarkjsError| match error {
        SnarkjsError::Json { reason, .. } => reason,
        other => panic!("{other}"),
    };
    for (public, wanted) in [
        ("[\"1\"] x", "trailing characters"),
        ("[\"1\"", "EOF"),
        ("[1]", "expected a borrowed string"),
        ("[\"\\u0031\"]", "expected a borrowed string"),
        ("{}", "expected a list"),
        ("[[\"1\"]]", "expected a borrowed string"),
    ] {
        let reason = reason(public_from_json(public.as_bytes()).unwrap_err());
        assert!(reason.contains(wanted), "{public}: {reason}");
    }
    let many = format!("[{}\"1\"]", "\"1\",".repeat(MAX_PUBLIC));
    assert!(reason(public_from_json(many.as_bytes()).unwrap_err()).contains("at most 4096"));
    assert_eq!(
        public_from_json(&[&many.as_bytes()[..1], &many.as_bytes()[5..]].concat()).unwrap().len(),
        MAX_PUBLIC
    );

    let twice = proof.replacen("{", "{\"pi_a\": [\"1\", \"2\", \"1\"],", 1);
    assert!(reason(proof_from_json(twice.as_bytes()).unwrap_err()).contains("duplicate field `pi_a`"));
    let twice = key.replacen("{", "{\"IC\": [],", 1);
    assert!(reason(key_from_json(twice.as_bytes()).err().unwrap()).contains("duplicate field `IC`"));
    let more = refused(&proof, proof_from_json, |proof| proof["more"] = 1.into());
    assert!(reason(more).contains("unknown field `more`"));
    let less = refused(&proof, proof_from_json, |proof| {
        proof.as_object_mut().unwrap().remove("pi_c");
    });
    assert!(reason(less).contains("missing field `pi_c`"));
    for length in [2, 4] {
        let wrong = vec![json!("1"); length];
        let error = refused(&proof, proof_from_json, |proof| proof["pi_a"] = wrong.into());
        assert!(matches!(error, SnarkjsError::Json { .. }), "{error}");
    }
    for (field, came) in [("protocol", "plonk"), ("curve", "bls12381")] {
        let error = refused(&proof, proof_from_json, |proof| proof[field] = came.into());
        assert!(matches!(error, SnarkjsError::Named { field: at, .. } if at == field), "{error}");
        let error = refused(&key, key_from_json, |key| key[field] = came.into());
        assert!(matches!(error, SnarkjsError::Named { field: at, .. } if at == field), "{error}");
    }
}

/// x and y of a point of the twist: its subgroup of order r is a tiny part of it.
#[expect(clippy::disallowed_methods, reason = "a point outside the subgroup is what is wanted")]
fn outside_the_subgroup() -> [[String; 2]; 2] {
    let point = |x| G2Affine::get_ys_from_x_unchecked(x).map(|(y, _)| [x, y].map(fq2));
    (1u64..).map(Fq2::from).find_map(point).unwrap()
}

#[test]
fn points_are_canonical_affine_and_sound() {
    let (_, proof, _) = made();
    let proof = proof_to_json(&proof);
    let at = |change: &dyn Fn(&mut Value)| refused(&proof, proof_from_json, change);
    for (field, index) in
        [("pi_a", vec![0]), ("pi_a", vec![1]), ("pi_b", vec![0, 1]), ("pi_b", vec![1, 0]), ("pi_c", vec![1])]
    {
        let pointer = index.iter().fold(format!("/{field}"), |path, index| format!("{path}/{index}"));
        let aliased = at(&|proof| {
            let value = proof.pointer_mut(&pointer).unwrap();
            *value = plus_q(value);
        });
        assert!(
            matches!(&aliased, SnarkjsError::NotCanonical { place, .. } if place.field == field && place.index == index),
            "{aliased}"
        );
        let off = at(&|proof| *proof.pointer_mut(&pointer).unwrap() = "4".into());
        assert!(
            matches!(off, SnarkjsError::Proof(ProofError::Point { reason: PointError::NotOnCurve, .. })),
            "{pointer}: {off}"
        );
    }
    for (field, value, index) in [
        ("pi_a", json!("0"), vec![2]),
        ("pi_c", json!("2"), vec![2]),
        ("pi_b", json!(["0", "1"]), vec![2]),
        ("pi_b", json!(["1", "1"]), vec![2]),
    ] {
        let error = at(&|proof| proof[field][2] = value.clone());
        assert_eq!(error, SnarkjsError::NotAffine { place: place(field, &index) });
    }
    let infinity = at(&|proof| proof["pi_a"] = json!(["0", "1", "0"]));
    assert_eq!(infinity, SnarkjsError::NotAffine { place: place("pi_a", &[2]) });
    // x = 0 is no point of G1; so neither are the zeros that EIP-197 takes for the one at infinity.
    let zeros = at(&|proof| proof["pi_a"] = json!(["0", "0", "1"]));
    assert!(
        matches!(zeros, SnarkjsError::Proof(ProofError::Point { element: ProofElement::A, .. })),
        "{zeros}"
    );
    let [x, y] = outside_the_subgroup();
    let error = at(&|proof| proof["pi_b"] = json!([x, y, ["1", "0"]]));
    assert_eq!(
        error,
        SnarkjsError::Proof(ProofError::Point {
            element: ProofElement::B,
            reason: PointError::NotInSubgroup
        })
    );
}

#[test]
fn keys_are_held_to_the_same_checks_as_ours() {
    let (elements, ..) = made();
    let key = key_to_json(&elements);
    let at = |change: &dyn Fn(&mut Value)| refused(&key, key_from_json, change);
    for announced in [json!(1), json!(3), json!(u64::MAX)] {
        let error = at(&|key| key["nPublic"] = announced.clone());
        assert!(matches!(error, SnarkjsError::Count { points: 3, .. }), "{error}");
    }
    for wrong in [json!(-1), json!(2.0), json!("2"), json!(1e30)] {
        assert!(matches!(at(&|key| key["nPublic"] = wrong.clone()), SnarkjsError::Json { .. }));
    }
    let none = at(&|key| {
        key["nPublic"] = 0.into();
        key["IC"] = json!([]);
    });
    assert_eq!(none, SnarkjsError::Count { announced: 0, points: 0 });
    let aliased = at(&|key| key["IC"][2][0] = plus_q(&key["IC"][2][0].clone()));
    assert!(matches!(aliased, SnarkjsError::NotCanonical { place: at, .. } if at == place("IC", &[2, 0])));
    let off = at(&|key| key["IC"][2][1] = "3".into());
    let reason = PointError::NotOnCurve;
    assert_eq!(off, SnarkjsError::Key(KeyError::Point { element: KeyElement::Ic(2), reason }));

    // As circuits have them where two signals stand in the same constraints: what that means is said.
    let mut repeated: Value = serde_json::from_str(&key).unwrap();
    repeated["IC"][2] = repeated["IC"][1].clone();
    let verifier = key_from_json(repeated.to_string().as_bytes()).unwrap();
    assert!(
        verifier.unbound().unwrap().to_string().contains("signals 0 and 1: a proof shows their sum alone")
    );
    let [a, b, c] = [19u64, 23, 5].map(Fr::from);
    let (alpha_beta, public) = (Fr::from(15u64), Fr::from(11u64 + 13 * 37));
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let proof = (a * b - alpha_beta - public) * Fr::from(7u64).inverse().unwrap();
    let proof = Proof::new(one(a), (G2Affine::generator() * b).into_affine(), one(proof)).unwrap();
    for (left, right) in [(33u64, 4u64), (4, 33), (0, 37)] {
        assert_eq!(verifier.verify(&proof, &[left, right].map(Fr::from)), Ok(()));
    }
    assert_eq!(verifier.verify(&proof, &[c, c]), Err(VerifyError::Rejected));
    // Where a setup of snarkjs starts: delta is the generator, as gamma.
    let unfinished = at(&|key| key["vk_delta_2"] = key["vk_gamma_2"].clone());
    let (first, second) = (KeyElement::Gamma, KeyElement::Delta);
    assert_eq!(unfinished, SnarkjsError::Key(KeyError::Related { first, second }));
    let known = at(&|key| key["vk_alpha_1"] = json!(["1", "2", "1"]));
    assert_eq!(known, SnarkjsError::Key(KeyError::Generator { element: KeyElement::Alpha }));
    let pairing = at(&|key| key["vk_alphabeta_12"][1][2][0] = "5".into());
    assert_eq!(pairing, SnarkjsError::AlphaBeta);
    let pairing = at(&|key| key["vk_alphabeta_12"][1][2][0] = plus_q(&"5".into()));
    assert!(
        matches!(pairing, SnarkjsError::NotCanonical { place: at, .. } if at == place("vk_alphabeta_12", &[1, 2, 0]))
    );
}
