//! What it would cost to range what the circuits take beyond the types (`wider.rs`).

#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::AdditiveGroup;
use zksensor_circuits::gadgets::{Bit, Gadgets, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::compile;

use super::kit::reading;

zksensor_model::public_inputs! {
    /// One element that means nothing.
    pub struct CostInputs, CostVars {
        /// It.
        anything: Element = element as "uint256",
    }
}

/// What a version that ranges them would add to a reading: the payload hash, and the lane that the policy does not read.
struct Ranges {
    payload_hash: bool,
    lane: bool,
}

impl Claim for Ranges {
    type Inputs = CostInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "ranges".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Ranges {
    type Witness = ();

    fn check(&self, _: &CostInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        _: &InputVars<G, Self>,
        witness: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let mut free = |name| g.witness(name, witness.map(|()| Fr::ZERO));
        let (hash, first, second, which) = (free("hash")?, free("lane")?, free("lane")?, free("channel")?);
        let which: Bit<G::Var> = g.assert_bool(&which)?;
        if self.payload_hash {
            g.assert_bits(&hash, 248)?;
        }
        if self.lane {
            // The lane that the high bit of the channel does not select.
            let unread = g.select(&which, &first, &second)?;
            g.assert_bits(&unread, 128)?;
        }
        Ok(())
    }
}

/// 377 constraints: 3.5 per cent of `reading`, and 7 to 8 per cent of each reading of an aggregate, which publishes
/// nothing of either.
#[test]
fn what_it_costs_to_range_what_a_commitment_opens_to() {
    let constraints = |payload_hash, lane| compile(&Ranges { payload_hash, lane }).unwrap().constraints();
    let none = constraints(false, false);
    assert_eq!(constraints(true, false) - none, 248);
    assert_eq!(constraints(false, true) - none, 129);
    let added = constraints(true, true) - none;
    assert_eq!((added, 1000 * added / reading().circuit().constraints()), (377, 35));
}
