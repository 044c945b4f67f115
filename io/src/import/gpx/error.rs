//! Why a file is no track, where no other format could say so.

/// Why bytes are not the XML of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// Not well-formed.
    #[error("expected well-formed XML: tags that match, attributes in quotes and once each")]
    Form,
    /// A document type, which may define entities.
    #[error("expected GPX without a document type (<!DOCTYPE ..>); remove it")]
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
    #[error("expected the element <gpx> around all others; is this a GPX file?")]
    Root,
}
