//! Forged witnesses and hints: values that no typed witness can carry, put in by a hook. Overrides propagate.

use std::collections::BTreeSet;
use std::sync::Mutex;

use ark_ff::{AdditiveGroup, Field};
use zksensor_circuits::native;
use zksensor_circuits::statement::aggregate::AggregateInputs;
use zksensor_circuits::statement::histogram::Histogram;
use zksensor_circuits::statement::private_sum::PrivateSum;
use zksensor_circuits::statement::survey::Survey;
use zksensor_circuits::statement::track::Track;
use zksensor_circuits::statement::{Binding, Rule, Statement};
use zksensor_circuits::trace::{Hook, Site, WireKind};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::Outputs;
use zksensor_model::reading::{Location, Network};
use zksensor_model::rule::Scope;
use zksensor_testkit::{Conformance, Fleet, FleetOptions, IN_HOLE, first_unsatisfied_in};

use super::kit::survey::surveyed;
use super::kit::track::moving;
use super::kit::{CAPACITY, FIRST, Forge, Tested, World, aggregate, forged, millis, reading, stranger};

const ALL: Outputs = Outputs { sum_of_squares: true, minimum: true, maximum: true };

/// An unused slot may hold anything that is well formed: it changes no public value, and no public value may be claimed
/// that counts it.
#[test]
fn a_hostile_unused_slot_counts_for_nothing() {
    type Change = fn(&mut World);
    let changes: [(&str, Change); 8] = [
        ("a good reading", |_| {}),
        ("a value out of range", |world| {
            world.edit(5, |reading| reading.channels[0] = i64::MAX);
        }),
        ("in the hole", |world| {
            world.edit(5, |reading| reading.location = Location::from_e7(IN_HOLE.0, IN_HOLE.1).unwrap());
        }),
        ("stale", |world| {
            world.edit(5, |reading| reading.time = millis(0));
        }),
        ("another network", |world| {
            world.edit(5, |reading| reading.network = Network::new(1, [0; 20]));
        }),
        ("an outsider", |world| {
            let (key, secret) = stranger();
            let member = &mut world.members[5];
            member.enrolled = Some(member.leaf.hash());
            (member.leaf.key, member.leaf.identity) = (*key.public(), secret.identity());
            member.signed = Some(key.sign(&member.reading).unwrap());
        }),
        ("the same device again", |world| {
            let again = world.members[4].clone();
            world.members[5] = again;
        }),
        ("at an earlier position", |world| world.members[5].position = FIRST + 1),
    ];
    for (name, change) in changes {
        let mut world = World::aggregate(6);
        change(&mut world);
        let (with_it, witness) = world.aggregate_claim();
        let mut without = world.clone();
        without.members.truncate(5);
        let mut inputs = without.aggregate_claim().0;
        inputs.registry_root = with_it.registry_root;
        let off = |site: &Site<'_>, values: &mut [Fr]| {
            if site.name == "active" && site.instance == 5 {
                values[0] = Fr::ZERO;
            }
        };
        assert!(
            forged(aggregate(), (&inputs, &witness), off).accepted(name),
            "{name}: the others' statistics hold"
        );
        for (claim, inputs) in [
            ("the count of all", AggregateInputs { count: 6, ..inputs }),
            ("a sum with it", AggregateInputs { sum: inputs.sum + 1, ..inputs }),
        ] {
            assert!(!forged(aggregate(), (&inputs, &witness), off).accepted(name), "{name}: {claim}");
        }
    }
}

/// The signature of an unused slot is not switched off: nobody gains by that, and the dummy's is valid.
#[test]
fn an_unused_slot_is_still_signed() {
    let (inputs, witness) = World::aggregate(5).aggregate_claim();
    let verdict = forged(aggregate(), (&inputs, &witness), |site, values| {
        if site.name == "response" && site.instance == 6 {
            values[0] += Fr::ONE;
        }
    });
    verdict.assert_refused_by(Rule::SIGNATURE, "an unsigned unused slot");
}

/// Minimum and maximum are a hint of the prover's: whatever it says, with public values to match, is refused.
#[test]
fn forged_extremes_are_refused() {
    let world = {
        let mut world = World::with_outputs(ALL);
        world.values(&[100, 200, 300, 400, 500, 600, 700, 800]);
        world
    };
    let (inputs, witness) = world.aggregate_claim();
    let (minimum, maximum) = (i128::from(inputs.minimum), i128::from(inputs.maximum));
    for (low, high) in [
        (minimum - 1, maximum),
        (minimum + 1, maximum),
        (minimum, maximum - 1),
        (minimum, maximum + 1),
        (0, maximum),
        (minimum, i128::from(Fleet::HIGH - Fleet::LOW)),
        (maximum, maximum),
        (minimum, minimum),
        (maximum, minimum),
        (minimum - 1, maximum + 1),
    ] {
        let mut claim = inputs;
        (claim.minimum, claim.maximum) = (u64::try_from(low).unwrap(), u64::try_from(high).unwrap());
        let verdict = forged(aggregate(), (&claim, &witness), |site, values| {
            if site.name == "minimum and maximum" {
                values.copy_from_slice(&[low, high].map(|value| Fr::from(u128::try_from(value).unwrap())));
            }
        });
        assert!(!verdict.accepted("forged extremes"), "{low} {high}");
        // The same without a word about it in public.
        let verdict = forged(aggregate(), (&inputs, &witness), |site, values| {
            if site.name == "minimum and maximum" {
                values.copy_from_slice(&[low, high].map(|value| Fr::from(u128::try_from(value).unwrap())));
            }
        });
        assert!(!verdict.accepted("forged extremes"), "{low} {high}");
    }
}

/// A value out of range is not let in by a forged extreme either.
#[test]
fn forged_extremes_do_not_widen_the_range() {
    for (value, extreme) in [(Fleet::LOW - 1, -Fr::ONE), (Fleet::LOW - 1, Fr::ZERO)] {
        let (inputs, witness) = World::aggregate(5).values(&[value, 0, 0, 0, 0]).aggregate_claim();
        forged(aggregate(), (&inputs, &witness), |site, values| {
            if site.name == "minimum and maximum" {
                values[0] = extreme;
                values[1] = Fr::from(40_000u64);
            }
        })
        .assert_refused_by(Rule::VALUE, "below low");
    }
    let span = Fr::from(u64::try_from(Fleet::HIGH - Fleet::LOW).unwrap());
    for maximum in [span, span + Fr::ONE, field::power_of_two(40) - Fr::ONE] {
        let (inputs, witness) = World::aggregate(5).values(&[Fleet::HIGH + 1, 0, 0, 0, 0]).aggregate_claim();
        forged(aggregate(), (&inputs, &witness), |site, values| {
            if site.name == "minimum and maximum" {
                values[1] = maximum;
            }
        })
        .assert_refused_by(Rule::VALUE, "above high");
    }
}

/// The public words stay the same while a field borrows from its neighbour.
#[test]
fn a_public_field_cannot_borrow_from_its_neighbour() {
    let (inputs, witness) = World::aggregate(5).aggregate_claim();
    // The hint of the first packed word: chunk bits, chunk, count, sum, sum of squares (the epoch is what is left).
    for (upper, lower, width) in [(0, 1, 22), (1, 2, 21), (2, 3, 62), (3, 4, 101)] {
        for up in [true, false] {
            let verdict = forged(aggregate(), (&inputs, &witness), |site, values| {
                if site.name == "public field" && values.len() == 5 {
                    let step = if up { Fr::ONE } else { -Fr::ONE };
                    values[upper] += step;
                    values[lower] -= step * field::power_of_two(width);
                }
            });
            assert!(!verdict.accepted("a borrow between fields"), "{upper} {lower}");
            assert!(verdict.unsatisfied.unwrap().path.contains(&Scope::Part("public inputs")));
        }
    }
}

/// A packed word stays the same, and so do its hash and its signature, while a field borrows from its neighbour: the range
/// of the lower field refuses it before any other rule.
#[test]
fn a_private_field_cannot_borrow_from_its_neighbour() {
    let (inputs, witness) = World::reading().reading_claim();
    let policy = Scope::Rule(Rule::POLICY);
    let words: [(Scope, &[(&str, u32)]); 3] = [
        (
            Scope::Part("fields"),
            &[
                ("schema", 32),
                ("sequence", 64),
                ("time", 48),
                ("latitude", 32),
                ("longitude", 32),
                ("accuracy", 32),
            ],
        ),
        (
            policy,
            &[("low", 41), ("high", 41), ("maximum accuracy", 32), ("origin", 48), ("length", 40), ("k", 21)],
        ),
        // A policy of one device has constants for k's and the outputs' values.
        (policy, &[("schema", 32), ("channel", 2), ("device class", 17)]),
    ];
    for (scope, fields) in words {
        for pair in fields.windows(2) {
            let [(upper, _), (lower, width)] = [pair[0], pair[1]];
            for step in [Fr::ONE, -Fr::ONE] {
                let verdict = forged(reading(), (&inputs, &witness), |site, values| {
                    if site.path.contains(&policy) == (scope == policy) {
                        if site.name == upper {
                            values[0] += step;
                        } else if site.name == lower {
                            values[0] -= step * field::power_of_two(width);
                        }
                    }
                });
                assert!(!verdict.accepted("a borrow between fields"), "{upper} {lower}");
                let path = verdict.unsatisfied.unwrap().path;
                assert!(path.contains(&scope), "{upper} {lower}: {path:?}");
            }
        }
    }
}

/// The two halves of a lane, exchanged or shifted into each other.
#[test]
fn forged_halves_are_refused() {
    let (inputs, witness) = World::reading().reading_claim();
    let shift = field::power_of_two(64);
    type Forgery = fn(Fr, Fr, Fr) -> [Fr; 2];
    let forgeries: [Forgery; 5] = [
        |value, other, _| [other, value],
        |value, other, shift| [value - Fr::ONE, other + shift],
        |value, other, shift| [value + Fr::ONE, other - shift],
        |value, other, _| [value + Fr::ONE, other - Fr::ONE],
        |value, other, shift| [value + shift, other],
    ];
    for forge in forgeries {
        forged(reading(), (&inputs, &witness), |site, values| {
            if site.name == "halves" {
                let halves = forge(values[0], values[1], shift);
                values.copy_from_slice(&halves);
            }
        })
        .assert_refused_by(Rule::VALUE, "forged halves");
    }
}

#[test]
fn forged_corners_are_refused() {
    let (inputs, witness) = World::reading().reading_claim();
    for corner in 0..5 {
        for change in [Fr::ONE, -Fr::ONE, field::power_of_two(32), -field::power_of_two(32)] {
            forged(reading(), (&inputs, &witness), |site, values| {
                if site.name == "corner" {
                    values[corner] += change;
                    if corner > 0 {
                        values[corner - 1] -= change * field::power_of_two(32).inverse().unwrap();
                    }
                }
            })
            .assert_refused_by(Rule::FENCE, "forged corners");
        }
    }
}

/// A triangle that is not one of the fence's.
#[test]
fn a_forged_triangle_is_refused() {
    let (inputs, witness) = World::aggregate(5).aggregate_claim();
    for triangle in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
        forged(aggregate(), (&inputs, &witness), |site, values| {
            if site.name == "selected triangle" && site.instance == 2 {
                values[0] = triangle;
            }
        })
        .assert_refused_by(Rule::FENCE, "a triangle of the prover's own");
    }
}

/// One wire of every name in every scope of `reading` is pinned: moved by one, negated, set to 0, 1 or -1 alone, it is
/// refused.
#[test]
fn every_wire_of_reading_is_pinned() {
    let (inputs, witness) = World::reading().reading_claim();
    let free = sweep(reading(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

/// The same of `aggregate`: outside blocks and in one slot.
#[test]
fn every_wire_of_aggregate_is_pinned() {
    let mut world = World::with_outputs(ALL);
    let (inputs, witness) = world.values(&[100, 200, 300, 400, 500, 600, 700, 800]).aggregate_claim();
    let free = sweep(aggregate(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

/// The same of `track`: of one sample and of one step, too.
#[test]
fn every_wire_of_track_is_pinned() {
    let (inputs, witness) = Track::claim(&moving(Track::kit().statement().samples()), Binding::NONE);
    let free = sweep(Track::kit(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

/// The same of `survey`: of one device, whose frame is full.
#[test]
fn every_wire_of_survey_is_pinned() {
    let options = FleetOptions { k: 8, outputs: ALL, ..FleetOptions::of::<Survey>() };
    let world = surveyed(CAPACITY, Survey::kit().statement().samples(), options);
    let (inputs, witness) = Survey::claim(&world, Binding::NONE);
    let free = sweep(Survey::kit(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

/// The same of `histogram`: of the booleans of a bin, too.
#[test]
fn every_wire_of_histogram_is_pinned() {
    let (inputs, witness) = Histogram::telling();
    let free = sweep(Histogram::kit(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

/// The same of `private-sum`: of the words of every digest, too.
#[test]
fn every_wire_of_private_sum_is_pinned() {
    let (inputs, witness) = PrivateSum::telling();
    let free = sweep(PrivateSum::kit(), &inputs.to_words().unwrap(), &witness);
    assert_eq!(free, BTreeSet::new(), "wires that can move");
}

type Names = BTreeSet<(Vec<Scope>, &'static str)>;

/// (path, instance, name, index in its segment) of every distinct site, one of each name and scope.
fn sites(
    run: impl Fn(&(dyn Fn(&Site<'_>, &mut [Fr]) + Sync)),
) -> Vec<(Vec<Scope>, usize, &'static str, usize)> {
    let seen = Mutex::new((Names::new(), Vec::new()));
    run(&|site: &Site<'_>, _: &mut [Fr]| {
        let mut seen = seen.lock().unwrap();
        let key = (site.path.to_vec(), site.name);
        if seen.0.insert(key) {
            seen.1.push((site.path.to_vec(), site.instance, site.name, site.index));
        }
    });
    seen.into_inner().unwrap().1
}

/// Names of the wires that can be forged.
fn sweep<S: Statement>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness) -> BTreeSet<String> {
    let circuit = kit.circuit();
    let r1cs = |hook: &(dyn Fn(&Site<'_>, &mut [Fr]) + Sync)| {
        let hook = Forge(hook);
        first_unsatisfied_in(circuit, kit.statement(), words, witness, Some(&hook)).unwrap()
    };
    let all = sites(|hook| assert_eq!(r1cs(hook), None));
    assert!(all.len() > 60, "{} sites", all.len());
    let mut free = BTreeSet::new();
    for (path, instance, name, index) in all {
        for change in [
            |value: Fr| value + Fr::ONE,
            |value: Fr| -value,
            |_: Fr| Fr::ZERO,
            |_: Fr| Fr::ONE,
            |_: Fr| -Fr::ONE,
        ] {
            let changed = Mutex::new(false);
            let verdict = r1cs(&|site: &Site<'_>, values: &mut [Fr]| {
                let here =
                    (site.path, site.instance, site.name, site.index) == (&path[..], instance, name, index);
                if here {
                    let which = 1.min(values.len() - 1);
                    let forged = change(values[which]);
                    *changed.lock().unwrap() |= forged != values[which];
                    values[which] = forged;
                }
            });
            if *changed.lock().unwrap() && verdict.is_none() {
                free.insert(format!("{} / {name}", Scope::join(&path)));
            }
        }
    }
    free
}

/// The wires that a hook sees have the same names and order in both backends, but for those inside the operations that a
/// backend does in its own way.
#[test]
fn witnesses_are_the_same_in_both_backends() {
    let (inputs, witness) = World::aggregate(5).aggregate_claim();
    let words = inputs.to_words().unwrap();
    let collect = |run: &dyn Fn(&dyn Hook)| {
        let seen = Mutex::new(Vec::new());
        let hook = Forge(|site: &Site<'_>, values: &mut [Fr]| {
            if site.kind == WireKind::Witness {
                seen.lock().unwrap().push((site.path.to_vec(), site.instance, site.name, values.to_vec()));
            }
        });
        run(&hook);
        seen.into_inner().unwrap()
    };
    let (kit, witness) = (aggregate(), &witness);
    let native = collect(&|hook| {
        assert_eq!(native::run(kit.statement(), &words, witness, Some(hook)).unwrap(), []);
    });
    let r1cs = collect(&|hook| {
        let found = first_unsatisfied_in(kit.circuit(), kit.statement(), &words, witness, Some(hook));
        assert_eq!(found.unwrap(), None);
    });
    assert!(native == r1cs && native.len() > 100);
    assert!(native.iter().any(|(path, ..)| path.contains(&Scope::Rule(Rule::MEMBERSHIP))));
}
