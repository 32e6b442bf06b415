//! A believable floor made up from a playbook.
//!
//! The same request makes the same floor. History is written through the store's own changes, so that every figure on it
//! is explained like a real one.

use std::path::Path;
use std::sync::Arc;

use crate::domain::time::Timestamp;
use crate::playbook::source::Loaded;
use crate::store::StoreError;

/// What floor to make up.
#[derive(Debug, Clone)]
pub struct Request {
    /// Playbooks; teams are shared out among them.
    pub playbooks: Vec<Arc<Loaded>>,
    /// Reps.
    pub reps: usize,
    /// Customers.
    pub customers: usize,
    /// Business days of history before `now`.
    pub days: usize,
    /// The same seed makes the same floor.
    pub seed: u64,
    /// The instant the history ends at.
    pub now: Timestamp,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Users, leads and managers included.
    pub users: usize,
    /// Customers.
    pub customers: usize,
    /// Touches.
    pub touches: usize,
    /// Orders.
    pub orders: usize,
}

/// Makes a database at `out` and fills it. `progress` is told what is being done and how far it is, in per cent.
///
/// # Errors
/// Where a file is already, or the store fails; nothing is left behind then.
pub fn make(out: &Path, request: &Request, progress: &mut dyn FnMut(&str, u8)) -> Result<Made, StoreError> {
    let _ = (out, request, progress);
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
