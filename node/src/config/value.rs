//! What a key takes.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// An address with a port.
    Listen,
    /// The path of a file or folder.
    Path,
    /// `file:PATH` or `env:NAME`.
    Secret,
    /// An integer in a range.
    Integer {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// IP addresses.
    Addresses,
    /// `http://` or `https://`, or where such a URL is.
    UrlOrSecret,
    /// The name of a section.
    Name,
    /// An address on chain.
    ChainAddress,
    /// An amount of POL, as text.
    Pol,
    /// `keystore:PATH` or `remote:URL`.
    Signer,
    /// `nats://` or `tls://`, or where such a URL is.
    NatsUrl,
    /// A subject of NATS.
    Subject,
    /// The public key of workers.
    WorkersKey,
    /// `http://` with a host and a port.
    Collector,
    /// A number from 0 to 1.
    Ratio,
}

impl ValueKind {
    /// What is wanted, in words.
    pub fn wanted(self) -> String {
        match self {
            ValueKind::Listen => "an IP address and a port, such as \"127.0.0.1:8080\"".to_owned(),
            ValueKind::Path => "a path, as text".to_owned(),
            ValueKind::Secret => "\"file:PATH\" or \"env:NAME\"".to_owned(),
            ValueKind::Integer { least, most } => format!("an integer from {least} to {most}"),
            ValueKind::Addresses => "a list of IP addresses, such as [\"10.0.0.1\"]".to_owned(),
            ValueKind::UrlOrSecret => {
                "a URL that begins with http:// or https://, \"file:PATH\" or \"env:NAME\"".to_owned()
            }
            ValueKind::Name => "a name of a to z, 0 to 9, - and _".to_owned(),
            ValueKind::ChainAddress => "\"0x\" and 40 hexadecimal digits".to_owned(),
            ValueKind::Pol => {
                "an amount of POL as text, of 18 decimal places at most, such as \"1.5\"".to_owned()
            }
            ValueKind::NatsUrl => {
                "URLs that begin with nats:// or tls://, with commas between, \"file:PATH\" or \"env:NAME\""
                    .to_owned()
            }
            ValueKind::Subject => {
                "words of letters, digits, - and _ with points between, and none of the node's own subjects"
                    .to_owned()
            }
            ValueKind::WorkersKey => "what `zksensor node worker-key` prints".to_owned(),
            ValueKind::Collector => "http:// with a host and a port, and nothing else".to_owned(),
            ValueKind::Ratio => "a number from 0 to 1, such as 0.1".to_owned(),
            ValueKind::Signer => "\"keystore:PATH\" or \"remote:URL\"".to_owned(),
        }
    }
}
