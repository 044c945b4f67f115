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

/// A variable that is constrained to an unsigned range.
#[derive(Debug, Clone)]
pub struct Bounded<V> {
    var: V,
    width: u32,
    bits: Vec<Bit<V>>,
    prefixes: Vec<V>,
}

impl<V> Bounded<V> {
    /// Wraps a variable that is below 2^width already; `bits` is empty or its `width` bits, least significant first.
    ///
    /// # Security
    /// The caller names the constraints that bound it.
    pub fn insecure_assume(var: V, width: u32, bits: Vec<Bit<V>>) -> Self {
        debug_assert!(bits.is_empty() || bits.len() == width as usize);
        Bounded { var, width, bits, prefixes: Vec::new() }
    }

    /// The variable.
    pub fn var(&self) -> &V {
        &self.var
    }

    /// It is below 2^width.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Its bits, least significant first; empty where only the bound is known.
    pub fn bits(&self) -> &[Bit<V>] {
        &self.bits
    }

    /// Its prefixes, if it came through a [`Port`] that carries them.
    pub fn prefixes(&self) -> &[V] {
        &self.prefixes
    }
}

/// What crosses the border of a block: a variable, with its bound if it has one.
#[derive(Debug, Clone)]
pub struct Port<V> {
    /// The variable.
    pub var: V,
    /// The width that bounds it, if it is bounded.
    pub width: Option<u32>,
    /// Its prefixes (see [`super::compare`]), where a backend compares by them; empty otherwise.
    pub prefixes: Vec<V>,
}

impl<V: Clone> Port<V> {
    /// An element without a bound.
    pub fn element(var: &V) -> Self {
        Port { var: var.clone(), width: None, prefixes: Vec::new() }
    }

    /// The bounded variable.
    ///
    /// # Panics
    /// If the port carries no bound: the statement declares the widths, so this is a programming error.
    pub fn bounded(&self) -> Bounded<V> {
        let width = self.width.expect("the port was declared with a width");
        Bounded { var: self.var.clone(), width, bits: Vec::new(), prefixes: self.prefixes.clone() }
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
