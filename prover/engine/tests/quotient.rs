//! The quotient against polynomials that are multiplied and divided term by term.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::RefCell;
use std::convert::Infallible;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Domain, Evaluations, Kernel, Pool, quotient};

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

fn multiply(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let mut product = vec![Fr::ZERO; a.len() + b.len() - 1];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            product[i + j] += *a * b;
        }
    }
    product
}

/// The quotient by X^size - 1, and nothing may remain.
fn divide(mut dividend: Vec<Fr>, size: usize) -> Vec<Fr> {
    let mut quotient = vec![Fr::ZERO; size - 1];
    for degree in (size..dividend.len()).rev() {
        let lead = dividend[degree];
        quotient[degree - size] = lead;
        dividend[degree] = Fr::ZERO;
        dividend[degree - size] += lead;
    }
    assert!(dividend.iter().all(|value| *value == Fr::ZERO), "a remainder for size {size}");
    quotient
}

#[test]
fn it_is_what_is_left_of_a_division_term_by_term() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for count in (0..=17).chain([31, 32, 33, 63, 64, 65]) {
        let domain = Domain::new(count).unwrap();
        let size = domain.size();
        assert!(size.is_power_of_two() && size >= count && size < 2 * count.max(1), "{count}: {size}");
        let (a, b) = (values(count, &mut rng), values(count, &mut rng));
        let product: Vec<Fr> = a.iter().zip(&b).map(|(a, b)| *a * b).collect();
        let mut dividend = multiply(&interpolate(&a, size), &interpolate(&b, size));
        for (value, c) in dividend.iter_mut().zip(interpolate(&product, size)) {
            *value -= c;
        }
        let wanted = divide(dividend, size);
        assert_eq!(*quotient(&domain, a, b, silent).unwrap(), wanted, "of {count}");
    }
}

/// Larger ones hold at a random point; with fewer values than rows in one of the two, and with room behind them.
#[test]
fn it_holds_at_a_random_point() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for count in [127, 128, 129, 1023, 1024, 1025, (1 << 15) - 1, 1 << 15, (1 << 15) + 1] {
        let domain = Domain::new(count).unwrap();
        let (a, mut b) = (values(count, &mut rng), values(count - count / 3, &mut rng));
        b.reserve(3 * count);
        let point = Fr::rand(&mut rng);
        let lagrange = domain.lagrange(&point);
        let at = |values: &[Fr]| values.iter().zip(&lagrange).map(|(value, l)| *value * l).sum::<Fr>();
        let product: Vec<Fr> = a.iter().zip(&b).map(|(a, b)| *a * b).collect();
        let wanted = at(&a) * at(&b) - at(&product);
        let quotient = quotient(&domain, a, b, silent).unwrap();
        assert_eq!(quotient.len(), domain.size() - 1);
        let value = quotient.iter().rev().fold(Fr::ZERO, |sum, value| sum * point + value);
        assert_eq!(value * domain.vanishing(&point), wanted, "of {count}");
    }
}

#[test]
fn of_zeros_it_is_zero_and_of_one_row_it_is_nothing() {
    let domain = Domain::new(8).unwrap();
    assert!(quotient(&domain, vec![], vec![], silent).unwrap().iter().all(|value| *value == Fr::ZERO));
    let one = Domain::new(1).unwrap();
    assert!(quotient(&one, vec![Fr::from(3u64)], vec![Fr::from(4u64)], silent).unwrap().is_empty());
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
    let _ = quotient(&Domain::new(8).unwrap(), vec![Fr::ONE; 9], vec![], silent);
}

/// As arkworks' transforms have it.
fn by_arkworks(size: usize, a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
    let coset = domain.get_coset(Fr::GENERATOR).unwrap();
    let to_coset = |values: Vec<Fr>| coset.fft(&domain.ifft(&values));
    let c = to_coset(a.iter().zip(b).map(|(a, b)| *a * b).collect());
    let (a, b) = (to_coset(a.to_vec()), to_coset(b.to_vec()));
    let scale = domain.evaluate_vanishing_polynomial(Fr::GENERATOR).inverse().unwrap();
    let values: Vec<Fr> = a.iter().zip(&b).zip(c).map(|((a, b), c)| (*a * b - c) * scale).collect();
    let mut coefficients = coset.ifft(&values);
    assert_eq!(coefficients.pop(), Some(Fr::ZERO));
    coefficients
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
                let got = quotient(&domain, a.clone(), b.clone(), silent).unwrap();
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
                    let compute = || quotient(&domain, a.clone(), b.clone(), silent).unwrap();
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
    quotient(domain, a.to_vec(), b.to_vec(), hear).unwrap();
    let steps = heard.into_inner();
    assert!(steps.is_sorted() && steps.len() >= 4 && steps.last() == Some(&100), "{steps:?}");
    for last in steps {
        let ended = quotient(domain, a.to_vec(), b.to_vec(), |percent| {
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
            pool.install(|| quotient(&domain, a.clone(), b.clone(), silent)).unwrap()
        };
        let one = on(1);
        assert!(one == on(2) && one == on(7), "{kernel}");
    }
}
