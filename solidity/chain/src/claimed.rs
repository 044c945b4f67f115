//! What a feed counts: an aggregate, or a survey.

use zksensor_model::claim::aggregate::{Aggregate, AggregateInputs};
use zksensor_model::claim::survey::{Survey, SurveyInputs};
use zksensor_model::claim::{Binding, ClaimFamily, StatementId};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::{InputError, PublicInputs};
use zksensor_model::policy::PolicyId;
use zksensor_model::registry::RegistryRoot;
use zksensor_solidity::Address;
use zksensor_solidity::feed::{aggregates, surveys};
use zksensor_verifier::Proof;

/// The public inputs of a proof that a feed counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// A reading a device: `AggregateFeed` counts it.
    Aggregate(AggregateInputs),
    /// A frame of samples a device: `SurveyFeed` counts it.
    Survey(SurveyInputs),
}

impl Claimed {
    /// Those of a statement's words; `None` if no feed counts the statement.
    ///
    /// # Errors
    /// [`InputError`] if the words are none of the statement.
    pub fn of(statement: &StatementId, words: &[Fr]) -> Option<Result<Claimed, InputError>> {
        match statement.title() {
            title if title == aggregate() => Some(AggregateInputs::from_words(words).map(Claimed::Aggregate)),
            title if title == survey() => Some(SurveyInputs::from_words(words).map(Claimed::Survey)),
            _ => None,
        }
    }

    /// Name and version of the statements that feeds count, for people.
    pub fn wanted() -> String {
        format!("{} or {}", aggregate(), survey())
    }

    /// Name and version of the statement.
    pub fn title(&self) -> String {
        match self {
            Claimed::Aggregate(_) => aggregate(),
            Claimed::Survey(_) => survey(),
        }
    }

    /// The root of the registry.
    pub fn registry_root(&self) -> [u8; 32] {
        let root: &RegistryRoot = match self {
            Claimed::Aggregate(inputs) => &inputs.registry_root,
            Claimed::Survey(inputs) => &inputs.registry_root,
        };
        field::to_be_bytes(&root.to_field())
    }

    /// The policy's id.
    pub fn policy_id(&self) -> [u8; 32] {
        let id: &PolicyId = match self {
            Claimed::Aggregate(inputs) => &inputs.policy_id,
            Claimed::Survey(inputs) => &inputs.policy_id,
        };
        field::to_be_bytes(&id.to_field())
    }

    /// The epoch's number.
    pub fn epoch(&self) -> u32 {
        match self {
            Claimed::Aggregate(inputs) => inputs.epoch,
            Claimed::Survey(inputs) => inputs.epoch,
        }
    }

    /// Which chunk of the registry.
    pub fn chunk(&self) -> u32 {
        match self {
            Claimed::Aggregate(inputs) => inputs.chunk,
            Claimed::Survey(inputs) => inputs.chunk,
        }
    }

    /// Values that are counted.
    pub fn count(&self) -> u32 {
        match self {
            Claimed::Aggregate(inputs) => inputs.count,
            Claimed::Survey(inputs) => inputs.counted,
        }
    }

    /// Devices that they are of.
    pub fn devices(&self) -> u32 {
        match self {
            Claimed::Aggregate(inputs) => inputs.count,
            Claimed::Survey(inputs) => inputs.devices,
        }
    }

    /// Sum of the values, in the schema's fixed point.
    pub fn sum(&self) -> i64 {
        match self {
            Claimed::Aggregate(inputs) => inputs.sum,
            Claimed::Survey(inputs) => inputs.sum,
        }
    }

    /// What the proof is bound to.
    pub fn binding(&self) -> Binding {
        match self {
            Claimed::Aggregate(inputs) => inputs.binding,
            Claimed::Survey(inputs) => inputs.binding,
        }
    }
}

/// Calldata that submits proofs of one statement, in rising order of their chunks; `None` if they are of several, or none.
pub(crate) fn calldata(
    key_id: &[u8; 32],
    items: &[(Proof, Claimed)],
    aggregator: &Address,
    root_index: u64,
) -> Option<Vec<u8>> {
    if let Some(items) = all(items, |claimed| match claimed {
        Claimed::Aggregate(inputs) => Some(*inputs),
        Claimed::Survey(_) => None,
    }) {
        return Some(match &items[..] {
            [(proof, inputs)] => aggregates::submit(key_id, proof, inputs, aggregator, root_index),
            _ => aggregates::submit_batch(key_id, &items, aggregator, root_index),
        });
    }
    let items = all(items, |claimed| match claimed {
        Claimed::Survey(inputs) => Some(*inputs),
        Claimed::Aggregate(_) => None,
    })?;
    Some(match &items[..] {
        [(proof, inputs)] => surveys::submit(key_id, proof, inputs, aggregator, root_index),
        _ => surveys::submit_batch(key_id, &items, aggregator, root_index),
    })
}

/// The same items with inputs of one statement, if all are of it and there are any.
fn all<T>(items: &[(Proof, Claimed)], of: impl Fn(&Claimed) -> Option<T>) -> Option<Vec<(Proof, T)>> {
    let typed: Option<Vec<_>> =
        items.iter().map(|(proof, claimed)| Some((proof.clone(), of(claimed)?))).collect();
    typed.filter(|items| !items.is_empty())
}

fn aggregate() -> String {
    Aggregate::id_of(Vec::new()).title()
}

fn survey() -> String {
    Survey::id_of(Vec::new()).title()
}
