//! Which rows are about public inputs, and the public inputs that such rows ask for.

use std::collections::BTreeMap;

use ark_ff::Field;

use super::{Forger, narrow};
use zksensor_circuits::statement::Statement;
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::{PublicInputs, Width};
use zksensor_model::rule::Scope;
use zksensor_r1cs::{Rows, View};

/// Scope of the rows that split and range the public inputs.
const DRIVER: &str = "public inputs";
/// Name of the hint that splits a word.
const FIELDS: &str = "public field";

impl<S: Statement> Forger<'_, S> {
    /// Whether a row is about a public input. In the driver's own scope every row is.
    pub(super) fn asks_publics(&self, row: usize, path: &[Scope]) -> bool {
        if path.first().is_some_and(|scope| *scope == DRIVER) {
            return false;
        }
        let (view, local) = self.rows.locate(row);
        self.rows.view(view).segment.path(local).first().is_none_or(|scope| *scope != DRIVER)
            && self.rows.columns(row).any(|column| self.publics.contains_key(&column))
    }

    /// Changes the public inputs so that each of these rows would hold; whether any changed.
    pub(super) fn fit(&self, words: &mut [Fr], forged: &[Fr], failed: &[usize]) -> bool {
        let before = words.to_vec();
        for row in failed {
            let (view, local) = self.rows.locate(*row);
            let view = self.rows.view(view);
            let value = |rows: &Rows| rows.evaluate(local, |column| forged[view.global(column)]);
            let (a, b, c) = (value(&view.segment.a), value(&view.segment.b), value(&view.segment.c));
            let mut slopes: BTreeMap<usize, Fr> = BTreeMap::new();
            for (rows, scale) in [(&view.segment.a, b), (&view.segment.b, a), (&view.segment.c, -Fr::ONE)] {
                for (coefficient, column) in rows.row(local) {
                    let column = view.global(*column);
                    if self.publics.contains_key(&column) {
                        *slopes.entry(column).or_default() += *coefficient * scale;
                    }
                }
            }
            let movable = slopes.into_iter().find_map(|(column, slope)| Some((column, slope.inverse()?)));
            if let Some((column, inverse)) = movable {
                let (word, weight) = self.publics[&column];
                words[word] -= (a * b - c) * inverse * weight;
            }
        }
        words != before
    }
}

/// Columns of public inputs and of their fields.
pub(super) fn public_columns<S: Statement>(outer: &View<'_>) -> BTreeMap<usize, (usize, Fr)> {
    let layout = S::Inputs::layout();
    let mut columns: BTreeMap<usize, (usize, Fr)> =
        (0..layout.words()).map(|word| (word + 1, (word, Fr::ONE))).collect();
    let mut hints = outer
        .segment
        .wires
        .iter()
        .filter(|wire| wire.name == FIELDS && outer.segment.wire_path(wire) == [DRIVER]);
    let packed = (0..layout.words()).filter_map(|word| {
        let shifts: Vec<u32> = layout
            .fields()
            .iter()
            .zip(layout.placements())
            .filter(|(field, at)| at.word == word && field.width != Width::Element)
            .map(|(_, at)| at.shift)
            .collect();
        (!shifts.is_empty()).then_some((word, shifts))
    });
    for (word, shifts) in packed {
        let wire = hints.next().expect("the driver splits every packed word");
        // The first field is what the others leave of the word.
        for (offset, shift) in shifts[1..].iter().enumerate() {
            let column = outer.global(narrow(1 + outer.segment.publics + wire.column + offset));
            columns.insert(column, (word, field::power_of_two(*shift)));
        }
    }
    columns
}
