//! What `prove` says.

use std::path::Path;

use serde_json::{Map, Value, json};
use zksensor::files::{FileProof, ProofFile};
use zksensor::model::policy::Policy;

use super::refusals::Refusals;
use super::{Args, show_fields};
use crate::backend::System;
use crate::meaning::Told;
use crate::output::{Output, shown};
use crate::registry::Taken;

/// Says what was proven, of this policy.
pub(super) fn report<P: FileProof>(
    (args, policy, out): (&Args, &Policy, &Path),
    (union_of, taken): (Option<usize>, Option<Taken>),
    file: &ProofFile<P>,
    refusals: &Refusals,
    prove_ms: u64,
    output: &Output,
) {
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    output.line(format_args!(
        "proved {} in {prove_ms} ms; {} {}s were refused{}{}",
        file.statement().id(),
        refusals.count,
        refusals.what,
        malformed(refusals.malformed),
        passed_over(refusals)
    ));
    show_fields(file, output);
    // What was proven is of the policy; an epoch that ends too late is in no proof.
    let told = Told::of(file, policy, args.fence.path()).ok();
    if let Some(told) = &told {
        told.show(output);
    }
    output.line(format_args!("wrote {}", out.display()));
    output.result(&json!({
        "statement": file.statement().id().to_string(), "backend": System::name_of::<P>(),
        "key_id": file.key_id(), "insecure": file.is_insecure(), "out": shown(out), "registry_fallback": taken.as_ref().is_some_and(|taken| taken.is_fallback),
        "registry_time": taken.and_then(|taken| taken.at), "fields": fields, (format!("{}s", refusals.what)): refusals.rows,
        "refused": refusals.count, "passed_over": refusals.passed_over, "malformed": refusals.malformed, "refused_rows": refusals.shown, "union_of": union_of,
        "meaning": told.map(|told| told.to_json()), "prove_ms": prove_ms,
    }));
}

/// How many of the refused are lines that are none.
pub(super) fn malformed(count: u64) -> String {
    if count == 0 { String::new() } else { format!(", of which {count} are lines that cannot be read") }
}

/// How many are good and of a device of which another one counts.
pub(super) fn passed_over(refusals: &Refusals) -> String {
    match refusals.passed_over {
        0 => String::new(),
        count => {
            format!("; {count} more were passed over, as a device counts with one {} an epoch", refusals.what)
        }
    }
}
