//! The page: both tables and the charts. One file, no script, nothing loaded from anywhere.

use askama::Template;
use zksensor_peers::Peer;

use super::figures::{Figures, KEYS};
use super::{BenchError, chart, table};

/// The style sheet; the template's policy admits it by its hash and nothing else.
const STYLE: &str = include_str!("../../templates/bench.css");
/// SHA-256 of [`STYLE`] in base64, as Content-Security-Policy wants it. A test says what it has to be.
const STYLE_HASH: &str = "sha256-IUIBv1qF3ZAxyFXgvCaNaB5gNzKyFQNmM8yRTcSAG7Q=";

#[derive(Template)]
#[template(path = "bench.html")]
struct Document {
    style: &'static str,
    style_hash: &'static str,
    version: &'static str,
    conditions: String,
    charts: String,
    figures: Vec<Figure>,
    work: Vec<Row>,
}

struct Figure {
    key: &'static str,
    meaning: &'static str,
    figure: String,
    goal: String,
    judged: &'static str,
}

struct Row {
    name: &'static str,
    size: String,
    threads: usize,
    /// Ours, arkworks' with its ratio, taceo's with its ratio.
    cells: [String; 5],
}

/// The document.
///
/// # Errors
/// [`BenchError::Chart`].
pub(super) fn of(figures: &Figures) -> Result<String, BenchError> {
    let figure = |key: &&'static str| {
        let (figure, goal, judged) = table::judged(figures, key);
        Figure { key, meaning: table::meaning(key), figure, goal, judged }
    };
    let row = |work: &super::figures::Work| {
        let (time, ratio) = (|peer| table::time(work, peer), |peer| table::ratio(work, peer));
        let (ark, taceo) = (Peer::Ark, Peer::Taceo);
        let cells = [time(Peer::Zksensor), time(ark), ratio(ark), time(taceo), ratio(taceo)];
        Row { name: work.name, size: work.size.clone(), threads: work.threads, cells }
    };
    let document = Document {
        style: STYLE,
        style_hash: STYLE_HASH,
        version: env!("CARGO_PKG_VERSION"),
        conditions: table::conditions(figures),
        charts: chart::all(figures)?,
        figures: KEYS.iter().map(figure).collect(),
        work: figures.work.iter().map(row).collect(),
    };
    document.render().map_err(|error| BenchError::Chart { reason: error.to_string() })
}

#[cfg(test)]
pub(crate) mod tests {
    use k256::sha2::{Digest, Sha256};
    use zksensor::prover::Phase;
    use zksensor::prover::engine::Kernel;

    use super::super::plan::Plan;
    use super::*;

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits = bytes.chunks(3).flat_map(|chunk| {
            let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
            let word = byte(0) << 16 | byte(1) << 8 | byte(2);
            [18, 12, 6, 0].into_iter().enumerate().map(move |(index, shift)| {
                if index <= chunk.len() { char::from(DIGITS[(word >> shift & 63) as usize]) } else { '=' }
            })
        });
        digits.collect()
    }

    /// SHA-256 of a style sheet, as Content-Security-Policy wants it.
    pub(crate) fn hash_of(style: &str) -> String {
        format!("sha256-{}", base64(&Sha256::digest(style)))
    }

    #[test]
    fn the_policy_admits_the_style_sheet() {
        let wanted = hash_of(STYLE);
        assert_eq!(STYLE_HASH, wanted, "the style sheet changed: its hash has to be this");
    }

    #[test]
    fn the_page_shows_what_was_measured_and_needs_nothing_else() {
        let mut figures = Figures::new(&Plan::new(false, false).unwrap(), Kernel::best());
        for (size, threads, ours) in [("2^16", 2, 0.75), ("2^17", 1, 2.5), ("2^17", 2, 1.25)] {
            let seconds = [(Peer::Zksensor, ours), (Peer::Ark, 10.0), (Peer::Taceo, 5.0)].into();
            let size = size.to_owned();
            figures.work.push(super::super::figures::Work { name: "dense", size, threads, seconds });
        }
        figures.phases = vec![(Phase::Witness, std::time::Duration::from_millis(30))];
        figures.conclude();
        let html = of(&figures).unwrap();
        for shown in ["1.25 s", "8.00x", "NOT MET", "witness 30.0 ms, 100 %", "2^16"] {
            assert!(html.contains(shown), "{shown}");
        }
        for foreign in ["<script", "src=", "href=", "style=\"", "url("] {
            assert!(!html.contains(foreign), "{foreign}");
        }
    }
}
