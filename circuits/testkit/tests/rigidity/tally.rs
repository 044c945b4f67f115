//! What was looked at, and the one test that looks at all of it.

use std::io::Write;

use zksensor_circuits::statement::Statement;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::Sequential;
use zksensor_testkit::{Conformance, Rigidity, rigidity};

use super::{gadgets, statements};

/// Witnesses that each statement and each gadget is looked at with, at least.
const WITNESSES: usize = 25;

/// Sums over circuits.
#[derive(Default)]
pub(super) struct Tally {
    witnesses: usize,
    wires: usize,
    nullity: usize,
}

impl Tally {
    /// Looks at one circuit at many witnesses; no wire can move and every public input is held at each.
    pub(super) fn look<S: Statement>(
        &mut self,
        name: &str,
        kit: &Conformance<S>,
        claims: impl IntoIterator<Item = (S::Inputs, S::Witness)>,
    ) {
        let before = self.witnesses;
        self.look_some(name, kit, claims);
        let witnesses = self.witnesses - before;
        assert!(witnesses >= WITNESSES, "{name}: {witnesses} witnesses");
    }

    /// As [`Tally::look`] at as many witnesses as come: another shape of a statement.
    pub(super) fn look_some<S: Statement>(
        &mut self,
        name: &str,
        kit: &Conformance<S>,
        claims: impl IntoIterator<Item = (S::Inputs, S::Witness)>,
    ) {
        let (mut witnesses, mut wires) = (0, 0);
        for (inputs, witness) in claims {
            let found = rigidity_of(kit, &inputs, &witness);
            assert_rigid(&format!("{name}, witness {witnesses}"), &found);
            witnesses += 1;
            wires = found.wires;
            self.nullity += found.nullity;
        }
        self.witnesses += witnesses;
        self.wires += wires;
    }
}

/// The kernel at one claim.
pub(super) fn rigidity_of<S: Statement>(
    kit: &Conformance<S>,
    inputs: &S::Inputs,
    witness: &S::Witness,
) -> Rigidity {
    let words = inputs.to_words().unwrap();
    let assignment = kit.circuit().assign(kit.statement(), &words, witness, &Sequential, None).unwrap();
    rigidity(kit.circuit(), &assignment)
}

/// No wire can move, and every public input is held.
pub(super) fn assert_rigid(name: &str, found: &Rigidity) {
    let loose: Vec<&str> = found.loose.iter().map(|wire| wire.name.as_str()).collect();
    assert!(loose.is_empty(), "{name}: {} wires can move: {loose:?}", found.nullity);
    assert!(found.unbound.is_empty(), "{name}: no row holds public inputs {:?}", found.unbound);
}

#[test]
fn no_wire_can_move() {
    let mut tally = Tally::default();
    let statements = statements::look_at_all(&mut tally);
    let gadgets = gadgets::look_at_all(&mut tally);
    let Tally { witnesses, wires, nullity } = tally;
    // Not `eprintln`, which the harness keeps to itself when a test passes.
    writeln!(
        std::io::stderr(),
        r#"RIGIDITY {{"statements":{statements},"gadgets":{gadgets},"witnesses":{witnesses},"wires":{wires},"nullity":{nullity}}}"#
    )
    .unwrap();
}
