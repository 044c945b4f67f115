//! Sparse rows of a segment, with the names of its scopes and wires.

use std::collections::HashMap;

use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{Matrix, R1CS_PREDICATE_LABEL};

use super::{R1cs, foreign_error};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::trace::WireKind;
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;

/// One side of a constraint: (coefficient, local column) pairs.
pub type Row<'r> = &'r [(Fr, u32)];

/// Compressed sparse rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    starts: Vec<u32>,
    entries: Vec<(Fr, u32)>,
}

impl Rows {
    fn new(matrix: &Matrix<Fr>) -> Self {
        let mut rows =
            Rows { starts: vec![0], entries: Vec::with_capacity(matrix.iter().map(Vec::len).sum()) };
        for row in matrix {
            rows.entries.extend(
                row.iter().map(|(value, column)| {
                    (*value, u32::try_from(*column).expect("fewer than 2^32 columns"))
                }),
            );
            rows.starts.push(u32::try_from(rows.entries.len()).expect("fewer than 2^32 entries"));
        }
        rows
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of entries that are not zero.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// One row.
    pub fn row(&self, index: usize) -> Row<'_> {
        &self.entries[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// Row times assignment, where `value` gives the value of a local column.
    pub fn evaluate(&self, index: usize, value: impl Fn(u32) -> Fr) -> Fr {
        self.row(index).iter().fold(Fr::ZERO, |sum, (coefficient, column)| {
            let value = value(*column);
            if *coefficient == Fr::ONE { sum + value } else { sum + *coefficient * value }
        })
    }
}

/// A run of witness columns made at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    /// First local witness column (imports counted).
    pub column: usize,
    /// How many.
    pub count: usize,
    /// Name of the witness or hint.
    pub name: &'static str,
    /// Free input or hint. Columns in no run are products.
    pub kind: WireKind,
    /// Index into the segment's scopes.
    pub scope: u32,
}

/// The compiled rows of one segment: what stands outside blocks, or one block.
///
/// Local columns: 0 is the constant one; then (outside) the public inputs or (in a block) nothing; then the witness
/// columns, a block's imports first.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Left sides.
    pub a: Rows,
    /// Right sides.
    pub b: Rows,
    /// Products.
    pub c: Rows,
    /// Public inputs, the constant one apart; 0 in a block.
    pub publics: usize,
    /// Witness columns that are imports; 0 outside blocks.
    pub imports: usize,
    /// Witness columns, imports included.
    pub columns: usize,
    /// Witnesses and hints in order.
    pub wires: Vec<Wire>,
    paths: Vec<Vec<Scope>>,
    /// (first row, path): the path that holds from that row on.
    spans: Vec<(usize, u32)>,
}

impl Segment {
    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.a.len()
    }

    /// What another segment has otherwise; `None` if they are the same.
    pub(crate) fn difference(&self, other: &Segment) -> Option<&'static str> {
        let Segment { a, b, c, publics, imports, columns, wires, paths, spans } = self;
        if (publics, imports, columns, wires)
            != (&other.publics, &other.imports, &other.columns, &other.wires)
        {
            return Some("wires");
        }
        if (a, b, c) != (&other.a, &other.b, &other.c) {
            return Some("rows");
        }
        ((paths, spans) != (&other.paths, &other.spans)).then_some("scopes")
    }

    /// The scopes around a row, outermost first.
    pub fn path(&self, row: usize) -> &[Scope] {
        let span = self.spans.partition_point(|(first, _)| *first <= row);
        span.checked_sub(1).map_or(&[], |span| &self.paths[self.spans[span].1 as usize])
    }

    /// The scopes around a wire, outermost first.
    pub fn wire_path(&self, wire: &Wire) -> &[Scope] {
        &self.paths[wire.scope as usize]
    }
}

/// What [`R1cs`] notes while it compiles.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) imports: usize,
    wires: Vec<Wire>,
    paths: Vec<Vec<Scope>>,
    index: HashMap<Vec<Scope>, u32>,
    spans: Vec<(usize, u32)>,
}

impl Recorder {
    fn path(&mut self, path: &[Scope]) -> u32 {
        if let Some(index) = self.index.get(path) {
            return *index;
        }
        let index = u32::try_from(self.paths.len()).expect("fewer than 2^32 scopes");
        self.paths.push(path.to_vec());
        self.index.insert(path.to_vec(), index);
        index
    }

    pub(crate) fn enter(&mut self, path: &[Scope], row: usize) {
        let path = self.path(path);
        if self.spans.last().is_some_and(|(first, _)| *first == row) {
            self.spans.pop();
        }
        self.spans.push((row, path));
    }

    pub(crate) fn wire(&mut self, column: usize, count: usize, name: &'static str, kind: WireKind) {
        let scope = match self.spans.last() {
            Some((_, scope)) => *scope,
            None => self.path(&[]),
        };
        self.wires.push(Wire { column, count, name, kind, scope });
    }
}

impl R1cs<'_> {
    /// The compiled rows.
    pub(crate) fn into_segment(self) -> Result<Segment, SynthesisError> {
        let publics = self.cs.num_instance_variables() - 1;
        let columns = self.cs.num_witness_variables();
        self.cs.finalize();
        let matrices = self.cs.to_matrices().map_err(foreign_error)?;
        let matrices = &matrices[R1CS_PREDICATE_LABEL];
        let Recorder { imports, wires, paths, spans, .. } = self.recorder;
        Ok(Segment {
            a: Rows::new(&matrices[0]),
            b: Rows::new(&matrices[1]),
            c: Rows::new(&matrices[2]),
            publics,
            imports,
            columns,
            wires,
            paths,
            spans,
        })
    }
}
