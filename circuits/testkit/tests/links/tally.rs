//! Every free input of every statement.

use std::collections::BTreeSet;
use std::io::Write;

use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_model::field::Fr;
use zksensor_testkit::{
    Conformance, Extract, Finding, Forger, Specimen, SpecimenVisitor, Swept, Target, each_specimen, sweep,
};

use super::SHARED;
use super::reasons::{REASONS, reason};

/// Free inputs of the statements that are looked at, at least.
const SITES: usize = 350;

/// Sweeps the first of two claims, the second being the donor. Returns what came of it and the reasons that were met; what
/// has none fails.
fn look<S>(
    kit: &Conformance<S>,
    claims: [(S::Inputs, S::Witness); 2],
    used: usize,
    wanted: impl Fn(&Target) -> bool,
) -> (Swept, BTreeSet<usize>)
where
    S: Extract + Sync,
    S::Witness: Sync,
    S::Inputs: Sync,
{
    let [claim, donor] = &claims;
    let forger = Forger::new(kit, &claim.0, &claim.1);
    let donor: Vec<Fr> = Forger::new(kit, &donor.0, &donor.1).honest().to_vec();
    let swept = sweep(&forger, &[&donor], wanted);
    let name = kit.statement().id().name;
    let reasons: Vec<Option<usize>> =
        swept.findings.iter().map(|finding| reason(&name, used, finding)).collect();
    let unexplained = swept.findings.iter().zip(&reasons).filter(|(_, reason)| reason.is_none());
    let unexplained: Vec<String> = unexplained.map(|(finding, _)| describe(finding)).collect();
    if !unexplained.is_empty() {
        report(swept.sites, unexplained.len());
        panic!("{}: accepted, and nobody's claim: {unexplained:#?}", kit.statement().id());
    }
    (swept, reasons.into_iter().flatten().collect())
}

fn describe(finding: &Finding) -> String {
    let sites: Vec<String> = finding.sites.iter().take(3).map(Target::to_string).collect();
    let more = finding.sites.len().saturating_sub(sites.len());
    format!("{:?} at {} and {more} more: {:?}", finding.kind, sites.join(", "), finding.fault)
}

/// Not `eprintln`, which the harness keeps to itself when a test passes.
fn report(sites: usize, accepted: usize) {
    let mut out = std::io::stderr();
    writeln!(out, r#"SWEEP {{"sites":{sites},"accepted":{accepted}}}"#).unwrap();
}

/// What came of the statements that are wanted, and the reasons that were met.
struct All {
    wanted: fn(&str) -> bool,
    swept: Swept,
    met: BTreeSet<usize>,
}

impl All {
    fn look<S: Specimen>(&mut self, shape: S, used: usize, wanted: impl Fn(&Target) -> bool) {
        let claims = [1, 2].map(|seed| shape.generic(used, seed));
        let (swept, reasons) = look(&Conformance::new(shape), claims, used, wanted);
        self.swept.add(swept);
        self.met.extend(reasons);
    }
}

impl SpecimenVisitor for All {
    fn visit<S: Specimen>(&mut self) {
        let (shape, used) = S::unfilled();
        if (self.wanted)(&shape.id().name) {
            self.look(shape, used, |_| true);
        }
    }
}

impl All {
    fn of(wanted: fn(&str) -> bool) -> All {
        let mut all = All { wanted, swept: Swept::default(), met: BTreeSet::new() };
        each_specimen(&mut all);
        all
    }

    /// That enough was looked at, and that every reason is one.
    fn report(self) {
        let All { wanted, swept, met } = self;
        assert!(swept.sites >= SITES, "{} sites", swept.sites);
        assert!(swept.truths > 0, "other claims are accepted");
        for (number, reason) in REASONS.iter().enumerate().filter(|(_, reason)| reason.is_of(wanted)) {
            assert!(met.contains(&number), "nothing is accepted for the reason that {}", reason.text);
        }
        report(swept.sites, 0);
        let mut out = std::io::stderr();
        let (lies, propagated, truths, excused) =
            (swept.lies, swept.propagated, swept.truths, swept.findings.len());
        writeln!(
            out,
            "sweep: {lies} overrides, {propagated} propagated, {truths} other truths, {excused} excused"
        )
        .unwrap();
    }
}

#[test]
fn no_free_input_can_be_swept_away() {
    let mut all = All::of(|name| SHARED.contains(&name));
    // Two layers of nodes above the triangles, and a path of padding: only the fence is another than above.
    let fence = |site: &Target| site.name.ends_with("triangle") || site.name == "fence root";
    all.look(Aggregate::new(1, 72, 3).unwrap(), 1, fence);
    all.report();
}

/// The other statements, where a circuit changed.
#[test]
#[ignore = "three minutes"]
fn no_free_input_of_the_larger_statements_can_be_swept_away() {
    All::of(|name| !SHARED.contains(&name)).report();
}
