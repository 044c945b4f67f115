//! Wires that lie together, as each statement has them for the rows that nothing else misses: none makes a claim hold that does not.

use zksensor_model::field::Fr;
use zksensor_testkit::{Conformance, Forger, Target};

use super::kit::{Lies, Tested, TestedVisitor, each_tested};

#[test]
fn no_lie_is_taken() {
    #[derive(Default)]
    struct Look(usize);
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let kit = Conformance::new(S::small());
            for (number, lies) in S::own_lies().iter().enumerate() {
                self.0 += refused(&kit, number, lies);
            }
        }
    }
    let mut look = Look::default();
    each_tested(&mut look);
    assert!(look.0 >= 20, "{} lies", look.0);
}

/// How many lies there are of a claim that does not hold, each of which breaks a row. Of one that holds a lie may be another way to say the
/// same, or say what another witness makes true.
fn refused<S: Tested>(kit: &Conformance<S>, number: usize, lies: &Lies<S>) -> usize {
    let (inputs, witness) = &lies.claim;
    if kit.statement().check(inputs, witness).is_ok() {
        return 0;
    }
    let forger = Forger::of_bad(kit, inputs, witness);
    let overrides = (lies.overrides)(&forger);
    for lie in &overrides {
        let wires: Vec<(&Target, &[Fr])> = lie.iter().map(|(target, values)| (target, &values[..])).collect();
        assert!(!forger.failed(&wires).is_empty(), "{}: lies {number} are taken", kit.statement().id());
    }
    overrides.len()
}
