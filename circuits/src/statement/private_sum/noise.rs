//! P2: the noise of a seed.
//!
//! A block hashes one of the seed's 31 digests, cuts it in one way into three words of 62 bits, and compares each with the threshold of its
//! digit. With w < 2^62 the word, t <= 2^62 the threshold and d a boolean, w - t + 2^62 d lies in [0, 2^62) for one d: 1 where w < t.
//!
//! The cut is one: the top is below floor(r / 2^186), so that the whole is an integer below r.

use ark_ff::{AdditiveGroup, BigInteger, Field as _, PrimeField};

use crate::gadgets::{Bit, Gadgets, SynthesisError, compare, preimage};
use zksensor_model::claim::private_sum::NOISE;
use zksensor_model::field::{self, Fr};
use zksensor_model::noise::thresholds::{DIGITS, LEAST_PLACE, THRESHOLDS, VARIABLES, WORD_BITS};
use zksensor_model::noise::{DIGESTS, MOST_SCALE_BITS, TOP_BITS, top_limit};
use zksensor_model::preimages::NoiseWords;

/// Words of a digest.
const WORDS: usize = 3;

/// Scales that there are: 2^0 to 2^40.
const SCALES: usize = MOST_SCALE_BITS as usize + 1;

const _: () = {
    assert!(WORDS * DIGESTS >= VARIABLES * DIGITS, "a word for every digit");
    assert!(WORDS as u32 * WORD_BITS + TOP_BITS == Fr::MODULUS_BIT_SIZE, "a digest is its words and its top");
    assert!(LEAST_PLACE == -(MOST_SCALE_BITS as i32), "the largest scale masks no digit");
};

crate::ports! {
    /// What every block imports.
    struct Seed<V> {
        seed: V,
    }
}

crate::ports! {
    /// Which digest a block hashes, and what its words are compared with.
    struct Own<V> {
        index: V,
        thresholds: [V; WORDS],
    }
}

crate::ports! {
    /// The digits of a digest.
    struct OfDigest<V> {
        digits: [Bit<V>; WORDS],
    }
}

/// Booleans of which that of the scale is 1.
pub(super) struct Scale<V>([Bit<V>; SCALES]);

/// C1 of the parameters: s is one of 0 to 40.
pub(super) fn open_scale<G: Gadgets>(g: &mut G, packed: &G::Var) -> Result<Scale<G::Var>, SynthesisError> {
    let hints = g.hint("is scale", SCALES, &[packed], |values| {
        (0..SCALES as u64).map(|scale| Fr::from(values[0] == Fr::from(scale))).collect()
    })?;
    let bits = hints.iter().map(|hint| g.assert_bool(hint)).collect::<Result<Vec<_>, _>>()?;
    let one = g.constant(Fr::ONE);
    let hot = g.sum(bits.iter().map(Bit::var));
    g.assert_equal(&hot, &one)?;
    let terms: Vec<(Fr, &G::Var)> = (0u64..).map(Fr::from).zip(bits.iter().map(Bit::var)).collect();
    let scale = g.linear(Fr::ZERO, &terms);
    g.assert_equal(&scale, packed)?;
    let bits: [Bit<G::Var>; SCALES] = bits.try_into().unwrap_or_else(|_| unreachable!("a bit a scale"));
    Ok(Scale(bits))
}

/// The noise of a seed at a scale: the first variable less the second.
pub(super) fn of_seed<G: Gadgets>(
    g: &mut G,
    seed: &G::Var,
    scale: &Scale<G::Var>,
) -> Result<G::Var, SynthesisError> {
    // The words that are left over are below no threshold.
    let threshold = |word: usize| if word < VARIABLES * DIGITS { THRESHOLDS[word % DIGITS] } else { 0 };
    let each: Vec<Own<G::Var>> = (0..DIGESTS)
        .map(|digest| Own {
            index: g.constant(Fr::from(digest as u64)),
            thresholds: std::array::from_fn(|word| g.constant(Fr::from(threshold(WORDS * digest + word)))),
        })
        .collect();
    let blocks =
        g.repeat_each_as("noise words", &Seed { seed: seed.clone() }, &each, |g, _, shared, own| {
            let Seed { seed } = shared;
            g.rule(NOISE, |g| of_digest(g, &seed, &own))
        })?;
    let digits: Vec<Bit<G::Var>> = blocks.into_iter().flat_map(|block| block.digits).collect();

    // Of digit d the place is d - 40 + s: at each scale a linear combination, of which one is taken.
    let mut terms = Vec::with_capacity(SCALES);
    for (bits, is_scale) in scale.0.iter().enumerate() {
        let masked = SCALES - 1 - bits;
        let weighed: Vec<(Fr, &G::Var)> = (masked..DIGITS)
            .flat_map(|digit| {
                let weight = field::power_of_two((digit - masked) as u32);
                [(weight, digits[digit].var()), (-weight, digits[DIGITS + digit].var())]
            })
            .collect();
        let noise = g.linear(Fr::ZERO, &weighed);
        terms.push(g.mul(is_scale.var(), &noise)?);
    }
    Ok(g.sum(terms.iter()))
}

/// The digits of one of the seed's digests.
fn of_digest<G: Gadgets>(
    g: &mut G,
    seed: &G::Var,
    own: &Own<G::Var>,
) -> Result<OfDigest<G::Var>, SynthesisError> {
    let digest = preimage::hash(g, NoiseWords { seed, index: &own.index })?;
    let [low, middle, high] = cut(g, &digest)?;
    let [first, second, third] = &own.thresholds;
    let digits = [is_below(g, &low, first)?, is_below(g, &middle, second)?, is_below(g, &high, third)?];
    Ok(OfDigest { digits })
}

/// The words of a digest, lowest first.
fn cut<G: Gadgets>(g: &mut G, digest: &G::Var) -> Result<[G::Var; WORDS], SynthesisError> {
    let words = g.hint("words", WORDS, &[digest], |values| {
        (0..WORDS as u32).map(|word| field::bit_field(&values[0], word * WORD_BITS, WORD_BITS)).collect()
    })?;
    for word in &words {
        g.assert_range(word, WORD_BITS)?;
    }
    // What is left: (digest - words) / 2^186.
    let scale = field::power_of_two(WORDS as u32 * WORD_BITS).inverse().expect("a power of two is not zero");
    let mut terms = vec![(scale, digest)];
    for (place, word) in (0u32..).zip(&words) {
        terms.push((-field::power_of_two(place * WORD_BITS) * scale, word));
    }
    let top = g.linear(Fr::ZERO, &terms);
    let top = g.assert_bits(&top, TOP_BITS)?;
    let mut most = <Fr as PrimeField>::BigInt::from(0u64);
    (most.0[0], most.0[1]) = (top_limit() as u64, (top_limit() >> 64) as u64);
    most.sub_with_borrow(&1u64.into());
    compare::assert_at_most(g, &top, &most)?;
    let words: [G::Var; WORDS] =
        words.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"));
    Ok(words)
}

/// 1 if the word is below the threshold, and 0 otherwise.
fn is_below<G: Gadgets>(g: &mut G, word: &G::Var, threshold: &G::Var) -> Result<Bit<G::Var>, SynthesisError> {
    let hint = g.hint("digit", 1, &[word, threshold], |values| vec![Fr::from(values[0] < values[1])])?;
    let digit = g.assert_bool(&hint[0])?;
    let range = field::power_of_two(WORD_BITS);
    let rest = g.linear(Fr::ZERO, &[(Fr::ONE, word), (-Fr::ONE, threshold), (range, digit.var())]);
    g.assert_range(&rest, WORD_BITS)?;
    Ok(digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::Native;
    use zksensor_model::noise::{Digits, NoiseRules};

    /// The circuit's noise is the native one on a thousand seeds, at every scale in turn.
    #[test]
    fn a_thousand_seeds_have_the_native_noise() {
        for number in 0..1_000u64 {
            let (seed, bits) = (Fr::from(number), u8::try_from(number % SCALES as u64).unwrap());
            let wanted = Digits::of_seed(&seed).unwrap().noise(&NoiseRules::new(bits).unwrap());
            let g = &mut Native::default();
            let packed = g.constant(Fr::from(bits));
            let scale = open_scale(g, &packed).unwrap();
            let seed = g.constant(seed);
            let noise = of_seed(g, &seed, &scale).unwrap();
            let wanted = g.constant(field::from_i64(wanted));
            g.assert_equal(&noise, &wanted).unwrap();
            assert!(std::mem::take(g).into_failures().is_empty(), "seed {number}, scale 2^{bits}");
        }
    }

    #[test]
    fn no_other_scale_is_opened() {
        for packed in [Fr::from(41u64), -Fr::from(1u64), field::power_of_two(200)] {
            let g = &mut Native::default();
            let packed = g.constant(packed);
            open_scale(g, &packed).unwrap();
            assert!(!std::mem::take(g).into_failures().is_empty());
        }
    }
}
