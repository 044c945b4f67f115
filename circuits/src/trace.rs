//! Where a synthesis is, and how a test looks in: scope paths and hint overrides, shared by the backends.

use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;

/// What kind of value a wire carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireKind {
    /// A free input of the prover.
    Witness,
    /// A value computed by a hint.
    Hint,
}

/// Where a witness or hint stands.
#[derive(Debug)]
pub struct Site<'s> {
    /// The scopes around it, outermost first.
    pub path: &'s [Scope],
    /// Instance of the enclosing repeat; 0 outside of one.
    pub instance: usize,
    /// Its name.
    pub name: &'static str,
    /// Free input or hint.
    pub kind: WireKind,
    /// How many witnesses and hints came before in this segment.
    pub index: usize,
}

/// Looks at every witness and hint as it is made, and may replace its values. Replacements propagate to all that is
/// computed from them. For tests.
pub trait Hook: Sync {
    /// Called with the values that the circuit is about to take.
    fn visit(&self, site: &Site<'_>, values: &mut [Fr]);

    /// Called with the product of each multiplication and the number of its witness column in its segment, by a backend
    /// that has columns.
    fn product(&self, _path: &[Scope], _instance: usize, _column: usize, _value: &mut Fr) {}
}

/// Where an arithmetization is: the scopes around the current point, and the count of sites.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    /// The scopes, outermost first.
    pub path: Vec<Scope>,
    /// Instance of the enclosing repeat; 0 outside of one.
    pub instance: usize,
    /// Witnesses and hints so far in this segment.
    pub sites: usize,
}

impl Cursor {
    /// Lets the hook see the values of one site.
    pub fn visit(&mut self, hook: Option<&dyn Hook>, name: &'static str, kind: WireKind, values: &mut [Fr]) {
        if let Some(hook) = hook {
            let site = Site { path: &self.path, instance: self.instance, name, kind, index: self.sites };
            hook.visit(&site, values);
        }
        self.sites += 1;
    }
}
