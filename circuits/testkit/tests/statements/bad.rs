//! The bad vectors of every statement: each rule has one.

use std::collections::BTreeSet;

use zksensor_circuits::statement::Rule;

use zksensor_testkit::{Backend, Conformance, NativeBackend};

use super::kit::{Tested, collect};

/// A statement with its bad vectors: the tests that run them.
pub(super) trait Bad: Tested {
    /// One test a rule, or more.
    const BAD: &'static [fn()];

    /// Rules that no claim of typed parts breaks, as they give what another rule compares: tests of forged wires break them.
    const OF_FORGED_WIRES: &'static [Rule] = &[];
}

/// What is done with every statement.
pub(super) trait BadVisitor {
    /// Does it.
    fn visit<S: Bad>(&mut self);
}

macro_rules! each {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// Calls the visitor for every statement.
        pub(super) fn each_bad(visitor: &mut impl BadVisitor) {
            $(visitor.visit::<zksensor_circuits::statement::$module::$name>();)*
        }
    };
}
zksensor_model::statements!(each);

/// A rule without a bad vector is a rule that nothing was seen to break.
#[test]
fn every_rule_has_a_bad_vector() {
    struct Look;
    impl BadVisitor for Look {
        fn visit<S: Bad>(&mut self) {
            let vectors = collect::<S>(S::BAD);
            let mut refused: BTreeSet<Rule> = vectors.iter().filter_map(|vector| vector.refused_by).collect();
            for rule in S::OF_FORGED_WIRES {
                assert!(refused.insert(*rule), "a claim breaks {rule}: it has a vector");
            }
            let rules: BTreeSet<Rule> = S::kit().statement().rules().into_iter().collect();
            assert_eq!(refused, rules, "{}", S::kit().statement().id());
        }
    }
    each_bad(&mut Look);
}

/// The bad vectors of one statement, held to their rules in another backend than rank-1 constraints.
pub(super) fn hold<S: Bad, B: Backend>() {
    let kit = Conformance::<S, B>::in_backend(*S::kit().statement());
    let vectors = collect::<S>(S::BAD);
    assert!(vectors.len() >= S::kit().statement().rules().len());
    for vector in &vectors {
        kit.run(vector);
    }
}

/// Another arithmetization is a line: the same vectors, held to the same rules. Plain field elements stand for it, so that what
/// this adds is the kit's own way with another backend, and which rule refuses first.
#[test]
fn the_vectors_hold_in_another_backend() {
    struct Look;
    impl BadVisitor for Look {
        fn visit<S: Bad>(&mut self) {
            hold::<S, NativeBackend>();
        }
    }
    each_bad(&mut Look);
}
