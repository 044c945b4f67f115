//! `private-sum`: a bad vector of every rule, and noise that no honest prover draws.

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_ff::{Field as _, PrimeField};
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs, PrivateSumWitness};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_circuits::trace::Site;
use zksensor_model::claim::private_sum::{NOISE, SEAL, SUM};
use zksensor_model::field::{self, Fr};
use zksensor_model::noise::thresholds::{DIGITS, THRESHOLDS};
use zksensor_model::noise::{Beacon, DIGESTS, Digits, NoiseRules, Release, Seal, SealId};
use zksensor_model::policy::PolicyId;
use zksensor_model::preimages::NoiseWords;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_model::registry::Chunk;
use zksensor_testkit::{ClaimOf, FleetOptions, Specimen};

use super::bad::Bad;
use super::kit::{Tested, Verdict, World, forged, run};
use super::one_each_bad::{Common, OneEach, tests_of};

impl OneEach for PrivateSum {
    fn common(inputs: &mut PrivateSumInputs) -> Common<'_> {
        let PrivateSumInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        Common { registry_root, policy_id, epoch, chunk_bits, chunk, count }
    }

    fn readings(witness: &mut PrivateSumWitness) -> &mut ReadingsWitness {
        &mut witness.readings
    }

    fn of_readings(readings: ReadingsWitness) -> ClaimOf<Self> {
        let (sum, count) = readings.exact();
        let seal = Seal::from_parts(Fr::from(3u64), Fr::from(4u64), sum, count).unwrap();
        let witness = PrivateSumWitness { readings, seal };
        (PrivateSum::inputs_of(&witness, Binding::NONE), witness)
    }

    fn say_of_values(inputs: &mut PrivateSumInputs, others: &PrivateSumInputs) {
        (inputs.sum, inputs.seal) = (others.sum, others.seal);
    }

    fn say_of_epoch(inputs: &mut PrivateSumInputs, witness: &PrivateSumWitness) {
        inputs.sum = witness.seal.sum() + witness.noise(inputs.epoch, inputs.beacon).unwrap();
        inputs.seal = witness.seal.id(&witness.release(inputs.epoch));
    }
}

/// The tests here whose vectors need no hook.
impl Bad for PrivateSum {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c1_a_fence_larger_than_the_circuit, bad_c1_another_scale, bad_c2, bad_c3, bad_c4, bad_c5, bad_c6,
        bad_c7, bad_c8, bad_c9, bad_c10, bad_c11, bad_c12, bad_c13, bad_c14, bad_c15, bad_p1, bad_p3,
    ];

    /// Of every seed that can be found there is noise, and it is the sum that is another one: `no_digit_is_another_one`,
    /// `no_digest_is_cut_otherwise`.
    const OF_FORGED_WIRES: &'static [Rule] = &[NOISE];
}

tests_of! {
    PrivateSum: bad_c1 bad_c1_a_fence_larger_than_the_circuit bad_c2 bad_c2_too_many_readings bad_c2_gaps
    bad_c2_activity_is_boolean bad_c3 bad_c4 bad_c5 bad_c6 bad_c7 bad_c8 bad_c9 bad_c10 bad_c11 bad_c12 bad_c13
    bad_c14 bad_c15
}

fn scaled(bits: u8) -> World {
    let mut world = World::new(3, FleetOptions { k: 1, ..FleetOptions::of::<PrivateSum>() });
    world.policy(|parts| parts.parameters = NoiseRules::new(bits).unwrap().parameters());
    world
}

fn claim(world: &World) -> ClaimOf<PrivateSum> {
    PrivateSum::claim(world, Binding::NONE)
}

/// A proof of one scale is none of the policy of another.
#[test]
fn bad_c1_another_scale() {
    for bits in [0, 9, 11, 40] {
        let (mut inputs, _) = claim(&scaled(bits));
        let (others, witness) = claim(&scaled(10));
        inputs.registry_root = others.registry_root;
        run(PrivateSum::kit(), "the policy of another scale", (inputs, witness), Rule::POLICY);
    }
}

/// No policy has a scale of more than 40 bits, but an id can be of one; nor does any other lane pass for one.
#[test]
fn no_scale_is_beyond_40() {
    let world = scaled(10);
    let says = |parameters: Fr, hot: Vec<(usize, Fr)>| {
        let (mut inputs, witness) = claim(&world);
        let mut lanes = world.fleet.policy.lanes();
        lanes[4] = parameters;
        inputs.policy_id = PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes));
        forged(PrivateSum::kit(), (&inputs, &witness), move |site: &Site<'_>, values: &mut [Fr]| {
            match site.name {
                "parameters" => values[0] = parameters,
                "is scale" => {
                    values.fill(Fr::from(0u64));
                    hot.iter().for_each(|(scale, value)| values[*scale] = *value);
                }
                _ => {}
            }
        })
    };
    let (one, half) = (Fr::from(1u64), Fr::from(2u64).inverse().unwrap());
    for (parameters, hot) in [
        (Fr::from(41u64), vec![(40, one)]),
        (Fr::from(41u64), vec![(40, one), (1, one)]),
        (Fr::from(41u64), vec![(1, one), (40, one), (0, -one)]),
        (Fr::from(63u64), vec![]),
        (Fr::from(64u64), vec![(0, one)]),
        (-one, vec![(0, one + one), (1, -one)]),
        (Fr::from(10u64), vec![(9, half), (11, half)]),
        (Fr::from(10u64), vec![(9, one)]),
        (Fr::from(0u64), vec![]),
        (half, vec![(0, half), (1, half)]),
    ] {
        says(parameters, hot).assert_refused_by(Rule::POLICY, "no scale");
    }
}

/// One value alone has nothing to hide, and no policy says so; an id can.
#[test]
fn no_range_is_empty() {
    let world = scaled(10);
    let (mut inputs, witness) = claim(&world);
    let ranges = zksensor_model::preimages::PolicyRanges {
        high: world.fleet.policy.ranges().low,
        ..world.fleet.policy.ranges()
    };
    let mut lanes = world.fleet.policy.lanes();
    let high = ranges.high;
    lanes[2] = ranges.pack();
    inputs.policy_id = PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes));
    let verdict = forged(PrivateSum::kit(), (&inputs, &witness), |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "high" {
            values[0] = high;
        }
    });
    verdict.assert_refused_by(Rule::POLICY, "high = low");
}

#[test]
fn bad_p1() {
    let (inputs, witness) = claim(&scaled(10));
    run(PrivateSum::kit(), "as sealed", (inputs, witness.clone()), None);
    let (secret, salt, sum, count) = witness.seal.to_parts();
    let with = |seal: Seal| PrivateSumWitness { seal, ..witness.clone() };
    // The secret of another release, or of nobody, under the seal that was posted.
    for (name, secret, salt) in [
        ("a swapped secret", salt, salt),
        ("a swapped salt", secret, secret),
        ("secret and salt swapped", salt, secret),
        ("a secret of 0", Fr::from(0u64), salt),
    ] {
        let other = with(Seal::from_parts(secret, salt, sum, count).unwrap());
        run(PrivateSum::kit(), name, (inputs, other), SEAL);
    }
    // Data other than the sealed: the seal that was posted is of another sum or count.
    for (name, sealed) in
        [("another sum", (sum - 7, count)), ("another count", (sum, count + 1)), ("nothing", (0, 0))]
    {
        let other = with(witness.seal.of_other(sealed.0, sealed.1).unwrap());
        let release = other.release(inputs.epoch);
        let claimed = PrivateSumInputs { seal: other.seal.id(&release), ..inputs };
        run(PrivateSum::kit(), name, (claimed, other), SEAL);
    }
    // The seal of another release of the same sum.
    let release = witness.release(inputs.epoch);
    let wider = Chunk::new(release.chunk.levels() + 1, 0).unwrap();
    for (name, other) in [
        ("the seal of another epoch", Release { epoch: inputs.epoch + 1, ..release }),
        ("the seal of another policy", Release { policy: scaled(11).fleet.policy.id(), ..release }),
        ("the seal of a wider chunk", Release { chunk: wider, ..release }),
    ] {
        let claimed = PrivateSumInputs { seal: witness.seal.id(&other), ..inputs };
        run(PrivateSum::kit(), name, (claimed, witness.clone()), SEAL);
    }
    for seal in [Fr::from(0u64), -Fr::from(1u64)] {
        let claimed = PrivateSumInputs { seal: SealId::from_field(seal), ..inputs };
        run(PrivateSum::kit(), "no seal", (claimed, witness.clone()), SEAL);
    }
}

#[test]
fn bad_p3() {
    let (inputs, witness) = claim(&scaled(10));
    let noise = inputs.sum - witness.seal.sum();
    assert_ne!(noise, 0, "a seed whose noise is something");
    for (name, sum) in [
        ("the exact sum", witness.seal.sum()),
        ("noise of the other sign", witness.seal.sum() - noise),
        ("one more", inputs.sum + 1),
        ("one less", inputs.sum - 1),
        ("noise alone", noise),
        ("noise twice", inputs.sum + noise),
        ("the greatest", (1 << 61) - 1),
    ] {
        run(PrivateSum::kit(), name, (PrivateSumInputs { sum, ..inputs }, witness.clone()), SUM);
    }
    // Another beacon has another noise.
    for beacon in [Beacon::from_field(Fr::from(0u64)), Beacon::of_randomness(&[7; 32])] {
        run(
            PrivateSum::kit(),
            "another beacon",
            (PrivateSumInputs { beacon, ..inputs }, witness.clone()),
            SUM,
        );
    }
}

/// Digests of the seed of a claim.
fn digests((inputs, witness): &ClaimOf<PrivateSum>) -> Vec<Fr> {
    let seed = witness.seal.seed(inputs.beacon, &witness.release(inputs.epoch));
    (0..DIGESTS as u64).map(|index| NoiseWords { seed, index: Fr::from(index) }.hash()).collect()
}

/// A claim whose prover says of digest `of` what `says` says, with the sum that goes with `moved` more of noise.
fn forge(
    claim: &ClaimOf<PrivateSum>,
    (name, of): (&'static str, usize),
    moved: i64,
    says: impl Fn(&mut [Fr]) + Sync,
) -> Verdict {
    let (inputs, witness) = claim;
    let inputs = PrivateSumInputs { sum: inputs.sum + moved, ..*inputs };
    let seen = AtomicUsize::new(0);
    let a_block = if name == "digit" { 3 } else { 1 };
    let verdict = forged(PrivateSum::kit(), (&inputs, witness), |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == name && seen.fetch_add(1, Ordering::Relaxed) % (a_block * DIGESTS) == of {
            says(values);
        }
    });
    assert_eq!(seen.into_inner(), 2 * a_block * DIGESTS, "a hint of each block in both backends");
    verdict
}

/// Whatever a prover says of a digit, it is 1 where its word is below its threshold, and 0 elsewhere.
#[test]
fn no_digit_is_another_one() {
    let claim = claim(&scaled(40));
    let (inputs, witness) = &claim;
    let seed = witness.seal.seed(inputs.beacon, &witness.release(inputs.epoch));
    assert_eq!(
        witness.noise(inputs.epoch, inputs.beacon),
        Ok(Digits::of_seed(&seed).unwrap().noise(&NoiseRules::new(40).unwrap()))
    );
    let words: Vec<u64> =
        digests(&claim).iter().flat_map(|digest| zksensor_model::noise::words(digest).unwrap()).collect();
    for digit in [0, 1, 2, 3, 39, 40, 44, 45, 46, 47, 90, 91] {
        let is = words[digit] < THRESHOLDS[digit % DIGITS];
        let weight = if digit < DIGITS { 1i64 << digit } else { -(1i64 << (digit - DIGITS)) };
        let moved = if is { -weight } else { weight };
        let verdict = forge(&claim, ("digit", digit), moved, |values| values[0] = Fr::from(u64::from(!is)));
        verdict.assert_refused_by(NOISE, "the other digit");
        // nor is it anything else
        for value in [2, -1] {
            let moved = weight * (value - i64::from(is));
            let says = |values: &mut [Fr]| values[0] = field::from_i64(value);
            forge(&claim, ("digit", digit), moved, says).assert_refused_by(NOISE, "no digit");
        }
    }
    // the word that is left over has no digit
    let verdict = forge(&claim, ("digit", 92), 0, |values| values[0] = Fr::from(1u64));
    verdict.assert_refused_by(NOISE, "a digit of the word that is left over");
}

/// A digest is cut in one way: not as itself and the modulus, not with a word of more bits, and not with what belongs to another word.
#[test]
fn no_digest_is_cut_otherwise() {
    let claim = claim(&scaled(40));
    let digests = digests(&claim);
    let range = field::power_of_two(62);
    for of in [0, 1, 30] {
        let honest = zksensor_model::noise::words(&digests[of]).unwrap().map(Fr::from);
        // the non-canonical digest: the integer that is r more
        let mut integer = Fr::MODULUS;
        ark_ff::BigInteger::add_with_carry(&mut integer, &digests[of].into_bigint());
        let wrapped: [Fr; 3] =
            std::array::from_fn(|word| Fr::from((integer >> (62 * word as u32)).0[0] & ((1 << 62) - 1)));
        let [low, middle, high] = honest;
        for (name, words) in [
            ("digest + r", wrapped),
            ("one more", [low + Fr::from(1u64), middle, high]),
            ("a borrow", [low + range, middle - Fr::from(1u64), high]),
            ("a borrow of the next", [low, middle + range, high - Fr::from(1u64)]),
            ("a fourth word: what is above", [low, middle, high + range]),
            ("swapped", [middle, low, high]),
            ("nothing", [Fr::from(0u64); 3]),
        ] {
            // The sum that goes with the digits of these words, so that it is the cut alone that is wrong.
            let bits = |words: &[Fr; 3]| -> i64 {
                let of_word = |(word, value): (usize, &Fr)| match 3 * of + word {
                    digit if digit < DIGITS => i64::from(*value < Fr::from(THRESHOLDS[digit])) << digit,
                    digit if digit < 2 * DIGITS => {
                        -(i64::from(*value < Fr::from(THRESHOLDS[digit - DIGITS])) << (digit - DIGITS))
                    }
                    _ => 0,
                };
                words.iter().enumerate().map(of_word).sum()
            };
            let moved = bits(&words) - bits(&honest);
            let verdict = forge(&claim, ("words", of), moved, |values| values.copy_from_slice(&words));
            verdict.assert_refused_by(NOISE, name);
        }
    }
}

/// Thresholds are of the circuit: with the words of other digits' thresholds nothing fits.
#[test]
fn the_circuits_noise_is_the_native_one() {
    let scales = [0, 1, 7, 20, 39, 40];
    for (number, bits) in scales.into_iter().enumerate() {
        let (inputs, witness) = claim(&scaled(bits));
        let beacon = Beacon::from_field(Fr::from(number as u64));
        let inputs = PrivateSumInputs { ..witness.inputs(inputs.epoch, beacon, Binding::NONE).unwrap() };
        run(PrivateSum::kit(), "another beacon and its noise", (inputs, witness), None);
    }
}
