//! Random and edge inputs of every gadget.

use zksensor_model::layout::Element;
use zksensor_testkit::Conformance;

use super::inputs::{gadgets, inputs};
use super::probe::{Probe, ProbeInputs};
use super::tally::Tally;

/// Every gadget; returns how many.
pub(super) fn look_at_all(tally: &mut Tally) -> usize {
    let gadgets = gadgets();
    for gadget in &gadgets {
        let kit = Conformance::new(Probe(*gadget));
        let claims =
            inputs(*gadget).into_iter().map(|values| (ProbeInputs { first: Element(values[0]) }, values));
        tally.look(&format!("{gadget:?}"), &kit, claims);
    }
    gadgets.len()
}
