//! What a circuit needs of powers of tau, checked.
//!
//! Of each section s_0, s_1, ... there are random numbers r_i, and the pairing says whether the sum of r_i s_(i+1) is tau times the sum of
//! r_i s_i. Prepared Lagrange polynomials are held against the powers: for random r_k, the sum of r_k L_k is that of f_j tau^j, where f is the
//! polynomial with the values r_k. So whoever wrote the file fools this with a chance of 2^-253. Lagrange polynomials that an earlier run kept are
//! held in the same way.

use std::io::{Read, Seek};
use std::ops::Range;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::ChaCha20Rng;
use zksensor_engine::map;
use zksensor_model::field::Fr;

use super::contribution::{After, PtauContribution};
use super::{ALPHA_G1, BETA_G1, BETA_G2, MOST_POWER, PREPARED, Ptau, TAU_G1, TAU_G2};
use crate::combine::{by_powers, random, same_ratio, sum1, sum2, unforeseen};
use crate::error::CeremonyError;
use crate::parts::{Parts, kept};
use crate::point::Point;

/// Above this, the digest of a circuit is made of one power more (`initial`'s `differences`).
pub(crate) const ONE_CHUNK: u32 = 14;

/// Powers of tau for circuits of 2^k rows: they were checked when they were read.
pub struct Powers {
    pub(crate) power: u32,
    pub(crate) is_trusted: bool,
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    /// The Lagrange polynomials of the rows at tau, in G1 and in G2, and times alpha and times beta.
    pub(crate) rows: Vec<G1Affine>,
    pub(crate) rows_g2: Vec<G2Affine>,
    pub(crate) alpha_rows: Vec<G1Affine>,
    pub(crate) beta_rows: Vec<G1Affine>,
    /// Those of twice the size that are of no row: what H is made of.
    pub(crate) odd: Vec<G1Affine>,
    /// tau^(n + i) - tau^i, as many as a digest of the circuit is made of.
    pub(crate) differences: Vec<G1Affine>,
}

impl Powers {
    /// The circuits that they are for have 2 to this power of rows.
    pub fn power(&self) -> u32 {
        self.power
    }
}

/// The powers themselves.
struct Raw {
    tau: Vec<G1Affine>,
    tau_g2: Vec<G2Affine>,
    alpha: Vec<G1Affine>,
    beta: Vec<G1Affine>,
    beta_g2: G2Affine,
}

impl<R: Read + Seek> Ptau<R> {
    /// What a circuit of at most so many rows needs, checked. Only that is read, a few thousand points at a time.
    ///
    /// # Errors
    /// [`CeremonyError::Powers`] or [`CeremonyError::OnePowerMore`] if the file is too small; [`CeremonyError::Section`] for a point that is
    /// none; [`CeremonyError::Phase1`] if the points are not the powers of one number.
    pub fn powers(&mut self, rows: usize) -> Result<Powers, CeremonyError> {
        self.powers_with(rows, &mut ())
    }

    /// As [`Ptau::powers`]. What is computed, because the file is not prepared, is kept, and taken from what an earlier run kept if it holds.
    ///
    /// # Errors
    /// As [`Ptau::powers`]; [`CeremonyError::System`] if a part cannot be read or kept.
    pub fn powers_with(&mut self, rows: usize, parts: &mut dyn Parts) -> Result<Powers, CeremonyError> {
        let power = rows.max(2).next_power_of_two().trailing_zeros();
        let got = self.power;
        if power > got || power >= MOST_POWER {
            return Err(CeremonyError::Powers { wanted: power, got });
        }
        if power > ONE_CHUNK && power == got {
            return Err(CeremonyError::OnePowerMore { wanted: power + 1, got });
        }
        let mut rng = unforeseen()?;
        let raw = self.raw(power)?;
        raw.check(&mut rng)?;
        self.check_contributions(&raw)?;
        let domain =
            Radix2EvaluationDomain::<Fr>::new(1 << power).expect("the field has roots of this order");
        let differences = raw.differences(domain.size());
        let powers = if self.is_prepared {
            let prepared = self.prepared(power)?;
            check_prepared(&prepared, &raw, &differences, &Probe::new(&domain, &mut rng))?;
            prepared
        } else {
            Lagrange::of(&raw, &differences, &domain, &Probe::new(&domain, &mut rng), parts)?
        };
        let Lagrange { rows, rows_g2, alpha_rows, beta_rows, odd } = powers;
        let mut differences: Vec<G1Affine> = differences.into_iter().map(|point| -point).collect();
        // Of the last there is no second power, unless the file has more.
        if power <= ONE_CHUNK {
            differences.pop();
        }
        let (alpha_g1, beta_g1, beta_g2) = (raw.alpha[0], raw.beta[0], raw.beta_g2);
        let is_trusted = self.is_trusted;
        Ok(Powers {
            power,
            is_trusted,
            alpha_g1,
            beta_g1,
            beta_g2,
            rows,
            rows_g2,
            alpha_rows,
            beta_rows,
            odd,
            differences,
        })
    }

    fn raw(&mut self, power: u32) -> Result<Raw, CeremonyError> {
        let count = 1u64 << power;
        let taus = if self.power > power { 2 * count } else { 2 * count - 1 };
        let beta_g2 = self.sections.points(BETA_G2, 0, 1)?;
        Ok(Raw {
            tau: self.sections.points(TAU_G1, 0, taus)?,
            tau_g2: self.sections.points(TAU_G2, 0, count)?,
            alpha: self.sections.points(ALPHA_G1, 0, count)?,
            beta: self.sections.points(BETA_G1, 0, count)?,
            beta_g2: beta_g2[0],
        })
    }

    fn prepared(&mut self, power: u32) -> Result<Lagrange, CeremonyError> {
        let count = 1u64 << power;
        let sections = &mut self.sections;
        let doubled: Vec<G1Affine> = sections.points(TAU_G1 + PREPARED, 2 * count - 1, 2 * count)?;
        Ok(Lagrange {
            rows: sections.points(TAU_G1 + PREPARED, count - 1, count)?,
            rows_g2: sections.points(TAU_G2 + PREPARED, count - 1, count)?,
            alpha_rows: sections.points(ALPHA_G1 + PREPARED, count - 1, count)?,
            beta_rows: sections.points(BETA_G1 + PREPARED, count - 1, count)?,
            odd: doubled.into_iter().skip(1).step_by(2).collect(),
        })
    }

    /// The powers are those after the last contribution.
    fn check_contributions(&self, raw: &Raw) -> Result<(), CeremonyError> {
        let Some(after) = self.check_last_tau(raw.tau[1], raw.tau_g2[1])? else { return Ok(()) };
        let these = (raw.alpha[0], raw.beta[0], raw.beta_g2);
        hold((after.alpha_g1, after.beta_g1, after.beta_g2) == these, OTHER_POWERS)
    }

    /// tau is that after the last contribution, whose other firsts are returned with it.
    pub(super) fn check_last_tau(
        &self,
        tau: G1Affine,
        tau_g2: G2Affine,
    ) -> Result<Option<&After>, CeremonyError> {
        let after = self.contributions.last().map(PtauContribution::after);
        let is_after = after.is_none_or(|after| (after.tau_g1, after.tau_g2) == (tau, tau_g2));
        hold(is_after, OTHER_POWERS).map(|()| after)
    }
}

const OTHER_POWERS: &str = "the last contribution left other powers than the file has";

fn hold(holds: bool, step: &'static str) -> Result<(), CeremonyError> {
    if holds { Ok(()) } else { Err(CeremonyError::Phase1 { step }) }
}

/// The powers of tau in G1, and at least the first two in G2: both begin with the generator, and those in G1 rise by the tau in G2.
pub(super) fn check_tau(
    tau: &[G1Affine],
    in_g2: &[G2Affine],
    rng: &mut ChaCha20Rng,
) -> Result<(), CeremonyError> {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    hold(tau[0] == one, "the first power of tau in G1 is not the generator")?;
    hold(in_g2[0] == two, "the first power of tau in G2 is not the generator")?;
    hold(same_ratio(one, tau[1], two, in_g2[1]), "tau in G1 and tau in G2 are not one number")?;
    hold(rises(tau, in_g2[1], rng), "section 2 does not rise by tau")
}

/// Whether each point is tau times the one before it.
fn rises(points: &[G1Affine], tau_g2: G2Affine, rng: &mut ChaCha20Rng) -> bool {
    let by = random(rng, points.len() - 1);
    let (these, next) = (sum1(&points[..by.len()], &by), sum1(&points[1..], &by));
    same_ratio(these, next, G2Affine::generator(), tau_g2)
}

impl Raw {
    fn check(&self, rng: &mut ChaCha20Rng) -> Result<(), CeremonyError> {
        check_tau(&self.tau, &self.tau_g2, rng)?;
        let (one, two) = (G1Affine::generator(), G2Affine::generator());
        let (tau, tau_g2) = (self.tau[1], self.tau_g2[1]);
        hold(
            same_ratio(one, self.beta[0], two, self.beta_g2),
            "beta in G1 and beta in G2 are not one number",
        )?;
        hold(rises(&self.alpha, tau_g2, rng), "section 4 does not rise by tau")?;
        hold(rises(&self.beta, tau_g2, rng), "section 5 does not rise by tau")?;
        let by = random(rng, self.tau_g2.len() - 1);
        let (these, next) = (sum2(&self.tau_g2[..by.len()], &by), sum2(&self.tau_g2[1..], &by));
        hold(same_ratio(one, tau, these, next), "section 3 does not rise by tau")
    }

    /// tau^i - tau^(n + i), with nothing for a power that the file does not have, as circom's tools have it.
    fn differences(&self, size: usize) -> Vec<G1Affine> {
        let difference = |at: usize| match self.tau.get(size + at) {
            Some(above) => self.tau[at].into_group() - above,
            None => self.tau[at].into_group(),
        };
        affine(size, difference)
    }
}

/// So many points, in affine form. `point` runs on a thread of its own and must not go parallel itself: a thread that waited within one would
/// take up others, one above the other, until its stack is full.
pub(crate) fn affine<P: Point>(count: usize, point: impl Fn(usize) -> P::Group + Sync + Send) -> Vec<P>
where
    P::Group: CurveGroup<Affine = P>,
{
    /// Points that are made affine at once: arkworks divides them among threads.
    const AT_ONCE: usize = 1 << 16;
    let mut all = Vec::with_capacity(count);
    for start in (0..count).step_by(AT_ONCE) {
        let points = projective(start..count.min(start + AT_ONCE), &point);
        all.extend(P::Group::normalize_batch(&points));
    }
    all
}

/// The points of a range, as they are.
pub(crate) fn projective<G: Send>(range: Range<usize>, point: impl Fn(usize) -> G + Sync + Send) -> Vec<G> {
    const A_JOB: usize = 1 << 8;
    let part = |job: usize| -> Vec<G> {
        let start = range.start + job * A_JOB;
        (start..range.end.min(start + A_JOB)).map(&point).collect()
    };
    map(range.len().div_ceil(A_JOB), part).into_iter().flatten().collect()
}

struct Lagrange {
    rows: Vec<G1Affine>,
    rows_g2: Vec<G2Affine>,
    alpha_rows: Vec<G1Affine>,
    beta_rows: Vec<G1Affine>,
    odd: Vec<G1Affine>,
}

impl Lagrange {
    /// n log n / 2 multiples of points each, of those that were not kept.
    fn of(
        raw: &Raw,
        differences: &[G1Affine],
        domain: &Radix2EvaluationDomain<Fr>,
        probe: &Probe,
        parts: &mut dyn Parts,
    ) -> Result<Self, CeremonyError> {
        let size = domain.size();
        let mut of_g1 = |name, powers: &[G1Affine]| {
            let made = || interpolated(powers, domain);
            kept(parts, name, size, made, |points| Ok(probe.is_of(points, powers)))
        };
        let rows = of_g1("rows", &raw.tau[..size])?;
        let alpha_rows = of_g1("alpha-rows", &raw.alpha)?;
        let beta_rows = of_g1("beta-rows", &raw.beta)?;
        let odd = || {
            let scale = scale(size);
            let scaled: Vec<G1Affine> = affine(size, |at| differences[at] * scale[at]);
            interpolated(&scaled, domain)
        };
        let odd = kept(parts, "odd", size, odd, |points| Ok(probe.is_odd_of(points, differences)))?;
        let of_g2 = || interpolated(&raw.tau_g2, domain);
        let rows_g2 = kept(parts, "rows-g2", size, of_g2, |points| Ok(probe.is_of_g2(points, &raw.tau_g2)))?;
        Ok(Lagrange { rows, rows_g2, alpha_rows, beta_rows, odd })
    }
}

/// By what the differences of powers are multiplied for the polynomials that are of no row: 1 / (2 w^i), with w the root of unity of twice the
/// order.
fn scale(size: usize) -> Vec<Fr> {
    let mut scale = vec![Fr::from(2u64).inverse().expect("2 is not zero"); size];
    by_powers(&mut scale, inverse_of_root(size));
    scale
}

/// Of the root of unity of twice the order.
fn inverse_of_root(size: usize) -> Fr {
    let root = Fr::get_root_of_unity(2 * size as u64).expect("the power is below that of the field");
    root.inverse().expect("a root of unity is not zero")
}

/// What a linear map makes of the Lagrange polynomials, given what it makes of 1, X, X^2 and so on.
fn interpolated<P: Point>(powers: &[P], domain: &Radix2EvaluationDomain<Fr>) -> Vec<P>
where
    P::Group: CurveGroup<Affine = P> + ark_poly::domain::DomainCoeff<Fr>,
{
    let mut points: Vec<P::Group> = powers.iter().map(|point| point.into_group()).collect();
    domain.ifft_in_place(&mut points);
    affine(points.len(), |at| points[at])
}

/// A random polynomial, which Lagrange polynomials are held with.
struct Probe {
    values: Vec<Fr>,
    coefficients: Vec<Fr>,
}

impl Probe {
    fn new(domain: &Radix2EvaluationDomain<Fr>, rng: &mut ChaCha20Rng) -> Self {
        let values = random(rng, domain.size());
        let coefficients = domain.ifft(&values);
        Probe { values, coefficients }
    }

    fn is_of(&self, rows: &[G1Affine], powers: &[G1Affine]) -> bool {
        sum1(rows, &self.values) == sum1(powers, &self.coefficients)
    }

    fn is_of_g2(&self, rows: &[G2Affine], powers: &[G2Affine]) -> bool {
        sum2(rows, &self.values) == sum2(powers, &self.coefficients)
    }

    /// Of twice the size, those that are of no row.
    fn is_odd_of(&self, odd: &[G1Affine], differences: &[G1Affine]) -> bool {
        let mut scaled = scale(self.coefficients.len());
        scaled.iter_mut().zip(&self.coefficients).for_each(|(scale, value)| *scale *= value);
        sum1(odd, &self.values) == sum1(differences, &scaled)
    }
}

fn check_prepared(
    prepared: &Lagrange,
    raw: &Raw,
    differences: &[G1Affine],
    probe: &Probe,
) -> Result<(), CeremonyError> {
    let size = differences.len();
    hold(probe.is_of(&prepared.rows, &raw.tau[..size]), "section 12 is not that of the powers in section 2")?;
    hold(probe.is_of(&prepared.alpha_rows, &raw.alpha), "section 14 is not that of the powers in section 4")?;
    hold(probe.is_of(&prepared.beta_rows, &raw.beta), "section 15 is not that of the powers in section 5")?;
    hold(
        probe.is_of_g2(&prepared.rows_g2, &raw.tau_g2),
        "section 13 is not that of the powers in section 3",
    )?;
    hold(
        probe.is_odd_of(&prepared.odd, differences),
        "section 12 is not that of the powers in section 2, of twice the size",
    )
}
