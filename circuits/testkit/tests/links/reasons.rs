//! Why the circuit may accept what no witness has.

use zksensor_testkit::{Fault, Finding, LieKind, Target};

/// A reason, and the overrides that it is one for.
pub(super) struct Reason {
    pub(super) text: &'static str,
    /// Statements that have such overrides.
    pub(super) statement: &'static str,
    accepts: fn(&Finding, usize) -> bool,
}

/// Every one is met, or it is none.
pub(super) const REASONS: [Reason; 5] = [
    Reason {
        text: "the last reading is switched off: its slot is unused and holds no dummy",
        statement: "aggregate",
        accepts: |finding, used| {
            finding.kind != LieKind::Transplanted
                && each(finding, |site| site.name == "active" && site.instance == Some(used - 1))
        },
    },
    Reason {
        text: "the node of an unused slot is compared with nothing: the children of its one level are free",
        statement: "aggregate",
        accepts: |finding, used| each(finding, |site| unused(site, used) && site.name == "child"),
    },
    Reason {
        text: "the triangle of an unused slot need not hold its location",
        statement: "aggregate",
        accepts: |finding, used| each(finding, |site| unused(site, used) && site.name == "selected triangle"),
    },
    Reason {
        text: "an unused slot holds another reading, signed and at a path of its own",
        statement: "aggregate",
        accepts: |finding, used| {
            finding.kind == LieKind::Transplanted && each(finding, |site| unused(site, used))
        },
    },
    Reason {
        text: "the last reading is switched off and its slot holds parts of another",
        statement: "aggregate",
        accepts: |finding, used| {
            finding.kind == LieKind::Transplanted
                && each(finding, |site| site.instance == Some(used - 1))
                && finding.sites.iter().any(|site| site.name == "active")
        },
    },
];

/// The number of the reason of a finding, if it has one. `used` slots hold readings.
pub(super) fn reason(statement: &str, used: usize, finding: &Finding) -> Option<usize> {
    // What `check` says is false has none.
    if finding.fault != Fault::NoWitness {
        return None;
    }
    REASONS.iter().position(|reason| reason.statement == statement && (reason.accepts)(finding, used))
}

fn each(finding: &Finding, accepts: impl Fn(&Target) -> bool) -> bool {
    finding.sites.iter().all(accepts)
}

fn unused(site: &Target, used: usize) -> bool {
    site.instance.is_some_and(|instance| instance >= used)
}
