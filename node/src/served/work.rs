//! What of serving a policy depends on its statement.

use zksensor::circuits::assemble::{AggregateTarget, Assemble};
use zksensor::circuits::statement::Violation;
use zksensor::model::claim::{StatementFamily, StatementId};
use zksensor::model::policy::Policy;
use zksensor::model::registry::{DeviceMembership, Registry};
use zksensor::prover::Cancel;

use crate::intake::ItemKind;
use crate::prove::{NoProof, Proves};
use crate::signed::Signed;

/// What a statement's shape says of all its proofs.
pub(super) struct Shape {
    pub(super) id: StatementId,
    pub(super) family: StatementFamily,
    /// Devices of a proof, and triangles of a fence.
    pub(super) capacity: usize,
    pub(super) triangles: usize,
    /// Levels of a chunk.
    pub(super) levels: u8,
    /// Whether devices have to show quality.
    pub(super) quality: bool,
}

impl Shape {
    pub(super) fn is_of(&self, policy: &Policy) -> bool {
        let parts = policy.parts();
        parts.family == self.family && parts.statement_version == self.id.version
    }
}

/// Why there is no proof.
pub(crate) enum Unproven {
    /// The claim does not hold, and will not: why, in words.
    Claim(String),
    /// The prover made none.
    Prover(NoProof),
}

/// The rules of a policy's statement, and who proves its claims.
pub(super) trait Work: Send + Sync {
    /// What devices sign for it.
    fn kind(&self) -> ItemKind;

    /// Its shape.
    fn shape(&self) -> Shape;

    /// Whether what a device signed obeys every rule that is about it alone, but for those that decoding and the registry have checked: how many
    /// samples of it count. One of another kind is none of its policy's.
    fn check(&self, epoch: u32, signed: &Signed, membership: &DeviceMembership) -> Result<u32, Violation>;

    /// Proves the claim about what was chosen, in the order of positions.
    fn prove(
        &self,
        registry: &Registry,
        target: AggregateTarget,
        chosen: Vec<Signed>,
        cancel: &Cancel,
    ) -> Result<String, Unproven>;
}

/// Offers all of it to the assembly, and proves what that makes of it.
pub(super) fn prove<A: Assemble>(
    mut assembly: A,
    chosen: impl IntoIterator<Item = A::Signed>,
    prover: &dyn Proves<A::Statement>,
    cancel: &Cancel,
) -> Result<String, Unproven> {
    for (row, signed) in (1..).zip(chosen) {
        assembly.offer(row, signed).map_err(|refusal| {
            let rule = refusal.rule().map_or_else(|| "a rule".to_owned(), |rule| rule.to_string());
            Unproven::Claim(format!("what was chosen of a device is refused by {rule}"))
        })?;
    }
    let job = assembly.job().map_err(|error| Unproven::Claim(error.to_string()))?;
    prover.prove(&job, cancel).map_err(Unproven::Prover)
}
