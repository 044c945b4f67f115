//! The self-check: what a path computes is what arkworks computes, element by element.

use rand::rngs::OsRng;
use zksensor::ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use zksensor::ark_ec::CurveGroup;
use zksensor::ark_ff::{AdditiveGroup, FftField, Field, PrimeField, UniformRand};
use zksensor::prover::engine::{Domain, Elements, Evaluations, Kernel, Modulus, Path, Query, sum_g1, sum_g2};
use zksensor_peers::kernels;

/// Elements of each field: several thousand, and no whole number of lanes.
const ELEMENTS: usize = 4093;
/// Points of a transform: several squares of lanes.
const POINTS: usize = 512;
/// Terms of a multi-exponentiation in G1; a quarter of them in G2.
const TERMS: usize = 1000;

/// A path computed something else than arkworks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected the path `{path}` to compute {what} as arkworks does, but result {index} of {count} is another"
)]
pub(crate) struct Wrong {
    path: Path,
    what: &'static str,
    index: usize,
    count: usize,
}

impl Wrong {
    /// What to do.
    pub(crate) fn help(&self) -> String {
        let other = match self.path {
            Path::Portable => "prove on another machine",
            _ => "set ZKSENSOR_ENGINE=portable, which does without it",
        };
        format!(
            "{other}; test the memory of this machine, and report this line, the processor and what was printed before"
        )
    }
}

/// Compares every operation of the path that a proof is made of with arkworks'.
///
/// # Errors
/// [`Wrong`] for the first result that differs.
pub(crate) fn check(kernel: Kernel) -> Result<(), Wrong> {
    let path = kernel.path();
    field::<Fq>(kernel, ["products in Fq", "sums in Fq", "differences in Fq", "squares in Fq"])?;
    field::<Fr>(kernel, ["products in Fr", "sums in Fr", "differences in Fr", "squares in Fr"])?;
    transform(kernel)?;
    let scalars = scalars(TERMS);
    let g1: Vec<G1Affine> = points::<G1Projective>(TERMS);
    let wanted = kernels::ark_sum_g1(&g1, &scalars);
    same(path, "a multi-exponentiation in G1", &[sum_g1(&Query::on(kernel, &g1, 0), &scalars)], &[wanted])?;
    let scalars = &scalars[..TERMS / 4];
    let g2: Vec<G2Affine> = points::<G2Projective>(scalars.len());
    let wanted = kernels::ark_sum_g2(&g2, scalars);
    same(path, "a multi-exponentiation in G2", &[sum_g2(&Query::on(kernel, &g2, 0), scalars)], &[wanted])
}

/// Requires the results of a path to be those that are wanted.
fn same<T: PartialEq>(path: Path, what: &'static str, got: &[T], wanted: &[T]) -> Result<(), Wrong> {
    let count = wanted.len();
    let differs = (0..count.max(got.len())).find(|index| got.get(*index) != wanted.get(*index));
    differs.map_or(Ok(()), |index| Err(Wrong { path, what, index, count }))
}

/// An operation of a path on each of the first.
type InPlace<P> = fn(&mut Elements<P>, &Elements<P>);
/// The same of two elements, as arkworks has it.
type OfTwo<P> = fn(P, P) -> P;

/// Products, sums, differences and squares less two others, of random elements and of those at the limits.
fn field<P: Modulus>(kernel: Kernel, names: [&'static str; 4]) -> Result<(), Wrong> {
    let (a, b) = (elements::<P>(ELEMENTS, 1), elements::<P>(ELEMENTS, 7));
    let entered = Elements::enter(kernel, &b);
    let operations: [(InPlace<P>, OfTwo<P>); 4] = [
        (Elements::mul, |a, b| a * b),
        (Elements::add, |a, b| a + b),
        (Elements::sub, |a, b| a - b),
        (Elements::square_less, |a, b| a * a - b - b - b),
    ];
    for ((operation, wanted), what) in operations.into_iter().zip(names) {
        let mut got = Elements::enter(kernel, &a);
        operation(&mut got, &entered);
        let wanted: Vec<P> = a.iter().zip(&b).map(|(a, b)| wanted(*a, *b)).collect();
        same(kernel.path(), what, &got.leave(), &wanted)?;
    }
    Ok(())
}

/// A polynomial's values on a domain make those on its coset, which are computed point by point.
fn transform(kernel: Kernel) -> Result<(), Wrong> {
    let coefficients = elements::<Fr>(POINTS, 5);
    let root = Fr::get_root_of_unity(POINTS as u64).expect("the order is a power of two");
    let values = |first: Fr| -> Vec<Fr> {
        let points = std::iter::successors(Some(first), |point| Some(*point * root)).take(POINTS);
        points.map(|x| coefficients.iter().rev().fold(Fr::ZERO, |sum, next| sum * x + next)).collect()
    };
    let domain = Domain::on(kernel, POINTS).expect("the field has such a root");
    let mut got = Evaluations::enter(&domain, &values(Fr::ONE));
    got.to_coset();
    same(kernel.path(), "a transform", &got.leave(), &values(Fr::GENERATOR))
}

/// Random elements, and among them, from every `step`-th to the next, those around 0 and around every power of 2.
fn elements<P: PrimeField>(count: usize, step: usize) -> Vec<P> {
    let two = P::from(2u8);
    let powers = (0..P::MODULUS_BIT_SIZE).map(|bit| two.pow([u64::from(bit)]));
    let edges = powers.flat_map(|power| [power - P::ONE, power, -power]);
    let mut elements: Vec<P> = (0..count).map(|_| P::rand(&mut OsRng)).collect();
    for (index, edge) in edges.enumerate() {
        elements[index * step % count] = edge;
    }
    elements
}

/// Scalars of every kind that the engine tells apart: 0, 1, -1, small ones and full ones.
fn scalars(count: usize) -> Vec<Fr> {
    let scalar = |index| match index % 8 {
        0 => Fr::from(0u8),
        1 => Fr::from(1u8),
        2 => -Fr::from(1u8),
        3 => Fr::from(index as u64),
        _ => Fr::rand(&mut OsRng),
    };
    (0..count).map(scalar).collect()
}

/// Points of which some are equal, opposite, or the identity.
fn points<G: CurveGroup>(count: usize) -> Vec<G::Affine> {
    let step = G::rand(&mut OsRng);
    let mut last = G::rand(&mut OsRng);
    let point = |index| {
        match index % 16 {
            5 => last = -last,
            6 => {}
            7 => return G::zero(),
            _ => last += step,
        }
        last
    };
    G::normalize_batch(&(0..count).map(point).collect::<Vec<G>>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use zksensor::ark_ec::AffineRepr;

    #[test]
    fn every_path_of_this_machine_is_right() {
        for kernel in Kernel::all() {
            check(kernel).unwrap();
        }
    }

    /// Whatever is wrong, missing or too many is found, and where.
    #[test]
    fn a_wrong_result_is_found() {
        let wanted = elements::<Fq>(9, 1);
        assert_eq!(same(Path::Portable, "sums", &wanted, &wanted), Ok(()));
        for index in 0..wanted.len() {
            let mut got = wanted.clone();
            got[index] += Fq::from(1u8);
            let wrong = same(Path::Ifma, "sums", &got, &wanted).unwrap_err();
            assert_eq!(wrong, Wrong { path: Path::Ifma, what: "sums", index, count: 9 });
            let said = wrong.to_string();
            assert!(
                said.contains("`ifma` to compute sums") && said.contains(&format!("result {index} of 9")),
                "{said}"
            );
            assert!(wrong.help().contains("ZKSENSOR_ENGINE=portable"));
        }
        assert_eq!(same(Path::Portable, "sums", &wanted[..8], &wanted).unwrap_err().index, 8);
        let wrong = same(Path::Portable, "sums", &wanted, &wanted[..8]).unwrap_err();
        assert!(wrong.index == 8 && wrong.help().starts_with("prove on another machine"));
    }

    /// The multi-exponentiation that results are compared with is not itself what is compared.
    #[test]
    fn a_multi_exponentiation_with_one_term_altered_is_found() {
        let (points, mut scalars) = (points::<G1Projective>(40), scalars(40));
        let wanted = [kernels::ark_sum_g1(&points, &scalars)];
        for kernel in Kernel::all() {
            let query = Query::on(kernel, &points, 0);
            let compare = |scalars: &[Fr]| same(kernel.path(), "a sum", &[sum_g1(&query, scalars)], &wanted);
            assert_eq!(compare(&scalars), Ok(()));
            scalars[8] += Fr::from(1u8);
            assert!(compare(&scalars).is_err());
            scalars[8] -= Fr::from(1u8);
        }
    }

    #[test]
    fn what_is_checked_is_at_the_limits_and_of_every_kind() {
        let elements = elements::<Fr>(ELEMENTS, 7);
        for edge in
            [Fr::from(0u8), Fr::from(1u8), -Fr::from(1u8), Fr::from(u64::MAX), Fr::from((1u64 << 52) - 1)]
        {
            assert!(elements.contains(&edge), "{edge}");
        }
        let points = points::<G1Projective>(TERMS);
        assert!(points[7].is_zero() && points[5] == points[6] && points[4] == -points[5]);
    }
}
