//! Who sends: an address, behind reverse proxies that of the client, the name of a token, or who shows a certificate.

use std::net::IpAddr;
use std::time::Instant;

use axum::http::{HeaderMap, header};

use super::bucket::{Buckets, Client};
use super::problem::{Problem, ProblemKind};
use crate::config::Tokens;
use crate::operator::OperatorToken;
use crate::tls::Shown;

/// The header in which proxies say who is behind them.
const FORWARDED: &str = "x-forwarded-for";

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) address: IpAddr,
    /// Its certificate, which was found good.
    pub(super) shown: Option<Shown>,
}

/// What whoever sends has to have: one of these, if there are any.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'t> {
    pub(super) tokens: Option<&'t Tokens>,
    /// A certificate.
    pub(super) certificates: bool,
}

impl Peer {
    /// The address of the client: the last in `X-Forwarded-For` that no trusted proxy has, if it was one that sent the header. What stands
    /// before it anybody can write.
    fn client(self, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
        let mut client = self.address;
        let named = headers.get_all(FORWARDED).iter();
        // Bytes, so that what is no text spoils its own name alone, and not what a proxy wrote behind it. What stands before it does not count.
        let mut named: Vec<&[u8]> =
            named.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
        while is_proxy(client, trusted) {
            let before = named.pop().and_then(|name| std::str::from_utf8(name).ok()?.trim().parse().ok());
            let Some(before) = before else { break };
            client = before;
        }
        client
    }

    /// The certificate of whoever sends. A proxy's is that of nobody: that somebody is behind it, it may say in another way, or not at all.
    fn shown_by_client(self, trusted: &[IpAddr]) -> Option<Shown> {
        self.shown.filter(|_| !is_proxy(self.address, trusted))
    }

    /// Who is counted.
    fn counted(self, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
        let of_address = || Client::at(self.client(headers, trusted));
        self.shown_by_client(trusted).map_or_else(of_address, Client::Certificate)
    }
}

/// Whether an address is that of a trusted proxy.
pub(super) fn is_proxy(address: IpAddr, trusted: &[IpAddr]) -> bool {
    trusted.iter().any(|proxy| proxy.to_canonical() == address.to_canonical())
}

/// Counts the request, and lets it in if it may: who it is, for the limits.
///
/// # Errors
/// 429 for one too many; 401 if a token or a certificate is needed, and none came that there is.
pub(super) fn admit(
    peer: Peer,
    headers: &HeaderMap,
    trusted: &[IpAddr],
    wanted: Wanted<'_>,
    buckets: &Buckets,
) -> Result<Client, Problem> {
    let token = wanted.tokens.and_then(|tokens| tokens.of(bearer(headers)?));
    let client = token.map_or_else(|| peer.counted(headers, trusted), Client::Token);
    count(client, buckets)?;
    let has_shown = wanted.certificates && peer.shown_by_client(trusted).is_some();
    let detail = match (wanted.tokens, wanted.certificates) {
        _ if token.is_some() || has_shown => return Ok(client),
        (None, false) => return Ok(client),
        (Some(_), false) => {
            "expected the header Authorization: Bearer and a token that the node knows, got none or another"
        }
        (None, true) => {
            "expected a certificate of an authority that the node knows, got a connection that shows none"
        }
        (Some(_), true) => {
            "expected a certificate of an authority that the node knows, or the header Authorization: Bearer and a token that it knows, got neither"
        }
    };
    Err(Problem::new(ProblemKind::Unauthorized, detail))
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
    let client = if is_operator { Client::Operator } else { peer.counted(headers, trusted) };
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
    fn a_certificate_of_a_proxy_lets_in_nobody_behind_it() {
        let [proxy, client] = ["10.0.0.1", "1.1.1.1"].map(|text| text.parse::<IpAddr>().unwrap());
        let buckets = Buckets::new(100, 100, 100, Instant::now());
        let wanted = Wanted { tokens: None, certificates: true };
        let is_let_in = |address, headers: &HeaderMap| {
            let peer = Peer { address, shown: Some(Shown([7; 32])) };
            admit(peer, headers, &[proxy], wanted, &buckets).is_ok()
        };
        assert!(!is_let_in(proxy, &HeaderMap::new()), "one that does not say who is behind it");
        assert!(is_let_in(client, &HeaderMap::new()));
        let names: [&[u8]; 8] = [
            b"1.1.1.1",
            b"",
            b"unknown",
            b"1.1.1.1:4711",
            b"10.0.0.1",
            b"\xe9",
            b"\xe9, 1.1.1.1",
            b"1.1.1.1, \xe9",
        ];
        for name in names {
            let mut behind = HeaderMap::new();
            behind.append(FORWARDED, HeaderValue::from_bytes(name).unwrap());
            assert!(!is_let_in(proxy, &behind), "{behind:?}");
            assert!(is_let_in(client, &behind), "no proxy, who shows its own: {behind:?}");
            behind.append(FORWARDED, HeaderValue::from_static("10.0.0.1"));
            assert!(!is_let_in(proxy, &behind), "{behind:?}");
        }
    }

    #[test]
    fn only_what_a_trusted_proxy_says_counts() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [address("10.0.0.1"), address("10.0.0.2")];
        let client = |peer: &str, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED, HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            Peer { address: address(peer), shown: None }.client(&headers, &trusted).to_string()
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
        assert_eq!(
            client("10.0.0.1", &["\u{e9}, 1.1.1.1"]),
            "1.1.1.1",
            "what the client wrote takes nothing from what the proxy did"
        );
    }
}
