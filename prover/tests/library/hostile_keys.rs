//! Keys that somebody hostile made, each with a digest that fits: refused when they are loaded, with the reason. First the
//! forgery that such a key allows. `solidity/tests/contracts/keys.rs` is the same list in the EVM.

use std::sync::OnceLock;

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField, UniformRand};
use ark_groth16::{Groth16, prepare_verifying_key};
use ark_serialize::CanonicalSerialize;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha3::{Digest, Keccak256};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Assignment, Binding, Claim};
use zksensor_model::field::Fr;
use zksensor_prover::{ProveError, Prover, ProvingKey, insecure_setup, key_from_ark, key_to_ark};
use zksensor_testkit::{Fleet, FleetOptions, KeyFile};
use zksensor_verifier::{KeyElement, KeyError, PointError, Verifier, VerifyError, VerifyingKey};

type ArkKey = ark_groth16::VerifyingKey<Bn254>;
type ArkProof = ark_groth16::Proof<Bn254>;

fn fleet() -> &'static Fleet {
    static FLEET: OnceLock<Fleet> = OnceLock::new();
    FLEET.get_or_init(|| Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() }))
}

/// The least aggregate and its key.
fn good() -> &'static (Aggregate, ProvingKey) {
    static GOOD: OnceLock<(Aggregate, ProvingKey)> = OnceLock::new();
    GOOD.get_or_init(|| {
        let statement = fleet().statement(1);
        (statement, insecure_setup(&statement, &mut ChaCha20Rng::seed_from_u64(5), &()).unwrap())
    })
}

fn good_points() -> ArkKey {
    key_to_ark(good().1.verifying_key().points())
}

/// Bytes with the digest that fits them: whoever makes a key can make its digest, too.
fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let digest = Keccak256::digest(&body);
    body.extend_from_slice(&digest);
    body
}

/// A verifying key file with these points, whatever they are, as `VerifyingKey::to_bytes` documents it.
fn verifying_file(statement: &str, key: &ArkKey) -> Vec<u8> {
    let mut bytes = b"zksensor-vk\x01\x01".to_vec();
    bytes.push(u8::try_from(statement.len()).unwrap());
    bytes.extend_from_slice(statement.as_bytes());
    let count = u32::try_from(key.gamma_abc_g1.len().saturating_sub(1)).unwrap();
    bytes.extend_from_slice(&count.to_be_bytes());
    let mut put = |coordinates: &[Fq], infinity: bool| {
        for coordinate in coordinates {
            let value = if infinity { vec![0; 32] } else { coordinate.into_bigint().to_bytes_be() };
            bytes.extend_from_slice(&value);
        }
    };
    put(&[key.alpha_g1.x, key.alpha_g1.y], key.alpha_g1.is_zero());
    for point in [key.beta_g2, key.gamma_g2, key.delta_g2] {
        put(&[point.x.c1, point.x.c0, point.y.c1, point.y.c0], point.is_zero());
    }
    for point in &key.gamma_abc_g1 {
        put(&[point.x, point.y], point.is_zero());
    }
    sealed(bytes)
}

/// A proving key file with another verifying half.
fn proving_file(verifying: &[u8]) -> Vec<u8> {
    sealed(KeyFile { verifying: verifying.to_vec(), ..KeyFile::of(&good().1.to_bytes()) }.body())
}

/// A point of the twist that is not of order r.
#[expect(clippy::disallowed_methods, reason = "a hostile vector")]
fn outside_the_subgroup() -> G2Affine {
    let at = |x: u64| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true);
    (1..).filter_map(at).find(|point| !point.is_in_correct_subgroup_assuming_on_curve()).unwrap()
}

/// IC(x).
fn public_point(key: &ArkKey, words: &[Fr]) -> G1Affine {
    let terms = key.gamma_abc_g1[1..].iter().zip(words).map(|(point, word)| *point * *word);
    terms.fold(key.gamma_abc_g1[0].into_group(), |sum, term| sum + term).into_affine()
}

/// With gamma = delta: A = alpha, B = beta, C = -IC(x). About 2.3 million dollars were lost to it in 2026.
#[test]
fn with_gamma_equal_to_delta_anyone_proves_anything_but_the_key_is_refused() {
    let (statement, _) = good();
    let key = ArkKey { delta_g2: good_points().gamma_g2, ..good_points() };
    let library = prepare_verifying_key(&key);
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let mut claims = vec![vec![Fr::from(0u64); 4], [1u64, 2, 3, 4].map(Fr::from).to_vec()];
    claims.extend((0..8).map(|_| (0..4).map(|_| Fr::rand(&mut rng)).collect()));
    for words in claims {
        let forged = ArkProof { a: key.alpha_g1, b: key.beta_g2, c: -public_point(&key, &words) };
        assert!(Groth16::<Bn254>::verify_proof(&library, &forged, &words).unwrap(), "{words:?}");
        let honest = prepare_verifying_key(&good_points());
        assert!(!Groth16::<Bn254>::verify_proof(&honest, &forged, &words).unwrap());
    }
    let refused = KeyError::Related { first: KeyElement::Gamma, second: KeyElement::Delta };
    assert_eq!(VerifyingKey::new(&statement.id(), key_from_ark(&key), false), Err(refused.clone()));
    let file = verifying_file(&statement.id().to_string(), &key);
    assert_eq!(VerifyingKey::from_bytes(&file), Err(refused));
}

/// What is done to a key of this kind, how, and what the refusal is.
type Hostile<K, E> = (&'static str, fn(&mut K), E);

/// The names, what is done to a good key, and why it is refused.
fn hostile_points() -> Vec<Hostile<ArkKey, KeyError>> {
    use KeyElement::{Alpha, Beta, Delta, Gamma, Ic};
    let related = |first, second| KeyError::Related { first, second };
    let point = |element, reason| KeyError::Point { element, reason };
    let identity = |element| point(element, PointError::Identity);
    let generator = |element| KeyError::Generator { element };
    let repeated = |first, second| KeyError::IcRepeated { first, second };
    vec![
        ("gamma is delta", |key| key.gamma_g2 = key.delta_g2, related(Gamma, Delta)),
        ("gamma is -delta", |key| key.gamma_g2 = -key.delta_g2, related(Gamma, Delta)),
        ("beta is gamma", |key| key.beta_g2 = key.gamma_g2, related(Beta, Gamma)),
        ("beta is -gamma", |key| key.beta_g2 = -key.gamma_g2, related(Beta, Gamma)),
        ("beta is delta", |key| key.beta_g2 = key.delta_g2, related(Beta, Delta)),
        ("beta is -delta", |key| key.beta_g2 = -key.delta_g2, related(Beta, Delta)),
        ("delta is the generator", |key| key.delta_g2 = G2Affine::generator(), generator(Delta)),
        ("delta is -the generator", |key| key.delta_g2 = -G2Affine::generator(), generator(Delta)),
        ("beta is the generator", |key| key.beta_g2 = G2Affine::generator(), generator(Beta)),
        ("alpha is the generator", |key| key.alpha_g1 = G1Affine::generator(), generator(Alpha)),
        ("alpha is the identity", |key| key.alpha_g1 = G1Affine::identity(), identity(Alpha)),
        ("beta is the identity", |key| key.beta_g2 = G2Affine::identity(), identity(Beta)),
        ("gamma is the identity", |key| key.gamma_g2 = G2Affine::identity(), identity(Gamma)),
        ("delta is the identity", |key| key.delta_g2 = G2Affine::identity(), identity(Delta)),
        ("IC[0] is the identity", |key| key.gamma_abc_g1[0] = G1Affine::identity(), identity(Ic(0))),
        ("IC[4] is the identity", |key| key.gamma_abc_g1[4] = G1Affine::identity(), identity(Ic(4))),
        ("IC[3] is IC[1]", |key| key.gamma_abc_g1[3] = key.gamma_abc_g1[1], repeated(1, 3)),
        ("IC[4] is -IC[2]", |key| key.gamma_abc_g1[4] = -key.gamma_abc_g1[2], repeated(2, 4)),
        ("alpha off the curve", |key| key.alpha_g1.x = key.alpha_g1.y, point(Alpha, PointError::NotOnCurve)),
        (
            "IC[1] off the curve",
            |key| key.gamma_abc_g1[1].y += Fq::from(1u64),
            point(Ic(1), PointError::NotOnCurve),
        ),
        ("beta off the twist", |key| key.beta_g2.x = key.beta_g2.y, point(Beta, PointError::NotOnCurve)),
        (
            "gamma outside the subgroup",
            |key| key.gamma_g2 = outside_the_subgroup(),
            point(Gamma, PointError::NotInSubgroup),
        ),
        (
            "delta moved out of the subgroup",
            |key| key.delta_g2 = (key.delta_g2 + outside_the_subgroup()).into_affine(),
            point(Delta, PointError::NotInSubgroup),
        ),
    ]
}

/// As a verifying key, and as the verifying half of a proving key.
#[test]
fn keys_of_hostile_points_are_refused_on_load() {
    let id = good().0.id();
    assert_eq!(verifying_file(&id.to_string(), &good_points()), good().1.verifying_key().to_bytes());
    for (name, alter, reason) in hostile_points() {
        let mut key = good_points();
        alter(&mut key);
        assert_eq!(VerifyingKey::new(&id, key_from_ark(&key), true), Err(reason.clone()), "{name}");
        let verifying = verifying_file(&id.to_string(), &key);
        assert_eq!(VerifyingKey::from_bytes(&verifying), Err(reason.clone()), "{name}");
        let proving = proving_file(&verifying);
        let refused = ProvingKey::from_bytes(&proving).unwrap_err();
        assert_eq!(refused, ProveError::Key(reason), "{name}");
    }
}

#[test]
fn a_coordinate_of_q_or_more_is_refused_on_load() {
    let id = good().0.id().to_string();
    let points = 14 + id.len() + 4;
    let bytes = verifying_file(&id, &good_points());
    for (element, at) in [
        (KeyElement::Alpha, 0),
        (KeyElement::Beta, 64 + 96),
        (KeyElement::Gamma, 192),
        (KeyElement::Delta, 320 + 32),
        (KeyElement::Ic(0), 448),
        (KeyElement::Ic(4), 448 + 4 * 64 + 32),
    ] {
        let mut alias = bytes[..bytes.len() - 32].to_vec();
        let coordinate = &mut alias[points + at..][..32];
        let mut value = <Fq as PrimeField>::BigInt::default();
        for (limb, chunk) in value.0.iter_mut().rev().zip(coordinate.chunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().unwrap());
        }
        value.add_with_carry(&Fq::MODULUS);
        coordinate.copy_from_slice(&value.to_bytes_be());
        let reason = KeyError::Point { element, reason: PointError::NotCanonical };
        assert_eq!(VerifyingKey::from_bytes(&sealed(alias)), Err(reason));
    }
}

#[test]
fn truncated_and_padded_files_are_refused_on_load() {
    let bytes = good().1.verifying_key().to_bytes();
    let expected = bytes.len() as u64;
    for cut in [1, 31, 32, 33, 64, 300] {
        let short = &bytes[..bytes.len() - cut];
        let got = short.len() as u64;
        assert_eq!(VerifyingKey::from_bytes(short), Err(KeyError::Length { wanted: expected, got }));
    }
    assert_eq!(VerifyingKey::from_bytes(&[]), Err(KeyError::Magic));
    for extra in 1..=64 {
        // Also with a digest of its own.
        let long = [&bytes[..], &vec![0; extra]].concat();
        let got = expected + extra as u64;
        assert_eq!(VerifyingKey::from_bytes(&long), Err(KeyError::Length { wanted: expected, got }));
        let long = sealed([&bytes[..bytes.len() - 32], &vec![0; extra]].concat());
        assert_eq!(VerifyingKey::from_bytes(&long), Err(KeyError::Length { wanted: expected, got }));
    }

    let bytes = good().1.to_bytes();
    let body = &bytes[..bytes.len() - 32];
    let refused = |bytes: &[u8], wanted: &str| {
        let said = ProvingKey::from_bytes(bytes);
        assert!(
            matches!(&said, Err(ProveError::KeyBytes { reason, got }) if reason.contains(wanted) && *got == bytes.len()),
            "{wanted}: {:?}",
            said.err()
        );
    };
    refused(&bytes[..bytes.len() - 1], "do not match their digest");
    refused(&sealed(body[..body.len() - 1].to_vec()), "a length or a coordinate");
    refused(&sealed(body[..40].to_vec()), "end before the digest of the rows");
    refused(&sealed(body[..46].to_vec()), "end before the verifying key");
    refused(&sealed(body[..72].to_vec()), "end within the verifying key");
    refused(&sealed([body, &[0]].concat()), "go on after the last point");
    refused(&[&bytes[..], &[0]].concat(), "do not match their digest");
}

#[test]
fn another_header_or_digest_is_refused_on_load() {
    let bytes = good().1.verifying_key().to_bytes();
    let resealed = |patch: &dyn Fn(&mut Vec<u8>)| {
        let mut body = bytes[..bytes.len() - 32].to_vec();
        patch(&mut body);
        VerifyingKey::from_bytes(&sealed(body)).unwrap_err()
    };
    assert_eq!(resealed(&|body| body[0] = b'Z'), KeyError::Magic);
    assert_eq!(resealed(&|body| body[11] = 2), KeyError::Version { wanted: 1, got: 2 });
    assert_eq!(resealed(&|body| body[12] = 3), KeyError::Flag { got: 3 });
    assert!(matches!(resealed(&|body| body[14] = b'/'), KeyError::StatementId { .. }));
    let count = 14 + good().0.id().to_string().len();
    assert!(matches!(resealed(&|body| body[count] = 0xff), KeyError::Length { .. }));
    // A key that is not marked INSECURE any more, but was.
    let mut unmarked = bytes.clone();
    unmarked[12] = 0;
    assert_eq!(VerifyingKey::from_bytes(&unmarked), Err(KeyError::Digest));
    for position in [11 + 3, bytes.len() / 2, bytes.len() - 1] {
        let mut wrong = bytes.clone();
        wrong[position] ^= 1;
        assert_eq!(VerifyingKey::from_bytes(&wrong), Err(KeyError::Digest), "byte {position}");
    }
    let mut wrong = good().1.to_bytes();
    *wrong.last_mut().unwrap() ^= 1;
    let refused = ProvingKey::from_bytes(&wrong).unwrap_err();
    assert!(refused.to_string().contains("do not match their digest"), "{refused}");
}

#[test]
fn a_key_of_another_statement_version_or_shape_is_refused() {
    let (statement, _) = good();
    for other in ["reading/v2", "aggregate/v1/1x16", "aggregate/v2/1x16x4", "aggregate/v2"] {
        let verifying = VerifyingKey::from_bytes(&verifying_file(other, &good_points())).unwrap();
        let mismatch = |error: VerifyError| matches!(error, VerifyError::KeyMismatch { key, .. } if key.to_string() == other);
        assert!(mismatch(Verifier::new(statement, verifying.clone()).err().unwrap()), "{other}");
        let proving = ProvingKey::from_bytes(&proving_file(&verifying.to_bytes())).unwrap();
        let refused = Prover::builder(*statement, proving).build().err().unwrap();
        assert!(
            matches!(refused, ProveError::KeyMismatch { key, .. } if key.to_string() == other),
            "{other}"
        );
    }
    // One input more or less than the layout has.
    let mut long = good_points();
    long.gamma_abc_g1.push((G1Affine::generator() * Fr::from(77u64)).into_affine());
    let mut short = good_points();
    short.gamma_abc_g1.pop();
    for (points, inputs) in [(long, 5), (short, 3)] {
        let key = VerifyingKey::from_bytes(&verifying_file(&statement.id().to_string(), &points)).unwrap();
        let refused = Verifier::new(statement, key).err().unwrap();
        let statement = statement.id();
        assert_eq!(refused, VerifyError::KeyInputs { statement, key: inputs, layout: 4 });
    }
}

/// What is done to a query of a proving key file.
type Altered = fn(&mut Vec<Option<Vec<u8>>>);

/// The elements that only a prover uses, in A, B and C alike.
#[test]
fn proving_keys_of_hostile_elements_are_refused_on_load() {
    const OFF_CURVE: &str = "off its curve";
    fn last(query: &mut [Option<Vec<u8>>]) -> &mut Vec<u8> {
        query.iter_mut().rev().find_map(Option::as_mut).unwrap()
    }
    let cases: [(&str, Altered, &str); 5] = [
        ("another y", |query| *last(query).last_mut().unwrap() ^= 1, OFF_CURVE),
        ("another x", |query| last(query)[0] ^= 1, OFF_CURVE),
        ("the identity with coordinates", |query| last(query).fill(0), OFF_CURVE),
        (
            "a coordinate of p and more",
            |query| last(query)[..32].fill(0xff),
            "a coordinate that does not fit",
        ),
        ("a sign where arkworks has it", |query| *last(query).last_mut().unwrap() |= 0x80, "does not fit"),
    ];
    let file = KeyFile::of(&good().1.to_bytes());
    for (name, alter, wanted) in cases {
        for query in 0..3 {
            let mut file = file.clone();
            alter(&mut file.queries[query]);
            let read = ProvingKey::from_bytes(&sealed(file.body()));
            assert!(
                matches!(&read, Err(ProveError::KeyBytes { reason, .. }) if reason.contains(wanted)),
                "{name} in query {query}: {read:?}"
            );
        }
    }
    let mut outside = Vec::new();
    outside_the_subgroup().serialize_uncompressed(&mut outside).unwrap();
    let mut altered = file.clone();
    *last(&mut altered.queries[1]) = KeyFile::coordinates(outside);
    let refused = ProvingKey::from_bytes(&sealed(altered.body())).unwrap_err();
    assert!(matches!(refused, ProveError::KeyBytes { reason, .. } if reason.contains("of another order")));
    // Points in their place, but too few of them, or too many: the prover counts.
    for (query, name) in ["A", "B", "C"].into_iter().enumerate() {
        let [mut short, mut long] = [file.clone(), file.clone()];
        short.queries[query].pop();
        long.queries[query].push(None);
        for file in [short, long] {
            let key = ProvingKey::from_bytes(&sealed(file.body())).unwrap();
            let refused = Prover::builder(good().0, key).build().err().unwrap();
            assert!(matches!(refused, ProveError::KeySize { query, .. } if query == name), "{refused}");
        }
    }
}

/// Points that are what points should be, in a key that is not what a key should be: no proof leaves the prover, and there is no other
/// proof than one that is blinded with the verifying half's delta.
#[test]
fn a_key_with_points_exchanged_proves_nothing() {
    let (statement, key) = good();
    let witness = fleet().aggregate(1);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(statement, inputs, &witness).unwrap();
    let prove = |file: &KeyFile| {
        let key = ProvingKey::from_bytes(&sealed(file.body())).unwrap();
        let prover = Prover::builder(*statement, key).build().unwrap();
        prover.prove(&assignment, &mut ChaCha20Rng::seed_from_u64(8)).map(drop)
    };
    let file = KeyFile::of(&key.to_bytes());
    assert_eq!(prove(&file), Ok(()));
    for query in 0..3 {
        // The first column is the one, which no assignment leaves out.
        let mut gone = file.clone();
        gone.queries[query][0] = match &file.queries[query][0] {
            Some(_) => None,
            None => file.queries[query].iter().flatten().next().cloned(),
        };
        let said = prove(&gone);
        assert!(matches!(said, Err(ProveError::SelfCheck { .. })), "query {query}: {said:?}");
    }
}
