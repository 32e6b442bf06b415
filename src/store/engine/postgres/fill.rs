//! Many rows at once: the server reads them as one text, which costs it a fraction of as many statements. And how large the
//! whole of it is.

use bytes::Bytes;
use futures_util::{SinkExt as _, pin_mut};
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::store::engine::postgres::{LONG, Open, Postgres, fault};
use crate::store::engine::{About, Tx};
use crate::store::error::StoreError;
use crate::store::migrate::layout::Table;
use crate::store::value::Value;

/// What is being done, as a failure tells it.
const DOING: &str = "filling a table";

impl Postgres {
    /// Puts many rows into a table of the open transaction.
    pub(super) fn pour(&self, table: &Table, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.open.get() != Open::Write {
            let what = "no transaction that writes is open".to_owned();
            return Err(StoreError::Engine { doing: DOING.to_owned(), what });
        }
        self.wrote.set(true);
        self.ahead.borrow_mut().clear();
        self.flush(Vec::new(), LONG, DOING)?;
        let words = format!("COPY {} ({}) FROM STDIN", table.name, table.list());
        let text = Bytes::from(lines(values, table.columns.len()));
        let mut line = self.line.borrow_mut();
        let came = match line.as_ref() {
            Some(there) => {
                self.runtime.block_on(async { timeout(LONG, send(&there.client, &words, text)).await })
            }
            None => return Err(fault::away(&self.address.place, "there is no connection")),
        };
        let failed = match came {
            Ok(Ok(())) => {
                self.begun.set(true);
                return Ok(());
            }
            Ok(Err(error)) => fault::failed(&self.address.place, DOING, &error),
            Err(_) => {
                *line = None;
                fault::away(&self.address.place, "the server does not answer")
            }
        };
        *self.broken.borrow_mut() = Some(failed.clone());
        Err(failed)
    }
}

async fn send(client: &Client, words: &str, text: Bytes) -> Result<(), tokio_postgres::Error> {
    let sink = client.copy_in::<_, Bytes>(words).await?;
    pin_mut!(sink);
    sink.send(text).await?;
    sink.finish().await.map(drop)
}

/// Rows as `COPY` reads them: a line a row, a tab between two values, `\N` for none.
fn lines(values: &[Value<'_>], width: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(values.len() * 12);
    for row in values.chunks(width.max(1)) {
        for (place, value) in row.iter().enumerate() {
            if place > 0 {
                text.push(b'\t');
            }
            match value {
                Value::Null => text.extend_from_slice(b"\\N"),
                Value::Int(n) => text.extend_from_slice(n.to_string().as_bytes()),
                Value::Text(words) => escape(&mut text, words),
            }
        }
        text.push(b'\n');
    }
    text
}

fn escape(text: &mut Vec<u8>, words: &str) {
    for byte in words.bytes() {
        match byte {
            b'\\' => text.extend_from_slice(b"\\\\"),
            b'\n' => text.extend_from_slice(b"\\n"),
            b'\r' => text.extend_from_slice(b"\\r"),
            b'\t' => text.extend_from_slice(b"\\t"),
            plain => text.push(plain),
        }
    }
}

/// The server's version, and the room the schema takes with its indexes.
pub fn about(engine: &Postgres) -> Result<About, StoreError> {
    let tx = Tx::new(engine);
    let version =
        tx.one("SELECT current_setting('server_version')", &[], |row| Ok(row.text(0)?.to_owned()))?;
    let bytes = tx.number(
        "SELECT CAST(sum(pg_total_relation_size(c.oid)) AS BIGINT) FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'",
        &[],
    )?;
    Ok(About {
        engine: "PostgreSQL",
        version: version.unwrap_or_default(),
        bytes: bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_a_tab_or_a_line_end_stays_one_value() {
        let values = [
            Value::Int(-7),
            Value::Null,
            Value::Text("a\tb\\N\r\n"),
            Value::Int(8),
            Value::Text(""),
            Value::Text("\\."),
        ];
        let told = String::from_utf8(lines(&values, 3)).unwrap();
        assert_eq!(told, "-7\t\\N\ta\\tb\\\\N\\r\\n\n8\t\t\\\\.\n");
    }
}
