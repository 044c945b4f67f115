//! Variables with what is known of them: bits, bounds, points.

/// A variable that is constrained to 0 or 1.
#[derive(Debug, Clone)]
pub struct Bit<V>(V);

impl<V> Bit<V> {
    /// The variable.
    pub fn var(&self) -> &V {
        &self.0
    }

    /// Wraps a variable that is boolean already.
    ///
    /// # Security
    /// The caller names the constraint that makes it boolean.
    pub fn insecure_assume(var: V) -> Self {
        Bit(var)
    }
}

/// A variable that is constrained to an unsigned range, by whatever the backend does that with: there may be no bits of it.
#[derive(Debug, Clone)]
pub struct Bounded<V> {
    var: V,
    width: u32,
    /// The bits that it was ranged by, where it was; empty otherwise.
    bits: Vec<Bit<V>>,
    prefixes: Vec<V>,
}

impl<V> Bounded<V> {
    /// Wraps a variable that is below 2^width already.
    ///
    /// # Security
    /// The caller names the constraints that bound it.
    pub fn insecure_assume(var: V, width: u32) -> Self {
        Bounded { var, width, bits: Vec::new(), prefixes: Vec::new() }
    }

    /// As [`Bounded::insecure_assume`] with the proper prefixes.
    pub(super) fn with_prefixes(var: V, width: u32, prefixes: Vec<V>) -> Self {
        Bounded { var, width, bits: Vec::new(), prefixes }
    }

    /// The variable.
    pub fn var(&self) -> &V {
        &self.var
    }

    /// It is below 2^width.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The bits that it was ranged by, least significant first; empty where it was ranged by something else, or came through a
    /// [`super::Port`]. For the backend that made it: a statement or a gadget that needs bits takes [`Bits`].
    pub fn ranged_by(&self) -> &[Bit<V>] {
        &self.bits
    }

    /// Its prefixes, if it came through a [`super::Port`] that carries them.
    pub fn prefixes(&self) -> &[V] {
        &self.prefixes
    }
}

/// A variable with its bits, and so in the range that these have.
///
/// A bound alone brings none:
///
/// ```compile_fail
/// use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
/// fn reads<G: Gadgets>(g: &mut G, value: &G::Var) -> Result<G::Var, SynthesisError> {
///     Ok(g.assert_range(value, 8)?.bits()[0].var().clone()) // a table has no bits
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Bits<V>(Bounded<V>);

impl<V> Bits<V> {
    /// Wraps a variable whose bits these are, least significant first.
    ///
    /// # Security
    /// The caller names the constraints that make the bits those of the variable.
    ///
    /// # Panics
    /// If there are more than a width counts.
    pub fn insecure_assume(var: V, bits: Vec<Bit<V>>) -> Self {
        let width = u32::try_from(bits.len()).expect("an element has 254 bits");
        Bits(Bounded { var, width, bits, prefixes: Vec::new() })
    }

    /// The bits, least significant first.
    pub fn bits(&self) -> &[Bit<V>] {
        &self.0.bits
    }

    /// What is left if only the bound is of interest.
    pub fn into_bounded(self) -> Bounded<V> {
        self.0
    }
}

/// What has bits has a bound.
impl<V> std::ops::Deref for Bits<V> {
    type Target = Bounded<V>;

    fn deref(&self) -> &Bounded<V> {
        &self.0
    }
}

/// A BabyJubJub point as two variables.
#[derive(Debug, Clone)]
pub struct PointVars<V> {
    /// Edwards x.
    pub x: V,
    /// Edwards y.
    pub y: V,
}

/// An EdDSA signature with its key, as variables.
#[derive(Debug, Clone)]
pub struct SignatureVars<V> {
    /// The public key A.
    pub key: PointVars<V>,
    /// The nonce commitment R.
    pub nonce: PointVars<V>,
    /// The response S.
    pub response: V,
}
