//! What each digit of a geometric variable is compared with: constants, computed in integers.
//!
//! With q = exp(-2^-s), P(g) = (1 - q) q^g has independent binary digits, digit i being 1 with probability q^(2^i) / (1 + q^(2^i)).
//! With j = i - s that is p_j = 1 / (1 + exp(2^j)), whatever s is. A digit is 1 where 62 uniform bits are below p_j 2^62, rounded to the
//! nearest integer.
//!
//! **Total variation.** Rounding moves each of 92 digits by at most 2^-63. Digits from j = 6 on are left out: one of them is 1 with
//! probability below 2 exp(-64) in each of the two variables. No release can be made of a digest that is not canonical, which a proof's
//! 31 digests are with probability below 31 * 2^-67. In all that is less than 2^[`TOTAL_VARIATION_LOG2`].

/// Bits that a digit compares.
pub const WORD_BITS: u32 = 62;

/// Digits of one geometric variable: j from [`LEAST_PLACE`] on.
pub const DIGITS: usize = 46;

/// j = i - s of the first digit.
pub const LEAST_PLACE: i32 = -40;

/// Variables that a noise is of: the first less the second.
pub const VARIABLES: usize = 2;

/// Binary logarithm of a bound of the total variation between the sampler and the discrete Laplace distribution: 92 * 2^-63, and less than
/// 2^-62 for all else.
pub const TOTAL_VARIATION_LOG2: i32 = -56;

/// round(2^62 / (1 + exp(2^j))) for j from -40 to 5.
pub const THRESHOLDS: [u64; DIGITS] = thresholds();

/// Fraction bits of the arithmetic below.
const FRACTION: u32 = 126;
const ONE: u128 = 1 << FRACTION;

const fn thresholds() -> [u64; DIGITS] {
    let mut all = [0; DIGITS];
    let mut digit = 0;
    while digit < DIGITS {
        all[digit] = threshold(LEAST_PLACE + digit as i32);
        digit += 1;
    }
    all
}

/// 2^62 y / (1 + y), rounded, with y = exp(-2^place): 63 steps of a long division.
const fn threshold(place: i32) -> u64 {
    let exponential = exponential(place);
    let divisor = ONE + exponential;
    let (mut rest, mut quotient, mut step) = (exponential, 0u64, 0);
    while step < WORD_BITS + 1 {
        rest <<= 1;
        quotient <<= 1;
        if rest >= divisor {
            rest -= divisor;
            quotient |= 1;
        }
        step += 1;
    }
    (quotient + 1) >> 1
}

/// exp(-2^place) in units of 2^-126: the series up to place 0, and squares from there on. Each step is off by one unit at the most.
const fn exponential(place: i32) -> u128 {
    if place > 0 {
        let root = exponential(place - 1);
        return product(root, root);
    }
    let shift = place.unsigned_abs();
    let (mut term, mut sum, mut number) = (ONE, ONE, 1u128);
    while term > 0 {
        term = (term >> shift) / number;
        sum = if number % 2 == 1 { sum - term } else { sum + term };
        number += 1;
    }
    sum
}

/// a b / 2^126, rounded down, of two numbers of at most 1.
const fn product(a: u128, b: u128) -> u128 {
    const HALF: u128 = (1 << 64) - 1;
    let (a1, a0, b1, b0) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let middle = a1 * b0 + a0 * b1 + ((a0 * b0) >> 64);
    ((a1 * b1) << 2) + (middle >> (FRACTION - 64))
}

const _: () = {
    let mut digit = 1;
    while digit < DIGITS {
        assert!(THRESHOLDS[digit] < THRESHOLDS[digit - 1], "a higher digit is 1 less often");
        digit += 1;
    }
    assert!(THRESHOLDS[0] < 1 << (WORD_BITS - 1), "no digit is 1 more often than 0");
    assert!(THRESHOLDS[DIGITS - 1] > 0, "every digit is 1 at times");
};

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    /// exp(2^place) with 400 fraction bits: the series of exp(2^place), which is positive, and no square.
    fn growth(place: i32) -> BigUint {
        let one: BigUint = BigUint::from(1u8) << 400u32;
        let (mut term, mut sum, mut number) = (one.clone(), one, 1u32);
        while term > BigUint::from(0u8) {
            term = match u32::try_from(place) {
                Ok(left) => term << left,
                Err(_) => term >> place.unsigned_abs(),
            } / number;
            sum += &term;
            number += 1;
        }
        sum
    }

    #[test]
    fn thresholds_are_those_of_a_second_method() {
        for (digit, threshold) in THRESHOLDS.iter().enumerate() {
            let place = LEAST_PLACE + i32::try_from(digit).unwrap();
            let one: BigUint = BigUint::from(1u8) << 400u32;
            // floor(2^63 / (1 + exp(2^place))), and half of it rounded
            let twice = (&one << 63u32) / (&one + growth(place));
            assert_eq!(BigUint::from(*threshold), (twice + 1u8) >> 1u32, "digit {digit}");
        }
    }

    #[test]
    fn some_are_known() {
        // 1 / (1 + e) = 0.26894142136999512074...
        let at_0 = THRESHOLDS[40] as f64 / 2f64.powi(62);
        assert!((at_0 - 0.268_941_421_369_995_1).abs() < 1e-15, "{at_0}");
        // 1 / (1 + exp(32)) = 1.26641655490925...e-14
        let at_5 = THRESHOLDS[45] as f64 / 2f64.powi(62);
        assert!((at_5 / 1.266_416_554_909_25e-14 - 1.0).abs() < 1e-4, "{at_5}");
        // half less 2^-42: the slope of the logistic function at 0 is 1/4
        assert_eq!(THRESHOLDS[0], (1 << 61) - (1 << 20));
    }
}
