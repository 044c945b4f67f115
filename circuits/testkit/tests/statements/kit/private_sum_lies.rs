//! What one row of `private-sum` alone refuses: digits of a digest, and other cuts of one.

use ark_ff::{AdditiveGroup, BigInteger, Field as _, PrimeField};
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumWitness};
use zksensor_circuits::statement::{Binding, Scope};
use zksensor_model::claim::private_sum::NOISE;
use zksensor_model::field::{self, Fr};
use zksensor_model::noise::thresholds::WORD_BITS;
use zksensor_model::noise::{Seal, TOP_BITS};
use zksensor_model::preimages::NoiseWords;
use zksensor_testkit::{ClaimOf, Fleet, Forger, Specimen, Target};

use super::super::tested::{Lies, Override, Tested};
use super::world;

/// All of them, of the first digest of a seed.
pub(super) fn all() -> Vec<Lies<PrivateSum>> {
    vec![no_digit(), top_bit(), of_another_cut()]
}

/// The hints of a name in the block of the first digest.
fn of_first(forger: &Forger<'_, PrivateSum>, name: &'static str) -> impl Iterator<Item = Target> {
    let of_first = |target: &Target| target.instance == Some(0) && Scope::is_innermost(&target.path, NOISE);
    forger.hints().into_iter().filter(move |target| of_first(target) && target.name == name)
}

/// A digit that is none, and puts the difference of word and threshold one up or down, where it is in its range still.
fn no_digit() -> Lies<PrivateSum> {
    let least = field::power_of_two(WORD_BITS).inverse().expect("a power of two is not 0");
    Lies::new(PrivateSum::claim(&world(1), Binding::NONE), move |forger| {
        let lies = |target: Target| {
            let digit = forger.values(&target)[0];
            [digit + least, digit - least].map(|value| vec![(target.clone(), vec![value])])
        };
        of_first(forger, "digit").flat_map(lies).collect()
    })
}

/// The highest bit of the top is off by a half, for which the one below it makes up: no prefix of the top is another one.
fn top_bit() -> Lies<PrivateSum> {
    let half = Fr::from(2u64).inverse().expect("2 is not 0");
    Lies::new(PrivateSum::claim(&world(1), Binding::NONE), move |forger| {
        let lie = |target: Target| -> Override {
            let mut values = forger.values(&target).to_vec();
            let [.., next, last] = &mut values[..] else { unreachable!("a top has many bits") };
            let is_down = *next == Fr::ONE;
            (*next, *last) = if is_down { (Fr::ZERO, *last + half) } else { (Fr::ONE, *last - half) };
            vec![(target, values)]
        };
        let bits = of_first(forger, "bit").filter(|target| target.columns.len() == TOP_BITS as usize - 1);
        bits.map(lie).collect()
    })
}

/// The words of digest + r, whose top is beyond what the order allows.
fn of_another_cut() -> Lies<PrivateSum> {
    let (claim, above) = with_another_cut();
    let word = |word: u32| Fr::from((above >> (word * WORD_BITS)).0[0] & ((1 << WORD_BITS) - 1));
    let words = vec![word(0), word(1), word(2)];
    let overrides = move |forger: &Forger<'_, PrivateSum>| {
        of_first(forger, "words").map(|target| vec![(target, words.clone())]).collect()
    };
    Lies { chain: Some(NOISE), ..Lies::new(claim, overrides) }
}

type Integer = <Fr as PrimeField>::BigInt;

/// A claim of whose seed the first digest and r have 254 bits together, and their sum.
fn with_another_cut() -> (ClaimOf<PrivateSum>, Integer) {
    let (_, honest) = PrivateSum::claim(&world(1), Binding::NONE);
    let (_, salt, sum, count) = honest.seal.to_parts();
    let mut claims = (0u64..).map(|secret| {
        let seal = Seal::from_parts(Fr::from(secret), salt, sum, count).unwrap();
        let witness = PrivateSumWitness { seal, ..honest.clone() };
        let seed = witness.seal.seed(Fleet::beacon(), &witness.release(Fleet::EPOCH));
        let mut above = NoiseWords { seed, index: Fr::ZERO }.hash().into_bigint();
        above.add_with_carry(&Fr::MODULUS);
        ((PrivateSum::inputs_of(&witness, Binding::NONE), witness), above)
    });
    claims.find(|(_, above)| above.num_bits() <= Fr::MODULUS_BIT_SIZE).unwrap()
}
