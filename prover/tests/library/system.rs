//! A second proof system behind the same prover: no rank-1 constraints, no curve, no setup. Its proof is the seal of whoever
//! holds the key, who looked at everything: nothing that a stranger would believe, and all that a prover asks of a system.

use std::sync::{Arc, Mutex};

use ark_ff::PrimeField;
use rand_chacha::rand_core::{CryptoRng, RngCore};
use sha3::{Digest, Keccak256};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Assignment, Claim, Job, Rule, Statement, StatementId};
use zksensor_model::layout::{InputError, PublicInputs};
use zksensor_prover::engine::NoThreads;
use zksensor_prover::{
    Cancel, Cancelled, Event, Fault, Phase, Progress, ProofSystem, ProveError, Prover, ProverBuilder, Watch,
};
use zksensor_r1cs::run_native;
use zksensor_verifier::VerifyError;

use crate::rng;
use crate::square::{COUNT, GOOD, Says, Square, inputs};

/// The system.
struct Seal;

/// Whoever knows it can seal; `verifying` is another one where the key is damaged.
#[derive(Clone)]
struct SealKey {
    statement: StatementId,
    proving: u64,
    verifying: u64,
}

struct Sealed {
    salt: u64,
    seal: [u8; 32],
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum SealError {
    #[error(transparent)]
    Fault(Fault<NotSealed>),
    #[error("cancelled")]
    Cancelled,
    #[error("{0:?} does not hold")]
    Rule(Option<Rule>),
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not what was sealed")]
struct NotSealed;

impl From<Fault<NotSealed>> for SealError {
    fn from(fault: Fault<NotSealed>) -> Self {
        SealError::Fault(fault)
    }
}

impl From<Cancelled> for SealError {
    fn from(_: Cancelled) -> Self {
        SealError::Cancelled
    }
}

impl From<InputError> for NotSealed {
    fn from(_: InputError) -> Self {
        NotSealed
    }
}

fn seal<S: Claim>(key: &SealKey, secret: u64, salt: u64, inputs: &S::Inputs) -> Result<[u8; 32], NotSealed> {
    let mut hasher = Keccak256::new()
        .chain_update(key.statement.digest())
        .chain_update(secret.to_be_bytes())
        .chain_update(salt.to_be_bytes());
    for word in inputs.to_words()? {
        for limb in word.into_bigint().0 {
            hasher.update(limb.to_be_bytes());
        }
    }
    Ok(hasher.finalize().into())
}

impl ProofSystem for Seal {
    type ProvingKey = SealKey;
    type VerifyingKey = u64;
    type Proof = Sealed;
    type Blinding = u64;
    type Compiled<S: Statement> = SealKey;
    type Error = SealError;
    type VerifyError = NotSealed;

    fn statement(key: &SealKey) -> &StatementId {
        &key.statement
    }

    fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> u64 {
        rng.next_u64()
    }

    fn compile<S: Statement>(_: &S, key: SealKey, progress: &dyn Progress) -> Result<SealKey, SealError> {
        progress.event(Event::Started(Phase::Compile));
        Ok(key)
    }

    fn prove<S: Statement>(
        key: &SealKey,
        assignment: &Assignment<'_, S>,
        blinding: &u64,
        watch: &Watch<'_>,
    ) -> Result<Sealed, SealError> {
        watch.phase(Phase::Witness, || {
            let failures = run_native(assignment.statement(), assignment.words(), assignment.witness())?;
            watch.advanced(Phase::Witness, 50)?;
            failures.first().map_or(Ok(()), |failure| Err(SealError::Rule(failure.rule())))
        })?;
        let seal = seal::<S>(key, key.proving, *blinding, assignment.inputs());
        Ok(Sealed { salt: *blinding, seal: seal.expect("the inputs of an assignment fit their layout") })
    }

    fn verifying_key<S: Statement>(key: &SealKey) -> &u64 {
        &key.verifying
    }

    fn verify<S: Statement>(key: &SealKey, proof: &Sealed, inputs: &S::Inputs) -> Result<(), NotSealed> {
        let wanted = seal::<S>(key, key.verifying, proof.salt, inputs)?;
        if proof.seal == wanted { Ok(()) } else { Err(NotSealed) }
    }
}

const STATEMENT: Square = Square(Says::InARuleOfABlock);

fn key() -> SealKey {
    SealKey { statement: STATEMENT.id(), proving: 5, verifying: 5 }
}

fn prover() -> Prover<Square, Seal> {
    ProverBuilder::new(STATEMENT, key()).threads(2).build().unwrap()
}

fn job(last: u64) -> Job<Square> {
    let mut witness = GOOD;
    witness[COUNT - 1] = last;
    Job::new(STATEMENT, inputs(), witness).unwrap()
}

#[test]
fn another_proof_system_gets_jobs_batches_and_the_check_of_what_comes_out() {
    let prover = prover();
    let proof = prover.prove_job(&job(7), 3, &Cancel::default()).unwrap();
    assert_eq!(prover.verify(&proof, &inputs()), Ok(()));
    assert_eq!((*prover.verifying_key(), proof.salt), (5, 3));
    let good = || Assignment::new(&STATEMENT, inputs(), &GOOD).unwrap();
    let batch = prover.prove_batch(&[good(), good(), good()], &mut rng(8)).unwrap();
    let mut turns = rng(8);
    let turns: Vec<u64> = (0..3).map(|_| turns.next_u64()).collect();
    assert_eq!(batch.iter().map(|proof| proof.salt).collect::<Vec<_>>(), turns);

    let damaged = SealKey { verifying: 6, ..key() };
    let prover = ProverBuilder::<_, Seal>::new(STATEMENT, damaged).build().unwrap();
    let refused = prover.prove_with(&good(), 3).err();
    assert_eq!(refused, Some(SealError::Fault(Fault::SelfCheck { reason: NotSealed })));
}

/// A proof system that has no words of its own says what Groth16 says.
#[test]
fn what_goes_wrong_with_every_system_alike_has_words() {
    let ids = || (Box::new(STATEMENT.id()), Box::new(Square(Says::Nothing).id()));
    let (key, statement) = ids();
    let (assignment, of) = ids();
    let reason = VerifyError::Rejected;
    let faults = [
        Fault::KeyMismatch { key, statement },
        Fault::AssignmentMismatch { assignment, statement: of },
        Fault::Threads(NoThreads { threads: 2000 }),
        Fault::SelfCheck { reason },
    ];
    for fault in faults {
        assert_eq!(ProveError::from(fault.clone()).to_string(), fault.to_string());
    }
}

#[test]
fn another_proof_system_has_its_own_words_for_what_is_refused() {
    let refused = prover().prove_job(&job(8), 3, &Cancel::default()).err();
    assert_eq!(refused, Some(SealError::Rule(Some(Rule::SUM))));
    let other = Square(Says::Nothing);
    let mismatch = ProverBuilder::<_, Seal>::new(other, key()).build().err();
    let (made_for, statement) = (STATEMENT.id().into(), other.id().into());
    assert_eq!(mismatch, Some(SealError::Fault(Fault::KeyMismatch { key: made_for, statement })));
    let assignment = Assignment::new(&other, inputs(), &GOOD).unwrap();
    let mismatch = prover().prove_with(&assignment, 3).err();
    let (assignment, statement) = (other.id().into(), STATEMENT.id().into());
    assert_eq!(mismatch, Some(SealError::Fault(Fault::AssignmentMismatch { assignment, statement })));
}

#[test]
fn another_proof_system_is_watched_and_cancelled() {
    let (cancel, heard) = (Cancel::default(), Mutex::new(Vec::new()));
    let progress = |event| {
        heard.lock().unwrap().push(event);
        if matches!(event, Event::Advanced(..)) {
            cancel.cancel();
        }
    };
    let own = Arc::new(Mutex::new(0));
    let count = own.clone();
    let prover = ProverBuilder::<_, Seal>::new(STATEMENT, key())
        .progress(Box::new(move |_| *count.lock().unwrap() += 1))
        .build()
        .unwrap();
    let compiled = *own.lock().unwrap();
    let ended = prover.prove_watched(&job(7), 3, &Watch::new(&progress, &cancel)).err();
    assert_eq!(ended, Some(SealError::Cancelled));
    assert_eq!(
        heard.lock().unwrap()[..2],
        [Event::Started(Phase::Witness), Event::Advanced(Phase::Witness, 50)]
    );
    assert_eq!(
        *own.lock().unwrap(),
        compiled,
        "the prover's own progress hears of a job that somebody else watches"
    );
}
