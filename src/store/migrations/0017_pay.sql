-- Pay: what no fact says and whoever leads sets instead, with a reason; what somebody earned; the leads somebody got.
CREATE TABLE score (
  id BIGINT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  month BIGINT NOT NULL,
  metric TEXT NOT NULL,
  value BIGINT NOT NULL,
  why TEXT NOT NULL,
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  void_at BIGINT
);
CREATE INDEX score_user ON score (user_id, month, metric);

-- what somebody booked, for who is paid for what came of it
CREATE INDEX node_event_booked ON node_event (booked_by, node_at);
CREATE INDEX order_credit_user ON order_credit (user_id, at);
CREATE INDEX ownership_user ON ownership (user_id, from_at) WHERE owner_right = 'follow';
