//! A connection that nobody can hold: what it writes has to be read in time, and one address has so many.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose other end has to take what is written: after `limit` in which it takes nothing, writing fails.
pub(super) struct Timed<S> {
    stream: S,
    limit: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Timed<S> {
    pub(super) fn new(stream: S, limit: Duration) -> Timed<S> {
        Timed { stream, limit, waiting: None }
    }

    fn timed<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        let limit = self.limit;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nobody reads what is written")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let timed = self.get_mut();
        let polled = Pin::new(&mut timed.stream).poll_write(context, bytes);
        timed.timed(context, polled)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timed = self.get_mut();
        let polled = Pin::new(&mut timed.stream).poll_flush(context);
        timed.timed(context, polled)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timed = self.get_mut();
        let polled = Pin::new(&mut timed.stream).poll_shutdown(context);
        timed.timed(context, polled)
    }
}

/// How many connections each address has.
#[derive(Clone, Default)]
pub(super) struct ByAddress(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection that is counted for as long as it is there.
pub(super) struct Counted {
    all: ByAddress,
    address: IpAddr,
}

impl ByAddress {
    /// Counts one more, unless there are `most`.
    pub(super) fn add(&self, address: IpAddr, most: usize) -> Option<Counted> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = table.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { all: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut table = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = table.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                table.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_the_table_forgets() {
        let all = ByAddress::default();
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse::<IpAddr>().unwrap());
        let held: Vec<_> = (0..3).filter_map(|_| all.add(one, 2)).collect();
        assert_eq!(held.len(), 2);
        assert!(all.add(other, 2).is_some());
        drop(held);
        assert!(all.0.lock().unwrap().is_empty());
    }
}
