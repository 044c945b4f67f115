//! Products on a coset, and Lagrange polynomials, against their definitions and arkworks.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::RefCell;
use std::convert::Infallible;

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, FftField, Field, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Domain, Evaluations, Kernel, Pool, product_on_coset};

fn silent(_: u8) -> Result<(), Infallible> {
    Ok(())
}

/// Random values, some of them zero.
fn values(count: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    (0..count).map(|index| if index % 5 == 3 { Fr::ZERO } else { Fr::rand(rng) }).collect()
}

/// Coefficients of the polynomial that has these values on the roots of unity, by the definition of the transform.
fn interpolate(values: &[Fr], size: usize) -> Vec<Fr> {
    let root = Fr::get_root_of_unity(size as u64).unwrap().inverse().unwrap();
    let scale = Fr::from(size as u64).inverse().unwrap();
    let power = |exponent: usize| root.pow([(exponent % size) as u64]);
    let coefficient =
        |j: usize| values.iter().enumerate().map(|(i, value)| *value * power(i * j)).sum::<Fr>();
    (0..size).map(|j| coefficient(j) * scale).collect()
}

fn at(coefficients: &[Fr], point: Fr) -> Fr {
    coefficients.iter().rev().fold(Fr::ZERO, |sum, value| sum * point + value)
}

/// g w^k.
fn on_coset(size: usize) -> impl Iterator<Item = Fr> {
    let root = Fr::get_root_of_unity(size as u64).unwrap();
    std::iter::successors(Some(Fr::GENERATOR), move |point| Some(*point * root)).take(size)
}

#[test]
fn it_is_what_both_polynomials_are_there() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for count in (0..=17).chain([31, 32, 33, 63, 64, 65]) {
        let domain = Domain::new(count).unwrap();
        let size = domain.size();
        assert!(size.is_power_of_two() && size >= count && size < 2 * count.max(1), "{count}: {size}");
        let (a, b) = (values(count, &mut rng), values(count, &mut rng));
        let (of_a, of_b) = (interpolate(&a, size), interpolate(&b, size));
        let wanted: Vec<Fr> = on_coset(size).map(|point| at(&of_a, point) * at(&of_b, point)).collect();
        assert_eq!(*product_on_coset(&domain, a, b, silent).unwrap(), wanted, "of {count}");
    }
}

/// Where A B = C on the domain, A B on the coset and C make (A B - C) / Z at any point, as a key has it. With fewer values than rows in
/// one of the two, and with room behind them.
#[test]
fn it_is_all_of_the_quotient_but_what_c_adds() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for count in [127, 128, 129, 1023, 1024, 1025, (1 << 15) - 1, 1 << 15, (1 << 15) + 1] {
        let domain = Domain::new(count).unwrap();
        let (a, mut b) = (values(count, &mut rng), values(count - count / 3, &mut rng));
        b.reserve(3 * count);
        let point = Fr::rand(&mut rng);
        let sum = |values: &[Fr], lagrange: &[Fr]| {
            values.iter().zip(lagrange).map(|(value, l)| *value * l).sum::<Fr>()
        };
        let lagrange = domain.lagrange(&point);
        let c: Vec<Fr> = a.iter().zip(&b).map(|(a, b)| *a * b).collect();
        let divided = sum(&a, &lagrange) * sum(&b, &lagrange) - sum(&c, &lagrange);
        let product = product_on_coset(&domain, a, b, silent).unwrap();
        assert_eq!(product.len(), domain.size());
        let folded = sum(&product, &domain.lagrange_on_coset(&point)) - sum(&c, &lagrange);
        assert_eq!(folded * domain.vanishing(&point), divided * domain.vanishing_on_coset(), "of {count}");
    }
}

/// Of 1, X, X^2 and so on a map makes multiples of a point, and nothing of the last ones.
#[test]
fn a_linear_map_of_powers_is_one_of_lagrange_polynomials() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let point = Fr::rand(&mut rng);
    let multiples = |scalars: Vec<Fr>| -> Vec<G1Affine> {
        scalars.into_iter().map(|scalar| (G1Affine::generator() * scalar).into_affine()).collect()
    };
    for count in [1, 2, 8, 64] {
        let domain = Domain::new(count).unwrap();
        let powers = multiples(
            std::iter::successors(Some(Fr::ONE), |power| Some(*power * point)).take(count).collect(),
        );
        assert_eq!(domain.lagrange_of(&powers), multiples(domain.lagrange(&point)), "{count}");
        assert_eq!(
            domain.lagrange_of_on_coset(&powers),
            multiples(domain.lagrange_on_coset(&point)),
            "{count}"
        );
        // Without the highest power.
        let top = point.pow([count as u64 - 1]);
        let without = |lagrange: Vec<Fr>, leading: Vec<Fr>| {
            multiples(
                lagrange.into_iter().zip(leading).map(|(value, leading)| value - leading * top).collect(),
            )
        };
        let less = &powers[..count - 1];
        assert_eq!(domain.lagrange_of(less), without(domain.lagrange(&point), domain.leading()), "{count}");
        let wanted = without(domain.lagrange_on_coset(&point), domain.leading_on_coset());
        assert_eq!(domain.lagrange_of_on_coset(less), wanted, "{count}");
    }
}

#[test]
fn of_zeros_it_is_zero_and_of_one_row_it_is_the_product() {
    let domain = Domain::new(8).unwrap();
    assert!(
        product_on_coset(&domain, vec![], vec![], silent).unwrap().iter().all(|value| *value == Fr::ZERO)
    );
    let one = Domain::new(1).unwrap();
    let product = product_on_coset(&one, vec![Fr::from(3u64)], vec![Fr::from(4u64)], silent).unwrap();
    assert_eq!(*product, [Fr::from(12u64)]);
}

#[test]
fn a_domain_is_at_most_what_the_field_has() {
    assert_eq!(Domain::new(1 << 28).unwrap().size(), 1 << 28);
    assert!(Domain::new((1 << 28) + 1).is_none());
    let domain = Domain::new(4).unwrap();
    let root = Fr::get_root_of_unity(4).unwrap();
    assert_eq!(domain.vanishing(&root), Fr::ZERO);
    assert_eq!(domain.lagrange(&root), [0, 1, 0, 0].map(|value: u64| Fr::from(value)));
}

#[test]
#[should_panic(expected = "9 values on a domain of 8 points")]
fn more_values_than_points_are_refused() {
    let _ = product_on_coset(&Domain::new(8).unwrap(), vec![Fr::ONE; 9], vec![], silent);
}

/// As arkworks' transforms have it.
fn by_arkworks(size: usize, a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
    let coset = domain.get_coset(Fr::GENERATOR).unwrap();
    let to_coset = |values: &[Fr]| coset.fft(&domain.ifft(values));
    to_coset(a).into_iter().zip(to_coset(b)).map(|(a, b)| a * b).collect()
}

/// Random values, and those at which carries and reductions have their limits.
fn kinds(size: usize, rng: &mut ChaCha20Rng) -> Vec<Vec<Fr>> {
    let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE];
    let mut kinds = vec![(0..size).map(|_| Fr::rand(rng)).collect(), vec![Fr::rand(rng); size]];
    kinds.extend(edges.map(|edge| vec![edge; size]));
    kinds.push((0..size).map(|index| edges[index % 3]).collect());
    for place in [0, size / 2, size - 1] {
        let mut one = vec![Fr::ZERO; size];
        one[place] = -Fr::ONE;
        kinds.push(one);
    }
    kinds
}

#[test]
fn it_is_arkworks_of_every_size_on_every_kernel() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for size in (0..=14).map(|bits| 1 << bits) {
        let kinds = kinds(size, &mut rng);
        for (index, a) in kinds.iter().enumerate() {
            let b = &kinds[(index + 5) % kinds.len()];
            let wanted = by_arkworks(size, a, b);
            for kernel in Kernel::all() {
                let domain = Domain::on(kernel, size).unwrap();
                assert_eq!(domain.kernel().path(), kernel.path());
                let got = product_on_coset(&domain, a.clone(), b.clone(), silent).unwrap();
                assert!(*got == wanted, "{size} points, kind {index}, {kernel}");
            }
        }
    }
}

#[test]
fn values_on_the_coset_are_arkworks_of_every_size_on_every_kernel() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    for size in (0..=14).chain([17]).map(|bits| 1 << bits) {
        let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
        let coset = domain.get_coset(Fr::GENERATOR).unwrap();
        for (index, values) in kinds(size, &mut rng).iter().enumerate() {
            let wanted = coset.fft(&domain.ifft(values));
            for kernel in Kernel::all() {
                let mut ours = Evaluations::enter(&Domain::on(kernel, size).unwrap(), values);
                assert!(*ours.leave() == *values, "{size} points, kind {index}, {kernel}: there and back");
                ours.to_coset();
                assert!(*ours.leave() == wanted, "{size} points, kind {index}, {kernel}");
            }
        }
    }
}

/// Of many at once one computes what they multiply by.
#[test]
fn a_domain_is_shared_by_threads_from_its_first_use() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let (a, b) = (values(1 << 10, &mut rng), values(1 << 10, &mut rng));
    let wanted = by_arkworks(1 << 10, &a, &b);
    for kernel in Kernel::all() {
        let domain = Domain::on(kernel, 1 << 10).unwrap();
        let pool = Pool::new(Some(2)).unwrap();
        std::thread::scope(|scope| {
            for other in 0..4 {
                let (domain, a, b, wanted, pool) = (domain.clone(), &a, &b, &wanted, &pool);
                scope.spawn(move || {
                    let compute = || product_on_coset(&domain, a.clone(), b.clone(), silent).unwrap();
                    let got = if other % 2 == 0 { pool.install(compute) } else { compute() };
                    assert_eq!(*got, *wanted);
                });
            }
        });
    }
}

#[test]
fn its_steps_rise_and_any_of_them_ends_it() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for (kernel, size) in Kernel::all().into_iter().flat_map(|kernel| [(kernel, 16), (kernel, 1 << 13)]) {
        let domain = Domain::on(kernel, size).unwrap();
        let (a, b) = (values(size, &mut rng), values(size, &mut rng));
        steps_of(&domain, &a, &b);
    }
}

fn steps_of(domain: &Domain, a: &[Fr], b: &[Fr]) {
    let heard = RefCell::new(Vec::new());
    let hear = |percent| {
        heard.borrow_mut().push(percent);
        Ok::<_, Infallible>(())
    };
    product_on_coset(domain, a.to_vec(), b.to_vec(), hear).unwrap();
    let steps = heard.into_inner();
    assert!(steps.is_sorted() && steps.len() >= 3 && steps.last() == Some(&100), "{steps:?}");
    for last in steps {
        let ended = product_on_coset(domain, a.to_vec(), b.to_vec(), |percent| {
            assert!(percent <= last);
            if percent == last { Err(percent) } else { Ok(()) }
        });
        assert_eq!(ended.map(|_| ()), Err(last));
    }
}

#[test]
fn it_does_not_depend_on_the_number_of_threads() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for kernel in Kernel::all() {
        let domain = Domain::on(kernel, 1 << 15).unwrap();
        let (a, b) = (values(domain.size(), &mut rng), values(domain.size(), &mut rng));
        let on = |threads| {
            let pool = Pool::new(Some(threads)).unwrap();
            pool.install(|| product_on_coset(&domain, a.clone(), b.clone(), silent)).unwrap()
        };
        let one = on(1);
        assert!(one == on(2) && one == on(7), "{kernel}");
    }
}
