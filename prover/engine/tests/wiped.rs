//! What a sum, a product on a coset or multiples of a point leave in memory that it gives back: nothing.
#![allow(unsafe_code, reason = "an allocator is unsafe, and nobody else sees memory as it is given back")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Curve, Domain, FixedBase, Kernel, Pool, Query, product_on_coset, sum_g1, sum_g2};

/// Blocks that are smaller hold tasks and threads' own affairs, too.
const LEAST: usize = 4096;

static WATCHED: AtomicBool = AtomicBool::new(false);
/// Blocks given back meanwhile.
static BLOCKS: AtomicUsize = AtomicUsize::new(0);
/// The size of the last of them that was not wiped.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// The system's, looked at where memory comes back. Growing is to ask for other memory and to give this back.
struct Watch;

// SAFETY: memory is the system's, asked for and given back with the same layout.
unsafe impl GlobalAlloc for Watch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises. All of it is initialized, so that it can be looked at.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.size() >= LEAST && WATCHED.load(Ordering::Relaxed) {
            BLOCKS.fetch_add(1, Ordering::Relaxed);
            // SAFETY: the block has this size, and nobody else has it any more.
            if (0..layout.size()).any(|at| unsafe { block.add(at).read_volatile() } != 0) {
                LEFT.store(layout.size(), Ordering::Relaxed);
            }
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static WATCH: Watch = Watch;

/// How many blocks `f` gives back.
fn watched<T>(f: impl FnOnce() -> T) -> usize {
    BLOCKS.store(0, Ordering::Relaxed);
    WATCHED.store(true, Ordering::Relaxed);
    f();
    WATCHED.store(false, Ordering::Relaxed);
    BLOCKS.load(Ordering::Relaxed)
}

fn sums<C: Curve>(sum: fn(&Query<C>, &[Fr]) -> C::Group, seed: u64) {
    /// Of these some are of every kind; the others are units, which ask for more memory than all before them.
    const MIXED: usize = 6000;
    const COUNT: usize = 20 * MIXED;
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let few: Vec<C::Group> = (0..51).map(|_| C::Group::rand(&mut rng)).collect();
    let few: Vec<C> =
        few.iter().flat_map(|point| [*point, *point, -*point]).map(CurveGroup::into_affine).collect();
    // Each point many times, and its opposite, so that additions need care.
    let points: Vec<C> = (0..COUNT).map(|index| few[index % few.len()]).collect();
    let assignment: Vec<Fr> = (0..COUNT)
        .map(|index| match index % 4 {
            _ if index >= MIXED => Fr::from(1),
            0 => Fr::from(1),
            1 => Fr::from(index as u64),
            _ => Fr::rand(&mut rng),
        })
        .collect();
    let pool = Pool::new(Some(1)).expect("a thread");
    for kernel in Kernel::all() {
        for count in [MIXED / 5, MIXED, COUNT] {
            let query = Query::on(kernel, &points[..count], 0);
            let blocks = watched(|| pool.install(|| sum(&query, &assignment)));
            let left = LEFT.load(Ordering::Relaxed);
            assert_eq!(left, 0, "bytes of a block that was not wiped, {count} on {kernel}");
            assert!(blocks > 10, "{blocks} blocks were looked at");
        }
    }
}

/// Points and the table are the caller's, and are kept until nobody looks.
fn multiples<C: Curve>(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let scalars: Vec<Fr> = (0..5000).map(|_| Fr::rand(&mut rng)).collect();
    let pool = Pool::new(Some(1)).expect("a thread");
    for kernel in Kernel::all() {
        let base = FixedBase::on(kernel, C::generator(), scalars.len());
        for count in [100, 1024, 5000] {
            let mut points = Vec::new();
            let blocks = watched(|| pool.install(|| points = base.multiples(&scalars[..count])));
            assert_eq!(points.len(), count);
            let left = LEFT.load(Ordering::Relaxed);
            assert_eq!(left, 0, "bytes of a block that was not wiped, {count} on {kernel}");
            assert!(blocks > 5, "{blocks} blocks were looked at");
        }
    }
}

/// To its end, and ended by each step.
fn products() {
    const COUNT: usize = 1 << 15;
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let values: Vec<Fr> = (0..COUNT).map(|_| Fr::rand(&mut rng)).collect();
    let pool = Pool::new(Some(1)).expect("a thread");
    for kernel in Kernel::all() {
        let domain = Domain::on(kernel, COUNT).expect("a small domain");
        let run = |last: u8| {
            let step = |percent| if percent < last { Ok(()) } else { Err(percent) };
            pool.install(|| {
                product_on_coset(&domain, values.clone(), values[..COUNT - 1].to_vec(), step).is_ok()
            })
        };
        // What the domain keeps is no secret.
        assert!(run(101));
        for last in [1, 50, 80, 100, 101] {
            let blocks = watched(|| assert_eq!(run(last), last > 100));
            let left = LEFT.load(Ordering::Relaxed);
            assert_eq!(left, 0, "bytes of a block that was not wiped, ended at {last} on {kernel}");
            assert!(blocks > 5, "{blocks} blocks were looked at");
        }
    }
}

/// One test: what is watched is watched on all threads.
#[test]
fn memory_of_a_sum_of_a_product_and_of_multiples_is_wiped_before_it_is_given_back() {
    watched(|| vec![1u8; LEAST]);
    assert_eq!(LEFT.swap(0, Ordering::Relaxed), LEAST, "what is not wiped shows");
    sums::<G1Affine>(sum_g1, 1);
    sums::<G2Affine>(sum_g2, 2);
    products();
    multiples::<G1Affine>(4);
    multiples::<G2Affine>(5);
}
