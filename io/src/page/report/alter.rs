//! What the slider of a report does: other values of one public field, packed as the field's own.

use zksensor_model::amount::{Amount, Mean};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Width;
use zksensor_model::policy::Interval;

use super::Report;

/// Steps to each side, as far as the field has room.
const STEPS: i128 = 20;

/// A public field that the reader may alter.
pub(super) struct Alter {
    /// What it is called.
    pub(super) name: &'static str,
    /// Which public input it lies in.
    pub(super) word: usize,
    /// Which of the values is the proven one.
    pub(super) middle: usize,
    pub(super) values: Vec<Altered>,
}

/// One value.
pub(super) struct Altered {
    /// The public input that has it, in hexadecimal.
    pub(super) word: String,
    /// The value for people.
    pub(super) text: String,
}

impl Alter {
    /// The sum of an aggregate, a survey or a private sum, the distance of a track, the epoch of a reading.
    pub(super) fn of(report: &Report) -> Option<Alter> {
        let layout = report.proven.statement.layout();
        let names = [("sum", "sum"), ("distance_cm", "distance"), ("epoch", "epoch")];
        let (index, name) = names.iter().find_map(|(field, name)| {
            Some((layout.fields().iter().position(|declared| declared.name == *field)?, *name))
        })?;
        let Width::Bits(width) = layout.fields()[index].width else { return None };
        let values = report.proven.statement.fields(&report.proven.words).ok()?;
        let stored = i128::try_from(field::to_u128(&values[index])?).ok()?;
        let (step, at) = (step(report, name), layout.placements()[index].word);
        let altered = |by: i128| {
            let moved = stored + by * step;
            let mut values = values.clone();
            values[index] = Fr::from(u128::try_from(moved).ok().filter(|moved| moved >> width == 0)?);
            let words = layout.pack(&values).ok()?;
            Some(Altered { word: field::to_hex(&words[at]), text: shown(report, name, by * step, moved)? })
        };
        let before: Vec<Altered> = (-STEPS..0).filter_map(altered).collect();
        let middle = before.len();
        let values: Vec<Altered> = before.into_iter().chain((0..=STEPS).filter_map(altered)).collect();
        // Where the proven value itself has no meaning there is nothing to alter.
        (middle < values.len()).then_some(Alter { name, word: at, middle, values })
    }
}

/// The sum that is published and the number of values, with or without noise.
fn summed(report: &Report) -> Option<(Amount, u32)> {
    let noisy = report.meaning.noisy().map(|noisy| (noisy.sum(), noisy.devices()));
    report.meaning.statistic().map(|statistic| (statistic.sum(), statistic.values())).or(noisy)
}

/// A tenth of the unit in the mean, a hundred metres, an epoch.
fn step(report: &Report, name: &str) -> i128 {
    match (summed(report), name) {
        (Some((sum, values)), _) => i128::from(values.max(1)) * 10i128.pow(sum.scale().clamp(1, 10) - 1),
        (None, "distance") => 10_000,
        _ => 1,
    }
}

/// What a value moved by so much means; `None` of one that has no meaning.
fn shown(report: &Report, name: &str, by: i128, moved: i128) -> Option<String> {
    if let Some((sum, values)) = summed(report) {
        let value = sum.value().checked_add(i64::try_from(by).ok()?)?;
        let sum = Amount::new(value, sum.scale(), sum.unit());
        return Some(format!("{sum}, so a mean of {}", Mean::of(sum, values)));
    }
    if name == "distance" {
        return Some(Amount::new(i64::try_from(moved).ok()?, 2, "m").to_string());
    }
    let epoch = u32::try_from(moved).ok()?;
    Some(format!("{epoch}, {}", Interval::of(&report.policy, epoch)?))
}
