//! Which state of a registry is meant: as it is, as it was at a time, or at the time that an epoch's proofs are made against.

use std::path::PathBuf;

use zksensor::files::{Journal, Moment, RegistryFile};
use zksensor::model::policy::time::{TimeError, format_rfc3339_millis};
use zksensor::model::policy::{Devices, Policy};
use zksensor::model::reading::UnixMillis;

use super::RegistryCommandError;
use crate::args::{self, FenceArgs};
use crate::output::Output;

/// A time, or the present.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// As it is.
    Now,
    /// As it was before this time.
    At(UnixMillis),
}

/// `now` or a time, RFC 3339 in UTC.
///
/// # Errors
/// [`TimeError`] for any other text.
pub(crate) fn when(text: &str) -> Result<When, TimeError> {
    if text == "now" { Ok(When::Now) } else { args::time(text).map(When::At) }
}

/// Options that name a state of the registry.
#[derive(Debug, clap::Args)]
pub(crate) struct MomentArgs {
    /// As it was at this time: after the last change before it.
    #[arg(long, value_name = "TIME", value_parser = args::time, conflicts_with = "epoch")]
    at: Option<UnixMillis>,
    /// As proofs of this epoch take it: at its end for aggregates and surveys, at its start for readings and tracks.
    #[arg(long, value_name = "N", requires = "policy")]
    epoch: Option<u32>,
    /// The policy whose epoch it is.
    #[arg(long, value_name = "FILE", requires = "epoch")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    fence: FenceArgs,
}

impl MomentArgs {
    /// The state that is named.
    ///
    /// # Errors
    /// [`RegistryCommandError::BeforeHistory`]; a policy that is none.
    pub(super) fn of(&self, registry: &RegistryFile, output: &Output) -> Result<Taken, RegistryCommandError> {
        match (self.at, self.epoch, &self.policy) {
            (Some(time), ..) => {
                Taken::at(registry, time.get()).ok_or_else(|| before_history(registry, time.get()))
            }
            (None, Some(epoch), Some(policy)) => {
                let (policy, _) = args::policy_of(policy, self.fence.load(output)?)?;
                let time = time_of(&policy.policy, epoch);
                Taken::at(registry, time).ok_or_else(|| before_history(registry, time))
            }
            _ => Ok(Taken::now(registry)),
        }
    }
}

/// The state of a registry that is taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The state.
    pub(crate) moment: Moment,
    /// When the last change of it was made; `None` if the file does not say, or there is none.
    pub(crate) at: Option<String>,
    /// Whether it is the present one because the file says nothing of the time that is meant.
    pub(crate) is_fallback: bool,
}

impl Taken {
    /// As it is.
    pub(crate) fn now(registry: &RegistryFile) -> Taken {
        Taken::of(registry, registry.journal().now())
    }

    fn at(registry: &RegistryFile, time: u64) -> Option<Taken> {
        registry.at(time).map(|moment| Taken::of(registry, moment))
    }

    fn of(registry: &RegistryFile, moment: Moment) -> Taken {
        let time = time_of_change(registry.journal(), moment).filter(|_| !registry.is_first_format());
        Taken { moment, at: time, is_fallback: false }
    }

    /// As proofs of an epoch take it, or as it was at another time if one is named. What the file says nothing of, because
    /// its history begins later, is taken as it is.
    ///
    /// # Errors
    /// [`RegistryCommandError::BeforeHistory`] for a time that is named.
    pub(crate) fn of_epoch(
        registry: &RegistryFile,
        named: Option<When>,
        policy: &Policy,
        epoch: u32,
        output: &Output,
    ) -> Result<Taken, RegistryCommandError> {
        match named {
            Some(When::Now) => Ok(Taken::now(registry)),
            Some(When::At(time)) => {
                Taken::at(registry, time.get()).ok_or_else(|| before_history(registry, time.get()))
            }
            None => {
                let time = time_of(policy, epoch);
                let (now, shown) = (Taken::now(registry), format_rfc3339_millis(time));
                let Some(taken) = Taken::at(registry, time) else {
                    output.warn(format_args!(
                        "the registry says nothing of {shown}, the time that proofs of epoch {epoch} are made against: it is \
                         taken as it is, and a contract that holds roots by time refuses the proof"
                    ));
                    return Ok(Taken { is_fallback: true, ..now });
                };
                if taken.moment != now.moment {
                    output
                        .note(format_args!("the registry is taken as it was at {shown}, for epoch {epoch}"));
                }
                Ok(taken)
            }
        }
    }
}

/// The time whose state proofs of an epoch are made against.
fn time_of(policy: &Policy, epoch: u32) -> u64 {
    let time = match policy.parts().family.devices() {
        Devices::One => policy.epoch_start(epoch).map(UnixMillis::get),
        _ => policy.epoch_end_ms(epoch),
    };
    // An epoch that never comes is refused by its proof.
    time.unwrap_or(u64::MAX)
}

/// When the last change of a state was made.
fn time_of_change(journal: &Journal, moment: Moment) -> Option<String> {
    let change = journal.history().rev().find(|change| change.moment == moment)?;
    Some(format_rfc3339_millis(change.time.get()))
}

fn before_history(registry: &RegistryFile, time: u64) -> RegistryCommandError {
    let first = registry.journal().history().next().filter(|_| !registry.is_first_format());
    let begins = first.map_or_else(
        || "the file is of the first format, which has none".to_owned(),
        |first| format_rfc3339_millis(first.time.get()),
    );
    RegistryCommandError::BeforeHistory { begins, got: format_rfc3339_millis(time) }
}
