//! Why a document is no KML of a fence, where no other format could say so.

use std::fmt;

/// Why text is not the KML of a fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KmlError {
    /// Not well-formed.
    #[error("expected well-formed XML: tags that match, one element around all others, attributes in quotes")]
    Form,
    /// The text ends within an element.
    #[error("expected </{wanted}>, got the end of the file; is it cut?")]
    Cut {
        /// The innermost element of KML that is open.
        wanted: &'static str,
    },
    /// A document type, which may define entities.
    #[error("expected KML without a document type (<!DOCTYPE ..>); remove it")]
    DocumentType,
    /// An entity that XML does not define itself.
    #[error("expected no entities but &amp; &lt; &gt; &quot; &apos; and numbered characters")]
    Entity,
    /// Elements within elements without end.
    #[error("expected at most {limit} elements within each other")]
    Depth {
        /// The most.
        limit: usize,
    },
    /// Another document.
    #[error("expected the element <kml> around all others, got {got}; is this a KML file?")]
    Root {
        /// What came, its first 40 characters.
        got: String,
    },
    /// An element that may stand once stands there again.
    #[error("expected one <{element}> there, got another")]
    Again {
        /// The element.
        element: &'static str,
    },
    /// An element that has no place in an outline.
    #[error(
        "expected in <{within}> what KML has there, got <{got}>; is its name spelt as in KML, and is it where it belongs?"
    )]
    Misplaced {
        /// The element around it.
        within: &'static str,
        /// What came, its first 40 characters.
        got: String,
    },
    /// A boundary without a ring.
    #[error("expected a <LinearRing> in the boundary, got none")]
    NoRing,
    /// Something else than a position.
    #[error(
        "expected positions such as 11.5,48.1 or 11.5,48.1,520, with commas within and white space between them, got `{got}`"
    )]
    Tuple {
        /// What came, its first 40 characters.
        got: String,
    },
    /// Another file is part of the document.
    #[error(
        "expected the outline itself, got a NetworkLink, which says that it is in another file; save what it shows as a \
         file, or take one Placemark with --feature NAME"
    )]
    NetworkLink,
    /// Nothing that could have an area.
    #[error("expected a Placemark with a Polygon, got {}", Seen(got))]
    NoPlacemark {
        /// What else is there.
        got: Vec<&'static str>,
    },
}

/// What there is, as the end of a sentence.
struct Seen<'a>(&'a [&'static str]);

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("a document with nothing on the map"),
            some => write!(f, "no Placemark, but {}", some.join(", ")),
        }
    }
}
