//! Cases of what a private sum hashes.

use zksensor_model::preimages::{NoiseSeed, NoiseWords, Seal};

use super::Cases;
use super::hashes::{LAST, element};
use super::table::{Of, cases};

/// What fits its bits and names no chunk, of a case of chunks of nine bits.
const NO_CHUNKS: [(&str, &str, &str); 4] = [
    ("chunk_bits", "0", "a chunk has a width"),
    ("chunk_bits", "10", "the width of a chunk is three bits a level"),
    ("chunk_bits", "24", "a registry has 2^21 positions"),
    ("chunk", "4096", "there are 2^12 chunks of nine bits"),
];

pub(super) fn seal() -> Cases {
    const OF: Of = Of::Hash(const { &Seal::PREIMAGE });
    let (secret, policy, salt) = (element("sealed secret", 0), element("policy", 0), element("salt", 0));
    let most = "2305843009213693951";
    let meaningless =
        [&NO_CHUNKS[..], &[("sum", "-2305843009213693952", "no proof has a sum of 2^61 in size")]].concat();
    cases(
        OF,
        "The seal of a private sum. `meaning`: fits its bits, and is no chunk or no sum.",
        &[
            ("64 devices", vec![&secret, &policy, "2", "9", "0", "106520", "64", &salt]),
            (
                "a sum below 0, the last of the narrowest chunks",
                vec![&secret, &policy, "0", "6", "32767", "-1", "5", &salt],
            ),
            (
                "the greatest of everything; the chunk is the registry",
                vec![LAST, LAST, "4294967295", "21", "0", most, "2097151", LAST],
            ),
        ],
        &meaningless,
    )
}

pub(super) fn seed() -> Cases {
    const OF: Of = Of::Hash(const { &NoiseSeed::PREIMAGE });
    let (secret, beacon, policy) = (element("sealed secret", 0), element("beacon", 0), element("policy", 0));
    cases(
        OF,
        "The seed of the noise of a private sum. `meaning`: fits its bits, and is no chunk.",
        &[
            ("the first chunk", vec![&secret, &beacon, &policy, "2", "9", "0"]),
            ("the last of the narrowest chunks", vec![&secret, &beacon, &policy, "0", "6", "32767"]),
            (
                "the greatest of everything; the chunk is the registry",
                vec![LAST, LAST, LAST, "4294967295", "21", "0"],
            ),
        ],
        &NO_CHUNKS,
    )
}

pub(super) fn words() -> Cases {
    const OF: Of = Of::Hash(const { &NoiseWords::PREIMAGE });
    let seed = element("noise seed", 0);
    cases(
        OF,
        "Three words of a noise. `meaning`: fits its bits, and is no digest of a seed.",
        &[("the first", vec![&seed, "0"]), ("the last", vec![&seed, "30"]), ("r - 1", vec![LAST, "7"])],
        &[("index", "31", "a noise has 31 digests")],
    )
}
