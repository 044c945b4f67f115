//! The JSON files of snarkjs, both ways: verification_key.json, proof.json and public.json of Groth16 over BN254.
//!
//! A key that is read names no statement, so it comes as an [`UntypedVerifier`], which holds it to the checks of every key but
//! one: two points of IC may be equal up to sign, as other people's circuits have them, and [`UntypedVerifier::unbound`] says
//! what that means. Reading is strict: numbers are decimal text without sign or leading zero, below the modulus; points are
//! affine (their last coordinate is 1) and checked; arrays have their length, members come once, in any order, none is missing
//! or unknown, and `vk_alphabeta_12`, which nothing here needs, has to be the pairing that it says. `protocol` and `curve`,
//! which some provers leave out, may be missing; the curve has any of its names, such as `bn254`.
//!
//! ```
//! use zksensor_io::snarkjs::{SnarkjsError, public_from_json, public_to_json};
//! let words = public_from_json(br#"["33", "0"]"#)?;
//! assert_eq!(public_to_json(&words), "[\n \"33\",\n \"0\"\n]");
//! assert!(public_from_json(br#"["033"]"#).is_err());
//! # Ok::<(), SnarkjsError>(())
//! ```

use ark_bn254::{Bn254, Fq2, Fq12, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ff::PrimeField;
use serde::Serialize;
use zksensor_model::field::Fr;
use zksensor_verifier::{KeyPoints, Proof, UntypedVerifier};

mod decimal;
mod document;
mod error;

pub use error::{MemberPath, SnarkjsError};

/// The most public signals of a key: more than any contract takes, and few enough that no file takes much memory.
pub const MAX_PUBLIC: usize = 4096;

const PROTOCOL: &str = "groth16";
const CURVE: &str = "bn128";

/// Reads verification_key.json.
///
/// # Errors
/// [`SnarkjsError`] names the member, and the indices in it, of what is refused.
pub fn key_from_json(json: &[u8]) -> Result<UntypedVerifier, SnarkjsError> {
    let text: document::Key<'_> = document::parse_object(json)?;
    of_groth16(text.protocol, text.curve)?;
    let ic = text.ic.0;
    if usize::try_from(text.n_public).ok().and_then(|count| count.checked_add(1)) != Some(ic.len()) {
        return Err(SnarkjsError::Count { announced: text.n_public, points: ic.len() });
    }
    let gamma_abc_g1 = ic
        .iter()
        .enumerate()
        .map(|(index, point)| decimal::g1(MemberPath::new("IC", &[index]), point))
        .collect::<Result<Vec<_>, _>>()?;
    let points = KeyPoints {
        alpha_g1: decimal::g1(MemberPath::new("vk_alpha_1", &[]), &text.vk_alpha_1)?,
        beta_g2: decimal::g2(MemberPath::new("vk_beta_2", &[]), &text.vk_beta_2)?,
        gamma_g2: decimal::g2(MemberPath::new("vk_gamma_2", &[]), &text.vk_gamma_2)?,
        delta_g2: decimal::g2(MemberPath::new("vk_delta_2", &[]), &text.vk_delta_2)?,
        gamma_abc_g1,
    };
    let verifier = UntypedVerifier::new_foreign(points)?;
    let KeyPoints { alpha_g1, beta_g2, .. } = verifier.points();
    if let Some(text) = &text.vk_alphabeta_12
        && decimal::fq12("vk_alphabeta_12", text)? != Bn254::pairing(alpha_g1, beta_g2).0
    {
        return Err(SnarkjsError::AlphaBeta);
    }
    Ok(verifier)
}

/// Reads proof.json.
///
/// # Errors
/// [`SnarkjsError`] names the member, and the indices in it, of what is refused.
pub fn proof_from_json(json: &[u8]) -> Result<Proof, SnarkjsError> {
    let text: document::Proof<'_> = document::parse_object(json)?;
    of_groth16(text.protocol, text.curve)?;
    let a = decimal::g1(MemberPath::new("pi_a", &[]), &text.pi_a)?;
    let b = decimal::g2(MemberPath::new("pi_b", &[]), &text.pi_b)?;
    let c = decimal::g1(MemberPath::new("pi_c", &[]), &text.pi_c)?;
    Ok(Proof::new(a, b, c)?)
}

/// Reads public.json.
///
/// # Errors
/// [`SnarkjsError`] names the index of a signal that is refused.
pub fn public_from_json(json: &[u8]) -> Result<Vec<Fr>, SnarkjsError> {
    let text: document::Public<'_> = document::parse(json)?;
    let signal = |(index, text): (usize, &&str)| decimal::fr(MemberPath::new("public", &[index]), text);
    text.0.iter().enumerate().map(signal).collect()
}

/// verification_key.json of a key's elements, with the white space of snarkjs.
pub fn key_to_json(key: &KeyPoints) -> String {
    let Fq12 { c0, c1 } = Bn254::pairing(key.alpha_g1, key.beta_g2).0;
    document::write(&KeyDocument {
        protocol: PROTOCOL,
        curve: CURVE,
        n_public: key.gamma_abc_g1.len().saturating_sub(1),
        vk_alpha_1: g1(&key.alpha_g1),
        vk_beta_2: g2(&key.beta_g2),
        vk_gamma_2: g2(&key.gamma_g2),
        vk_delta_2: g2(&key.delta_g2),
        vk_alphabeta_12: [c0, c1].map(|c| [c.c0, c.c1, c.c2].map(fq2)),
        ic: key.gamma_abc_g1.iter().map(g1).collect(),
    })
}

/// proof.json, with the white space of snarkjs.
pub fn proof_to_json(proof: &Proof) -> String {
    document::write(&ProofDocument {
        pi_a: g1(&proof.a()),
        pi_b: g2(&proof.b()),
        pi_c: g1(&proof.c()),
        protocol: PROTOCOL,
        curve: CURVE,
    })
}

/// public.json, with the white space of snarkjs.
pub fn public_to_json(words: &[Fr]) -> String {
    document::write(&words.iter().map(|word| decimal(*word)).collect::<Vec<_>>())
}

/// The curve's names, letters and digits alone: as snarkjs looks them up.
const CURVES: [&str; 3] = ["bn128", "bn254", "altbn128"];

/// Whatever is said of proof system and curve is what is read.
fn of_groth16(protocol: Option<&str>, curve: Option<&str>) -> Result<(), SnarkjsError> {
    let named = |field, wanted, came: &str| SnarkjsError::Named {
        field,
        wanted,
        got: came.escape_default().take(80).collect(),
    };
    match (protocol, curve) {
        (Some(came), _) if came != PROTOCOL => Err(named("protocol", PROTOCOL, came)),
        (_, Some(came)) if !is_the_curve(came) => Err(named("curve", CURVE, came)),
        _ => Ok(()),
    }
}

fn is_the_curve(name: &str) -> bool {
    let bare = || name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    name.is_ascii() && CURVES.iter().any(|curve| bare().eq(curve.bytes()))
}

#[derive(Serialize)]
struct KeyDocument {
    protocol: &'static str,
    curve: &'static str,
    #[serde(rename = "nPublic")]
    n_public: usize,
    vk_alpha_1: [String; 3],
    vk_beta_2: [[String; 2]; 3],
    vk_gamma_2: [[String; 2]; 3],
    vk_delta_2: [[String; 2]; 3],
    vk_alphabeta_12: [[[String; 2]; 3]; 2],
    #[serde(rename = "IC")]
    ic: Vec<[String; 3]>,
}

#[derive(Serialize)]
struct ProofDocument {
    pi_a: [String; 3],
    pi_b: [[String; 2]; 3],
    pi_c: [String; 3],
    protocol: &'static str,
    curve: &'static str,
}

fn decimal(value: impl PrimeField) -> String {
    value.into_bigint().to_string()
}

fn fq2(value: Fq2) -> [String; 2] {
    [value.c0, value.c1].map(decimal)
}

/// x, y and 1; the point at infinity is 0, 1, 0.
fn g1(point: &G1Affine) -> [String; 3] {
    match point.xy() {
        Some((x, y)) => [decimal(x), decimal(y), "1".to_owned()],
        None => ["0", "1", "0"].map(str::to_owned),
    }
}

fn g2(point: &G2Affine) -> [[String; 2]; 3] {
    let constants = |parts: [&str; 2]| parts.map(str::to_owned);
    match point.xy() {
        Some((x, y)) => [fq2(x), fq2(y), constants(["1", "0"])],
        None => [["0", "0"], ["1", "0"], ["0", "0"]].map(constants),
    }
}

#[cfg(test)]
mod tests;
