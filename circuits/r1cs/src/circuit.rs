//! A compiled circuit: rows once, values for every proof.
//!
//! Global columns: the constant one, the public inputs, the witness columns outside blocks (without those that alias a
//! block's), then for each repeat and each instance the block's own columns.

use std::collections::BTreeSet;

use ark_ff::Field;
use ark_r1cs_std::fields::fp::FpVar;
use zeroize::Zeroize;

use super::assign::Executor;
use super::library::{LibraryStatement, drive};
use super::rows::{Rows, Segment};
use super::{Alias, Mode, R1cs};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::mutants;
use zksensor_circuits::statement::{Rule, StatementId};
use zksensor_circuits::trace::{Cursor, Hook};
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;

/// One repeat: its block and where it is plugged in.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// Its name.
    pub name: &'static str,
    /// Instances.
    pub count: usize,
    /// The columns outside that the block imports, in order.
    pub(crate) imports: Vec<OuterColumn>,
    /// The further columns that each instance imports by itself; empty if none does.
    pub(crate) each: Vec<Vec<OuterColumn>>,
    /// The rows of one instance.
    pub block: Segment,
}

impl Repeat {
    /// Witness columns that each instance adds.
    pub fn own_columns(&self) -> usize {
        self.block.columns - self.block.imports
    }
}

/// A column outside blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OuterColumn {
    /// The public input of this index, 1 up.
    Public(usize),
    /// The witness column of this index.
    Witness(usize),
}

impl OuterColumn {
    /// The column of a variable that the caller has materialised.
    pub(crate) fn of(var: &FpVar<Fr>) -> Self {
        let FpVar::Var(allocated) = var else { unreachable!("materialised by the caller") };
        let index = allocated.variable.index().expect("a column");
        if allocated.variable.is_instance() {
            OuterColumn::Public(index)
        } else {
            OuterColumn::Witness(index)
        }
    }
}

/// A statement as sparse rows.
#[derive(Debug, Clone)]
pub struct Circuit {
    id: StatementId,
    /// The rows outside blocks.
    pub outer: Segment,
    /// The repeats in order.
    pub repeats: Vec<Repeat>,
    /// Global column of every local column outside.
    outer_map: Vec<u32>,
    /// Global column of each import, repeat by repeat.
    import_maps: Vec<ImportMap>,
    /// First global column of each repeat.
    bases: Vec<usize>,
    columns: usize,
}

/// Global columns of what a block imports.
#[derive(Debug, Clone)]
struct ImportMap {
    shared: Vec<u32>,
    /// Of each instance by itself; empty if none imports by itself.
    each: Vec<Vec<u32>>,
}

/// A constraint that an assignment does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsatisfied {
    /// Its index among all constraints.
    pub constraint: usize,
    /// The scopes around it, outermost first.
    pub path: Vec<Scope>,
    /// Instance of the enclosing repeat; `None` outside of one.
    pub instance: Option<usize>,
}

impl Unsatisfied {
    /// The innermost rule around it.
    pub fn rule(&self) -> Option<Rule> {
        Rule::innermost(&self.path)
    }
}

/// Compiles a statement. The block of a repeat is compiled with index 0, and compared with those of index 1 and of the last.
///
/// # Errors
/// [`SynthesisError`] as the statement's; [`SynthesisError::IndexedBlock`] if blocks differ;
/// [`SynthesisError::RuleWithoutRow`] or [`SynthesisError::UndeclaredRule`] if the rows are not those of the statement's rules.
pub fn compile<S: LibraryStatement>(statement: &S) -> Result<Circuit, SynthesisError> {
    compile_as(statement, false)
}

/// As [`compile`], where the block of every index is compiled and compared: for the tests of a statement.
///
/// # Errors
/// As [`compile`].
pub fn compile_every_block<S: LibraryStatement>(statement: &S) -> Result<Circuit, SynthesisError> {
    compile_as(statement, true)
}

fn compile_as<S: LibraryStatement>(statement: &S, every: bool) -> Result<Circuit, SynthesisError> {
    let mut r1cs = R1cs::new(Mode::Compile { every }, Cursor::default(), false);
    drive(statement, &mut r1cs, None, None)?;
    let aliases = std::mem::take(&mut r1cs.aliases);
    let repeats = std::mem::take(&mut r1cs.repeats);
    let circuit = Circuit::new(statement.id(), r1cs.into_segment()?, repeats, &aliases);
    circuit.assert_rules(&statement.rules())?;
    Ok(circuit)
}

impl Circuit {
    fn new(id: StatementId, outer: Segment, repeats: Vec<Repeat>, aliases: &[Alias]) -> Self {
        let fixed = 1 + outer.publics;
        let mut columns = fixed + outer.columns - aliases.len();
        let bases: Vec<usize> = repeats
            .iter()
            .map(|repeat| {
                let base = columns;
                columns += repeat.count * repeat.own_columns();
                base
            })
            .collect();
        let global = |column: usize| u32::try_from(column).expect("fewer than 2^32 columns");
        let mut outer_map: Vec<u32> = (0..fixed).map(global).collect();
        let mut aliases = aliases.iter().peekable();
        let mut next = fixed;
        for column in 0..outer.columns {
            match aliases.next_if(|alias| alias.column == column) {
                Some(alias) => {
                    let own = repeats[alias.repeat].own_columns();
                    outer_map.push(global(bases[alias.repeat] + alias.instance * own + alias.local));
                }
                None => {
                    outer_map.push(global(next));
                    next += 1;
                }
            }
        }
        let map = |columns: &[OuterColumn]| -> Vec<u32> {
            let global = |column: &OuterColumn| match column {
                OuterColumn::Public(index) => outer_map[*index],
                OuterColumn::Witness(index) => outer_map[fixed + index],
            };
            columns.iter().map(global).collect()
        };
        let import_maps = repeats
            .iter()
            .map(|repeat| ImportMap {
                shared: map(&repeat.imports),
                each: repeat.each.iter().map(|columns| map(columns)).collect(),
            })
            .collect();
        Circuit { id, outer, repeats, outer_map, import_maps, bases, columns }
    }

    /// The rules that rows stand under are those declared. A mutant may take the only row of a rule, which is not what is to
    /// notice it.
    fn assert_rules(&self, declared: &[Rule]) -> Result<(), SynthesisError> {
        let parts = std::iter::once(&self.outer).chain(self.repeats.iter().map(|repeat| &repeat.block));
        let found: BTreeSet<Rule> = parts
            .flat_map(|part| (0..part.constraints()).filter_map(|row| Rule::innermost(part.path(row))))
            .collect();
        let statement = || self.id.clone();
        if let Some(rule) = found.iter().copied().find(|rule| !declared.contains(rule)) {
            return Err(SynthesisError::UndeclaredRule { statement: statement(), rule });
        }
        match declared.iter().copied().find(|rule| !found.contains(rule)) {
            Some(rule) if !mutants::is_any_off() => {
                Err(SynthesisError::RuleWithoutRow { statement: statement(), rule })
            }
            _ => Ok(()),
        }
    }

    /// The statement.
    pub fn id(&self) -> &StatementId {
        &self.id
    }

    /// Public inputs, the constant one apart.
    pub fn publics(&self) -> usize {
        self.outer.publics
    }

    /// Columns of a full assignment: the constant one, the public inputs, the witness.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether a column is an instance's own.
    pub fn is_block_column(&self, column: usize) -> bool {
        self.bases.first().is_some_and(|base| column >= *base)
    }

    /// Global column of every local column outside.
    pub(super) fn outer_map(&self) -> &[u32] {
        &self.outer_map
    }

    /// Where a repeat is plugged in: its first global column, the global column of each import, and of those that each
    /// instance imports by itself.
    pub(super) fn plug(&self, repeat: usize) -> (usize, &[u32], &[Vec<u32>]) {
        let ImportMap { shared, each } = &self.import_maps[repeat];
        (self.bases[repeat], shared, each)
    }

    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.segments().map(|view| view.segment.constraints()).sum()
    }

    /// Every instance of every segment: the outside, then the blocks. Constraints are numbered in this order.
    pub fn segments(&self) -> impl Iterator<Item = View<'_>> {
        let outer = View { segment: &self.outer, instance: None, map: &self.outer_map, own: &[], base: 0 };
        let blocks = self.repeats.iter().enumerate().flat_map(move |(index, repeat)| {
            (0..repeat.count).map(move |instance| View {
                segment: &repeat.block,
                instance: Some(instance),
                map: &self.import_maps[index].shared,
                own: self.import_maps[index].each.get(instance).map_or(&[], Vec::as_slice),
                base: self.bases[index] + instance * repeat.own_columns(),
            })
        });
        std::iter::once(outer).chain(blocks)
    }

    /// Runs the witness program: the full assignment for these packed public inputs.
    ///
    /// # Errors
    /// [`SynthesisError`]; [`SynthesisError::Shape`] if an instance does not have the compiled shape; [`SynthesisError::Stopped`]
    /// if the executor stopped.
    pub fn assign<S: LibraryStatement>(
        &self,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
        executor: &dyn Executor,
        hook: Option<&dyn Hook>,
    ) -> Result<Vec<Fr>, SynthesisError> {
        let mut r1cs = R1cs::assigning(executor, hook);
        drive(statement, &mut r1cs, Some(words), Some(witness)).inspect_err(|_| r1cs.wipe())?;
        let shape = |what, unit, expected, got| {
            if expected == got {
                Ok(())
            } else {
                Err(SynthesisError::Shape { what, unit, wanted: expected, got })
            }
        };
        shape("the part outside blocks", "witness columns", self.outer.columns, r1cs.columns())?;
        shape("the circuit", "repeats", self.repeats.len(), r1cs.block_values.len())?;
        let mut values = Vec::with_capacity(self.columns);
        values.push(Fr::ONE);
        values.extend_from_slice(words);
        let mut outer = r1cs.take_values();
        let mut aliases = r1cs.aliases.iter().map(|alias| alias.column).peekable();
        for (column, value) in outer.iter().enumerate() {
            if aliases.next_if_eq(&column).is_none() {
                values.push(*value);
            }
        }
        outer.zeroize();
        for (repeat, blocks) in self.repeats.iter().zip(&mut r1cs.block_values) {
            shape(repeat.name, "instances", repeat.count, blocks.len())?;
            for block in blocks {
                shape(repeat.name, "witness columns in a block", repeat.own_columns(), block.len())?;
                values.extend_from_slice(block);
                block.zeroize();
            }
        }
        shape("the circuit", "columns", self.columns, values.len())?;
        Ok(values)
    }

    /// The first constraint that an assignment does not meet.
    pub fn first_unsatisfied(&self, assignment: &[Fr]) -> Option<Unsatisfied> {
        self.unsatisfied(assignment).next()
    }

    /// Every constraint that an assignment does not meet, in order.
    pub fn unsatisfied(&self, assignment: &[Fr]) -> impl Iterator<Item = Unsatisfied> {
        let mut first = 0;
        self.segments().flat_map(move |view| {
            let start = first;
            first += view.segment.constraints();
            (0..view.segment.constraints()).filter(move |row| !view.holds(*row, assignment)).map(move |row| {
                Unsatisfied {
                    constraint: start + row,
                    path: view.segment.path(row).to_vec(),
                    instance: view.instance,
                }
            })
        })
    }
}

/// One instance of a segment, with its columns relocated.
#[derive(Debug, Clone, Copy)]
pub struct View<'c> {
    /// The rows.
    pub segment: &'c Segment,
    /// Instance of the repeat; `None` for the part outside.
    pub instance: Option<usize>,
    /// Columns that are everybody's.
    map: &'c [u32],
    /// Columns that this instance imports by itself.
    own: &'c [u32],
    base: usize,
}

impl View<'_> {
    /// Whether an assignment meets a row.
    pub fn holds(&self, row: usize, assignment: &[Fr]) -> bool {
        let value = |rows: &Rows| rows.evaluate(row, |column| assignment[self.global(column)]);
        value(&self.segment.a) * value(&self.segment.b) == value(&self.segment.c)
    }

    /// The global column of a local one.
    pub fn global(&self, column: u32) -> usize {
        let column = column as usize;
        match self.instance {
            None => self.map[column] as usize,
            Some(_) if column == 0 => 0,
            Some(_) => match self.map.get(column - 1).or_else(|| self.own.get(column - 1 - self.map.len())) {
                Some(import) => *import as usize,
                None => self.base + column - 1 - self.map.len() - self.own.len(),
            },
        }
    }
}
