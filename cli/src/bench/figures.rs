//! What was measured, as one object.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use zksensor::prover::Phase;
use zksensor::prover::engine::Kernel;
use zksensor_circuits::statement::Claim;
use zksensor_peers::{Peer, Race};

use super::goals::{self, Goal};
use super::plan::{Plan, Scale, THREADS};

/// The figures that there always are, in their order.
pub(super) const KEYS: [&str; 15] = [
    "msm_g1_x",
    "msm_g2_x",
    "fft_x",
    "dense_x_1t",
    "dense_x_2t",
    "aggregate64_x",
    "taceo_x_1t",
    "taceo_x_2t",
    "portable_x",
    "key_ratio",
    "reading_ms",
    "aggregate64_ms",
    "readings_per_s",
    "key_load_ms",
    "peak_mb",
];

/// One thing that was measured: medians in seconds, of whoever took part.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) name: &'static str,
    pub(super) size: String,
    pub(super) threads: usize,
    pub(super) seconds: BTreeMap<Peer, f64>,
}

impl Work {
    pub(super) fn of_race(name: &'static str, size: String, race: &Race) -> Work {
        let seconds = race.times.iter().map(|(peer, time)| (*peer, time.as_secs_f64())).collect();
        Work { name, size, threads: race.threads, seconds }
    }

    /// How many times as fast as a peer we are, if it took part.
    pub(super) fn ratio(&self, peer: Peer) -> Option<f64> {
        Some(self.seconds.get(&peer)? / self.seconds.get(&Peer::Zksensor)?)
    }
}

/// All of it.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) scale: Scale,
    pub(super) kernel: Kernel,
    pub(super) work: Vec<Work>,
    /// Where the time of the aggregate's proof goes, on [`THREADS`] threads.
    pub(super) phases: Vec<(Phase, Duration)>,
    /// The peak of arkworks' proof of the aggregate.
    pub(super) ark_peak_mb: Option<f64>,
    /// By key.
    pub(super) figures: BTreeMap<&'static str, f64>,
    /// What each ratio is of.
    pub(super) dense: u32,
    pub(super) aggregate: String,
    sum: u32,
    transform: u32,
    rounds: (usize, usize),
}

impl Figures {
    pub(super) fn new(plan: &Plan, kernel: Kernel) -> Figures {
        Figures {
            scale: plan.scale,
            kernel,
            work: Vec::new(),
            phases: Vec::new(),
            ark_peak_mb: None,
            figures: BTreeMap::new(),
            dense: plan.dense,
            aggregate: plan.aggregate.id().to_string(),
            sum: plan.sum,
            transform: plan.transform,
            rounds: plan.rounds,
        }
    }

    /// Work of this name, size and number of threads.
    pub(super) fn find(&self, name: &str, size: &str, threads: usize) -> Option<&Work> {
        self.work.iter().find(|work| (work.name, work.size.as_str(), work.threads) == (name, size, threads))
    }

    /// Works out the ratios of what was measured.
    pub(super) fn conclude(&mut self) {
        let power = |bits: u32| format!("2^{bits}");
        let of = |name: &str, size: &str, threads: usize, peer: Peer| {
            self.find(name, size, threads).and_then(|work| work.ratio(peer))
        };
        let dense = |threads, peer| of("dense", &power(self.dense), threads, peer);
        let aggregate = |threads, peer| of("aggregate", &self.aggregate, threads, peer);
        // The lesser of both: the goal is to be met by either.
        let taceo = |threads| {
            let both = dense(threads, Peer::Taceo).zip(aggregate(threads, Peer::Taceo));
            both.map(|(dense, aggregate)| dense.min(aggregate))
        };
        let milliseconds = |name: &str, size: &str| {
            let seconds = self.find(name, size, THREADS)?.seconds.get(&Peer::Zksensor)?;
            Some(seconds * 1e3)
        };
        let concluded = [
            ("msm_g1_x", of("msm_g1", &power(self.sum), 1, Peer::Ark)),
            ("msm_g2_x", of("msm_g2", &power(self.sum), 1, Peer::Ark)),
            ("fft_x", of("fft", &power(self.transform), 1, Peer::Ark)),
            ("dense_x_1t", dense(1, Peer::Ark)),
            ("dense_x_2t", dense(2, Peer::Ark)),
            ("aggregate64_x", aggregate(THREADS, Peer::Ark)),
            ("taceo_x_1t", taceo(1)),
            ("taceo_x_2t", taceo(2)),
            ("portable_x", of("dense, portable", &power(self.dense), 1, Peer::Ark)),
            ("reading_ms", milliseconds("reading", "1")),
            ("aggregate64_ms", milliseconds("aggregate", &self.aggregate)),
        ];
        let there = concluded.into_iter().filter_map(|(key, figure)| Some((key, figure?)));
        self.figures.extend(there.collect::<Vec<_>>());
    }

    /// The goal of a figure, unless sizes are others than those of the goals.
    pub(super) fn goal(&self, key: &str) -> Option<Goal> {
        goals::of(key).filter(|_| self.scale != Scale::Quick)
    }

    /// The object that programs get.
    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        for key in KEYS {
            object.insert(key.to_owned(), self.figures.get(key).copied().map(rounded).into());
        }
        object.insert("peak_ark_mb".to_owned(), self.ark_peak_mb.map(rounded).into());
        object.insert("scale".to_owned(), self.scale.name().into());
        object.insert("sizes".to_owned(), self.sizes());
        object.insert("threads".to_owned(), THREADS.into());
        object.insert("engine".to_owned(), self.kernel.path().name().into());
        object.insert("built_for".to_owned(), built_for().into());
        object.insert("rounds".to_owned(), json!({ "arithmetic": self.rounds.0, "proofs": self.rounds.1 }));
        object.insert("goals".to_owned(), self.goals());
        object.insert("work".to_owned(), self.work.iter().map(work_json).collect());
        let phases = self.phases.iter().map(
            |(phase, time)| json!({ "phase": phase.to_string(), "ms": rounded(time.as_secs_f64() * 1e3) }),
        );
        object.insert("phases".to_owned(), phases.collect());
        object.into()
    }

    fn sizes(&self) -> Value {
        json!({
            "msm": format!("2^{}", self.sum), "fft": format!("2^{}", self.transform), "dense": format!("2^{}", self.dense),
            "aggregate64": self.aggregate,
        })
    }

    fn goals(&self) -> Value {
        let judged = KEYS.iter().filter_map(|key| {
            let (goal, figure) = (self.goal(key)?, self.figures.get(key)?);
            Some(((*key).to_owned(), json!({ "goal": goal.number(), "met": goal.is_met(*figure) })))
        });
        if self.scale == Scale::Quick { Value::Null } else { Value::Object(judged.collect()) }
    }
}

fn work_json(work: &Work) -> Value {
    let mut object = Map::new();
    object.insert("work".to_owned(), work.name.into());
    object.insert("size".to_owned(), work.size.as_str().into());
    object.insert("threads".to_owned(), work.threads.into());
    for (peer, name) in [(Peer::Zksensor, "zksensor"), (Peer::Ark, "ark"), (Peer::Taceo, "taceo")] {
        if let Some(seconds) = work.seconds.get(&peer) {
            object.insert(format!("{name}_ms"), significant(seconds * 1e3).into());
        }
        if let Some(ratio) = work.ratio(peer).filter(|_| peer != Peer::Zksensor) {
            object.insert(format!("{name}_x"), rounded(ratio).into());
        }
    }
    object.into()
}

/// To three decimal places.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

/// To four digits, as a product takes nanoseconds.
fn significant(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

/// What everything here, the peers among it, is compiled for.
pub(super) fn built_for() -> String {
    let features = [
        ("bmi2", cfg!(target_feature = "bmi2")),
        ("adx", cfg!(target_feature = "adx")),
        ("avx2", cfg!(target_feature = "avx2")),
        ("avx512ifma", cfg!(target_feature = "avx512ifma")),
        ("ark-ff/asm", cfg!(feature = "asm")),
    ];
    let features: Vec<&str> = features.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect();
    match features.as_slice() {
        [] => format!("any processor of {}", std::env::consts::ARCH),
        features => format!("{} with {}", std::env::consts::ARCH, features.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(name: &'static str, size: &str, threads: usize, seconds: [f64; 3]) -> Work {
        let peers = [Peer::Zksensor, Peer::Ark, Peer::Taceo];
        Work { name, size: size.to_owned(), threads, seconds: peers.into_iter().zip(seconds).collect() }
    }

    #[test]
    fn ratios_are_of_the_sizes_that_they_name() {
        let plan = Plan::new(false, false).unwrap();
        let mut figures = Figures::new(&plan, Kernel::best());
        figures.work = vec![
            work("dense", "2^16", 1, [1.0, 100.0, 100.0]),
            work("dense", "2^17", 1, [1.0, 8.0, 4.0]),
            work("dense", "2^17", 2, [0.5, 3.0, 2.5]),
            work("aggregate", "aggregate/v2/64x32x3", 1, [2.0, 10.0, 5.0]),
            work("aggregate", "aggregate/v2/64x32x3", 2, [1.0, 6.0, 5.5]),
            work("dense, portable", "2^17", 1, [4.0, 8.0, 1.0]),
        ];
        figures.conclude();
        let wanted = [
            ("dense_x_1t", 8.0),
            ("dense_x_2t", 6.0),
            ("aggregate64_x", 6.0),
            ("taceo_x_1t", 2.5),
            ("taceo_x_2t", 5.0),
            ("portable_x", 2.0),
            ("aggregate64_ms", 1000.0),
        ];
        assert_eq!(figures.figures, BTreeMap::from(wanted));
        let json = figures.to_json();
        assert_eq!(json["goals"]["dense_x_2t"], json!({ "goal": 7.0, "met": false }));
        assert_eq!(json["goals"]["portable_x"]["met"], true);
        // What was not measured is not made up.
        assert_eq!((&json["fft_x"], &json["goals"]["fft_x"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn a_quick_run_judges_nothing() {
        let mut figures = Figures::new(&Plan::new(true, false).unwrap(), Kernel::best());
        figures.work = vec![work("dense", "2^10", 1, [1.0, 8.0, 4.0])];
        figures.conclude();
        let json = figures.to_json();
        assert_eq!((&json["dense_x_1t"], &json["goals"]), (&json!(8.0), &Value::Null));
        assert_eq!((&json["scale"], &json["sizes"]["dense"]), (&json!("quick"), &json!("2^10")));
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        assert_eq!((significant(0.000_012_345_6), significant(1234.56)), (0.000_012_35, 1235.0));
    }
}
