//! A proof that fails is blamed on what is at fault: on the statement if its check and its circuit disagree, else on the key.

use sha3::{Digest, Keccak256};
use zksensor_circuits::statement::{Assignment, Claim, Rule};
use zksensor_prover::{Event, Phase, ProveError, Prover, ProvingKey, insecure_setup};

use crate::rng;
use crate::square::{COUNT, GOOD, Says, Square, inputs};

#[test]
fn a_statement_that_disagrees_with_itself_is_named_with_its_rule() {
    let cases: [(Says, Option<Rule>, &str); 3] = [
        (Says::OutsideOfScopes, None, "no scope"),
        (Says::InARule, Some(Rule::VALUE), "C7 value / root"),
        (Says::InARuleOfABlock, Some(Rule::SUM), "number / C16 sum"),
    ];
    for (says, rule, scope) in cases {
        let statement = Square(says);
        let key = insecure_setup(&statement, &mut rng(11), &()).unwrap();
        let summed = move |event: Event| assert_ne!(event, Event::Started(Phase::Multiexp), "{scope}");
        let prover = Prover::builder(statement, key.clone()).progress(Box::new(summed)).build().unwrap();
        let mut bad = GOOD;
        bad[if says == Says::InARuleOfABlock { COUNT - 1 } else { 0 }] = 8;
        let assignment = Assignment::new(&statement, inputs(), &bad).unwrap();
        let wanted =
            ProveError::CheckDisagrees { statement: statement.id().into(), rule, scope: scope.into() };
        assert_eq!(prover.prove(&assignment, &mut rng(11)).unwrap_err(), wanted);
        assert!(wanted.to_string().contains(scope) && wanted.to_string().contains("report"), "{wanted}");
        // The same statement where the two agree.
        let prover = Prover::builder(statement, key).build().unwrap();
        let assignment = Assignment::new(&statement, inputs(), &GOOD).unwrap();
        prover.prove(&assignment, &mut rng(11)).unwrap();
    }
}

#[test]
fn a_key_with_two_points_changed_over_is_blamed_itself() {
    const POINT: usize = 64;
    let statement = Square(Says::InARuleOfABlock);
    let mut bytes = insecure_setup(&statement, &mut rng(11), &()).unwrap().to_bytes();
    bytes.truncate(bytes.len() - 32);
    // The last two points of L.
    let start = bytes.len() - 2 * POINT;
    bytes[start..].rotate_left(POINT);
    let digest = Keccak256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    let prover = Prover::builder(statement, ProvingKey::from_bytes(&bytes).unwrap()).build().unwrap();
    let assignment = Assignment::new(&statement, inputs(), &GOOD).unwrap();
    let refused = prover.prove(&assignment, &mut rng(11)).unwrap_err();
    assert!(matches!(refused, ProveError::SelfCheck { .. }), "{refused}");
}
