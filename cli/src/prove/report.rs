//! What `prove` says.

use std::path::Path;

use serde_json::{Map, Value, json};
use zksensor::files::{FileProof, ProofFile};

use super::refusals::Refusals;
use super::show_fields;
use super::subject::Subject;
use crate::args;
use crate::backend::System;
use crate::meaning::Told;
use crate::output::{Output, shown};
use crate::registry::Taken;

/// Says what was proven, of this policy.
pub(super) fn report<P: FileProof>(
    (subject, out): (&Subject, &Path),
    taken: Option<Taken>,
    file: &ProofFile<P>,
    refusals: &Refusals,
    prove_ms: u64,
    output: &Output,
) {
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    output.line(format_args!("proved {} in {prove_ms} ms; {}", file.statement().id(), refused(refusals)));
    show_fields(file, output);
    // What was proven is of the policy; an epoch that ends too late is in no proof.
    let told = Told::of(file, &subject.policy.policy, Some(&subject.fence_path)).ok();
    if let Some(told) = &told {
        told.show(output);
    }
    output.line(format_args!("wrote {}", out.display()));
    output.result(&json!({
        "statement": file.statement().id().to_string(), "backend": System::name_of::<P>(),
        "key_id": file.key_id(), "insecure": file.is_insecure(), "out": shown(out), "registry_fallback": taken.as_ref().is_some_and(|taken| taken.is_fallback),
        "registry_time": taken.and_then(|taken| taken.at), "fields": fields, (format!("{}s", refusals.what)): refusals.rows,
        "refused": refusals.count, "refused_by_rule": refusals.by_rule(), "passed_over": refusals.passed_over, "malformed": refusals.malformed,
        "refused_rows": refusals.shown, "union_of": args::union_of(&subject.fence),
        "meaning": told.map(|told| told.to_json()), "prove_ms": prove_ms,
    }));
}

/// How many were refused by which rules, how many of them are lines that are none, and how many are good and of a device of which another
/// one counts.
pub(super) fn refused(refusals: &Refusals) -> String {
    let rules: Vec<String> =
        refusals.by_rule.iter().map(|(rule, count)| format!("{rule}: {count}")).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
    let malformed = match refusals.malformed {
        0 => String::new(),
        count => format!(", of which {count} are lines that cannot be read"),
    };
    let passed_over = match refusals.passed_over {
        0 => String::new(),
        count => {
            format!("; {count} more were passed over, as a device counts with one {} an epoch", refusals.what)
        }
    };
    format!("{} {}s were refused{rules}{malformed}{passed_over}", refusals.count, refusals.what)
}
