//! The numbered rules, and the scopes of a circuit: of a rule, or of a part that has a name.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A rule: one line of `check`, one of `synthesize`, one bad vector. The library's own are C1, C2 and so on, whichever statements
/// they are of; a statement of another crate numbers its own.
///
/// ```
/// use zksensor_model::rule::Rule;
/// assert_eq!(Rule::FENCE.to_string(), "C5");
/// const LIMIT: Rule = Rule::own(1, "S1 limit");
/// assert_eq!(LIMIT.to_string(), "S1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule {
    number: u8,
    scope: &'static str,
}

/// What a part of a circuit is of: a rule, or anything else that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The constraints of a rule.
    Rule(Rule),
    /// Something within a rule, or of several.
    Part(&'static str),
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $number:literal $scope:literal;)*) => {
        impl Rule {
            $( $(#[$doc])* pub const $name: Rule = Rule { number: $number, scope: $scope }; )*

            /// Every rule of this library in order.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];
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
    /// The rules that every reading of every statement obeys, in order.
    pub const OF_A_READING: [Rule; 11] = [
        Rule::POLICY,
        Rule::SIGNATURE,
        Rule::MEMBERSHIP,
        Rule::FENCE,
        Rule::EPOCH,
        Rule::VALUE,
        Rule::ACCURACY,
        Rule::CLASS,
        Rule::EXPIRY,
        Rule::NETWORK,
        Rule::SCHEMA,
    ];

    /// A rule of a statement that another crate defines. `scope` is its number as text, a blank and its subject: `S1 limit`.
    ///
    /// # Panics
    /// If `scope` does not begin with an upper-case letter other than the `C` of this library's, or has no blank; where a constant is made of it, that is when it is
    /// compiled.
    pub const fn own(number: u8, scope: &'static str) -> Rule {
        let bytes = scope.as_bytes();
        assert!(
            !bytes.is_empty() && bytes[0].is_ascii_uppercase() && bytes[0] != b'C',
            "rules of other crates begin with an upper-case letter other than C"
        );
        let mut at = 0;
        while at < bytes.len() && bytes[at] != b' ' {
            at += 1;
        }
        assert!(0 < at && at + 1 < bytes.len(), "a rule is a number, a blank and a subject");
        Rule { number, scope }
    }

    /// The name of the rule's scope in circuits: its number and its subject.
    pub const fn scope(self) -> &'static str {
        self.scope
    }

    /// The innermost rule of a path of scopes, outermost first.
    pub fn innermost(path: &[Scope]) -> Option<Rule> {
        path.iter().rev().find_map(|scope| match scope {
            Scope::Rule(rule) => Some(*rule),
            Scope::Part(_) => None,
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scope.split(' ').next().unwrap_or(self.scope))
    }
}

impl Scope {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Scope::Rule(rule) => rule.scope,
            Scope::Part(name) => name,
        }
    }

    /// Whether a path ends in this scope.
    pub fn is_innermost(path: &[Scope], scope: impl Into<Scope>) -> bool {
        path.last() == Some(&scope.into())
    }

    /// A path as text: `reading / C4 membership`.
    pub fn join(path: &[Scope]) -> String {
        let names: Vec<&str> = path.iter().map(|scope| scope.name()).collect();
        names.join(" / ")
    }
}

/// It has this name.
impl PartialEq<&str> for Scope {
    fn eq(&self, name: &&str) -> bool {
        self.name() == *name
    }
}

impl From<Rule> for Scope {
    fn from(rule: Rule) -> Self {
        Scope::Rule(rule)
    }
}

impl From<&'static str> for Scope {
    fn from(name: &'static str) -> Self {
        Scope::Part(name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
