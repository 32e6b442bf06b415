//! Finds the host that takes changes, and keeps the line to it moving.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Connection};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::engine::postgres::address::Address;
use crate::store::engine::postgres::fault;
use crate::store::error::StoreError;

/// How long one host may take to let somebody in, over and above the time to reach it.
const GREETING: Duration = Duration::from_secs(3);
/// So long a host is waited for before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(500);
/// The same for the last host: its own patience ends it.
const NO_HURRY: Duration = Duration::from_hours(1);

/// What the server told without being asked.
#[derive(Debug, Default)]
pub struct Heard {
    /// Notifications so far.
    pub told: AtomicI64,
    /// Woken by each, and by the end of the line.
    pub wake: Notify,
}

/// Why a host was not had.
enum Failed {
    /// It may be had later, or another one.
    Away(String),
    /// It, or what it showed, will not do.
    Refused(String),
}

/// Connects to the first host that takes changes: the one that did so last, then in the order of the address. Must run inside a
/// runtime, which moves the line.
///
/// # Errors
/// [`StoreError::Away`] where no host can be had now; [`StoreError::Refused`] where one does not let the user in.
pub async fn connect(address: &Address, heard: &Arc<Heard>) -> Result<Client, StoreError> {
    let connector = address.tls.connector()?;
    address.door.enter()?;
    let found = find(address, &connector, heard).await;
    address.door.tried(found.as_ref().map(|(host, _)| *host));
    found.map(|(_, client)| client)
}

async fn find(
    address: &Address,
    connector: &MakeRustlsConnect,
    heard: &Arc<Heard>,
) -> Result<(usize, Client), StoreError> {
    let mut places = address.door.order(address.hosts.len());
    let mut tried = FuturesUnordered::new();
    let (mut away, mut refused): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    loop {
        let next = places.next();
        let rest = if next.is_some() { HEAD_START } else { NO_HURRY };
        tried.extend(next.map(|place| ask(address, place, connector, heard)));
        match timeout(rest, tried.next()).await {
            Ok(Some(Ok(found))) => return Ok(found),
            Ok(Some(Err(Failed::Away(what)))) => away.push(what),
            Ok(Some(Err(Failed::Refused(what)))) => refused.push(what),
            Ok(None) if next.is_none() => break,
            Ok(None) | Err(_) => {}
        }
    }
    if refused.is_empty() {
        return Err(fault::away(&address.place, &away.join("; ")));
    }
    Err(StoreError::Refused { path: address.place.clone(), what: refused.join("; ") })
}

/// Asks one host; where a pool in between does not know what a server knows, once more without.
async fn ask(
    address: &Address,
    place: usize,
    connector: &MakeRustlsConnect,
    heard: &Arc<Heard>,
) -> Result<(usize, Client), Failed> {
    let Some((host, port)) = address.hosts.get(place) else { return Err(Failed::Away(String::new())) };
    let patience = address.config.get_connect_timeout().copied().unwrap_or_default() + GREETING;
    loop {
        let config = address.to_host(host, *port);
        let error = match timeout(patience, config.connect(connector.clone())).await {
            Ok(Ok((client, connection))) => {
                tokio::spawn(carry(connection, heard.clone()));
                return Ok((place, client));
            }
            Ok(Err(error)) => error,
            Err(_) => return Err(Failed::Away(format!("{host}:{port}: it does not answer"))),
        };
        if address.looks_for_a_pool() && fault::is_pool(&error) && address.door.pooled() {
            continue;
        }
        return Err(match fault::failed(&address.place, "connecting to the server", &error) {
            StoreError::Away { what, .. } => Failed::Away(format!("{host}:{port}: {what}")),
            StoreError::Refused { what, .. } | StoreError::Engine { what, .. } => {
                Failed::Refused(format!("{host}:{port}: {what}"))
            }
            other => Failed::Refused(format!("{host}:{port}: {other}")),
        });
    }
}

/// Moves what is sent and what comes until the line ends, and tells what the server told.
async fn carry<S, T>(mut connection: Connection<S, T>, heard: Arc<Heard>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
        match message {
            Ok(AsyncMessage::Notification(_)) => {
                heard.told.fetch_add(1, Ordering::AcqRel);
                heard.wake.notify_one();
            }
            Ok(_) => {}
            // whoever waits for an answer is told; the next statement finds the line closed
            Err(_) => break,
        }
    }
    // the line counts as ended before anybody is woken to look
    drop(connection);
    heard.wake.notify_one();
}
