//! The statements of records that are one row each: `$1` after, `$2` user, `$3` team, `$4` from, `$5` until, `$6` limit,
//! `$7` today. Columns stand in the order of the export.

use crate::sql;

/// Deals by who follows their customer, opened in the days asked for.
pub const DEALS: &str = sql!(
    "SELECT d.id, d.customer_id, c.name, d.playbook, d.playbook_number, d.pipeline, d.seq, d.stage, d.stage_since, d.state, \
       d.opened_at, ou.login, d.closed_at, d.reason, d.words \
     FROM deal d JOIN customer c ON c.id = d.customer_id LEFT JOIN person_user ou ON ou.id = d.opened_by \
     WHERE d.id > $1 AND d.void_at IS NULL AND (CAST($2 AS BIGINT) IS NULL OR c.owner_id = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = c.owner_id \
         AND m.team_id = $3 AND m.from_day <= $7 AND (m.to_day IS NULL OR m.to_day >= $7))) \
       AND d.opened_at >= $4 AND d.opened_at < $5 ORDER BY d.id LIMIT $6"
);

/// Touches by who made them, in the team of that day.
pub const TOUCHES: &str = sql!(
    "SELECT t.id, t.customer_id, c.name, t.person_id, u.login, u.name, m.name, t.channel, t.direction, t.lane, t.at, \
       t.seconds, t.outcome, t.connected, t.fresh, t.number, t.note, t.task_id, t.deal_id, t.pipeline, t.playbook, \
       t.playbook_number, t.script, t.script_line, t.material, t.coupon, t.metrics \
     FROM touch t JOIN customer c ON c.id = t.customer_id LEFT JOIN person_user u ON u.id = t.user_id \
       LEFT JOIN team m ON m.id = t.team_id \
     WHERE t.id > $1 AND t.void_at IS NULL AND (CAST($2 AS BIGINT) IS NULL OR t.user_id = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR t.team_id = $3) AND t.at >= $4 AND t.at < $5 \
       AND CAST($7 AS BIGINT) IS NOT NULL ORDER BY t.id LIMIT $6"
);

/// Tasks by whose they are, due in the days asked for.
pub const TASKS: &str = sql!(
    "SELECT t.id, t.task_key, t.lane, t.channel, t.customer_id, c.name, t.person_id, t.deal_id, t.pipeline, u.login, \
       t.due_at, t.clock_from, t.priority, t.state, t.source, t.script, t.material, t.coupon, t.promised, \
       (SELECT min(p.words) FROM promise p WHERE p.task_id = t.id AND p.state = 'open'), t.planned_at, t.closed_at, cu.login, t.why \
     FROM task t JOIN customer c ON c.id = t.customer_id LEFT JOIN person_user u ON u.id = t.owner_id \
       LEFT JOIN person_user cu ON cu.id = t.closed_by \
     WHERE t.id > $1 AND (CAST($2 AS BIGINT) IS NULL OR t.owner_id = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = t.owner_id \
         AND m.team_id = $3 AND m.from_day <= $7 AND (m.to_day IS NULL OR m.to_day >= $7))) \
       AND t.due_at >= $4 AND t.due_at < $5 ORDER BY t.id LIMIT $6"
);

/// Use of what was bought, by who follows the customer.
pub const USAGE: &str = sql!(
    "SELECT t.id, t.customer_id, c.name, t.kind, t.at, t.amount, t.left_after, u.login \
     FROM usage_event t JOIN customer c ON c.id = t.customer_id LEFT JOIN person_user u ON u.id = t.by_user \
     WHERE t.id > $1 AND (CAST($2 AS BIGINT) IS NULL OR c.owner_id = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = c.owner_id \
         AND m.team_id = $3 AND m.from_day <= $7 AND (m.to_day IS NULL OR m.to_day >= $7))) \
       AND t.at >= $4 AND t.at < $5 ORDER BY t.id LIMIT $6"
);
