//! What was measured, for people.

use std::fmt::Write;

use zksensor_peers::Peer;

use super::figures::{Figures, KEYS, Work, built_for};
use super::goals::Goal;
use super::plan::Scale;

/// The tables of work and of figures.
pub(super) fn of(figures: &Figures) -> String {
    let mut text = String::new();
    let mut line = |parts: std::fmt::Arguments<'_>| {
        let _ = writeln!(text, "{}", parts.to_string().trim_end());
    };
    line(format_args!(
        "{:<18} {:<22} {:>7} {:>10} {:>10} {:>7} {:>10} {:>7}",
        "work", "size", "threads", "ours", "ark", "ratio", "taceo", "ratio"
    ));
    for work in &figures.work {
        let [ours, ark, taceo] = [Peer::Zksensor, Peer::Ark, Peer::Taceo].map(|peer| time(work, peer));
        let [ark_x, taceo_x] = [Peer::Ark, Peer::Taceo].map(|peer| ratio(work, peer));
        line(format_args!(
            "{:<18} {:<22} {:>7} {ours:>10} {ark:>10} {ark_x:>7} {taceo:>10} {taceo_x:>7}",
            work.name, work.size, work.threads
        ));
    }
    line(format_args!(""));
    line(format_args!("{:<18} {:<44} {:>10} {:>11}", "figure", "what it is", "measured", "goal"));
    for key in KEYS {
        let (figure, goal, judged) = judged(figures, key);
        line(format_args!("{key:<18} {:<44} {figure:>10} {goal:>11} {judged:>8}", meaning(key)));
    }
    line(format_args!(""));
    line(format_args!("{}", conditions(figures)));
    text.truncate(text.trim_end().len());
    text
}

/// A figure, its goal, and whether it is met; empty where there is none.
pub(super) fn judged(figures: &Figures, key: &str) -> (String, String, &'static str) {
    let figure = figures.figures.get(key);
    let shown = figure.map_or_else(|| "not known".to_owned(), |figure| format!("{figure:.2}"));
    let Some((figure, goal)) = figure.zip(figures.goal(key)) else {
        return (shown, String::new(), "");
    };
    let wanted = match goal {
        Goal::AtLeast(least) => format!("{least} or more"),
        Goal::AtMost(most) => format!("{most} or less"),
    };
    (shown, wanted, if goal.is_met(*figure) { "met" } else { "NOT MET" })
}

/// What a figure is.
pub(super) fn meaning(key: &str) -> &'static str {
    match key {
        "msm_g1_x" => "multi-exponentiation in G1, 1 thread, to ark",
        "msm_g2_x" => "multi-exponentiation in G2, 1 thread, to ark",
        "fft_x" => "transform, 1 thread, to ark",
        "dense_x_1t" => "dense circuit, 1 thread, to ark",
        "dense_x_2t" => "dense circuit, 2 threads, to ark",
        "aggregate64_x" => "aggregate, 2 threads, to ark",
        "taceo_x_1t" => "dense or aggregate, 1 thread, to taceo",
        "taceo_x_2t" => "dense or aggregate, 2 threads, to taceo",
        "portable_x" => "dense, 1 thread, without AVX-512, to ark",
        "key_ratio" => "bytes of our key by those of ark's",
        "reading_ms" => "a proof of a reading, 2 threads",
        "aggregate64_ms" => "a proof of an aggregate, 2 threads",
        "readings_per_s" => "proofs of readings a second, 2 threads",
        "key_load_ms" => "reading the aggregate's key from a file",
        "peak_mb" => "memory of the aggregate's proof",
        _ => "",
    }
}

/// On what, and how.
pub(super) fn conditions(figures: &Figures) -> String {
    let sizes = match figures.scale {
        Scale::Quick => " Sizes are too small for any goal: this shows that it runs.",
        Scale::Goals | Scale::Full => "",
    };
    format!(
        "Engine {}; built, the peers among it, for {}. Medians of rounds in turn.{sizes}",
        figures.kernel.path().name(),
        built_for()
    )
}

/// A time in the unit that fits it.
pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 1e-3 => format!("{:.1} ms", seconds * 1e3),
        seconds if seconds >= 1e-6 => format!("{:.1} us", seconds * 1e6),
        seconds => format!("{:.1} ns", seconds * 1e9),
    }
}

/// The time of one of them; empty if it did not take part.
pub(super) fn time(work: &Work, peer: Peer) -> String {
    work.seconds.get(&peer).map_or_else(String::new, |time| seconds(*time))
}

/// The ratio to one of them; empty if it did not take part.
pub(super) fn ratio(work: &Work, peer: Peer) -> String {
    work.ratio(peer).map_or_else(String::new, |ratio| format!("{ratio:.2}x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_meaning() {
        assert!(KEYS.iter().all(|key| !meaning(key).is_empty()));
        let shown = [12.345, 0.012_34, 1.5e-5, 3.21e-9].map(seconds);
        assert_eq!(shown, ["12.35 s", "12.3 ms", "15.0 us", "3.2 ns"]);
    }
}
