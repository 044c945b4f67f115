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
    ///
    /// # Panics
    /// If there are bits, and not `width` of them.
    pub fn insecure_assume(var: V, width: u32, bits: Vec<Bit<V>>) -> Self {
        assert!(bits.is_empty() || bits.len() == width as usize, "{} bits of a width of {width}", bits.len());
        Bounded { var, width, bits, prefixes: Vec::new() }
    }

    /// As [`Bounded::insecure_assume`] with the proper prefixes in the place of the bits.
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

    /// Its bits, least significant first; empty where only the bound is known.
    pub fn bits(&self) -> &[Bit<V>] {
        &self.bits
    }

    /// Its prefixes, if it came through a [`super::Port`] that carries them.
    pub fn prefixes(&self) -> &[V] {
        &self.prefixes
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
