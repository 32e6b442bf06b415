-- What ratios are made of, each of one person in a stretch of time, read from the index alone: tasks that were done or not, touches
-- in which somebody was reached, customers that were given
CREATE INDEX task_settled ON task (owner_id, due_at, closed_day, closed_at, state) WHERE state <> 'due';
CREATE INDEX touch_reached ON touch (user_id, at, day, direction, customer_id, connected, void_at) WHERE connected = 1 AND void_at IS NULL;
CREATE INDEX ownership_follow ON ownership (user_id, from_at, customer_id, to_at, owner_right) WHERE owner_right = 'follow';
-- whoever followed a customer, in the order of time: a lead counts by source when it was first given
CREATE INDEX ownership_customer ON ownership (customer_id, from_at, owner_right) WHERE owner_right = 'follow';
