//! One proof of a statement against one key, or many.

use std::fmt;
use std::marker::PhantomData;

use halo2_proofs::halo2curves::bn256::{Bn256, Fr as Scalar, G1Affine};
use halo2_proofs::plonk::{self, verify_proof};
use halo2_proofs::poly::VerificationStrategy;
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
use halo2_proofs::poly::kzg::strategy::{AccumulatorStrategy, SingleStrategy};
use zksensor_model::claim::Claim;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_verifier::{inputs_from_bytes, inputs_from_words};

use crate::bytes::to_scalar;
use crate::error::{ProofError, VerifyError};
use crate::key::VerifyingKey;
use crate::parameters::parameters;
use crate::proof::Proof;
use crate::table::proof_bytes;
use crate::transcript::ProofReader;

/// Verifies proofs of one statement against one key. Built once, used from any thread.
pub struct Verifier<S: Claim> {
    key: VerifyingKey,
    argument: Argument,
    statement: PhantomData<fn() -> S>,
}

impl<S: Claim> Verifier<S> {
    /// Prepares a key, which has to be the statement's.
    ///
    /// An insecure key is taken: ask [`VerifyingKey::is_insecure`] where that matters.
    ///
    /// # Errors
    /// [`VerifyError::KeyMismatch`] if the key is for another statement, version or shape; [`VerifyError::KeyInputs`] if it
    /// takes another number of public inputs than the statement's layout.
    pub fn new(statement: &S, key: VerifyingKey) -> Result<Self, VerifyError> {
        let statement = statement.id();
        if *key.statement() != statement {
            let key = key.statement().clone().into();
            return Err(VerifyError::KeyMismatch { key, statement: statement.into() });
        }
        let layout = S::Inputs::layout().words();
        if key.public_inputs() != layout {
            return Err(VerifyError::KeyInputs { statement, key: key.public_inputs(), layout });
        }
        Ok(Verifier { argument: Argument::new(&key), statement: PhantomData, key })
    }

    /// The key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Bytes of every proof.
    pub fn proof_bytes(&self) -> usize {
        self.argument.proof_bytes
    }

    /// Accepts a proof of the statement for typed public inputs.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] if a field does not fit its width, [`VerifyError::Proof`] if the proof is none of this key, and
    /// [`VerifyError::Rejected`] if it does not hold.
    pub fn verify(&self, proof: &Proof, inputs: &S::Inputs) -> Result<(), VerifyError> {
        let words = inputs.to_words().map_err(zksensor_verifier::VerifyError::from)?;
        self.verify_words(proof, &words).map(|_| ())
    }

    /// Accepts a proof of the statement for packed public inputs, and returns what they mean.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] for one word more or less than the layout has, or if the words are not how typed inputs pack; and as
    /// [`Verifier::verify`].
    pub fn verify_words(&self, proof: &Proof, words: &[Fr]) -> Result<S::Inputs, VerifyError> {
        let inputs = inputs_from_words(words)?;
        self.argument.verify(proof, words)?;
        Ok(inputs)
    }

    /// Accepts a proof and public inputs as they come over a wire, and returns what the inputs mean.
    ///
    /// `proof` is as [`Proof::as_bytes`] has it, `inputs` as [`zksensor_verifier::inputs_to_bytes`] writes words.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] unless there are 32 bytes for each public input, each below r; and as [`Verifier::verify_words`].
    pub fn verify_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<S::Inputs, VerifyError> {
        let words = inputs_from_bytes(inputs, self.key.public_inputs())?;
        self.verify_words(&Proof::from_bytes(proof)?, &words)
    }

    /// Accepts all of the proofs, or refuses the batch: one pairing for all, by a random linear combination. halo2 takes the numbers of
    /// it from the operating system.
    ///
    /// # Errors
    /// [`VerifyError::EmptyBatch`] without any proof; [`VerifyError::BatchItem`] names the item of which public inputs or bytes are
    /// refused; [`VerifyError::BatchRejected`] if at least one proof does not hold, and does not say which.
    pub fn verify_batch(&self, items: &[(Proof, S::Inputs)]) -> Result<(), VerifyError> {
        if items.is_empty() {
            return Err(VerifyError::EmptyBatch);
        }
        let proofs = items.len();
        let mut all = self.argument.batch();
        for (item, (proof, inputs)) in items.iter().enumerate() {
            let words = inputs.to_words().map_err(|error| VerifyError::Inputs(error.into()));
            let one = words.and_then(|words| {
                inputs_from_words::<S::Inputs>(&words)?;
                self.argument.add(all, proof, &words)
            });
            all = one.map_err(|reason| match reason {
                VerifyError::Rejected => VerifyError::BatchRejected { proofs },
                reason => VerifyError::BatchItem { item, reason: reason.into() },
            })?;
        }
        if Argument::holds(all) { Ok(()) } else { Err(VerifyError::BatchRejected { proofs }) }
    }
}

/// halo2's side of a key. It knows no statement, so that halo2 is compiled here, and not in every crate that verifies one.
struct Argument {
    key: plonk::VerifyingKey<G1Affine>,
    params: ParamsKZG<Bn256>,
    proof_bytes: usize,
}

impl Argument {
    fn new(key: &VerifyingKey) -> Self {
        let (k, s_g2) = (key.k().into(), key.points().s_g2);
        let params = parameters(k, vec![G1Affine::generator()], Vec::new(), s_g2);
        let key = key.argument();
        Argument { proof_bytes: proof_bytes(key.cs()), key, params }
    }

    /// One proof, for words that are as many as the statement has.
    fn verify(&self, proof: &Proof, words: &[Fr]) -> Result<(), VerifyError> {
        self.run(proof, words, SingleStrategy::new(&self.params))
    }

    /// Of no proofs yet.
    fn batch(&self) -> AccumulatorStrategy<'_, Bn256> {
        AccumulatorStrategy::new(&self.params)
    }

    /// A batch and one more proof, for words that are as many as the statement has.
    fn add<'p>(
        &'p self,
        batch: AccumulatorStrategy<'p, Bn256>,
        proof: &Proof,
        words: &[Fr],
    ) -> Result<AccumulatorStrategy<'p, Bn256>, VerifyError> {
        self.run(proof, words, batch)
    }

    /// Whether all proofs of a batch hold.
    fn holds(batch: AccumulatorStrategy<'_, Bn256>) -> bool {
        <AccumulatorStrategy<'_, Bn256> as VerificationStrategy<
            '_,
            KZGCommitmentScheme<Bn256>,
            VerifierSHPLONK<'_, Bn256>,
        >>::finalize(batch)
    }

    fn run<'p, T>(&'p self, proof: &Proof, words: &[Fr], strategy: T) -> Result<T::Output, VerifyError>
    where
        T: VerificationStrategy<'p, KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'p, Bn256>>,
    {
        let (wanted, got) = (self.proof_bytes, proof.as_bytes().len());
        if wanted != got {
            return Err(ProofError::Length { wanted, got }.into());
        }
        let publics: Vec<Scalar> = words.iter().map(to_scalar).collect();
        let mut reader = ProofReader::new(proof.as_bytes());
        let result = verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'p, Bn256>, _, _, _>(
            &self.params,
            &self.key,
            strategy,
            &[&[&publics]],
            &mut reader,
        );
        match (reader.finish(), result) {
            (Ok(()), Ok(output)) => Ok(output),
            // What was refused before the end leaves the rest unread.
            (Ok(()) | Err(ProofError::Length { .. }), Err(_)) => Err(VerifyError::Rejected),
            (Err(wrong), _) => Err(wrong.into()),
        }
    }
}

impl<S: Claim> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("statement", &self.key.statement())
            .field("key", &self.key.key_id().to_string())
            .finish_non_exhaustive()
    }
}
