//! Blocks: compiled once, instantiated by relocating columns.
//!
//! A block is synthesised in a constraint system of its own, imports first. It is compiled with index 0; that it has the same
//! rows with index 1 and with the last index is asked, too, so that a constant or a coefficient that depends on the index is an
//! error and not silently that of index 0.

use ark_r1cs_std::fields::fp::FpVar;

use super::assign::{self, BlockResult, BlockValues};
use super::circuit::{OuterColumn, Repeat};
use super::rows::Segment;
use super::{Alias, Mode, R1cs, port_vars, value_of};
use zksensor_circuits::gadgets::{Gadgets, Port, PortKind, SynthesisError, assert_instances_alike};
use zksensor_circuits::trace::Cursor;
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;

type Ports = [Port<FpVar<Fr>>];
type Exports = Vec<Port<FpVar<Fr>>>;

/// What a list of ports is made of: kinds, and numbers of prefixes.
pub(crate) type Shape = Vec<(PortKind, usize)>;

fn shape_of(ports: &Ports) -> Shape {
    ports.iter().map(|port| (port.kind(), port.prefixes().len())).collect()
}

/// A compiled block: its rows, what it exports and from which of its own columns.
struct Compiled {
    segment: Segment,
    exports: Shape,
    locals: Vec<usize>,
}

impl Compiled {
    /// What another index has otherwise.
    fn difference(&self, other: &Compiled) -> Option<&'static str> {
        if (&self.exports, &self.locals) != (&other.exports, &other.locals) {
            return Some("exports");
        }
        self.segment.difference(&other.segment)
    }
}

/// What crosses the border of a block, and where it stands.
struct Border {
    name: &'static str,
    count: usize,
    path: Vec<Scope>,
    shared: Shape,
    own: Shape,
}

impl Border {
    /// Runs the block once, in a constraint system of its own.
    fn run<'a, F>(
        &self,
        mode: Mode<'a>,
        instance: usize,
        values: Option<&[Fr]>,
        block: &F,
    ) -> Result<(R1cs<'a>, Exports), SynthesisError>
    where
        F: Fn(&mut R1cs<'a>, usize, &Ports, &Ports) -> Result<Exports, SynthesisError>,
    {
        let mut inner = R1cs::new(mode, Cursor { path: self.path.clone(), instance, sites: 0 }, true);
        let shape = [&self.shared[..], &self.own].concat();
        let imports = inner.imports(&shape, values)?;
        let (shared, own) = imports.split_at(self.shared.len());
        let exports = block(&mut inner, instance, shared, own)?;
        let exports = inner.materialise_ports(&exports, true)?;
        Ok((inner, exports))
    }
}

impl<'a> R1cs<'a> {
    /// [`zksensor_circuits::gadgets::Gadgets::repeat_each`].
    pub(super) fn instantiate<F>(
        &mut self,
        name: &'static str,
        count: usize,
        (imports, each): (&Ports, &[Exports]),
        block: &F,
    ) -> Result<Vec<Exports>, SynthesisError>
    where
        F: Fn(&mut R1cs<'a>, usize, &Ports, &Ports) -> Result<Exports, SynthesisError> + Sync,
    {
        if self.in_block {
            return Err(SynthesisError::NestedRepeat { name });
        }
        assert_instances_alike(name, count, each)?;
        let (imports, each) = self.scope(name, |g| {
            let imports = g.materialise_ports(imports, false)?;
            let each: Vec<Exports> =
                each.iter().map(|ports| g.materialise_ports(ports, false)).collect::<Result<_, _>>()?;
            Ok((imports, each))
        })?;
        let own = each.first().map(|ports| shape_of(ports)).unwrap_or_default();
        if let Some(other) = each.iter().find(|ports| shape_of(ports) != own) {
            let prefixes = |ports: &Ports| ports.iter().map(|port| port.prefixes().len()).sum();
            let (expected, got) = (prefixes(&each[0]), prefixes(other));
            return Err(SynthesisError::Shape {
                what: name,
                unit: "prefixes among own imports",
                wanted: expected,
                got,
            });
        }
        let mut path = self.cursor.path.clone();
        path.push(Scope::Part(name));
        let border = Border { name, count, path, shared: shape_of(&imports), own };
        match self.mode {
            Mode::Compile { every } => {
                let others: Vec<usize> =
                    (1..count).filter(|index| every || *index == 1 || *index == count - 1).collect();
                let (exports, locals) = self.compile_block(&border, (&imports, &each), &others, block)?;
                (0..count).map(|instance| self.export(instance, &exports, &locals, None)).collect()
            }
            Mode::Assign { executor, hook } => {
                let values = |ports: &Ports| {
                    ports.iter().flat_map(port_vars).map(value_of).collect::<Option<Vec<Fr>>>()
                };
                let missing = || SynthesisError::MissingValue { name };
                let shared = values(&imports).ok_or_else(missing)?;
                let own: Vec<Vec<Fr>> =
                    each.iter().map(|ports| values(ports).ok_or_else(missing)).collect::<Result<_, _>>()?;
                let mode = Mode::Assign { executor: &assign::Sequential, hook };
                let job = |instance: usize| {
                    let own = own.get(instance).map_or(&[][..], Vec::as_slice);
                    let values = [&shared, own].concat();
                    let (mut inner, exports) = border.run(mode, instance, Some(&values), block)?;
                    let (shape, locals) = (shape_of(&exports), inner.local_columns(&exports));
                    Ok(BlockValues { columns: inner.take_values(), exports: locals, shape })
                };
                self.splice(count, executor.run(count, &job))
            }
        }
    }

    /// The block with index 0, which has to be that of `others`; what it exports, and from which of its own columns.
    fn compile_block<F>(
        &mut self,
        border: &Border,
        (imports, each): (&Ports, &[Exports]),
        others: &[usize],
        block: &F,
    ) -> Result<(Shape, Vec<usize>), SynthesisError>
    where
        F: Fn(&mut R1cs<'a>, usize, &Ports, &Ports) -> Result<Exports, SynthesisError>,
    {
        let compile = |index: usize| {
            let (inner, exports) = border.run(Mode::Compile { every: false }, index, None, block)?;
            let (exports, locals) = (shape_of(&exports), inner.local_columns(&exports));
            Ok::<_, SynthesisError>(Compiled { segment: inner.into_segment()?, exports, locals })
        };
        let first = compile(0)?;
        for index in others.iter().copied() {
            if let Some(what) = first.difference(&compile(index)?) {
                return Err(SynthesisError::IndexedBlock { name: border.name, index, what });
            }
        }
        let Compiled { segment, exports, locals } = first;
        let columns = |ports: &Ports| ports.iter().flat_map(port_vars).map(OuterColumn::of).collect();
        self.repeats.push(Repeat {
            name: border.name,
            count: border.count,
            imports: columns(imports),
            each: each.iter().map(|ports| columns(ports)).collect(),
            block: segment,
        });
        Ok((exports, locals))
    }

    /// Keeps the values of every instance, and brings its exports out here.
    fn splice(&mut self, count: usize, blocks: Vec<BlockResult>) -> Result<Vec<Exports>, SynthesisError> {
        let mut exports = Vec::with_capacity(count);
        let mut columns = Vec::with_capacity(count);
        // Before anything is taken out of them: what is dropped here wipes itself.
        let blocks = blocks.into_iter().collect::<Result<Vec<_>, _>>()?;
        for (instance, mut values) in blocks.into_iter().enumerate() {
            let own = std::mem::take(&mut values.columns);
            exports.push(self.export(instance, &values.shape, &values.exports, Some(&own))?);
            columns.push(own);
        }
        if exports.len() != count {
            return Err(SynthesisError::Shape {
                what: "repeat",
                unit: "blocks",
                wanted: count,
                got: exports.len(),
            });
        }
        self.block_values.push(columns);
        Ok(exports)
    }

    /// Every element of the ports as a single column (see [`R1cs::materialise`]).
    fn materialise_ports(&mut self, ports: &Ports, own_only: bool) -> Result<Exports, SynthesisError> {
        let mut columns = Vec::with_capacity(ports.len());
        for port in ports {
            let var = self.materialise(port.var(), own_only)?;
            let prefixes = port
                .prefixes()
                .iter()
                .map(|prefix| self.materialise(prefix, own_only))
                .collect::<Result<_, _>>()?;
            // Equal to what the port was made of, by the equality of `materialise`.
            columns.push(Port::insecure_assume(port.kind(), var, prefixes));
        }
        Ok(columns)
    }

    /// Allocates a block's imports as its first columns.
    fn imports(
        &mut self,
        shape: &[(PortKind, usize)],
        values: Option<&[Fr]>,
    ) -> Result<Exports, SynthesisError> {
        let mut next = 0;
        let mut ports = Vec::with_capacity(shape.len());
        for (kind, prefixes) in shape {
            let mut vars = Vec::with_capacity(prefixes + 1);
            for _ in 0..=*prefixes {
                vars.push(self.column(values.map(|values| values[next]))?);
                next += 1;
            }
            let prefixes = vars.split_off(1);
            // The same column as outside: relocation maps one to the other.
            ports.push(Port::insecure_assume(*kind, vars.swap_remove(0), prefixes));
        }
        self.recorder.imports = next;
        Ok(ports)
    }

    /// The exports of one instance as columns out here that alias the block's.
    fn export(
        &mut self,
        instance: usize,
        shape: &[(PortKind, usize)],
        locals: &[usize],
        own: Option<&[Fr]>,
    ) -> Result<Exports, SynthesisError> {
        let repeat = if self.compiling() { self.repeats.len() - 1 } else { self.block_values.len() };
        let mut next = locals.iter();
        let mut ports = Vec::with_capacity(shape.len());
        for (kind, prefixes) in shape {
            let mut vars = Vec::with_capacity(prefixes + 1);
            for _ in 0..=*prefixes {
                let local = *next.next().expect("the shape counts the columns");
                self.aliases.push(Alias { column: self.columns(), repeat, instance, local });
                vars.push(self.column(own.map(|own| own[local]))?);
            }
            let prefixes = vars.split_off(1);
            // An alias is the block's own column.
            ports.push(Port::insecure_assume(*kind, vars.swap_remove(0), prefixes));
        }
        Ok(ports)
    }

    /// The exported columns, counted from the block's first own column; the caller has materialised them.
    fn local_columns(&self, exports: &Ports) -> Vec<usize> {
        exports
            .iter()
            .flat_map(port_vars)
            .map(|var| match var {
                FpVar::Var(allocated) => {
                    allocated.variable.index().expect("a column") - self.recorder.imports
                }
                FpVar::Constant(_) => unreachable!("materialised by the caller"),
            })
            .collect()
    }
}
