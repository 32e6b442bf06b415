//! Finds the host that takes changes, and keeps the line to it moving.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Connection};

use crate::store::engine::postgres::address::Address;
use crate::store::engine::postgres::fault;
use crate::store::error::StoreError;

/// How long one host may take to let somebody in, over and above the time to reach it.
const GREETING: Duration = Duration::from_secs(5);

/// What the server told without being asked.
#[derive(Debug, Default)]
pub struct Heard {
    /// Notifications so far.
    pub told: AtomicI64,
    /// Woken by each.
    pub wake: Notify,
}

/// Connects to the first host that takes changes, in the order of the address. Must run inside a runtime, which moves the line.
///
/// # Errors
/// [`StoreError::Away`] where no host can be had now; [`StoreError::Refused`] where one does not let the user in.
pub async fn connect(address: &Address, heard: &Arc<Heard>) -> Result<Client, StoreError> {
    let connector = address.tls.connector()?;
    let patience = address.config.get_connect_timeout().copied().unwrap_or_default() + GREETING;
    let mut told: Vec<String> = Vec::new();
    for (host, port) in &address.hosts {
        let config = address.to_host(host, *port);
        match timeout(patience, config.connect(connector.clone())).await {
            Ok(Ok((client, connection))) => {
                tokio::spawn(carry(connection, heard.clone()));
                return Ok(client);
            }
            Ok(Err(error)) => match fault::failed(&address.place, "connecting to the server", &error) {
                // another host may take changes, or be up
                // or what the client itself does not like: a certificate, a stand-by
                StoreError::Away { what, .. } | StoreError::Engine { what, .. } => {
                    told.push(format!("{host}:{port}: {what}"));
                }
                refused => return Err(refused),
            },
            Err(_) => told.push(format!("{host}:{port}: it does not answer")),
        }
    }
    Err(fault::away(&address.place, &told.join("; ")))
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
    heard.wake.notify_one();
}
