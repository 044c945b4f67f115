//! What free inputs are overridden with.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{AdditiveGroup, Field};

use crate::{Target, hostile_values};
use zksensor_model::field::{self, Fr};

/// What kind of override of free inputs it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LieKind {
    /// One hostile value.
    Hostile,
    /// The value of another free input of its scope, or of another instance or claim.
    Copied,
    /// Two values of a scope, or of two instances, exchanged.
    Swapped,
    /// One value up and a neighbour down.
    Compensated,
    /// The values of whole scopes from another instance or claim.
    Transplanted,
}

/// Free inputs with the values instead.
pub(super) struct Lie {
    pub(super) kind: LieKind,
    /// (number of the free input, value).
    pub(super) values: Vec<(usize, Fr)>,
}

/// Steps of a compensation: one, and the widths of the fields of packed words.
const STEPS: [u32; 12] = [0, 2, 16, 17, 21, 32, 40, 41, 48, 64, 124, 128];
/// Free inputs of a scope up to this far apart are exchanged and copied: the children of a node.
const NEAR: usize = 8;

/// Every override of free inputs whose honest values are in `honest`.
pub(super) fn lies(honest: &[Fr], donors: &[&[Fr]], sites: &[Target]) -> Vec<Lie> {
    let scopes = Scopes::new(sites);
    let mut collection = Collection { honest, sites, seen: BTreeSet::new(), all: Vec::new() };
    for site in 0..sites.len() {
        collection.few(site, &scopes, donors);
    }
    collection.transplants(&scopes, donors);
    collection.all
}

/// Overrides, each once.
struct Collection<'s> {
    honest: &'s [Fr],
    sites: &'s [Target],
    seen: BTreeSet<Vec<(usize, Fr)>>,
    all: Vec<Lie>,
}

impl Collection<'_> {
    /// The honest value of a free input.
    fn own(&self, site: usize) -> Fr {
        self.honest[self.sites[site].columns.start]
    }

    fn add(&mut self, kind: LieKind, mut values: Vec<(usize, Fr)>) {
        values.retain(|(site, value)| *value != self.own(*site));
        if !values.is_empty() && self.seen.insert(values.clone()) {
            self.all.push(Lie { kind, values });
        }
    }

    /// A free input alone, and with one that is near.
    fn few(&mut self, site: usize, scopes: &Scopes<'_>, donors: &[&[Fr]]) {
        let (own, scope) = (self.own(site), scopes.of(site));
        // Children and the like: a number of one name.
        let many =
            scope.iter().filter(|other| self.sites[**other].name == self.sites[site].name).count() > NEAR;
        if many {
            self.add(LieKind::Hostile, vec![(site, Fr::ZERO)]);
            self.add(LieKind::Hostile, vec![(site, own + Fr::ONE)]);
        } else {
            for hostile in hostile_values(&[own]) {
                self.add(LieKind::Hostile, vec![(site, hostile.values[0])]);
            }
        }
        let near: &[usize] = if many { &[1, NEAR] } else { &[1, 2, 3, 4, 5, 6, 7, 8] };
        let near = near.iter().map(|distance| site + distance).filter(|other| scope.contains(other));
        for other in near.chain(scopes.twins(site)) {
            let value = self.own(other);
            self.add(LieKind::Copied, vec![(site, value)]);
            if !many {
                self.add(LieKind::Copied, vec![(other, own)]);
            }
            self.add(LieKind::Swapped, vec![(site, value), (other, own)]);
        }
        for donor in donors {
            self.add(LieKind::Copied, vec![(site, donor[self.sites[site].columns.start])]);
        }
        if scope.contains(&(site + 1)) {
            let next = self.own(site + 1);
            let packed = [own, next].iter().all(|value| field::bit_length(value) <= 128);
            for width in if packed { &STEPS[..] } else { &STEPS[..1] } {
                let step = field::power_of_two(*width);
                self.add(LieKind::Compensated, vec![(site, own + Fr::ONE), (site + 1, next - step)]);
                if !many {
                    self.add(LieKind::Compensated, vec![(site, own - Fr::ONE), (site + 1, next + step)]);
                }
            }
        }
    }

    /// The scopes of one instance, or those outside, from another instance or claim.
    fn transplants(&mut self, scopes: &Scopes<'_>, donors: &[&[Fr]]) {
        for (here, groups) in &scopes.groups {
            let others = scopes.groups.iter().filter(|(other, _)| are_twins(*here, **other));
            let values = |assignment: &[Fr], groups: &[Vec<usize>]| -> Vec<Vec<Fr>> {
                let value = |site: &usize| assignment[self.sites[*site].columns.start];
                groups.iter().map(|group| group.iter().map(value).collect()).collect()
            };
            let inside = others.map(|(_, groups)| values(self.honest, groups));
            let outside = donors.iter().map(|donor| values(donor, groups));
            let sources: Vec<Vec<Vec<Fr>>> = inside.chain(outside).collect();
            for source in &sources {
                for chosen in subsets(groups.len()) {
                    let pairs = chosen
                        .iter()
                        .flat_map(|group| groups[*group].iter().copied().zip(source[*group].iter().copied()));
                    self.add(LieKind::Transplanted, pairs.collect());
                }
            }
        }
    }
}

/// Every one or two of so many things, and all but one or two.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    let few = (0..count).flat_map(|first| (first..count).map(move |second| [first, second]));
    let mut all = vec![(0..count).collect::<Vec<_>>()];
    for few in few {
        let (some, rest): (Vec<_>, Vec<_>) = (0..count).partition(|one| few.contains(one));
        all.extend([some, rest]);
    }
    all
}

/// A repeat and its instance; (0, `None`) outside of one.
type Place = (usize, Option<usize>);

fn place(target: &Target) -> Place {
    (target.repeat, target.instance)
}

/// Whether both are instances of one repeat, and not the same one.
fn are_twins((repeat, instance): Place, other: Place) -> bool {
    repeat > 0 && repeat == other.0 && instance != other.1
}

/// Free inputs by instance and scope.
struct Scopes<'s> {
    sites: &'s [Target],
    /// By instance: the free inputs of each scope, in the order of the circuit.
    groups: BTreeMap<Place, Vec<Vec<usize>>>,
    /// Scope of each free input in its instance.
    group: Vec<usize>,
}

impl<'s> Scopes<'s> {
    fn new(sites: &'s [Target]) -> Self {
        let mut groups: BTreeMap<Place, Vec<Vec<usize>>> = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        let mut group = Vec::new();
        for (site, target) in sites.iter().enumerate() {
            let here = groups.entry(place(target)).or_default();
            let number = *numbers.entry((place(target), &target.path)).or_insert(here.len());
            if number == here.len() {
                here.push(Vec::new());
            }
            here[number].push(site);
            group.push(number);
        }
        Scopes { sites, groups, group }
    }

    /// The free inputs of the scope of one.
    fn of(&self, site: usize) -> &[usize] {
        &self.groups[&place(&self.sites[site])][self.group[site]]
    }

    /// The same free input of the other instances.
    fn twins(&self, site: usize) -> Vec<usize> {
        let here = place(&self.sites[site]);
        let nth = self.of(site).iter().position(|other| *other == site).expect("it is in its scope");
        self.groups
            .iter()
            .filter(|(other, _)| are_twins(here, **other))
            .map(|(_, groups)| groups[self.group[site]][nth])
            .collect()
    }
}
