//! `aggregate`: integers written as other integers that are the same modulo r, or the same in their low bits.

use std::sync::atomic::{AtomicBool, Ordering};

use ark_ff::{BigInteger, PrimeField};
use zksensor_circuits::field::{self, Fr};
use zksensor_circuits::statement::Rule;
use zksensor_circuits::trace::Site;

use super::kit::{World, aggregate, forged};

/// A position with a 22nd bit selects the same leaf, and would count it again in the chunk above.
#[test]
fn bad_c4_a_position_beyond_the_registry() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    (inputs.chunk_bits, inputs.chunk) = (21, 1);
    let beyond = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "position" && site.instance < 5 {
            values[0] += field::power_of_two(21);
        }
    };
    forged(aggregate(), (&inputs, &witness), beyond)
        .assert_refused_by(Rule::MEMBERSHIP, "positions of 22 bits");
}

/// 2^chunk bits is made of the bits of the public field: those of the field plus r would make a chunk of twice the size.
#[test]
fn bad_c14_a_chunk_of_other_bits() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    // Positions 1000 to 1400 span two chunks of 2^10, and r ends in a bit that is set.
    (inputs.chunk_bits, inputs.chunk) = (10, 0);
    let mut alias = Fr::MODULUS;
    alias.add_with_carry(&10u64.into());
    let done = AtomicBool::new(false);
    let other_bits = |site: &Site<'_>, values: &mut [Fr]| {
        let is_size = site.name == "bit" && site.path.last() == Some(&Rule::CHUNK.scope());
        if is_size && !done.swap(true, Ordering::SeqCst) {
            for (index, value) in values.iter_mut().enumerate() {
                *value = Fr::from(alias.get_bit(index + 1));
            }
        }
    };
    let verdict = forged(aggregate(), (&inputs, &witness), other_bits);
    verdict.assert_refused_by(Rule::CHUNK, "the bits of another integer");
    assert!(done.into_inner(), "the hook saw the bits");
}
