//! The call that is open: what a session that was cut off goes back to.

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, TaskId};
use crate::domain::time::Timestamp;

/// A record that was started and has no outcome yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The task; `None` where a customer was opened without one.
    pub task: Option<TaskId>,
    /// The customer.
    pub customer: CustomerId,
    /// Since when.
    pub started: Timestamp,
}
