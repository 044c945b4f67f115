//! What the devices of a survey make together, and the public inputs about it (C15 to C19, S3 and S4).

use ark_ff::{AdditiveGroup, Field as _};

use super::device::Exports;
use super::{InputVars, Survey};
use crate::gadgets::{Bit, Gadgets, SynthesisError};
use crate::statement::policy_vars::{self, PolicyVars};
use crate::statement::{Rule, many};
use zksensor_model::claim::aggregate::SUM_OFFSET;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::encoding;

pub(super) fn claims<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Survey>,
    policy: &PolicyVars<G::Var>,
    devices: &[Exports<G::Var>],
) -> Result<(), SynthesisError> {
    let active: Vec<Bit<G::Var>> = devices.iter().map(|device| device.active.clone()).collect();
    many::count(g, inputs.devices.var(), policy, &active)?;
    g.rule(rules::COUNTED, |g| {
        let counted = g.sum(devices.iter().map(|device| &device.counted));
        g.assert_equal(&counted, inputs.counted.var())
    })?;
    g.rule(rules::LEFT_OUT, |g| {
        let left_out = g.sum(devices.iter().map(|device| &device.left_out));
        g.assert_equal(&left_out, inputs.left_out.var())
    })?;
    // C16. sum = sum of (value - low) + counted low.
    g.rule(Rule::SUM, |g| {
        let above = g.sum(devices.iter().map(|device| &device.sum));
        let low = policy_vars::low_value(g, &policy.block.low);
        let shift = g.mul(inputs.counted.var(), &low)?;
        let sum = g.linear(field::power_of_two(SUM_OFFSET), &[(Fr::ONE, &above), (Fr::ONE, &shift)]);
        g.assert_equal(&sum, inputs.sum.var())
    })?;
    // C17.
    g.rule(Rule::SUM_OF_SQUARES, |g| {
        let squares = g.sum(devices.iter().map(|device| &device.squares));
        let shown = policy_vars::gate(g, &policy.flags[0], &squares)?;
        g.assert_equal(&shown, inputs.sum_of_squares.var())
    })?;
    // C18 and C19: of the devices' extremes one is the extreme of all.
    let minima: Vec<&G::Var> = devices.iter().map(|device| &device.minimum).collect();
    g.rule(Rule::MINIMUM, |g| {
        let least = extreme(g, &active, &minima, Extreme::Least)?;
        let shown = policy_vars::gate(g, &policy.flags[1], &least)?;
        g.assert_equal(&shown, inputs.minimum.var())
    })?;
    let maxima: Vec<&G::Var> = devices.iter().map(|device| &device.maximum).collect();
    g.rule(Rule::MAXIMUM, |g| {
        let greatest = extreme(g, &active, &maxima, Extreme::Greatest)?;
        let shown = policy_vars::gate(g, &policy.flags[2], &greatest)?;
        g.assert_equal(&shown, inputs.maximum.var())
    })
}

/// Which extreme.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extreme {
    Least,
    Greatest,
}

/// The least or the greatest of those that are active, each of 40 bits: none is beyond it, and one is it. Slot 0 is active.
fn extreme<G: Gadgets>(
    g: &mut G,
    active: &[Bit<G::Var>],
    values: &[&G::Var],
    which: Extreme,
) -> Result<G::Var, SynthesisError> {
    let from: Vec<&G::Var> =
        active.iter().zip(values).flat_map(|(active, value)| [active.var(), *value]).collect();
    let extreme = g.hint("extreme", 1, &from, |values| {
        let active = values.chunks_exact(2).filter(|pair| pair[0] == Fr::ONE).map(|pair| pair[1]);
        let found = if which == Extreme::Least { active.min() } else { active.max() };
        vec![found.unwrap_or(Fr::ZERO)]
    })?;
    let extreme = &extreme[0];
    let mut factors = Vec::with_capacity(values.len());
    for (active, value) in active.iter().zip(values) {
        let beyond = match which {
            Extreme::Least => g.sub(value, extreme),
            Extreme::Greatest => g.sub(extreme, value),
        };
        let beyond = policy_vars::gate(g, active, &beyond)?;
        g.assert_range(&beyond, encoding::VALUE_SPAN_BITS)?;
        factors.push(g.linear(Fr::ONE, &[(Fr::ONE, &beyond), (-Fr::ONE, active.var())]));
    }
    let zero = g.constant(Fr::ZERO);
    g.assert_member(&zero, &factors)?;
    Ok(extreme.clone())
}
