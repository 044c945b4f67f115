//! Rows and cells as they are laid out, wiped when they are dropped.

use halo2_proofs::halo2curves::ff::Field as _;
use zksensor_plonkish_table::{Gate, WIDTH};

use crate::field::Scalar;
use crate::linear::Id;

/// Where a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Below [`WIDTH`] one that gates read; [`WIDTH`] is what is looked up.
    pub(crate) column: u8,
    pub(crate) row: u32,
}

/// The column that is looked up, among places.
pub(crate) const LOOKED_UP: usize = WIDTH;

/// A table with all of its cells, numbered as they were laid out.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(crate) gates: Vec<Gate>,
    pub(crate) places: Vec<Place>,
    pub(crate) values: Vec<Scalar>,
    /// Cells that are equal.
    pub(crate) copies: Vec<(usize, usize)>,
    /// Variables, with those that no row takes.
    pub(crate) variables: usize,
    /// Rows of the column that is looked up.
    pub(crate) lookups: usize,
    /// The cell of each public input.
    pub(crate) publics: Vec<usize>,
}

impl Table {
    /// The cells that each row's gate reads, by column.
    pub(crate) fn by_row(&self) -> Vec<[Option<usize>; WIDTH]> {
        let mut by_row = vec![[None; WIDTH]; self.gates.len()];
        for (cell, place) in self.places.iter().enumerate() {
            let (row, column) = (place.row as usize, usize::from(place.column));
            if column != LOOKED_UP {
                by_row[row][column] = Some(cell);
            }
        }
        by_row
    }

    /// The same shape with no values.
    pub(crate) fn blank(&self) -> Table {
        Table {
            gates: self.gates.clone(),
            places: self.places.clone(),
            values: vec![Scalar::ZERO; self.values.len()],
            copies: self.copies.clone(),
            variables: self.variables,
            lookups: self.lookups,
            publics: self.publics.clone(),
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        wipe(&mut self.values);
    }
}

/// A table that grows: variables, and the cells that they have so far.
pub(crate) struct Growing {
    table: Table,
    /// The value of each variable.
    variables: Vec<Scalar>,
    /// The first cell of each variable, of which the others are copies.
    homes: Vec<Option<usize>>,
    looked_up: Vec<Id>,
    bits: Vec<Id>,
    equal: Vec<[Id; 2]>,
    publics: Vec<Id>,
}

impl Growing {
    pub(crate) fn new() -> Self {
        let mut table = Table::default();
        table.gates.extend(Gate::LEADING);
        Growing {
            table,
            variables: Vec::new(),
            homes: Vec::new(),
            looked_up: Vec::new(),
            bits: Vec::new(),
            equal: Vec::new(),
            publics: Vec::new(),
        }
    }

    /// One more variable; what pins it is said where it is asked for.
    pub(crate) fn fresh(&mut self, value: Scalar) -> Id {
        let id = u32::try_from(self.variables.len()).expect("a table has fewer cells than 2^32");
        self.variables.push(value);
        self.homes.push(None);
        Id(id)
    }

    pub(crate) fn value(&self, id: Id) -> Scalar {
        self.variables[id.0 as usize]
    }

    /// One more row, of these variables.
    pub(crate) fn row(&mut self, gate: Gate, cells: [Option<Id>; WIDTH]) {
        let row = self.table.gates.len();
        self.table.gates.push(gate);
        for (column, id) in cells.into_iter().enumerate() {
            if let Some(id) = id {
                self.place(column, row, id);
            }
        }
    }

    /// The variable is below 2^[`zksensor_plonkish_table::RANGE_BITS`].
    pub(crate) fn look_up(&mut self, id: Id) {
        self.looked_up.push(id);
    }

    /// The variable is 0 or 1.
    pub(crate) fn make_bit(&mut self, id: Id) {
        self.bits.push(id);
    }

    /// Two variables are equal.
    pub(crate) fn equate(&mut self, one: Id, other: Id) {
        self.equal.push([one, other]);
    }

    /// The variable is the next public input.
    pub(crate) fn publish(&mut self, id: Id) {
        self.publics.push(id);
    }

    fn place(&mut self, column: usize, row: usize, id: Id) {
        let cell = self.table.places.len();
        let place = Place {
            column: u8::try_from(column).expect("a table has few columns"),
            row: u32::try_from(row).expect("a table has fewer rows than 2^32"),
        };
        self.table.places.push(place);
        self.table.values.push(self.value(id));
        let home = self.homes[id.0 as usize].get_or_insert(cell);
        if *home != cell {
            self.table.copies.push((*home, cell));
        }
    }

    /// Rows that say the same of every cell.
    fn rows_of(&mut self, gate: Gate, ids: &[Id]) {
        for ids in ids.chunks(WIDTH) {
            self.row(gate, std::array::from_fn(|column| ids.get(column).copied()));
        }
    }

    /// The table of these rows. What is equal, looked up or public and in no row so far has a cell of its own.
    pub(crate) fn into_table(mut self) -> Table {
        let looked_up = std::mem::take(&mut self.looked_up);
        self.table.variables = self.variables.len();
        self.table.lookups = looked_up.len();
        for (row, id) in looked_up.into_iter().enumerate() {
            self.place(LOOKED_UP, row, id);
        }
        let bits = std::mem::take(&mut self.bits);
        self.rows_of(Gate { bits: true, ..Gate::NOTHING }, &bits);
        let (equal, publics) = (std::mem::take(&mut self.equal), std::mem::take(&mut self.publics));
        let mut homeless: Vec<Id> = Vec::new();
        for id in publics.iter().chain(equal.iter().flatten()) {
            if self.homes[id.0 as usize].is_none() && !homeless.contains(id) {
                homeless.push(*id);
            }
        }
        self.rows_of(Gate::NOTHING, &homeless);
        let home = |id: Id| self.homes[id.0 as usize].expect("it was placed above");
        let copies: Vec<_> = equal.into_iter().map(|[one, other]| (home(one), home(other))).collect();
        self.table.publics = publics.into_iter().map(home).collect();
        self.table.copies.extend(copies);
        std::mem::take(&mut self.table)
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        wipe(&mut self.variables);
    }
}

/// Overwrites every value of the prover's.
fn wipe(values: &mut Vec<Scalar>) {
    values.fill(Scalar::ZERO);
    // The writes happen, although nothing reads them.
    std::hint::black_box(values);
}
