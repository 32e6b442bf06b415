//! Reading again what others move, not more often than a screen is to: one rule for every screen that follows commits.

use std::time::Duration;

use crate::app::{Cx, Effect};
use crate::domain::time::Timestamp;

/// When a screen read last, and whether what it shows has moved since.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following {
    asked_at: Option<Timestamp>,
    stale: bool,
    waking: bool,
}

impl Following {
    /// Notes that it reads at an instant: what moved before is in it.
    pub const fn reads(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
        self.stale = false;
    }

    /// Notes that something moved. Whether it is to read now; where it read less than `least` ago it has itself woken, and while an
    /// answer is under way that one's arrival decides.
    pub fn moved(&mut self, is_reading: bool, least: Duration, cx: &mut Cx<'_>) -> bool {
        self.stale = true;
        if self.waking || is_reading {
            return false;
        }
        let since = self.asked_at.map_or(i64::MAX, |at| cx.now().since(at));
        if since >= i64::try_from(least.as_millis()).unwrap_or(i64::MAX) {
            return true;
        }
        self.waking = true;
        cx.effect(Effect::Wake(least));
        false
    }

    /// Whether it had itself woken.
    pub const fn is_waking(&self) -> bool {
        self.waking
    }

    /// Takes the wake. Whether it is to read now.
    pub const fn woken(&mut self, is_reading: bool) -> bool {
        self.waking = false;
        self.stale && !is_reading
    }

    /// Whether something moved since it read.
    pub const fn is_stale(&self) -> bool {
        self.stale
    }
}
