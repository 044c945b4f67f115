//! What crosses the border of a block: variables, each with what is proven of it, in an order that is written once and read
//! once.
//!
//! A [`Bounded`] or a [`Bit`] comes out of a port only where one went in. Statements name what crosses ([`super::blocks`]); the
//! list of ports under it is read, in the order in which it was written, by [`PortReader`].
//!
//! A bound cannot be made of nothing:
//!
//! ```compile_fail
//! use zksensor_circuits::gadgets::{Bounded, Port};
//! fn bounds<V: Clone>(var: V, zero: V) -> Bounded<V> {
//!     Port { var, width: Some(4), prefixes: vec![zero] }.bounded() // the fields are private
//! }
//! ```

use super::{Bit, Bounded, SynthesisError};

/// What is proven of the variable of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortKind {
    /// Nothing: any element.
    Element,
    /// It is 0 or 1.
    Bit,
    /// It is below 2^width.
    Bounded(u32),
}

/// A variable at the border of a block.
#[derive(Debug, Clone)]
pub struct Port<V> {
    kind: PortKind,
    var: V,
    /// Its proper prefixes (see [`super::compare`]), where a backend compares by them; empty otherwise.
    prefixes: Vec<V>,
}

impl<V: Clone> Port<V> {
    /// An element without a bound.
    pub fn element(var: &V) -> Self {
        Port { kind: PortKind::Element, var: var.clone(), prefixes: Vec::new() }
    }

    /// A boolean.
    pub fn bit(bit: &Bit<V>) -> Self {
        Port { kind: PortKind::Bit, var: bit.var().clone(), prefixes: Vec::new() }
    }

    /// A bounded variable; `prefixes` are its own, or empty if the backend does not compare by them. For backends;
    /// [`Gadgets::port`](super::Gadgets::port) is what a statement takes.
    ///
    /// # Security
    /// The caller names what ties each prefix to the variable's bits: a comparison believes them.
    pub fn insecure_with_prefixes(bounded: &Bounded<V>, prefixes: Vec<V>) -> Self {
        Port { kind: PortKind::Bounded(bounded.width()), var: bounded.var().clone(), prefixes }
    }

    /// Wraps variables that a backend has moved across the border.
    ///
    /// # Security
    /// The caller names what ties `var` to the variable that `kind` was proven of, and `prefixes` to its prefixes.
    pub fn insecure_assume(kind: PortKind, var: V, prefixes: Vec<V>) -> Self {
        Port { kind, var, prefixes }
    }

    /// What is proven of it.
    pub fn kind(&self) -> PortKind {
        self.kind
    }

    /// The variable.
    pub fn var(&self) -> &V {
        &self.var
    }

    /// The prefixes that it carries.
    pub fn prefixes(&self) -> &[V] {
        &self.prefixes
    }

    /// The bounded variable.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if none went in.
    pub fn bounded(&self) -> Result<Bounded<V>, SynthesisError> {
        match self.kind {
            PortKind::Bounded(width) => {
                Ok(Bounded::with_prefixes(self.var.clone(), width, self.prefixes.clone()))
            }
            got => Err(SynthesisError::Port { wanted: "a bounded variable", got: Some(got) }),
        }
    }

    /// The boolean.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if none went in.
    pub fn to_bit(&self) -> Result<Bit<V>, SynthesisError> {
        match self.kind {
            PortKind::Bit => Ok(Bit::insecure_assume(self.var.clone())), // boolean where the port was made
            got => Err(SynthesisError::Port { wanted: "a boolean", got: Some(got) }),
        }
    }
}

/// Reads ports in the order in which they were written.
#[derive(Debug)]
pub struct PortReader<'p, V> {
    rest: std::slice::Iter<'p, Port<V>>,
}

impl<'p, V: Clone> PortReader<'p, V> {
    /// Reads these.
    pub fn new(ports: &'p [Port<V>]) -> Self {
        PortReader { rest: ports.iter() }
    }

    fn next(&mut self, wanted: &'static str) -> Result<&'p Port<V>, SynthesisError> {
        self.rest.next().ok_or(SynthesisError::Port { wanted, got: None })
    }

    /// The next variable, whatever is proven of it.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if there is none.
    pub fn element(&mut self) -> Result<V, SynthesisError> {
        Ok(self.next("a variable")?.var().clone())
    }

    /// The next `count` variables.
    ///
    /// # Errors
    /// As [`PortReader::element`].
    pub fn elements(&mut self, count: usize) -> Result<Vec<V>, SynthesisError> {
        (0..count).map(|_| self.element()).collect()
    }

    /// The next variable, a boolean.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if there is none, or it is no boolean.
    pub fn bit(&mut self) -> Result<Bit<V>, SynthesisError> {
        self.next("a boolean")?.to_bit()
    }

    /// The next variable, with its bound.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if there is none, or it has no bound.
    pub fn bounded(&mut self) -> Result<Bounded<V>, SynthesisError> {
        self.next("a bounded variable")?.bounded()
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// [`SynthesisError::Port`] if something is.
    pub fn finish(mut self) -> Result<(), SynthesisError> {
        match self.rest.next() {
            None => Ok(()),
            Some(port) => {
                Err(SynthesisError::Port { wanted: "the end of the ports", got: Some(port.kind()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_gives_back_only_what_went_in() {
        let element = Port::element(&1u8);
        let refused = |wanted, got| SynthesisError::Port { wanted, got };
        assert_eq!(element.bounded().err(), Some(refused("a bounded variable", Some(PortKind::Element))));
        assert_eq!(element.to_bit().err(), Some(refused("a boolean", Some(PortKind::Element))));
        let bit = Port::bit(&Bit::insecure_assume(1u8));
        assert!(bit.bounded().is_err() && bit.to_bit().is_ok());
        let bounded = Port::insecure_with_prefixes(&Bounded::insecure_assume(1u8, 4), Vec::new());
        assert!(bounded.to_bit().is_err() && bounded.bounded().is_ok_and(|bounded| bounded.width() == 4));
    }

    #[test]
    fn ports_are_read_to_the_end_and_not_beyond() {
        let ports = [Port::element(&1u8), Port::bit(&Bit::insecure_assume(0))];
        let mut reader = PortReader::new(&ports);
        assert_eq!(reader.element(), Ok(1));
        assert!(reader.bit().is_ok());
        assert_eq!(reader.bit().err(), Some(SynthesisError::Port { wanted: "a boolean", got: None }));
        assert!(reader.finish().is_ok());
        let mut reader = PortReader::new(&ports);
        assert!(reader.element().is_ok());
        assert!(matches!(reader.finish(), Err(SynthesisError::Port { got: Some(PortKind::Bit), .. })));
    }
}
