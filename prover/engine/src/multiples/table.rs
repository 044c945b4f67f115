//! The table of a point: its multiples by every digit of every window.

use ark_ec::CurveGroup;
use ark_ff::AdditiveGroup;

use crate::curve::add::Adder;
use crate::curve::convert::{Curve, Enter};
use crate::curve::coordinate::Coordinate;
use crate::field::Machine;
use crate::field::machine::Line;
use crate::multiexp::digits::Windows;
use crate::multiexp::scalars::FULL_BITS;
use crate::pool::each_with;

/// Of fewer bits there are more windows than a thread's memory is for.
const LEAST: u32 = 4;
/// A wider table does not save what it costs beyond the cache of a core, by measurement: from 12 to 14 bits there is no difference.
const MOST: u32 = 13;

/// Point d 2^(c k) B at place k 2^(c - 1) + d - 1, for window k of c bits and d from 1 on.
#[derive(Clone)]
pub(crate) struct Table {
    pub(super) windows: Windows,
    pub(super) lines: Vec<Line>,
}

impl Table {
    /// The table that costs least for so many scalars.
    pub(super) fn for_count<M: Machine, C: Curve>(machine: M, base: C, scalars: usize) -> Self {
        Table::new(machine, base, width(scalars))
    }

    pub(super) fn new<M: Machine, C: Curve>(machine: M, base: C, width: u32) -> Self {
        let windows = Windows::new(width, FULL_BITS);
        let each = C::BaseField::LINES << (width - 1);
        // Digits of the last window reach 2^(bits below 2^253 in it), which is less than half a window if there are fewer.
        let last = C::BaseField::LINES << (FULL_BITS - width * (windows.count - 1));
        let mut lines = vec![Line::ZERO; (windows.count as usize - 1) * each + last];
        let firsts = firsts(base, windows);
        each_with(
            lines.chunks_mut(each).collect(),
            || Adder::<M, C::BaseField>::new(machine),
            |adder, window, lines| {
                machine.run(Enter { points: &firsts[window..=window], lines });
                fill(adder, lines);
            },
        );
        Table { windows, lines }
    }
}

/// 2^(c k) B of each window.
fn firsts<C: Curve>(base: C, windows: Windows) -> Vec<C> {
    let mut point = base.into_group();
    let points: Vec<C::Group> = (0..windows.count)
        .map(|_| {
            let first = point;
            (0..windows.width).for_each(|_| {
                point.double_in_place();
            });
            first
        })
        .collect();
    C::Group::normalize_batch(&points)
}

/// The multiples of the first point, from those that there are: twice as many each time.
fn fill<M: Machine, F: Coordinate>(adder: &mut Adder<M, F>, lines: &mut [Line]) {
    adder.restart();
    let count = lines.len() / F::LINES;
    let mut done = 1;
    while done < count {
        let more = done.min(count - done);
        for index in 0..more {
            if adder.is_full() {
                adder.add_within(lines);
            }
            adder.push((done as u32 - 1) << 1, (index as u32) << 1, (done + index) as u32);
        }
        adder.add_within(lines);
        done += more;
    }
}

/// The width of which the additions for the table and for the scalars are fewest.
fn width(scalars: usize) -> u32 {
    let cost = |width: &u32| {
        let windows = u128::from(Windows::new(*width, FULL_BITS).count);
        windows * (scalars as u128 + (1 << (width - 1)))
    };
    (LEAST..=MOST).min_by_key(cost).unwrap_or(LEAST)
}
