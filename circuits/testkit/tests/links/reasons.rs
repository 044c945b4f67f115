//! Why the circuit may accept what no witness has.

use zksensor_testkit::{Fault, Finding, LieKind, Target};

/// A reason, and the overrides that it is one for.
pub(super) struct Reason {
    pub(super) text: &'static str,
    /// Statements that have such overrides.
    statements: &'static [&'static str],
    fault: Fault,
    accepts: fn(&Finding, usize) -> bool,
}

impl Reason {
    /// Whether it is one of a statement that is wanted.
    pub(super) fn is_of(&self, wanted: fn(&str) -> bool) -> bool {
        self.statements.iter().any(|statement| wanted(statement))
    }
}

/// Statements about one reading of each of many devices.
const ONE_EACH: &[&str] = &["aggregate", "histogram", "private-sum"];

/// Every one is met, or it is none.
pub(super) const REASONS: [Reason; 11] = [
    Reason {
        text: "the last reading is switched off: its slot is unused and holds no dummy",
        statements: ONE_EACH,
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            finding.kind != LieKind::Transplanted
                && each(finding, |site| site.name == "active" && site.instance == Some(used - 1))
        },
    },
    Reason {
        text: "the node of an unused slot is compared with nothing: the children of its one level are free",
        statements: ONE_EACH,
        fault: Fault::NoWitness,
        accepts: |finding, used| each(finding, |site| unused(site, used) && site.name == "child"),
    },
    Reason {
        text: "the triangle of an unused slot need not hold its location",
        statements: ONE_EACH,
        fault: Fault::NoWitness,
        accepts: |finding, used| each(finding, |site| unused(site, used) && site.name == "selected triangle"),
    },
    Reason {
        text: "an unused slot holds another reading, signed and at a path of its own",
        statements: ONE_EACH,
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            finding.kind == LieKind::Transplanted && each(finding, |site| unused(site, used))
        },
    },
    Reason {
        text: "the last reading is switched off and its slot holds parts of another",
        statements: ONE_EACH,
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            finding.kind == LieKind::Transplanted
                && each(finding, |site| site.instance == Some(used - 1))
                && finding.sites.iter().any(|site| site.name == "active")
        },
    },
    Reason {
        text: "the place of a sample that is not counted need not hold its location",
        statements: &["track"],
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            each(finding, |site| {
                site.name == "place index" && (unused(site, used) || site.instance == Some(LEFT_OUT))
            })
        },
    },
    Reason {
        text: "as many samples are counted and show the same, though not the same ones",
        statements: &["track"],
        fault: Fault::Same,
        accepts: |finding, _| {
            finding.kind == LieKind::Swapped && each(finding, |site| site.name == "counted")
        },
    },
    Reason {
        text: "the policy is another, whose parameters no rules have: nobody asks for its id",
        statements: &["track"],
        fault: Fault::NoWitness,
        accepts: |finding, _| {
            finding.kind == LieKind::Hostile && each(finding, |site| site.name == "parameters")
        },
    },
    Reason {
        text: "the node of an unused slot is compared with nothing, and nothing is in its places",
        statements: &["survey"],
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            each(finding, |site| unused(site, used) && ["child", "place", "place index"].contains(&site.name))
        },
    },
    Reason {
        text: "an unused slot holds another frame, signed and at a path of its own",
        statements: &["survey"],
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            finding.kind == LieKind::Transplanted && each(finding, |site| unused(site, used))
        },
    },
    Reason {
        text: "the place of a sample that is not counted need not hold its location",
        statements: &["survey"],
        fault: Fault::NoWitness,
        accepts: |finding, used| {
            each(finding, |site| {
                site.name == "place index" && (unused(site, used) || !COUNTED_OF_SURVEY.contains(&site.nth))
            })
        },
    },
];
/// The samples of a generic device that are counted.
const COUNTED_OF_SURVEY: [usize; 4] = [0, 2, 3, 4];
/// The sample of a generic track that is left out.
const LEFT_OUT: usize = 1;

/// The number of the reason of a finding, if it has one. `used` slots hold readings.
pub(super) fn reason(statement: &str, used: usize, finding: &Finding) -> Option<usize> {
    REASONS.iter().position(|reason| {
        // What `check` says is false has none.
        assert!(!matches!(reason.fault, Fault::False(_)), "{}", reason.text);
        let is_of = reason.statements.contains(&statement) && reason.fault == finding.fault;
        is_of && (reason.accepts)(finding, used)
    })
}

fn each(finding: &Finding, accepts: impl Fn(&Target) -> bool) -> bool {
    finding.sites.iter().all(accepts)
}

fn unused(site: &Target, used: usize) -> bool {
    site.instance.is_some_and(|instance| instance >= used)
}
