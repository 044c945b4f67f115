//! What the rules of one reading hand back and do not prove: a leaf that no registry is known to hold, a place that no fence is
//! known to have around it, a value that no range is known to contain. Each is a type that only its proof takes, and a
//! statement cannot look inside: what it does not prove, it cannot use.

use zksensor_model::policy::encoding;
use zksensor_model::primitives::poseidon::Domain;

use super::policy_vars;
use crate::gadgets::membership::Path;
use crate::gadgets::{Bit, Bits, Bounded, Gadgets, Port, PortField, PortReader, SynthesisError, fence};

/// The hash of a device's leaf, by the device's own word.
#[must_use = "whoever signed a reading is nobody until a registry holds the leaf: prove it by `under` or `below`"]
pub(super) struct UnprovenLeaf<V>(V);

impl<V: Clone> UnprovenLeaf<V> {
    /// Whatever this variable is said to be the hash of.
    pub(super) fn new(leaf: V) -> Self {
        UnprovenLeaf(leaf)
    }

    /// C4. The leaf is under this root, by this path.
    pub(super) fn under<G: Gadgets<Var = V>>(
        self,
        g: &mut G,
        root: &V,
        path: &Path<V>,
    ) -> Result<(), SynthesisError> {
        let climbed = g.scope("path", |g| path.climb(g, Domain::Node, &self.0))?;
        g.assert_equal(&climbed, root)
    }

    /// C4, where the nodes of a level, the cap, are proven already: the leaf is below the one, or is the one, that the top bits of its
    /// position select, or `active` is 0. `path` is that of the other bits, if there are any.
    pub(super) fn below<G: Gadgets<Var = V>>(
        self,
        g: &mut G,
        active: &Bit<V>,
        position: &Bits<V>,
        cap: &[V],
        path: Option<&Path<V>>,
    ) -> Result<(), SynthesisError> {
        let bits = position.bits();
        let Some((lower, upper)) = bits.split_at_checked(path.map_or(0, Path::position_bits)) else {
            return Err(SynthesisError::Size {
                gadget: "path below a cap",
                wanted: "the position's bits, three a level and more",
                got: bits.len(),
            });
        };
        let node = match path {
            None => self.0,
            Some(path) => {
                let path = path.at(lower)?;
                g.scope("path", |g| path.climb(g, Domain::Node, &self.0))?
            }
        };
        let selected = g.select_index(upper, cap)?;
        g.assert_equal_if(active, &selected, &node)
    }
}

/// Where a reading was taken.
#[must_use = "a signed place may be anywhere until a triangle of the fence holds it: prove it by `inside`"]
pub(super) struct UnprovenLocation<V> {
    latitude: Bounded<V>,
    longitude: Bounded<V>,
}

impl<V: Clone> UnprovenLocation<V> {
    /// Wherever these coordinates are.
    pub(super) fn new(latitude: Bounded<V>, longitude: Bounded<V>) -> Self {
        UnprovenLocation { latitude, longitude }
    }

    /// C5, but for the triangle: the place is in it, or `active` is given and 0. That the triangle is one of the fence is for
    /// the caller, who has the root or the set.
    pub(super) fn inside<G: Gadgets<Var = V>>(
        self,
        g: &mut G,
        triangle: &V,
        active: Option<&Bit<V>>,
    ) -> Result<(), SynthesisError> {
        fence::assert_inside(g, triangle, &self.latitude, &self.longitude, active)
    }
}

/// A value as value - low.
#[must_use = "a signed value is anything of 64 bits until it is in the policy's range: prove it by `within` or `between`"]
pub(super) struct UnprovenValue<V>(V);

impl<V: Clone> UnprovenValue<V> {
    /// Whatever this variable, value - low, is.
    pub(super) fn new(above_low: V) -> Self {
        UnprovenValue(above_low)
    }

    /// C7. low <= value <= high, with `span` = high - low. Gives value - low.
    pub(super) fn within<G: Gadgets<Var = V>>(
        self,
        g: &mut G,
        span: &Bounded<V>,
    ) -> Result<Bounded<V>, SynthesisError> {
        let above = g.assert_range(&self.0, encoding::VALUE_SPAN_BITS)?;
        g.assert_le(&above, span, None)?;
        Ok(above)
    }

    /// C7, in part. y = active (value - low - floor) is in [0, spread]: with a floor of 0 or more and a spread that ends in the
    /// policy's range the value is in it. Gives y.
    pub(super) fn between<G: Gadgets<Var = V>>(
        self,
        g: &mut G,
        active: &Bit<V>,
        floor: &V,
        spread: &Bounded<V>,
    ) -> Result<Bounded<V>, SynthesisError> {
        let difference = g.sub(&self.0, floor);
        let gated = policy_vars::gate(g, active, &difference)?;
        let gated = g.assert_range(&gated, encoding::VALUE_SPAN_BITS)?;
        g.assert_le(&gated, spread, None)?;
        Ok(gated)
    }

    /// For a hint, which proves nothing.
    pub(super) fn for_hint(&self) -> &V {
        &self.0
    }
}

/// Out of a block, as unproven as it is.
impl<V: Clone> PortField<V> for UnprovenValue<V> {
    fn write<G: Gadgets<Var = V>>(&self, g: &mut G, ports: &mut Vec<Port<V>>) {
        PortField::write(&self.0, g, ports);
    }

    fn read(ports: &mut PortReader<'_, V>) -> Result<Self, SynthesisError> {
        PortField::read(ports).map(UnprovenValue)
    }
}
