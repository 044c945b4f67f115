//! `prove` with the key of a private sum: once to seal, and once, when the beacon is known, to prove.

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::assemble::{AggregateTarget, Assemble, OneEachAssembly, Refusal, UnsealedAssembly};
use zksensor::circuits::statement::private_sum::PrivateSum;
use zksensor::circuits::statement::{Claim, Job};
use zksensor::files::{RegistryFile, SealFile, Staged};
use zksensor::model::noise::{Beacon, Release, Seal};
use zksensor::model::reading::SignedReading;
use zksensor::model::registry::{Chunk, Registry};

use super::outputs::Places;
use super::refusals::{Offer, Refusals};
use super::{Args, Provable, ProveCommandError, Subject, Task, binding, offer_all, prove, report};
use crate::backend::Backend;
use crate::output::{Output, shown};
use crate::registry::{Taken, clock, say_torn};

impl Provable for PrivateSum {
    /// Takes a good reading of each device. With `--seal-out` their exact sum is sealed; with `--seal` and `--beacon` it is proven, with the
    /// noise that the two make.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        let (Task { args, key, places }, id) = (task, self.id());
        for (option, is_there) in [("--opening", args.opening.is_some()), ("--device", args.device.is_some())]
        {
            if is_there {
                return Err(ProveCommandError::Unused { option, statement: id.to_string() });
            }
        }
        let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
        let chunk = self.chunk(args.chunk.unwrap_or(0)).map_err(ProveCommandError::Chunk)?;
        let subject = Subject::one(args, output)?;
        let file = RegistryFile::load(args.registry.as_ref().ok_or(missing("--registry"))?)?;
        say_torn(&file, output);
        let taken = Taken::of_epoch(&file, args.registry_at, &subject.policy.policy, subject.epoch, output)?;
        let registry = file.registry(taken.moment)?;
        let of = Sum { statement: self, args, subject, chunk, registry: &registry };
        match places {
            Places::Seal(staged) => of.seal(staged, output),
            places => {
                let outputs = places.one(&id)?;
                let path = args.seal.as_ref().ok_or(missing("--seal"))?;
                let beacon = args.beacon.ok_or(missing("--beacon"))?;
                let seal = SealFile::open_for(path, &of.release(), beacon)?;
                let (job, refusals) = of.job(seal, beacon, output)?;
                let (file, prove_ms) = prove::<PrivateSum, B>(args, key, &job, output)?;
                let out = outputs.path().to_owned();
                outputs.commit(&file, b"")?;
                report((&of.subject, &out), Some(taken), &file, &refusals, prove_ms, output);
                Ok(())
            }
        }
    }
}

/// What a private sum is of.
struct Sum<'a> {
    statement: PrivateSum,
    args: &'a Args,
    subject: Subject,
    chunk: Chunk,
    registry: &'a Registry,
}

impl Sum<'_> {
    fn release(&self) -> Release {
        Release { policy: self.subject.policy.policy.id(), epoch: self.subject.epoch, chunk: self.chunk }
    }

    fn assembly(&self) -> UnsealedAssembly<'_> {
        let (epoch, fence) = (self.subject.epoch, self.subject.fence.fence.clone());
        let binding = binding(self.args, &self.statement.id());
        let target = AggregateTarget { epoch, chunk: self.chunk, binding };
        let policy = self.subject.policy.policy;
        let readings = OneEachAssembly::new(self.statement, policy, fence, self.registry, target);
        UnsealedAssembly::new(readings.taking(self.args.take()))
    }
}

impl Sum<'_> {
    /// The exact sum, sealed with a fresh secret.
    fn seal(self, mut staged: Staged, output: &Output) -> Result<(), ProveCommandError> {
        let end = self.subject.policy.policy.epoch_end_ms(self.subject.epoch);
        if end.is_none_or(|end| clock().is_ok_and(|now| now < end)) {
            output.warn("the epoch is not over by this machine's clock: what is sealed now is all that can be proven of it");
        }
        let mut assembly = Unsealed(self.assembly());
        let refusals = offer_all(self.args, &self.statement.id(), output, &mut assembly)?;
        let (sum, count) = assembly.0.exact().map_err(|error| refusals.explain(error))?;
        let seal = Seal::draw(sum, count, &mut OsRng).expect("C7 and C15 bound the sum and the count");
        let file = SealFile::new(self.release(), seal);
        let (out, id) = (staged.path().to_owned(), file.id());
        staged.put(&file.to_json())?;
        staged.commit()?;
        let Release { policy, epoch, chunk } = self.release();
        output.line(format_args!(
            "sealed the sum of {count} devices of epoch {epoch}, chunk {}",
            chunk.index()
        ));
        output.line(format_args!("post the seal {id} before the deadline of the epoch"));
        output.line(format_args!("wrote {}, a secret: it opens the seal", out.display()));
        output.result(&json!({
            "statement": self.statement.id().to_string(), "seal": id, "policy_id": policy, "epoch": epoch, "chunk": chunk.index(),
            "chunk_bits": chunk.bits(), "count": count, "out": shown(&out), "refused": refusals.count,
            "refused_by_rule": refusals.by_rule(), "passed_over": refusals.passed_over, "malformed": refusals.malformed,
            "refused_rows": refusals.shown,
        }));
        Ok(())
    }

    /// The claim of what was sealed, under the beacon.
    fn job(
        &self,
        seal: Seal,
        beacon: Beacon,
        output: &Output,
    ) -> Result<(Job<PrivateSum>, Refusals), ProveCommandError> {
        let mut assembly = self.assembly().sealed(seal, beacon);
        let refusals = offer_all(self.args, &self.statement.id(), output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        Ok((job, refusals))
    }
}

/// Takes readings to be sealed.
struct Unsealed<'r>(UnsealedAssembly<'r>);

impl Offer for Unsealed<'_> {
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        self.0.offer(row, signed)
    }

    fn passed_over(&self) -> u64 {
        self.0.passed_over()
    }
}
