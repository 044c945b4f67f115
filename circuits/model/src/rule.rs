//! The numbered rules and the names of their scopes in circuits.

use core::fmt;

/// The number of a rule: one line of `check`, one of `synthesize`, one bad vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule(u8);

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $number:literal $scope:literal;)*) => {
        impl Rule {
            $( $(#[$doc])* pub const $name: Rule = Rule($number); )*

            /// Every rule in order.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];

            /// The name of the rule's scope in circuits: its number and its subject.
            pub fn scope(self) -> &'static str {
                match self.0 { $($number => $scope,)* _ => "C0" }
            }
        }
    };
}

rules! {
    /// C1.
    POLICY = 1 "C1 policy";
    /// C2.
    ACTIVITY = 2 "C2 activity";
    /// C3.
    SIGNATURE = 3 "C3 signature";
    /// C4.
    MEMBERSHIP = 4 "C4 membership";
    /// C5.
    FENCE = 5 "C5 fence";
    /// C6.
    EPOCH = 6 "C6 epoch";
    /// C7.
    VALUE = 7 "C7 value";
    /// C8.
    ACCURACY = 8 "C8 accuracy";
    /// C9.
    CLASS = 9 "C9 class";
    /// C10.
    EXPIRY = 10 "C10 expiry";
    /// C11.
    NETWORK = 11 "C11 network";
    /// C12.
    SCHEMA = 12 "C12 schema";
    /// C13.
    ORDER = 13 "C13 order";
    /// C14.
    CHUNK = 14 "C14 chunk";
    /// C15.
    COUNT = 15 "C15 count";
    /// C16.
    SUM = 16 "C16 sum";
    /// C17.
    SUM_OF_SQUARES = 17 "C17 sum of squares";
    /// C18.
    MINIMUM = 18 "C18 minimum";
    /// C19.
    MAXIMUM = 19 "C19 maximum";
    /// C20.
    IDENTITY = 20 "C20 identity";
    /// C21.
    NULLIFIER = 21 "C21 nullifier";
    /// C22.
    COMMITMENT = 22 "C22 commitment";
}

impl Rule {
    /// The rule whose scope bears this name.
    pub fn from_scope(scope: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.scope() == scope)
    }

    /// The innermost rule of a path of scopes, outermost first.
    pub fn innermost(path: &[&'static str]) -> Option<Rule> {
        path.iter().rev().find_map(|scope| Rule::from_scope(scope))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.0)
    }
}
