//! A page that shows one proof to everybody, and verifies it in the reader's browser.
//!
//! It is made of a proof file, its policy, the fence and the verifying key, which are public: nothing else can be on it.

mod alter;
mod chart;
mod facts;
mod proven;
mod view;

use std::path::Path;

use zksensor_model::fence::Fence;
use zksensor_model::meaning::{Meaning, MeaningError};
use zksensor_model::policy::Policy;
use zksensor_verifier::VerifyingKey;

use crate::files::{FileError, FileProof, Kind, Overwrite, ProofFile, ProofKeyError, Staged};
use crate::policy::NamedNetwork;
use proven::{Proven, System};

/// What a report shows. Its proof is of its policy, and holds under its key if there is one.
#[derive(Debug, Clone)]
pub struct Report {
    proven: Proven,
    policy: Policy,
    meaning: Meaning,
    fence: Option<(Fence, String)>,
    key: Option<VerifyingKey>,
    network: Option<NamedNetwork>,
    gas: Option<Gas>,
}

/// Gas of a transaction that verifies the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gas {
    /// Alone, on Polygon.
    pub polygon: u64,
    /// Alone, on Ethereum.
    pub ethereum: u64,
    /// On Polygon, in a batch: how many proofs, and what each of them costs.
    pub batch: (u64, u64),
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The proof is of another policy.
    #[error("expected a proof of the policy: {0}")]
    Meaning(#[from] MeaningError),
    /// The proof does not hold under the key.
    #[error(transparent)]
    Verify(#[from] ProofKeyError),
    /// The network is not the policy's.
    #[error("expected the network of the policy, got another one: {got}")]
    Network {
        /// The network that came.
        got: NamedNetwork,
    },
    /// The fence is not the policy's.
    #[error("expected the fence of the policy, whose root is {wanted}, got one with the root {got}")]
    Fence {
        /// The root that the policy has.
        wanted: String,
        /// That of the fence which came.
        got: String,
    },
}

impl Report {
    /// The report of a proof under its policy; without a key it cannot be verified on the page, and was not verified here.
    ///
    /// # Errors
    /// [`ReportError`] if the proof is of another policy, or does not hold under the key.
    pub fn new(file: ProofFile, policy: Policy, key: Option<VerifyingKey>) -> Result<Report, ReportError> {
        let meaning = Meaning::of(file.statement().id(), file.words(), &policy)?;
        if let Some(key) = &key {
            file.verify(key.clone())?;
        }
        let proven = Proven::groth16(&file);
        Ok(Report { proven, policy, meaning, fence: None, key, network: None, gas: None })
    }

    /// The report of a proof of another system than Groth16, of which the page has no verifier. It says so, and whether the proof was
    /// `verified` by who makes the page.
    ///
    /// # Errors
    /// [`ReportError::Meaning`] if the proof is of another policy.
    pub fn without_verifier<P: FileProof>(
        file: &ProofFile<P>,
        policy: Policy,
        verified: bool,
    ) -> Result<Report, ReportError> {
        let meaning = Meaning::of(file.statement().id(), file.words(), &policy)?;
        let proven = Proven::of(file, System::Other { verified });
        Ok(Report { proven, policy, meaning, fence: None, key: None, network: None, gas: None })
    }

    /// With the fence, and what it is called.
    ///
    /// # Errors
    /// [`ReportError::Fence`] if it is not the policy's.
    pub fn inside(mut self, fence: Fence, name: String) -> Result<Report, ReportError> {
        let (wanted, got) = (self.policy.parts().fence, fence.root());
        if wanted != got {
            return Err(ReportError::Fence { wanted: wanted.to_string(), got: got.to_string() });
        }
        self.fence = Some((fence, name));
        Ok(self)
    }

    /// With the chain and the registry contract, of which a policy has a hash.
    ///
    /// # Errors
    /// [`ReportError::Network`] if the hash is another one.
    pub fn on(mut self, network: NamedNetwork) -> Result<Report, ReportError> {
        if network.network() != self.policy.parts().network {
            return Err(ReportError::Network { got: network });
        }
        self.network = Some(network);
        Ok(self)
    }

    /// With what it costs to verify the proof on a chain.
    #[must_use]
    pub fn costing(mut self, gas: Gas) -> Report {
        self.gas = Some(gas);
        self
    }

    /// What is proven, in a sentence.
    pub fn sentence(&self) -> String {
        match &self.fence {
            Some((_, name)) => self.meaning.inside(name).to_string(),
            None => self.meaning.to_string(),
        }
    }

    /// The document.
    pub fn to_html(&self) -> String {
        view::render(self)
    }

    /// Starts the file of a report.
    ///
    /// # Errors
    /// As [`Staged::create`].
    pub fn stage(path: &Path, overwrite: Overwrite) -> Result<Staged, FileError> {
        Staged::create(path, Kind::Report, overwrite)
    }

    /// Writes the report into a file that was started before.
    ///
    /// # Errors
    /// As [`Staged::commit`].
    pub fn write_into(&self, mut staged: Staged) -> Result<(), FileError> {
        staged.put(self.to_html().as_bytes())?;
        staged.commit()
    }
}

#[cfg(test)]
mod tests;
