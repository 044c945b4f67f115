//! Contributions of somebody who chose every part of them, and not as [`Zkey::contribute`] does.

use std::io::Cursor;

use super::*;
use crate::draw::multiple_g2;
use crate::parameters::Parameters;
use crate::sections::{Format, Sections};
use crate::zkey::{Chain, Header, PublicKey};
use zksensor_model::field::Fr;

const CIRCUIT: [u8; 64] = [7; 64];

/// A contribution whose parts are of factors that may differ.
#[derive(Clone, Copy)]
struct Made {
    of_s: u64,
    of_p: u64,
    of_delta: u64,
    /// It goes on from the first key, whatever came before.
    from_first: bool,
    /// Its transcript is another.
    other_transcript: bool,
}

/// As it should be.
fn by(factor: u64) -> Made {
    Made { of_s: factor, of_p: factor, of_delta: factor, from_first: false, other_transcript: false }
}

fn delta(contributions: &[Contribution]) -> G1Affine {
    contributions.last().map_or(G1Affine::generator(), |last| last.key.delta_after)
}

fn digest(contributions: &[Contribution]) -> Blake2b512 {
    let mut hash = Blake2b512::new_with_prefix(CIRCUIT);
    contributions.iter().for_each(|one| one.key.hash_into(&mut hash));
    hash
}

impl Made {
    fn after(self, before: &[Contribution]) -> Contribution {
        let s = multiple_g1(G1Affine::generator(), &Fr::from(1_000_003u64));
        let sx = multiple_g1(s, &Fr::from(self.of_s));
        let mut hash = digest(before);
        hash.update(hashed(&s));
        hash.update(hashed(&sx));
        let mut transcript: [u8; 64] = hash.finalize().into();
        transcript[63] ^= u8::from(self.other_transcript);
        let px = multiple_g2(Draw::new(&transcript).g2(), &Fr::from(self.of_p));
        let from = if self.from_first { G1Affine::generator() } else { delta(before) };
        let delta_after = multiple_g1(from, &Fr::from(self.of_delta));
        let key = PublicKey { delta_after, s, sx, px, transcript };
        Contribution { key, parameters: Parameters::default() }
    }
}

/// A key of which there are only a header and contributions.
fn zkey(contributions: Vec<Contribution>, delta_g2: u64) -> Zkey<Cursor<&'static [u8]>> {
    let sections = Sections::open(Cursor::new(&b"zkey\x01\0\0\0\0\0\0\0"[..]), Format::Zkey);
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let header = Header {
        columns: 2,
        publics: 1,
        domain: 2,
        alpha_g1: one,
        beta_g1: one,
        beta_g2: two,
        gamma_g2: two,
        delta_g1: delta(&contributions),
        delta_g2: multiple_g2(two, &Fr::from(delta_g2)),
    };
    Zkey { sections: sections.unwrap(), header, chain: Chain { circuit: CIRCUIT, contributions } }
}

/// What is said of a second contribution, after one by 5.
fn said_of(second: impl FnOnce(&[Contribution]) -> Contribution, delta_g2: u64) -> Option<CeremonyError> {
    let mut contributions = vec![by(5).after(&[])];
    contributions.push(second(&contributions));
    zkey(contributions, delta_g2).check_chain().err()
}

#[test]
fn contributions_that_were_made_up() {
    assert_eq!(said_of(|before| by(3).after(before), 15), None);
    let unknown = "its proof that somebody knew its factor does not hold";
    let elsewhere = "delta after it is not delta before it times its factor";
    for (made, step) in [
        (by(1), "it adds nothing: its factor is one"),
        (Made { of_delta: 1, ..by(3) }, elsewhere),
        (Made { of_delta: 4, ..by(3) }, elsewhere),
        (Made { from_first: true, ..by(3) }, elsewhere),
        (Made { of_s: 4, ..by(3) }, unknown),
        (Made { of_p: 4, ..by(3) }, unknown),
        (
            Made { other_transcript: true, ..by(3) },
            "its transcript is not that of the contributions before it",
        ),
    ] {
        let said = said_of(|before| made.after(before), 5 * made.of_delta);
        assert_eq!(said, Some(CeremonyError::Chain { number: 2, step }));
    }
}

/// What somebody else showed of their factor, under a transcript of one's own.
#[test]
fn knowledge_of_somebody_else() {
    let replayed = |before: &[Contribution]| {
        let mut made = by(3).after(before);
        (made.key.s, made.key.sx, made.key.px) = (before[0].key.s, before[0].key.sx, before[0].key.px);
        let mut hash = digest(before);
        hash.update(hashed(&made.key.s));
        hash.update(hashed(&made.key.sx));
        made.key.transcript = hash.finalize().into();
        made.key.delta_after = multiple_g1(delta(before), &Fr::from(5u64));
        made
    };
    let step = "its proof that somebody knew its factor does not hold";
    assert_eq!(said_of(replayed, 25), Some(CeremonyError::Chain { number: 2, step }));
}

#[test]
fn a_header_of_another_delta() {
    let step = "delta in G2 is not delta in G1";
    assert_eq!(said_of(|before| by(3).after(before), 5), Some(CeremonyError::Applied { step }));
    let mut other = zkey(vec![by(5).after(&[])], 5);
    other.header.delta_g1 = G1Affine::generator();
    let step = "delta in G1 is not that after the last contribution";
    assert_eq!(other.check_chain().err(), Some(CeremonyError::Applied { step }));
}
