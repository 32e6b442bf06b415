-- Reports that write themselves (S001-107). What stands in one is worked out until it is handed in or its period closes; then it is kept
-- as it was. What is corrected later stands in the journal and is told beside it.
CREATE TABLE report (
  id BIGINT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  first_day BIGINT NOT NULL,
  last_day BIGINT NOT NULL,
  playbook TEXT NOT NULL,
  playbook_number BIGINT NOT NULL,
  kept_at BIGINT NOT NULL,
  kept_rev BIGINT NOT NULL,
  handed_at BIGINT,
  handed_by BIGINT,
  why TEXT NOT NULL,
  best TEXT NOT NULL,
  help TEXT NOT NULL,
  figures TEXT NOT NULL
);
CREATE UNIQUE INDEX report_one ON report (scope, scope_id, period, first_day);
CREATE INDEX report_when ON report (period, first_day);

-- What a lead says to a report, and the tasks that come of it (S003-14).
CREATE TABLE report_comment (
  id BIGINT NOT NULL PRIMARY KEY,
  report_id BIGINT NOT NULL REFERENCES report (id),
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  words TEXT NOT NULL,
  void_at BIGINT
);
CREATE INDEX report_comment_report ON report_comment (report_id);

CREATE TABLE report_task (
  comment_id BIGINT NOT NULL REFERENCES report_comment (id),
  task_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  PRIMARY KEY (comment_id, task_id)
);
CREATE INDEX report_task_customer ON report_task (customer_id);

-- what one person did to deals, nodes and promises in a stretch of time; deals by when they opened
CREATE INDEX stage_move_user ON stage_move (by_user, at);
CREATE INDEX node_event_settled ON node_event (settled_by, settled_at);
CREATE INDEX promise_user ON promise (by_user, due_at);
CREATE INDEX deal_opened ON deal (pipeline, opened_at);
CREATE INDEX ownership_from ON ownership (from_at);
