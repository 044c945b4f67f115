//! The isolated second solutions that rigidity cannot see, each by name, in the statement of one reading: what is linear is
//! compensated, and the witness program runs again.

use zksensor_circuits::statement::reading::{ReadingInputs, ReadingWitness};
use zksensor_model::field::Fr;
use zksensor_model::primitives::eddsa::response_element;
use zksensor_testkit::{Family, Forged, Forger, Target, Verdict, hostile_values};

use super::kit::{World, reading};

/// Forges only these hints in only these ways; all are refused.
fn refused(
    claim: &(ReadingInputs, ReadingWitness),
    wanted: impl Fn(&Target, Family) -> bool + Sync,
) -> Forged {
    let forged = Forger::new(reading(), &claim.0, &claim.1).forge_some(false, wanted);
    assert_eq!((forged.same.len(), forged.truths, forged.broken.len()), (0, 0, 0), "{forged:?}");
    forged
}

/// Square roots: every point of the ladders negated, every slope, every quotient.
#[test]
fn the_other_root() {
    let names = ["slope", "u", "v", "x", "y", "inverse"];
    let forged = refused(&World::reading().reading_claim(), |target, family| {
        names.contains(&target.name) && family == Family::OtherRoot
    });
    assert!(forged.forged() > 1_000, "{}", forged.forged());
}

/// Single booleans: each bit of each integer takes the value 2 or -1 or a fraction, or flips, and the rest makes up for it.
#[test]
fn a_single_boolean() {
    let families = [Family::Flip, Family::NoBit, Family::Carry, Family::Fraction];
    let forged = refused(&World::reading().reading_claim(), |target, family| {
        target.name.ends_with("bit") && families.contains(&family)
    });
    assert!(forged.forged() > 5_000, "{}", forged.forged());
}

/// a and a + r: the challenge is the only integer with room for both.
#[test]
fn the_alias_of_the_challenge() {
    let mut aliases = 0;
    for sequence in 0..40 {
        let mut world = World::reading();
        world.edit(0, |reading| reading.sequence = sequence);
        let (inputs, witness) = world.reading_claim();
        let forger = Forger::new(reading(), &inputs, &witness);
        for target in forger.hints() {
            let all = hostile_values(forger.values(&target));
            for hostile in all.iter().filter(|hostile| hostile.family == Family::Alias) {
                assert_eq!(target.name, "shifted challenge bit");
                let forgery = forger.propagate(&[(&target, &hostile.values)]);
                assert_eq!(forgery.verdict, Verdict::Refused);
                aliases += 1;
            }
        }
        if aliases >= 3 {
            return;
        }
    }
    panic!("{aliases} aliases in forty signatures");
}

/// S and S + l stand for the same point: a free input, but the bits of either are hints.
#[test]
fn the_alias_of_the_response() {
    let (inputs, witness) = World::reading().reading_claim();
    let forger = Forger::new(reading(), &inputs, &witness);
    let response = forger.targets().find(|target| target.name == "response").unwrap();
    let s = response_element(&witness.reading.signed.signature().s);
    assert_eq!(forger.values(&response), [s]);
    let all = hostile_values(&[s]);
    let orders: Vec<&[Fr]> = all
        .iter()
        .filter(|hostile| hostile.family == Family::Order)
        .map(|hostile| &hostile.values[..])
        .collect();
    assert_eq!(orders.len(), 2);
    for values in orders {
        assert_eq!(forger.propagate(&[(&response, values)]).verdict, Verdict::Refused);
    }
}

/// Limbs that are too wide, exchanged, or that borrow from each other: the parts of every word.
#[test]
fn limbs() {
    let families = [Family::WideLimb, Family::Swapped, Family::Borrow];
    let names = ["public field", "corner", "halves"];
    let forged = refused(&World::reading().reading_claim(), |target, family| {
        names.contains(&target.name) && families.contains(&family)
    });
    assert!(forged.hints >= 3 && forged.forged() > 100, "{forged:?}");
}
