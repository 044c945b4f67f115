//! What claims are about, as the options name it: policies, each with its fence and the number of its epoch.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use zksensor::files;
use zksensor::io::fence::FenceDocument;
use zksensor::io::policy::PolicyDocument;
use zksensor::model::policy::PolicyId;

use super::epoch::EpochArg;
use super::{Args, ProveCommandError};
use crate::args::load_fence;
use crate::output::Output;
use crate::registry::clock;

/// What a claim is about.
pub(super) struct Subject {
    pub(super) policy: PolicyDocument,
    /// The file of the policy.
    pub(super) path: PathBuf,
    pub(super) fence: FenceDocument,
    /// The file of the fence.
    pub(super) fence_path: PathBuf,
    pub(super) epoch: u32,
}

impl Subject {
    /// The policy, the fence that it names, and the number of the epoch.
    ///
    /// # Errors
    /// [`ProveCommandError::ManyPolicies`] for several policies; as [`Subject::all`].
    pub(super) fn one(args: &Args, output: &Output) -> Result<Subject, ProveCommandError> {
        if args.policy.len() > 1 {
            return Err(ProveCommandError::ManyPolicies { got: args.policy.len() });
        }
        let fence = the_fence(args, 0, output)?;
        Subject::of(args, 0, fence)
    }

    /// Those of every policy that is named, in the order of the options.
    ///
    /// # Errors
    /// A file that is none of its kind; fences or features that are neither one for all policies nor one for each; two policies that are
    /// one, or whose proofs would have one name; no epoch that is over.
    pub(super) fn all(args: &Args, output: &Output) -> Result<Vec<Subject>, ProveCommandError> {
        if let [_] = args.policy[..] {
            return Ok(vec![Subject::one(args, output)?]);
        }
        names(&args.policy)?;
        let shared = match (args.fence.len(), args.feature.len()) {
            (1, 0 | 1) => Some(the_fence(args, 0, output)?),
            _ => None,
        };
        let mut subjects = Vec::<Subject>::with_capacity(args.policy.len());
        let mut by_id = HashMap::<PolicyId, usize>::new();
        for index in 0..args.policy.len() {
            let fence = shared.clone().map_or_else(|| the_fence(args, index, output), Ok)?;
            let subject = Subject::of(args, index, fence)
                .map_err(|reason| reason.of_policy(Some(&args.policy[index])))?;
            if let Some(first) = by_id.insert(subject.policy.policy.id(), index) {
                let [one, other] = [first, index].map(|index| args.policy[index].clone());
                return Err(ProveCommandError::SamePolicy { one, other });
            }
            subjects.push(subject);
        }
        Ok(subjects)
    }

    fn of(args: &Args, index: usize, fence: FenceDocument) -> Result<Subject, ProveCommandError> {
        let path = args.policy[index].clone();
        let fence_path = of_each("--fence", &args.fence, (index, args.policy.len()))?.clone();
        let policy = files::load_policy_document(&path, Some(&fence.fence))?;
        let epoch = match args.epoch {
            EpochArg::Number(number) => number,
            EpochArg::LastClosed => EpochArg::last_closed(&policy.policy, clock()?)?,
        };
        Ok(Subject { policy, path, fence, fence_path, epoch })
    }
}

/// Reads the fence of a policy, by the policy's place among the options.
fn the_fence(args: &Args, index: usize, output: &Output) -> Result<FenceDocument, ProveCommandError> {
    let place = (index, args.policy.len());
    let path = of_each("--fence", &args.fence, place)?;
    let feature = match args.feature.is_empty() {
        true => None,
        false => Some(of_each("--feature", &args.feature, place)?.as_str()),
    };
    let fence = load_fence(Some(path.as_path()), feature, output)?;
    Ok(fence.expect("a path was named"))
}

/// What an option names for the policy at a place of so many: its only value, or that at the same place.
fn of_each<'v, T>(
    option: &'static str,
    values: &'v [T],
    (index, policies): (usize, usize),
) -> Result<&'v T, ProveCommandError> {
    match values {
        [one] => Ok(one),
        each if each.len() == policies => Ok(&each[index]),
        other => Err(ProveCommandError::Pairs { option, policies, got: other.len() }),
    }
}

/// What the proofs of a policy are named by: its file, without the ending.
pub(super) fn name_of(policy: &Path) -> &OsStr {
    // The standard input has no name.
    let stem = if policy == Path::new("-") { Some(OsStr::new("stdin")) } else { policy.file_stem() };
    stem.unwrap_or(OsStr::new("policy"))
}

/// Requires the proofs of policies to have different names, also where case says nothing.
fn names(policies: &[PathBuf]) -> Result<(), ProveCommandError> {
    let mut named = HashMap::<String, &PathBuf>::new();
    for policy in policies {
        let name = name_of(policy).to_string_lossy().to_lowercase();
        if let Some(one) = named.insert(name, policy) {
            return Err(ProveCommandError::SameName { one: one.clone(), other: policy.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_for_all_and_as_many_are_one_for_each() {
        for index in 0..3 {
            assert_eq!(*of_each("--fence", &[7], (index, 3)).unwrap(), 7);
            assert_eq!(*of_each("--fence", &[7, 8, 9], (index, 3)).unwrap(), 7 + index);
        }
        for other in [&[][..], &[7, 8], &[7; 4]] {
            let error = of_each("--fence", other, (0, 3)).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("expected one --fence for all 3 policies, or one for each, got {}", other.len())
            );
        }
    }

    #[test]
    fn proofs_of_different_policies_have_different_names() {
        let names_of = |policies: &[&str]| names(&policies.iter().map(PathBuf::from).collect::<Vec<_>>());
        for good in [&["a.toml", "b.toml"][..], &["a.toml", "x/a.b.toml", "-"], &["a", "b.toml"]] {
            names_of(good).unwrap();
        }
        for (same, one, other) in [
            (&["a.toml", "x/a.toml"][..], "a.toml", "x/a.toml"),
            (&["b", "a.toml", "A.TOML"], "a.toml", "A.TOML"),
            (&["stdin.toml", "-"], "stdin.toml", "-"),
        ] {
            let error = names_of(same).unwrap_err().to_string();
            assert!(error.ends_with(&format!("got {one} and {other}")), "{error}");
        }
    }
}
