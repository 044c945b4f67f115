//! The contract that computes the id of a policy: its parts as a struct, and Poseidon with the constants of its width.

use std::fmt;

use alloy_primitives::hex;
use askama::Template;
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::{Field, Width};
use zksensor_model::preimages::{Lane, Policy, Preimage};
use zksensor_model::primitives::poseidon;

use crate::error::RenderError;
use crate::model::{camel, wrapped};

/// Name of the contract file with the parts of a policy and its id.
pub const POLICY: &str = "Policy";
/// Name of the contract file with the hash.
pub const POLICY_POSEIDON: &str = "PolicyPoseidon";

const PREIMAGE: &Preimage = &Policy::PREIMAGE;

/// Names and sources of the contracts that compute the id of a policy, in [`crate::GENERATED`]. `command` is what the headers say
/// made them.
///
/// # Errors
/// [`RenderError`] if a template does not render.
pub fn policy_sources(command: &str) -> Result<[(&'static str, String); 2], RenderError> {
    let lanes = PREIMAGE.lanes;
    let policy = PolicyTemplate {
        name: PREIMAGE.name,
        domain: PREIMAGE.domain.name(),
        command,
        parts: lanes.iter().flat_map(parts).collect(),
        lanes: lanes.iter().enumerate().map(packed).collect(),
    };
    let rounds = poseidon::rounds(lanes.len());
    let partial: Vec<Fr> = rounds.partial.iter().map(|round| round.constant).collect();
    let constants = rounds.before.concat().into_iter().chain(partial).chain(rounds.after.concat());
    let hash = PoseidonTemplate {
        name: PREIMAGE.name,
        domain: PREIMAGE.domain.name(),
        command,
        width: lanes.len() + 1,
        half: rounds.before.len(),
        rounds: rounds.before.len() + rounds.partial.len() + rounds.after.len(),
        tag: format!("0x{}", word(&PREIMAGE.domain.tag())),
        constants: constants.map(|constant| word(&constant)).collect(),
        matrix: rounds.mds.iter().flatten().map(word).collect(),
    };
    let text = |rendered: Result<String, askama::Error>| {
        Ok::<_, RenderError>(rendered.map_err(fmt::Error::from)? + "\n")
    };
    Ok([(POLICY, text(policy.render())?), (POLICY_POSEIDON, text(hash.render())?)])
}

#[derive(Template)]
#[template(path = "Policy.sol", escape = "none")]
struct PolicyTemplate<'a> {
    name: &'a str,
    domain: &'a str,
    command: &'a str,
    parts: Vec<PartModel>,
    /// The statements that pack each lane.
    lanes: Vec<Vec<String>>,
}

struct PartModel {
    name: String,
    solidity: &'static str,
    about: Vec<String>,
}

#[derive(Template)]
#[template(path = "PolicyPoseidon.sol", escape = "none")]
struct PoseidonTemplate<'a> {
    name: &'a str,
    domain: &'a str,
    command: &'a str,
    /// Lanes of the state: the capacity element and the inputs.
    width: usize,
    /// Full rounds before the partial ones, and after them.
    half: usize,
    rounds: usize,
    tag: String,
    constants: Vec<String>,
    matrix: Vec<String>,
}

/// The parts of a lane as fields of the struct.
fn parts(lane: &'static Lane) -> impl Iterator<Item = PartModel> {
    lane.parts().map(|(field, about)| PartModel {
        name: camel(field.name),
        solidity: field.solidity,
        about: wrapped(about.trim()),
    })
}

/// The statements that fill a lane, the first part in its most significant bits.
fn packed((index, lane): (usize, &'static Lane)) -> Vec<String> {
    let mut shift = lane.widths().iter().sum::<u32>();
    let statement = |(place, (field, _)): (usize, (&'static Field, &str))| {
        shift -= field.bits();
        let moved = if shift == 0 { String::new() } else { format!(" << {shift}") };
        format!("packed[{index}] {} {}{moved};", if place == 0 { "=" } else { "|=" }, placed(field))
    };
    lane.parts().enumerate().map(statement).collect()
}

/// A part, checked against its width and encoded.
fn placed(field: &Field) -> String {
    let name = camel(field.name);
    match (field.width, field.offset) {
        (Width::Element, _) => format!("_below(policy.{name}, Field.R, \"{name}\")"),
        (Width::Bits(width), Some(offset)) => {
            format!("_below(uint256(int256(policy.{name}) + 2 ** {offset}), 2 ** {width}, \"{name}\")")
        }
        (Width::Bits(width), None) if field.solidity == format!("uint{width}") => {
            format!("uint256(policy.{name})")
        }
        (Width::Bits(width), None) => format!("_below(policy.{name}, 2 ** {width}, \"{name}\")"),
    }
}

fn word(element: &Fr) -> String {
    hex::encode(field::to_be_bytes(element))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_place_and_none_overlaps() {
        let [(_, policy), (_, hash)] = policy_sources("a command").unwrap();
        assert!(
            policy.contains(
                "packed[2] = _below(uint256(int256(policy.low) + 2 ** 40), 2 ** 41, \"low\") << 182;"
            )
        );
        assert!(policy.contains("packed[2] |= _below(policy.k, 2 ** 21, \"k\");"));
        assert!(policy.contains("packed[4] = _below(policy.parameters, Field.R, \"parameters\");"));
        // 24 + 60 + 24 constants and 36 entries of the matrix.
        assert_eq!(hash.matches("hex\"").count(), 144);
    }
}
