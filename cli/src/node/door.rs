//! A node that runs, asked at its door.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use zksensor_node::config::{Config, TlsSettings};

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer.
const MOST: u64 = 8 << 20;

/// What a node answered.
pub(super) struct Answered {
    /// The status; 0 if it is no HTTP.
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Who listens on every address is asked on this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Where a node listens by its configuration, and what it speaks there.
#[derive(Clone, Copy)]
pub(super) struct At<'c> {
    pub(super) address: SocketAddr,
    tls: Option<&'c TlsSettings>,
}

impl<'c> At<'c> {
    pub(super) fn of(config: &'c Config) -> Self {
        At { address: reachable(config.listen), tls: config.tls.as_ref() }
    }

    /// A node that speaks plain HTTP.
    #[cfg(test)]
    pub(super) fn plain(address: SocketAddr) -> Self {
        At { address, tls: None }
    }
}

/// Asks, with a method and a path such as `GET /v1/status`, and with a bearer token if it needs one.
///
/// # Errors
/// What the system says.
pub(super) fn ask(at: At<'_>, what: &str, token: Option<&str>) -> io::Result<Answered> {
    let address = at.address;
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match at.tls {
        None => exchange(stream, address, what, token),
        #[cfg(feature = "tls")]
        Some(tls) => exchange(zksensor_node::tls::dial(tls, stream)?, address, what, token),
        // Such a configuration is refused before.
        #[cfg(not(feature = "tls"))]
        Some(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn exchange(
    mut stream: impl Read + Write,
    address: SocketAddr,
    what: &str,
    token: Option<&str>,
) -> io::Result<Answered> {
    write!(stream, "{what} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n")?;
    if let Some(token) = token {
        write!(stream, "Authorization: Bearer {token}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer)?;
    Ok(parts(&answer))
}

fn parts(answer: &[u8]) -> Answered {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(answer.len());
    let (head, body) = answer.split_at(end);
    let status = head.strip_prefix(b"HTTP/1.1 ").and_then(|rest| std::str::from_utf8(rest.get(..3)?).ok());
    Answered {
        status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
        body: body.get(4..).unwrap_or_default().to_vec(),
    }
}
