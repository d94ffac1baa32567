//! What a handler leaves of a request's body is read away before the answer goes out: a client that is still sending
//! would otherwise find the connection closed and never read why it was refused.

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Bytes that are read away; a client that sends more than that finds the connection closed.
const MAX_DRAINED_BYTES: usize = 32 * 1024 * 1024;
/// What reading away may take even where the body's time is up: what is on its way already should not find the
/// connection closed.
const LEAST_DRAIN: Duration = Duration::from_millis(500);

/// A request's body, shared by the handler that reads it and the layer that reads away the rest.
#[derive(Clone)]
pub struct Rest {
    payload: Rc<RefCell<Payload>>,
    until: Instant,
}

impl Stream for Rest {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.payload.borrow_mut()).poll_next(context)
    }
}

impl Rest {
    /// Puts itself in the place of a request's body, which has until then to arrive; none where the request has no
    /// body.
    pub fn of(request: &mut ServiceRequest, until: Instant) -> Option<Rest> {
        match request.take_payload() {
            Payload::None => None,
            payload => {
                let rest = Rest { payload: Rc::new(RefCell::new(payload)), until };
                request.set_payload(Payload::Stream { payload: Box::pin(rest.clone()) });
                Some(rest)
            }
        }
    }

    /// Reads away what is left, up to [`MAX_DRAINED_BYTES`] and until the body should have arrived, but for
    /// [`LEAST_DRAIN`].
    pub async fn drain(self) {
        let mut rest = self.clone();
        let all = async move {
            let mut seen = 0_usize;
            while let Some(Ok(chunk)) = rest.next().await {
                seen = seen.saturating_add(chunk.len());
                if seen > MAX_DRAINED_BYTES {
                    break;
                }
            }
        };
        // Whoever is slower than that, or sends more, is not waited for.
        let left = self.until.saturating_duration_since(Instant::now()).max(LEAST_DRAIN);
        drop(timeout(left, all).await);
    }
}
