//! A connection with an end: one on which no request is in hand may rest, and then send a head, for so long and no
//! longer. The web framework itself watches the first head of a connection and its rest, not a later head that never
//! ends, nor a body of which nobody waits any more.

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::sleep;
use std::cell::Cell;
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// What a connection is at. Its requests tell, on the thread of its worker.
#[derive(Clone, Debug)]
pub struct Connection(Rc<State>);

#[derive(Debug)]
struct State {
    requests_in_hand: Cell<u32>,
    idle_since: Cell<Instant>,
}

impl Connection {
    /// A request is in hand until what this gives is dropped; handlers have deadlines of their own.
    #[must_use]
    pub fn begin_request(&self) -> InHand {
        self.0.requests_in_hand.set(self.0.requests_in_hand.get() + 1);
        InHand(self.clone())
    }
}

/// A request in hand.
#[derive(Debug)]
pub struct InHand(Connection);

impl Drop for InHand {
    fn drop(&mut self) {
        let state = &self.0.0;
        state.requests_in_hand.set(state.requests_in_hand.get().saturating_sub(1));
        state.idle_since.set(Instant::now());
    }
}

/// A client's stream that ends by itself when nothing has come of it for long enough.
pub struct Patient {
    stream: TcpStream,
    state: Connection,
    patience: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl Patient {
    /// A stream that may go without a request for so long.
    #[must_use]
    pub fn new(stream: TcpStream, patience: Duration) -> Patient {
        let state = State { requests_in_hand: Cell::new(0), idle_since: Cell::new(Instant::now()) };
        Patient { stream, state: Connection(Rc::new(state)), patience, alarm: Box::pin(sleep(patience)) }
    }

    /// What its requests tell.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.state.clone()
    }

    /// An error once patience is at an end; wakes the task again when that may be so.
    fn look_at_the_clock(&mut self, context: &mut Context<'_>) -> Result<()> {
        while self.alarm.as_mut().poll(context).is_ready() {
            let state = &self.state.0;
            let end = match state.requests_in_hand.get() {
                0 => state.idle_since.get() + self.patience,
                _ => Instant::now() + self.patience,
            };
            if end <= Instant::now() {
                return Err(Error::from(ErrorKind::TimedOut));
            }
            self.alarm.as_mut().reset(end.into());
        }
        Ok(())
    }

    /// A client that takes what it was sent is not idle.
    fn note_written(&self, written: &Poll<Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.state.0.idle_since.set(Instant::now());
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.look_at_the_clock(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.look_at_the_clock(context)?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note_written(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.look_at_the_clock(context)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note_written(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
