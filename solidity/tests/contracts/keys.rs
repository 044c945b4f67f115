//! Keys with which somebody could forge are refused at construction, as they are natively.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use zksensor_circuits::statement::StatementId;
use zksensor_solidity::evm::{Chain, Evm};
use zksensor_solidity::{Artifact, ContractKey, Deployment, StatementContract, Word};
use zksensor_verifier::{KeyPoints, VerifyingKey};

use super::scene::{Scene, revert};

/// What is done, how, what the refusal says, and the word that it names.
type Hostile = (&'static str, fn(&mut KeyPoints), &'static str, usize);

/// What is done to a good key, the error, and the word that it names.
fn hostile() -> Vec<Hostile> {
    fn g1() -> G1Affine {
        G1Affine::generator()
    }
    fn g2() -> G2Affine {
        G2Affine::generator()
    }
    vec![
        ("gamma is delta", |key| key.gamma_g2 = key.delta_g2, "equals another of beta", 10),
        ("gamma is -delta", |key| key.gamma_g2 = -key.delta_g2, "equals another of beta", 10),
        ("beta is gamma", |key| key.beta_g2 = key.gamma_g2, "equals another of beta", 6),
        ("beta is -delta", |key| key.beta_g2 = -key.delta_g2, "equals another of beta", 10),
        ("alpha is the identity", |key| key.alpha_g1 = G1Affine::zero(), "is the identity", 0),
        ("beta is the identity", |key| key.beta_g2 = G2Affine::zero(), "is the identity", 2),
        ("gamma is the identity", |key| key.gamma_g2 = G2Affine::zero(), "is the identity", 6),
        ("delta is the identity", |key| key.delta_g2 = G2Affine::zero(), "is the identity", 10),
        ("alpha is the generator", |key| key.alpha_g1 = g1(), "is the generator", 0),
        ("beta is the generator", |key| key.beta_g2 = g2(), "is the generator", 2),
        ("delta is -the generator", |key| key.delta_g2 = -g2(), "is the generator", 10),
        ("IC[0] is the identity", |key| key.gamma_abc_g1[0] = G1Affine::zero(), "is the identity", 14),
        ("IC[3] is the identity", |key| key.gamma_abc_g1[3] = G1Affine::zero(), "is the identity", 20),
        ("IC[2] is IC[1]", |key| key.gamma_abc_g1[2] = key.gamma_abc_g1[1], "another point of IC", 18),
        ("IC[4] is -IC[0]", |key| key.gamma_abc_g1[4] = -key.gamma_abc_g1[0], "another point of IC", 22),
        ("alpha off the curve", |key| key.alpha_g1.x = key.alpha_g1.y, "off its curve", 0),
        ("IC[1] off the curve", |key| key.gamma_abc_g1[1].x = key.alpha_g1.x, "off its curve", 16),
        ("gamma off the twist", |key| key.gamma_g2.x = key.delta_g2.x, "off its curve", 6),
        ("delta of another order", |key| key.delta_g2 = outside_of_the_group(), "off its curve", 10),
    ]
}

/// A point of the twist that is not of order r.
#[expect(clippy::disallowed_methods, reason = "a point without a subgroup check is what is wanted")]
fn outside_of_the_group() -> G2Affine {
    let at = |x: u64| G2Affine::get_point_from_x_unchecked(ark_bn254::Fq2::from(x), false);
    let outside = |point: &G2Affine| !point.is_in_correct_subgroup_assuming_on_curve();
    (1..).filter_map(at).find(outside).expect("most points of the twist are not")
}

#[test]
fn a_key_with_which_somebody_forges_is_refused_by_all() {
    let scene = Scene::aggregate();
    let contract_key = scene.contract_key();
    let artifact = Artifact::of(&StatementContract::named("aggregate/v2").unwrap()).unwrap();
    for (what, alter, reason, word) in hostile() {
        let mut key = scene.key.points().clone();
        alter(&mut key);
        let words = words(&key);
        let refusals = [
            deploy(&artifact, &scene.key.statement().to_string(), &words),
            deploy_keyed(&contract_key, &words),
        ];
        for refused in refusals {
            assert_eq!(refused.as_ref().map(|(name, _)| *name), Some("KeyInvalid"), "{what}");
            let (_, text) = refused.unwrap();
            assert!(text.contains(reason) && text.contains(&format!("at word {word} ")), "{what}: {text}");
        }
        let id = StatementId { name: "aggregate".into(), version: 1, shape: vec![1, 16] };
        assert!(VerifyingKey::new(&id, key, true).is_err(), "{what} natively");
    }
    // The way to the contracts is sound: the good key passes it.
    assert_eq!(deploy(&artifact, &scene.key.statement().to_string(), &words(scene.key.points())), None);
    assert_eq!(deploy_keyed(&contract_key, &words(scene.key.points())), None);
    assert_eq!(words(scene.key.points()), contract_key.words());
}

#[test]
fn a_coordinate_of_q_or_more_is_refused() {
    let scene = Scene::aggregate();
    let artifact = Artifact::of(&StatementContract::named("aggregate/v2").unwrap()).unwrap();
    let q: U256 = "0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47".parse().unwrap();
    for index in 0..scene.contract_key().words().len() {
        let mut words = scene.contract_key().words().to_vec();
        words[index] = (U256::from_be_bytes(words[index]) + q).to_be_bytes();
        for refused in [
            deploy(&artifact, &scene.key.statement().to_string(), &words),
            deploy_keyed(&scene.contract_key(), &words),
        ] {
            let (name, text) = refused.unwrap();
            assert_eq!(name, "KeyInvalid", "word {index}");
            assert!(text.contains("not canonical"), "word {index}: {text}");
        }
    }
}

#[test]
fn a_key_of_another_statement_is_refused() {
    let scene = Scene::aggregate();
    let words = scene.contract_key().words().to_vec();
    let artifact = Artifact::of(&StatementContract::named("aggregate/v2").unwrap()).unwrap();
    for other in
        ["reading/v2", "aggregate/v20/1x16", "aggregate/v1/1x16", "aggregate/v", "", "Aggregate/v1/1x16"]
    {
        let refused = deploy(&artifact, other, &words).expect(other);
        assert_eq!(refused.0, "StatementMismatch", "{other}");
    }
    assert_eq!(deploy(&artifact, "aggregate/v2/64x32x3", &words), None);
}

#[test]
fn the_keyed_verifier_pins_the_code_of_its_key() {
    let key = Scene::aggregate().contract_key();
    let mut evm = Evm::new(Chain::Amoy);
    let good = evm.deploy(&key.code_init()).unwrap().address;
    let init = Artifact::keyed().init_code;
    let construct = |address: [u8; 20], hash: Word, statement: &str| {
        let arguments = (Address::from(address), B256::from(hash), statement.to_owned());
        let deployed = evm.clone().deploy(&[&init[..], &arguments.abi_encode_params()].concat());
        deployed.err().map(|error| error.revert().expect("it reverts").name().expect("an error of ours"))
    };
    let statement = key.statement();
    assert_eq!(construct(good.0, key.code_hash(), statement), None);
    assert_eq!(construct(good.0, [7; 32], statement), Some("KeyCodeHash"));
    assert_eq!(construct([0x77; 20], key.code_hash(), statement), Some("KeyCodeHash"));
    assert_eq!(construct(good.0, key.code_hash(), "aggregate/v2/2x16x3"), Some("KeyCodeMalformed"));

    let code = key.code();
    let malformed: [(&str, Vec<u8>); 7] = [
        ("nothing but the first byte", vec![0]),
        ("a word short", code[..code.len() - 32].to_vec()),
        ("a byte long", [&code[..], &[0]].concat()),
        ("no point of IC", code[..34 + 32 * 14].to_vec()),
        ("a first byte that runs", [&[0x01], &code[1..]].concat()),
        ("a flag of 2", [&[0, 2], &code[2..]].concat()),
        ("another statement", [&code[..2], &[9; 32], &code[34..]].concat()),
    ];
    for (what, code) in malformed {
        let mut evm = Evm::new(Chain::Amoy);
        let address = evm.deploy(&returning(&code)).unwrap().address;
        let arguments = (Address::from(address.0), B256::from(evm.code_hash(&address)), statement.to_owned());
        let refused = revert(evm.deploy(&[&init[..], &arguments.abi_encode_params()].concat()));
        assert_eq!(refused.name(), Some("KeyCodeMalformed"), "{what}");
    }
}

/// Init code that returns `code`.
fn returning(code: &[u8]) -> Vec<u8> {
    let size = u16::try_from(code.len()).unwrap().to_be_bytes();
    [&[0x61, size[0], size[1], 0x80, 0x60, 10, 0x3d, 0x39, 0x3d, 0xf3], code].concat()
}

/// Deploys the statement's verifier; the name and text of its refusal.
fn deploy(artifact: &Artifact, statement: &str, words: &[Word]) -> Option<(&'static str, String)> {
    // (string, uint256[24], bool): the array is static, so its words stand in the head.
    let words: [U256; 24] = std::array::from_fn(|index| U256::from_be_bytes(words[index]));
    let arguments = (statement.to_owned(), words, true).abi_encode_params();
    refusal(Evm::new(Chain::Amoy), &[&artifact.init_code[..], &arguments].concat())
}

/// Deploys a key of these words and the keyed verifier for it; the name and text of its refusal.
fn deploy_keyed(key: &ContractKey, words: &[Word]) -> Option<(&'static str, String)> {
    let code = [&key.code()[..34], words.as_flattened()].concat();
    let mut evm = Evm::new(Chain::Amoy);
    let address = evm.deploy(&returning(&code)).unwrap().address;
    let arguments =
        (Address::from(address.0), B256::from(evm.code_hash(&address)), key.statement().to_owned());
    refusal(evm, &[&Artifact::keyed().init_code[..], &arguments.abi_encode_params()].concat())
}

fn refusal(mut evm: Evm, init_code: &[u8]) -> Option<(&'static str, String)> {
    let revert = evm.deploy(init_code).err()?.revert().expect("it reverts");
    Some((revert.name().expect("an error of ours"), revert.to_string()))
}

/// The words of any elements, sound or not.
fn words(key: &KeyPoints) -> Vec<Word> {
    use ark_ff::{BigInteger, PrimeField};
    let word = |value: ark_bn254::Fq| Word::try_from(value.into_bigint().to_bytes_be()).unwrap();
    let g1 = |point: &G1Affine| point.xy().map_or([[0; 32]; 2], |(x, y)| [x, y].map(word));
    let g2 = |point: &G2Affine| {
        let minus = -*point;
        minus.xy().map_or([[0; 32]; 4], |(x, y)| [x.c1, x.c0, y.c1, y.c0].map(word))
    };
    let mut words = g1(&key.alpha_g1).to_vec();
    words.extend([&key.beta_g2, &key.gamma_g2, &key.delta_g2].into_iter().flat_map(g2));
    words.extend(key.gamma_abc_g1.iter().flat_map(g1));
    words
}

#[test]
fn constructor_arguments_are_their_abi_encoding() {
    let key = Scene::aggregate().contract_key();
    let words: [U256; 24] = std::array::from_fn(|index| U256::from_be_bytes(key.words()[index]));
    // Who made it: one machine.
    let origin = B256::with_last_byte(1);
    let arguments = (key.statement().to_owned(), words, origin).abi_encode_params();
    let deployment = Deployment::verifier(&key).unwrap();
    assert_eq!(deployment.constructor_arguments, arguments);
    assert!(deployment.bytecode.ends_with(&arguments));
}
