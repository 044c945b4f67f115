//! The loop that takes connections, within every limit of time and number.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::bucket::Client;
use super::connection::Timed;
use super::peer::{Peer, is_proxy};
use super::routes;
use super::share::{PART, Share, Shares};
use super::{Door, Inner, Level};
use crate::config::Limits;

/// Bytes of the head of a request, and lines in it.
const HEAD_BYTES: usize = 16 << 10;
const HEAD_LINES: usize = 64;
/// How long it waits after the system gives no connection, as when it has no file for one.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is ready; then takes nothing more, and waits as long as `limits.drain_s` for requests that are there.
pub async fn serve(listener: TcpListener, door: Door, stop: impl Future<Output = ()>) {
    let inner = door.inner.clone();
    let router = routes::router(&inner);
    let places = Arc::new(Semaphore::new(inner.settings.limits.connections));
    let shares = Shares::each(each(&inner.settings.limits));
    let (stopping, stopped) = watch::channel(false);
    let mut stop = pin!(stop);
    if let Ok(address) = listener.local_addr() {
        inner.log.line(Level::Info, "listening", &[("address", address.to_string().as_str().into())]);
    }
    loop {
        // Those that there is no place for wait in the system's queue, which is bounded.
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = &mut stop => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                inner.log.line(Level::Warn, "accept", &[("reason", error.to_string().as_str().into())]);
                sleep(PAUSE).await;
                continue;
            }
        };
        let Some(counted) = count(&inner, &shares, address) else {
            inner.metrics.connection_refused();
            continue;
        };
        let (inner, router, stopped) = (inner.clone(), router.clone(), stopped.clone());
        tokio::spawn(async move {
            let _held = (place, counted, inner.metrics.connection());
            connection(&inner, router, stream, address, stopped).await;
        });
    }
    door.drain();
    drop(listener);
    let _ = stopping.send(true);
    let all = u32::try_from(inner.settings.limits.connections).unwrap_or(u32::MAX);
    let drained = timeout(inner.settings.limits.drain, places.acquire_many(all)).await.is_ok();
    inner.log.line(Level::Info, "stopped", &[("drained", if drained { "yes" } else { "no" }.into())]);
}

/// Connections of an address: never more than its part of all that there may be.
fn each(limits: &Limits) -> usize {
    limits.connections_per_client.min(limits.connections.div_ceil(PART))
}

/// Counts a connection of an address, unless it has too many. Trusted proxies have those of many clients.
fn count(inner: &Inner, shares: &Shares, address: SocketAddr) -> Option<Option<Share>> {
    if is_proxy(address.ip(), &inner.settings.trusted_proxies) {
        return Some(None);
    }
    shares.one(Client::at(address.ip())).map(Some)
}

/// Whether an address may have one more handshake: there is a signature in each.
#[cfg(feature = "tls")]
fn may_shake(inner: &Inner, ip: std::net::IpAddr) -> bool {
    is_proxy(ip, &inner.settings.trusted_proxies)
        || inner.handshakes.take(Client::at(ip), 1, Instant::now()).is_ok()
}

async fn connection(
    inner: &Arc<Inner>,
    router: Router,
    stream: TcpStream,
    address: SocketAddr,
    #[cfg_attr(not(feature = "tls"), allow(unused_mut, reason = "it is a handshake that may be stopped"))]
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are small, and each is waited for.
    let _ = stream.set_nodelay(true);
    let stream = Timed::new(stream, inner.settings.limits.body);
    let peer = Peer { address: address.ip(), shown: None };
    #[cfg(feature = "tls")]
    if let Some(tls) = &inner.settings.tls {
        if !may_shake(inner, address.ip()) {
            return inner.metrics.connection_refused();
        }
        let tell = |level, what: &str| inner.log.line(level, "tls", &[("what", what.into())]);
        let acceptor = tls.acceptor(tell).await;
        // As long as a head may take, in a place among the connections.
        let accepted = tokio::select! {
            accepted = timeout(inner.settings.limits.head, acceptor.accept(stream)) => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let Ok(Ok(stream)) = accepted else { return inner.metrics.handshake_failed() };
        let peer = Peer { shown: crate::tls::shown(&stream), ..peer };
        if peer.shown.is_some() {
            // Its requests are counted by itself: many senders may have one address.
            inner.handshakes.give(Client::at(address.ip()), 1, Instant::now());
        }
        return speak(inner, router, stream, peer, stopped).await;
    }
    speak(inner, router, stream, peer, stopped).await;
}

/// Answers what is asked on a connection until it ends.
async fn speak(
    inner: &Arc<Inner>,
    router: Router,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: Peer,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = &inner.settings.limits;
    let answers = TowerToHyperService::new(router);
    let service = service_fn(|request| answer(inner, &answers, peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_LINES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // What went wrong is the other end's: it went away, or sent what is no HTTP.
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => {}
        () = sleep(limits.connection) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(limits.drain, connection).await;
}

async fn answer(
    inner: &Arc<Inner>,
    answers: &TowerToHyperService<Router>,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let start = Instant::now();
    let route = routes::label(request.uri().path());
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    let mut response = answers.call(request).await?;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    inner.metrics.request(route, response.status().as_u16(), start.elapsed());
    Ok(response)
}

/// What every answer has: a page may load from here alone, and nothing is guessed, framed or kept.
const HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];
