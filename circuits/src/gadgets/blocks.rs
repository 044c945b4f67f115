//! What a block imports and exports, by name: a struct instead of a list of ports by position.
//!
//! [`ports!`](crate::ports) declares a struct and both directions of its codec in one order, so that what is written is what is
//! read. A field is an element, a [`Bit`], a [`Bounded`], a fixed number of these, or what brings its own [`PortField`];
//! [`WithLists`] adds lists whose lengths the circuit's shape fixes. [`Gadgets::repeat_as`] takes them.
//!
//! ```
//! use zksensor_circuits::gadgets::{Bit, Bounded, Gadgets, SynthesisError};
//! zksensor_circuits::ports! {
//!     /// What every instance sees.
//!     struct Limits<V> {
//!         /// Any element.
//!         network: V,
//!         /// Ranged outside.
//!         last: Bounded<V>,
//!         /// Two booleans.
//!         channel: [Bit<V>; 2],
//!     }
//! }
//! zksensor_circuits::ports! {
//!     /// What an instance shows.
//!     struct Shown<V> {
//!         /// Ranged inside.
//!         time: Bounded<V>,
//!     }
//! }
//! fn times<G: Gadgets>(g: &mut G, limits: &Limits<G::Var>) -> Result<Vec<Shown<G::Var>>, SynthesisError> {
//!     g.repeat_as("reading", 8, limits, |g, _, limits: Limits<G::Var>| {
//!         let time = g.witness_range("time", None, limits.last.width())?;
//!         g.assert_le(&time, &limits.last, None)?;
//!         Ok(Shown { time })
//!     })
//! }
//! ```
//!
//! A block exports no list, as nobody outside knows its length:
//!
//! ```compile_fail
//! use zksensor_circuits::gadgets::{Gadgets, SynthesisError, WithLists};
//! fn lists<G: Gadgets>(g: &mut G, imports: &WithLists<(), G::Var, 1>) -> Result<(), SynthesisError> {
//!     g.repeat_as("block", 2, imports, |_, _, imports: WithLists<(), G::Var, 1>| Ok(imports)).map(drop)
//! }
//! ```

use super::{Bit, Bounded, Gadgets, Port, PortReader, SynthesisError};

/// A value that crosses the border of a block as a fixed number of ports.
pub trait PortField<V>: Sized {
    /// Appends its ports.
    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>);

    /// Reads what [`PortField::write`] wrote.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if something else was written.
    fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError>;
}

/// Whatever is proven of it stays behind.
impl<V: Clone> PortField<V> for V {
    fn write<G: Gadgets<Var = V>>(&self, _: &mut G, ports: &mut Vec<Port<V>>) {
        ports.push(Port::element(self));
    }

    fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        ports.element()
    }
}

impl<V: Clone> PortField<V> for Bit<V> {
    fn write<G: Gadgets<Var = V>>(&self, _: &mut G, ports: &mut Vec<Port<V>>) {
        ports.push(Port::bit(self));
    }

    fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        ports.bit()
    }
}

impl<V: Clone> PortField<V> for Bounded<V> {
    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>) {
        ports.push(g.port(self));
    }

    fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        ports.bounded()
    }
}

macro_rules! array_field {
    ($($element:ty),*) => {$(
        impl<V: Clone, const N: usize> PortField<V> for [$element; N] {
            fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>) {
                self.iter().for_each(|element| element.write(g, ports));
            }

            fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
                let elements = (0..N).map(|_| PortField::read(ports)).collect::<Result<Vec<$element>, _>>()?;
                Ok(elements.try_into().unwrap_or_else(|_| unreachable!("as many as were read")))
            }
        }
    )*};
}
array_field!(V, Bit<V>, Bounded<V>);

/// What a block imports or exports.
pub trait Ports<V>: Sized {
    /// What has to be known to read it beside its ports: the lengths of lists. Nothing for what a block exports.
    type Shape: Sync;

    /// The shape of this one.
    fn shape(&self) -> Self::Shape;

    /// Appends its ports.
    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>);

    /// Reads what [`Ports::write`] wrote.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if something else was written.
    fn read(shape: &Self::Shape, ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError>;

    /// As a list of ports.
    fn to_ports<G: Gadgets<Var = V>>(&self, g: &mut G) -> Vec<Port<V>> {
        let mut ports = Vec::new();
        self.write(g, &mut ports);
        ports
    }

    /// The list of ports as what it was, to the last of them.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if it is a list of something else.
    fn from_ports(shape: &Self::Shape, ports: &[Port<V>]) -> Result<Self, SynthesisError>
    where
        V: Clone,
    {
        let mut reader = PortReader::new(ports);
        let read = Self::read(shape, &mut reader)?;
        reader.finish()?;
        Ok(read)
    }
}

/// Nothing.
impl<V> Ports<V> for () {
    type Shape = ();

    fn shape(&self) {}

    fn write<G: Gadgets<Var = V>>(&self, _: &mut G, _: &mut Vec<Port<V>>) {}

    fn read((): &(), _: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        Ok(())
    }
}

/// One after the other.
impl<V, A: Ports<V, Shape = ()>, B: Ports<V, Shape = ()>> Ports<V> for (A, B) {
    type Shape = ();

    fn shape(&self) {}

    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>) {
        self.0.write(g, ports);
        self.1.write(g, ports);
    }

    fn read((): &(), ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        Ok((A::read(&(), ports)?, B::read(&(), ports)?))
    }
}

/// Imports with lists of elements, whose lengths are those of the circuit's shape.
#[derive(Debug, Clone)]
pub struct WithLists<P, V, const N: usize> {
    /// What is of a fixed size.
    pub fixed: P,
    /// The lists.
    pub lists: [Vec<V>; N],
}

impl<V: Clone, P: Ports<V, Shape = ()>, const N: usize> Ports<V> for WithLists<P, V, N> {
    type Shape = [usize; N];

    fn shape(&self) -> [usize; N] {
        self.lists.each_ref().map(Vec::len)
    }

    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>) {
        self.fixed.write(g, ports);
        ports.extend(self.lists.iter().flatten().map(Port::element));
    }

    fn read(lengths: &[usize; N], ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        let fixed = P::read(&(), ports)?;
        let lists = lengths.iter().map(|length| ports.elements(*length)).collect::<Result<Vec<_>, _>>()?;
        let lists = lists.try_into().unwrap_or_else(|_| unreachable!("a list for each length"));
        Ok(WithLists { fixed, lists })
    }
}

/// Declares what a block imports or exports: a struct that is generic in its variables, and its [`Ports`] in the order of its
/// fields. See [`crate::gadgets::blocks`].
#[macro_export]
macro_rules! ports {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident<$var:ident> {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name<$var> {
            $( $(#[$field_meta])* $field_vis $field: $type, )+
        }

        impl<$var: Clone> $crate::gadgets::Ports<$var> for $name<$var> {
            type Shape = ();

            fn shape(&self) {}

            fn write<G: $crate::gadgets::Gadgets<Var = $var>>(
                &self,
                g: &mut G,
                ports: &mut Vec<$crate::gadgets::Port<$var>>,
            ) {
                $( <$type as $crate::gadgets::PortField<$var>>::write(&self.$field, g, ports); )+
            }

            fn read(
                (): &(),
                ports: &mut $crate::gadgets::PortReader<'_, $var>,
            ) -> Result<Self, $crate::gadgets::SynthesisError> {
                Ok($name { $( $field: <$type as $crate::gadgets::PortField<$var>>::read(ports)?, )+ })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gadgets::PortKind;
    use crate::native::{Native, Value};
    use ark_ff::Field;
    use zksensor_model::field::Fr;

    crate::ports! {
        /// One of each kind.
        struct Each<V> {
            element: V,
            bit: Bit<V>,
            bounded: Bounded<V>,
            two: [Bit<V>; 2],
        }
    }

    crate::ports! {
        /// The same kinds in another order.
        struct Other<V> {
            bit: Bit<V>,
            element: V,
            bounded: Bounded<V>,
            two: [Bit<V>; 2],
        }
    }

    fn each(g: &mut Native<'_>) -> Each<Value> {
        let (element, bit) = (g.constant(Fr::from(9u64)), g.constant(Fr::ONE));
        let bounded = g.assert_range(&element, 4).unwrap();
        let bit = g.assert_bool(&bit).unwrap();
        Each { element, bounded, two: [bit.clone(), bit.clone()], bit }
    }

    #[test]
    fn what_is_written_is_read_by_name_and_kind() {
        let g = &mut Native::default();
        let written = each(g);
        let ports = written.to_ports(g);
        let kinds: Vec<PortKind> = ports.iter().map(Port::kind).collect();
        let wanted = [PortKind::Element, PortKind::Bit, PortKind::Bounded(4), PortKind::Bit, PortKind::Bit];
        assert_eq!(kinds, wanted);
        let read = Each::from_ports(&(), &ports).unwrap();
        g.assert_equal(&read.element, &written.element).unwrap();
        g.assert_equal(read.bit.var(), written.bit.var()).unwrap();
        g.assert_equal(read.bounded.var(), written.bounded.var()).unwrap();
        for (read, written) in read.two.iter().zip(&written.two) {
            g.assert_equal(read.var(), written.var()).unwrap();
        }
        assert_eq!(read.bounded.width(), 4);
        assert!(std::mem::take(g).into_failures().is_empty());
    }

    #[test]
    fn what_something_else_wrote_is_not_read() {
        let g = &mut Native::default();
        let ports = each(g).to_ports(g);
        assert!(matches!(Other::<Value>::from_ports(&(), &ports), Err(SynthesisError::Port { .. })));
        for length in 0..ports.len() {
            assert!(Each::<Value>::from_ports(&(), &ports[..length]).is_err(), "{length} ports");
        }
        let more = [&ports[..], &ports[..1]].concat();
        assert!(matches!(Each::<Value>::from_ports(&(), &more), Err(SynthesisError::Port { .. })));
        for swapped in 0..ports.len() - 2 {
            let mut ports = ports.clone();
            ports.swap(swapped, swapped + 1);
            assert!(Each::<Value>::from_ports(&(), &ports).is_err(), "{swapped} and the next");
        }
    }

    #[test]
    fn lists_have_their_lengths() {
        let g = &mut Native::default();
        let zero = g.constant(Fr::from(0u64));
        let imports = WithLists { fixed: each(g), lists: [vec![zero; 3], vec![zero; 2]] };
        let ports = imports.to_ports(g);
        let read = WithLists::<Each<Value>, Value, 2>::from_ports(&imports.shape(), &ports).unwrap();
        assert_eq!(read.lists.each_ref().map(Vec::len), [3, 2]);
        for lengths in [[3, 1], [3, 3], [2, 2], [0, 0]] {
            let read = WithLists::<Each<Value>, Value, 2>::from_ports(&lengths, &ports);
            assert!(matches!(read, Err(SynthesisError::Port { .. })), "{lengths:?}");
        }
    }
}
