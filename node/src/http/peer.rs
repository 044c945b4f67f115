//! Who sends: an address, behind reverse proxies that of the client, or the name of a token.

use std::net::IpAddr;
use std::time::Instant;

use axum::http::{HeaderMap, header};

use super::bucket::{Buckets, Client};
use super::problem::{Problem, ProblemKind};
use crate::config::Tokens;
use crate::operator::OperatorToken;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

impl Peer {
    /// The address of the client: the last in `X-Forwarded-For` that no trusted proxy has, if it was one that sent the header. What stands
    /// before it anybody can write.
    fn client(self, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
        let is_trusted =
            |address: IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == address.to_canonical());
        let mut client = self.0;
        let named = headers.get_all("x-forwarded-for").iter();
        // A line that is no text is one name that is no address, and what stands before it does not count.
        let mut named: Vec<&str> =
            named.flat_map(|value| value.to_str().unwrap_or_default().split(',')).collect();
        while is_trusted(client) {
            let Some(Ok(before)) = named.pop().map(|text| text.trim().parse()) else { break };
            client = before;
        }
        client
    }
}

/// Counts the request, and lets it in if it may: who it is, for the limits.
///
/// # Errors
/// 429 for one too many; 401 if a token is needed, and none came that there is.
pub(super) fn admit(
    peer: Peer,
    headers: &HeaderMap,
    trusted: &[IpAddr],
    tokens: Option<&Tokens>,
    buckets: &Buckets,
) -> Result<Client, Problem> {
    let token = tokens.map(|tokens| bearer(headers).and_then(|token| tokens.of(token)));
    let client = match token {
        Some(Some(index)) => Client::Token(index),
        _ => Client::at(peer.client(headers, trusted)),
    };
    count(client, buckets)?;
    match token {
        Some(None) => Err(Problem::new(
            ProblemKind::Unauthorized,
            "expected the header Authorization: Bearer and a token that the node knows, got none or another",
        )),
        _ => Ok(client),
    }
}

/// As [`admit`], of whoever operates the node.
///
/// # Errors
/// 429 for one too many; 401 without the operator's token.
pub(super) fn admit_operator(
    peer: Peer,
    headers: &HeaderMap,
    trusted: &[IpAddr],
    operator: Option<&OperatorToken>,
    buckets: &Buckets,
) -> Result<Client, Problem> {
    let is_operator = bearer(headers).zip(operator).is_some_and(|(came, operator)| operator.is(came));
    // Whoever guesses takes nothing from who has it.
    let client = if is_operator { Client::Operator } else { Client::at(peer.client(headers, trusted)) };
    count(client, buckets)?;
    is_operator.then_some(client).ok_or_else(|| {
        Problem::new(
            ProblemKind::Unauthorized,
            "expected the operator's token of this node, got none or another; `zksensor node drain` has it of the store's key",
        )
    })
}

fn count(client: Client, buckets: &Buckets) -> Result<(), Problem> {
    buckets.take(client, 1, Instant::now()).map_err(|after| {
        Problem::later(
            "more requests came than the limit of a client; wait, and send more items in each",
            after,
        )
    })
}

/// The token of a request that has exactly one.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?.as_bytes(), values.next()) else { return None };
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_says_counts() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [address("10.0.0.1"), address("10.0.0.2")];
        let client = |peer: &str, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            Peer(address(peer)).client(&headers, &trusted).to_string()
        };
        assert_eq!(client("7.7.7.7", &["1.1.1.1"]), "7.7.7.7", "anybody can write the header");
        assert_eq!(client("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(client("::ffff:10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 1.1.1.1"]),
            "1.1.1.1",
            "what the client wrote itself comes first"
        );
        assert_eq!(client("10.0.0.1", &["6.6.6.6", "1.1.1.1, 10.0.0.2"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, rubbish"]), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1", "\u{e9}\u{e9}"]),
            "10.0.0.1",
            "a line that is no text is not passed over"
        );
    }
}
