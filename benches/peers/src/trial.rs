//! One claim, and everybody who proves it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ark_bn254::Bn254;
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_snark::SNARK;
use rand::{CryptoRng, RngCore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use taceo_groth16::{ConstraintMatrices, LibSnarkReduction};
use zksensor_circuits::statement::{Assignment, Statement};
use zksensor_engine::{self as engine, Pool};
use zksensor_model::field::Fr;
use zksensor_prover::{Event, Phase, Prover, ProvingKey, proof_from_ark};
use zksensor_r1cs::{BlockResult, Circuit, Executor, Rows};
use zksensor_verifier::Proof;

use crate::{ArkKey, Peer, PeerError, Turns, keys};

/// A claim with its key, ready to be proven by each.
pub struct Trial<S: Statement> {
    statement: S,
    inputs: S::Inputs,
    witness: S::Witness,
    key: ProvingKey,
    ark: ArkKey,
}

/// What a race of some rounds came to.
#[derive(Debug, Clone)]
pub struct Race {
    /// Threads of each.
    pub threads: usize,
    /// Rounds.
    pub rounds: usize,
    /// Medians. Who did not take part is not there.
    pub times: BTreeMap<Peer, Duration>,
    /// Our phases, the median of each.
    pub phases: Vec<(Phase, Duration)>,
}

impl Race {
    /// Our time.
    pub fn ours(&self) -> Duration {
        self.times.get(&Peer::Zksensor).copied().unwrap_or_default()
    }

    /// How many times as fast as a peer we are, if it took part.
    pub fn ratio(&self, peer: Peer) -> Option<f64> {
        Some(self.times.get(&peer)?.as_secs_f64() / self.times.get(&Peer::Zksensor)?.as_secs_f64())
    }
}

impl<S: Statement + Clone> Trial<S>
where
    S::Inputs: Clone,
{
    /// Makes a key for a claim.
    ///
    /// # Errors
    /// [`PeerError`] if there is none.
    pub fn new<R: RngCore + CryptoRng + ?Sized>(
        statement: S,
        (inputs, witness): (S::Inputs, S::Witness),
        rng: &mut R,
    ) -> Result<Self, PeerError> {
        let (key, ark) = keys(&statement, rng)?;
        Ok(Trial { statement, inputs, witness, key, ark })
    }

    /// Our key.
    pub fn key(&self) -> &ProvingKey {
        &self.key
    }

    /// The same key as arkworks has it.
    pub fn ark_key(&self) -> &ArkKey {
        &self.ark
    }

    /// The claim.
    ///
    /// # Errors
    /// [`PeerError::Violation`] if it does not hold.
    pub fn assignment(&self) -> Result<Assignment<'_, S>, PeerError> {
        Ok(Assignment::new(&self.statement, self.inputs.clone(), &self.witness)?)
    }

    /// Our prover, and what the peers need, on so many threads.
    ///
    /// # Errors
    /// [`PeerError`] if they cannot be had.
    pub fn stage(&self, threads: usize) -> Result<Stage<'_, S>, PeerError> {
        let phases = Arc::new(Phases::default());
        let told = Arc::clone(&phases);
        let progress = move |event| {
            if let Event::Finished(phase, time) = event {
                told.0.lock().unwrap_or_else(PoisonError::into_inner).push((phase, time));
            }
        };
        let builder = Prover::builder(self.statement.clone(), self.key.clone());
        let prover = builder.threads(threads).progress(Box::new(progress)).build()?;
        let matrices = matrices(prover.circuit());
        let assignment = self.assignment()?;
        Ok(Stage { trial: self, assignment, prover, matrices, phases, pool: Pool::new(Some(threads))? })
    }

    /// Races so many rounds on so many threads, and verifies every proof.
    ///
    /// # Errors
    /// [`PeerError`] if one of them makes no proof, or one that is refused.
    pub fn race<const N: usize>(
        &self,
        peers: [Peer; N],
        threads: usize,
        rounds: usize,
    ) -> Result<Race, PeerError> {
        self.stage(threads)?.race(peers, rounds)
    }
}

/// The phases of our proofs, as they end.
#[derive(Default)]
struct Phases(Mutex<Vec<(Phase, Duration)>>);

impl Phases {
    fn take(&self) -> Vec<(Phase, Duration)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A claim, and its provers on so many threads each.
pub struct Stage<'t, S: Statement> {
    trial: &'t Trial<S>,
    assignment: Assignment<'t, S>,
    prover: Prover<S>,
    matrices: ConstraintMatrices<Fr>,
    phases: Arc<Phases>,
    pool: Pool,
}

impl<S: Statement + Clone> Stage<'_, S> {
    /// Our prover.
    pub fn prover(&self) -> &Prover<S> {
        &self.prover
    }

    /// A proof by one of them, from the assignment on. Ours was verified before it is returned, the others' were not.
    ///
    /// # Errors
    /// [`PeerError`] if it makes none.
    pub fn prove(&self, peer: Peer, rng: &mut ChaCha20Rng) -> Result<Proof, PeerError> {
        let proof = match peer {
            Peer::Zksensor => return Ok(self.prover.prove(&self.assignment, rng)?),
            Peer::Ark => self
                .pool
                .install(|| prove_with_ark(self.prover.circuit(), &self.assignment, &self.trial.ark, rng)),
            Peer::Taceo => self.pool.install(|| {
                let full = full(self.prover.circuit(), &self.assignment)?;
                taceo(&self.trial.ark, &self.matrices, &full, rng)
            }),
        };
        proof_from_ark(&proof?).map_err(|source| PeerError::Proof { peer, source })
    }

    /// Verifies a proof as strictly as anybody's.
    ///
    /// # Errors
    /// [`PeerError::Verify`] if it does not hold.
    pub fn verify(&self, peer: Peer, proof: &Proof) -> Result<(), PeerError> {
        let verified = self.prover.verifier().verify_words(proof, self.assignment.words());
        verified.map(|_| ()).map_err(|source| PeerError::Verify { peer, source })
    }

    /// Races so many rounds, and verifies every proof between them.
    ///
    /// # Errors
    /// As [`Trial::race`].
    pub fn race<const N: usize>(&self, peers: [Peer; N], rounds: usize) -> Result<Race, PeerError> {
        let mut turns = Turns::<N>::default();
        let mut phases: BTreeMap<usize, (Phase, Vec<Duration>)> = BTreeMap::new();
        self.phases.take();
        for round in 0..rounds {
            let mut rng = ChaCha20Rng::seed_from_u64(round as u64);
            let mut proofs = Vec::with_capacity(N);
            let mut round = [Duration::ZERO; N];
            for (time, peer) in round.iter_mut().zip(peers) {
                let start = std::time::Instant::now();
                let proof = self.prove(peer, &mut rng)?;
                *time = start.elapsed();
                proofs.push((peer, proof));
            }
            turns.note(round);
            proofs.iter().try_for_each(|(peer, proof)| self.verify(*peer, proof))?;
            for (index, (phase, time)) in self.phases.take().into_iter().enumerate() {
                phases.entry(index).or_insert_with(|| (phase, Vec::new())).1.push(time);
            }
        }
        Ok(Race {
            threads: self.pool.threads(),
            rounds: turns.rounds(),
            times: peers.into_iter().zip(turns.medians()).collect(),
            phases: phases.into_values().map(|(phase, times)| (phase, crate::median(&times))).collect(),
        })
    }
}

/// A proof by ark-groth16, from the assignment on, on the pool that it is called in. Its rows are given to it anew for each proof, as its
/// `prove` asks.
///
/// # Errors
/// [`PeerError`] if it makes none.
pub fn prove_with_ark<S: Statement>(
    circuit: &Circuit,
    assignment: &Assignment<'_, S>,
    key: &ArkKey,
    rng: &mut ChaCha20Rng,
) -> Result<ark_groth16::Proof<Bn254>, PeerError> {
    ark(circuit, &full(circuit, assignment)?, key, rng)
}

// The peers know no statement: they are compiled here, and not in every crate that measures one.

fn ark(
    circuit: &Circuit,
    full: &[Fr],
    key: &ArkKey,
    rng: &mut ChaCha20Rng,
) -> Result<ark_groth16::Proof<Bn254>, PeerError> {
    let proof = Groth16::<Bn254>::prove(key, circuit.reemit(Some(full)), rng);
    proof.map_err(|error| PeerError::Peer { peer: Peer::Ark, reason: error.to_string() })
}

fn taceo(
    key: &ArkKey,
    matrices: &ConstraintMatrices<Fr>,
    full: &[Fr],
    rng: &mut ChaCha20Rng,
) -> Result<ark_groth16::Proof<Bn254>, PeerError> {
    let (r, s) = (Fr::rand(rng), Fr::rand(rng));
    let proof = taceo_groth16::Groth16::prove::<LibSnarkReduction>(key, r, s, matrices, full);
    proof.map_err(|error| PeerError::Peer { peer: Peer::Taceo, reason: error.to_string() })
}

/// The value of every column, blocks on all threads, as our prover computes it.
fn full<S: Statement>(circuit: &Circuit, assignment: &Assignment<'_, S>) -> Result<Vec<Fr>, PeerError> {
    let (statement, words) = (assignment.statement(), assignment.words());
    Ok(circuit.assign(statement, words, assignment.witness(), &OnThreads, None)?)
}

/// Blocks on the pool that it is called in.
struct OnThreads;

impl Executor for OnThreads {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        engine::map(count, job)
    }
}

/// The rows as taceo-groth16 keeps them between proofs.
fn matrices(circuit: &Circuit) -> ConstraintMatrices<Fr> {
    let side = |rows: fn(&zksensor_r1cs::Segment) -> &Rows| -> Vec<Vec<(Fr, usize)>> {
        let of_view = circuit.segments().flat_map(|view| {
            let rows = rows(view.segment);
            (0..rows.len()).map(move |row| {
                let entries = rows.row(row).iter();
                entries.map(|(coefficient, column)| (*coefficient, view.global(*column))).collect()
            })
        });
        of_view.collect()
    };
    let (a, b, c) = (side(|segment| &segment.a), side(|segment| &segment.b), side(|segment| &segment.c));
    let entries = |rows: &[Vec<(Fr, usize)>]| rows.iter().map(Vec::len).sum();
    ConstraintMatrices {
        num_instance_variables: circuit.publics() + 1,
        num_witness_variables: circuit.columns() - circuit.publics() - 1,
        num_constraints: circuit.constraints(),
        a_num_non_zero: entries(&a),
        b_num_non_zero: entries(&b),
        c_num_non_zero: entries(&c),
        a,
        b,
        c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dense;

    fn trial(bits: u32) -> Trial<Dense> {
        let dense = Dense::new(bits).unwrap();
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let claim = dense.random(rng);
        Trial::new(dense, claim, rng).unwrap()
    }

    #[test]
    fn everybody_proves_the_same_claim() {
        let trial = trial(9);
        for threads in [1, 2] {
            let race = trial.race(Peer::ALL, threads, 2).unwrap();
            assert_eq!((race.threads, race.rounds), (threads, 2));
            assert!(Peer::ALL.iter().all(|peer| !race.times[peer].is_zero()), "{race:?}");
            let phases: Vec<Phase> = race.phases.iter().map(|(phase, _)| *phase).collect();
            assert_eq!(phases, [Phase::Witness, Phase::Transform, Phase::Multiexp, Phase::Verify]);
            assert!(race.ratio(Peer::Ark).unwrap() > 0.0);
        }
        let alone = trial.race([Peer::Zksensor], 1, 1).unwrap();
        assert_eq!((alone.ratio(Peer::Ark), alone.ratio(Peer::Zksensor)), (None, Some(1.0)));
    }

    /// A proof under another key is refused, whoever made it: what is verified is not only that there is one.
    #[test]
    fn a_proof_of_something_else_is_refused() {
        let (one, other) = (trial(8), trial(9));
        let (one, other) = (one.stage(1).unwrap(), other.stage(1).unwrap());
        for peer in Peer::ALL {
            let proof = one.prove(peer, &mut ChaCha20Rng::seed_from_u64(2)).unwrap();
            one.verify(peer, &proof).unwrap();
            let message = other.verify(peer, &proof).unwrap_err().to_string();
            assert!(message.starts_with(&format!("the proof of {peer} is refused")), "{message}");
        }
    }

    /// A peer that is given another witness makes no proof that holds.
    #[test]
    fn a_false_claim_is_nobodys() {
        let mut trial = trial(8);
        trial.inputs.sum.0 += Fr::from(1u64);
        assert!(matches!(trial.race(Peer::ALL, 1, 1), Err(PeerError::Violation(_))));
    }
}
