//! Every gadget accepts exactly what its relation says, with all its inputs free and hostile. A test a group, so that a mutant
//! is run against the groups that it is about.

use std::io::Write;

use zksensor_testkit::relations::{Check, GROUPS, Looked};

fn check_of(group: &str) -> Check {
    GROUPS.iter().find(|(name, _)| *name == group).unwrap().1
}

fn hold(group: &str) {
    let looked = check_of(group)().unwrap_or_else(|disagreement| panic!("{group}: {disagreement}"));
    let Looked { relations, held, refused, forged } = looked;
    assert!(held > 0 && refused > 0 && forged > 0);
    // Not `eprintln`, which the harness keeps to itself when a test passes.
    let mut out = std::io::stderr();
    writeln!(
        out,
        r#"RELATIONS {{"group":"{group}","gadgets":{relations},"held":{held},"refused":{refused},"forged":{forged},"disagreements":0}}"#
    )
    .unwrap();
}

macro_rules! groups {
    ($($group:ident),*) => {
        $(
            #[test]
            fn $group() {
                hold(stringify!($group));
            }
        )*

        /// No group is forgotten above.
        #[test]
        fn every_group_is_held() {
            assert_eq!(GROUPS.map(|(name, _)| name).to_vec(), vec![$(stringify!($group)),*]);
        }
    };
}
groups!(words, order, inverse, laws, triangle, trees, signature);
