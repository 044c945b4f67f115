//! Every gadget, and random and edge inputs of each.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::RngCore;
use zksensor_circuits::gadgets::Order;
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::Scalar;
use zksensor_model::primitives::eddsa::{SecretKey, insecure_dummy_signature, response_element};
use zksensor_model::primitives::merkle::{ARITY, digit, node_hash};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_testkit::{Fleet, FleetOptions};

use super::kit::seeded;
use super::probe::{Gadget, PARTS};

/// Random inputs of each gadget; the edges come on top.
const RANDOM: usize = 22;

/// Every gadget.
pub(super) fn gadgets() -> Vec<Gadget> {
    let mut order = Scalar::MODULUS;
    order.sub_with_borrow(&1u64.into());
    let mut gadgets = vec![
        Gadget::Eddsa,
        Gadget::AtMost(251, order),
        Gadget::AtMost(10, 700u64.into()),
        Gadget::Selected,
        Gadget::SelectIndex,
        Gadget::Select,
        Gadget::ClimbAt(7),
        Gadget::Climb(4),
        Gadget::Root(64),
        Gadget::FenceRoot(16),
        Gadget::Inside(false),
        Gadget::Inside(true),
        Gadget::Split,
        Gadget::Pack,
        Gadget::Member(1),
        Gadget::Member(9),
        Gadget::Bits(1),
        Gadget::Bits(253),
    ];
    gadgets.extend((1..=8).map(Gadget::Poseidon));
    for width in [41, 64] {
        for order in [Order::AtMost, Order::Below] {
            gadgets.extend([false, true].map(|active| Gadget::Order(order, width, active)));
        }
    }
    gadgets
}

/// Claims of a gadget that hold.
pub(super) fn inputs(gadget: Gadget) -> Vec<Vec<Fr>> {
    let rng = &mut seeded(7);
    let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE];
    match gadget {
        Gadget::Eddsa => signatures(rng, &edges),
        Gadget::Order(order, width, active) => ordered(rng, order, width, active),
        Gadget::AtMost(width, limit) => {
            let limit = Fr::from_bigint(limit).unwrap();
            let low = field::power_of_two(width - 1) - Fr::ONE;
            let small = (0..RANDOM).map(|_| bits(rng, width - 1)).collect::<Vec<_>>();
            small.into_iter().chain([Fr::ZERO, limit, limit - Fr::ONE, low]).map(|v| vec![v]).collect()
        }
        Gadget::Selected => {
            selections(rng).map(|(index, set)| [&[number(index), set[index]], &set[..]].concat()).collect()
        }
        Gadget::SelectIndex => {
            selections(rng).map(|(index, set)| [&[number(index)], &set[..]].concat()).collect()
        }
        Gadget::Select => {
            selections(rng).map(|(index, set)| vec![number(index % 2), set[0], set[1]]).collect()
        }
        Gadget::ClimbAt(levels) => {
            let top = (1u32 << (3 * levels)) - 1;
            let mut positions = vec![0, top, 7, 8];
            positions.extend((0..RANDOM).map(|_| rng.next_u32() & top));
            positions
                .into_iter()
                .map(|position| {
                    let (leaf, children) = path(rng, Domain::Node, position, levels);
                    [vec![leaf, Fr::from(position)], children].concat()
                })
                .collect()
        }
        Gadget::Climb(levels) => (0..RANDOM + 3)
            .map(|_| {
                let position = rng.next_u32();
                let (leaf, children) = path(rng, Domain::Fence, position, levels);
                [vec![leaf], children].concat()
            })
            .collect(),
        Gadget::Root(count) | Gadget::FenceRoot(count) | Gadget::Poseidon(count) => {
            let random = (0..RANDOM).map(|_| elements(rng, count)).collect::<Vec<_>>();
            random.into_iter().chain(edges.map(|edge| vec![edge; count])).collect()
        }
        Gadget::Inside(active) => located(rng, active),
        Gadget::Split => parts(rng)
            .map(|parts| {
                vec![field::pack(&std::array::from_fn::<_, 4, _>(|index| (parts[index], PARTS[index])))]
            })
            .collect(),
        Gadget::Pack => parts(rng).collect(),
        Gadget::Member(count) => {
            let random = (0..RANDOM).map(|round| {
                let set = elements(rng, count);
                [vec![set[round % count]], set].concat()
            });
            let random = random.collect::<Vec<_>>();
            random.into_iter().chain(edges.map(|edge| vec![edge; count + 1])).collect()
        }
        Gadget::Bits(width) => {
            let random = (0..RANDOM).map(|_| bits(rng, width)).collect::<Vec<_>>();
            let ends = [Fr::ZERO, Fr::ONE, field::power_of_two(width) - Fr::ONE];
            random.into_iter().chain(ends).map(|value| vec![value]).collect()
        }
    }
}

fn number(index: usize) -> Fr {
    Fr::from(index as u64)
}

fn elements(rng: &mut ChaCha20Rng, count: usize) -> Vec<Fr> {
    (0..count).map(|_| bits(rng, 253)).collect()
}

/// A random integer of `width` bits.
fn bits(rng: &mut ChaCha20Rng, width: u32) -> Fr {
    (0..width).fold(Fr::ZERO, |sum, _| sum.double() + Fr::from(rng.next_u32() % 2))
}

/// Signatures of random keys; messages at the ends; the signature of unused slots.
fn signatures(rng: &mut ChaCha20Rng, edges: &[Fr]) -> Vec<Vec<Fr>> {
    let mut messages = elements(rng, RANDOM);
    messages.extend(edges);
    let mut all = Vec::new();
    for (index, message) in messages.into_iter().enumerate() {
        let secret = SecretKey::from_seed([u8::try_from(index).unwrap() + 1; 32]);
        let (key, signature) = (*secret.public().point(), secret.sign(&message));
        all.push((key, signature, message));
        if edges.contains(&message) {
            let (key, signature) = insecure_dummy_signature(&message);
            all.push((key, signature, message));
        }
    }
    all.into_iter()
        .map(|(key, signature, message)| {
            vec![key.x, key.y, signature.r.x, signature.r.y, response_element(&signature.s), message]
        })
        .collect()
}

/// Pairs in order, neighbours and the ends among them; switched off, also pairs out of order.
fn ordered(rng: &mut ChaCha20Rng, order: Order, width: u32, active: bool) -> Vec<Vec<Fr>> {
    let top = u64::MAX >> (64 - width);
    let mut pairs = vec![(0, top), (0, 1), (top - 1, top), (top / 2, top / 2 + 1), (255, 256)];
    if order == Order::AtMost {
        pairs.extend([(0, 0), (top, top), (top / 2, top / 2)]);
    }
    while pairs.len() < RANDOM + 8 {
        let (a, b) = (rng.next_u64() & top, rng.next_u64() & top);
        pairs.push((a.min(b), a.max(b)));
    }
    let mut all = Vec::new();
    for (a, b) in pairs {
        let (a, b) = (Fr::from(a), Fr::from(b));
        if active {
            all.extend([vec![a, b, Fr::ONE], vec![a, b, Fr::ZERO], vec![b, a, Fr::ZERO]]);
        } else {
            all.push(vec![a, b]);
        }
    }
    all
}

/// Every index into random elements, into elements that are all equal, and into zeros.
fn selections(rng: &mut ChaCha20Rng) -> impl Iterator<Item = (usize, Vec<Fr>)> {
    let sets = [elements(rng, ARITY), elements(rng, ARITY), vec![Fr::ONE; ARITY], vec![Fr::ZERO; ARITY]];
    sets.into_iter().flat_map(|set| (0..ARITY).map(move |index| (index, set.clone())))
}

/// A leaf and the children of its path; in about half of the paths all siblings equal the node.
fn path(rng: &mut ChaCha20Rng, domain: Domain, position: u32, levels: usize) -> (Fr, Vec<Fr>) {
    let leaf = bits(rng, 253);
    let (mut node, mut all) = (leaf, Vec::new());
    let equal = rng.next_u32().is_multiple_of(2);
    for level in 0..levels {
        let mut children: [Fr; ARITY] = std::array::from_fn(|_| if equal { node } else { bits(rng, 253) });
        children[digit(position, level)] = node;
        all.extend(children);
        node = node_hash(domain, &children);
    }
    (leaf, all)
}

/// Every corner, the middle of every edge and of every triangle of the fleet's fence; switched off, also a place outside.
fn located(rng: &mut ChaCha20Rng, active: bool) -> Vec<Vec<Fr>> {
    let fence = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() }).fence;
    let mut all = Vec::new();
    for triangle in fence.triangles() {
        let corners =
            triangle.corners().map(|corner| (u64::from(corner.latitude), u64::from(corner.longitude)));
        let [a, b, c] = corners;
        let middle = ((a.0 + b.0 + c.0) / 3, (a.1 + b.1 + c.1) / 3);
        for (latitude, longitude) in [a, b, c, middle] {
            let mut inputs = vec![triangle.pack(), Fr::from(latitude), Fr::from(longitude)];
            if active {
                inputs.push(Fr::ONE);
            }
            all.push(inputs);
        }
        if active {
            let outside = [rng.next_u32(), rng.next_u32()].map(Fr::from);
            all.push(vec![triangle.pack(), outside[0], outside[1], Fr::ZERO]);
            all.push(vec![Fr::ZERO, outside[0], outside[1], Fr::ZERO]);
        }
    }
    all
}

/// Parts of a word: random, all zero, all at their greatest.
fn parts(rng: &mut ChaCha20Rng) -> impl Iterator<Item = Vec<Fr>> {
    let random = (0..RANDOM + 1).map(|_| PARTS.map(|width| bits(rng, width)).to_vec()).collect::<Vec<_>>();
    let greatest = PARTS.map(|width| field::power_of_two(width) - Fr::ONE).to_vec();
    random.into_iter().chain([vec![Fr::ZERO; PARTS.len()], greatest])
}
