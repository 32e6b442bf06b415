-- Types are those both engines know: TEXT, BIGINT. Times are UTC milliseconds, days are days since 1970-01-01 in the
-- business zone, money is minor units, flags are 0/1. Tables are STRICT in SQLite (the engine adds it).

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- people ------------------------------------------------------------------------------------------------------------

CREATE TABLE team (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  playbook TEXT NOT NULL,
  lead_id BIGINT,
  created_at BIGINT NOT NULL
);

CREATE TABLE person_user (
  id BIGINT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  rank TEXT NOT NULL,
  job TEXT NOT NULL,
  coach_id BIGINT,
  created_at BIGINT NOT NULL
);

CREATE TABLE membership (
  user_id BIGINT NOT NULL,
  team_id BIGINT NOT NULL,
  from_day BIGINT NOT NULL,
  to_day BIGINT,
  PRIMARY KEY (user_id, from_day)
);
CREATE INDEX membership_team ON membership (team_id, from_day);

CREATE TABLE playbook_version (
  playbook TEXT NOT NULL,
  number BIGINT NOT NULL,
  version TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  PRIMARY KEY (playbook, number)
);

CREATE TABLE target (
  id BIGINT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  metric TEXT NOT NULL,
  value BIGINT NOT NULL,
  from_day BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  void_at BIGINT
);
CREATE INDEX target_scope ON target (scope, scope_id, metric, period, from_day);

-- customers ---------------------------------------------------------------------------------------------------------

CREATE TABLE customer (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  city TEXT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT,
  playbook TEXT NOT NULL,
  owner_id BIGINT,
  assigned_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  dnc_until BIGINT,
  attempts BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  connected BIGINT NOT NULL,
  last_touch_at BIGINT,
  last_valid_at BIGINT,
  last_note TEXT NOT NULL,
  batch_id BIGINT,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_external ON customer (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_owner ON customer (owner_id, id);

CREATE TABLE person (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  touched BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX person_customer ON person (customer_id);

CREATE TABLE contact (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES person (id),
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  channel TEXT NOT NULL,
  norm TEXT NOT NULL,
  raw TEXT NOT NULL,
  extension TEXT NOT NULL,
  state TEXT NOT NULL,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  verified_at BIGINT
);
CREATE UNIQUE INDEX contact_norm ON contact (channel, norm, extension);
CREATE INDEX contact_customer ON contact (customer_id);

CREATE TABLE field_value (
  entity TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  value TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  PRIMARY KEY (entity, entity_id, field)
);
CREATE INDEX field_value_customer ON field_value (customer_id);

CREATE TABLE ownership (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  process TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  owner_right TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT,
  reason TEXT NOT NULL
);
CREATE UNIQUE INDEX ownership_one ON ownership (customer_id, process) WHERE owner_right = 'follow' AND to_at IS NULL;

CREATE TABLE private_note (
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  user_id BIGINT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (customer_id, user_id)
);

CREATE TABLE consent (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  kind TEXT NOT NULL,
  until BIGINT,
  words TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  lifted_at BIGINT
);
CREATE INDEX consent_customer ON consent (customer_id);

CREATE TABLE search_key (
  key TEXT NOT NULL,
  kind BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (kind, key, customer_id)
);
CREATE INDEX search_key_customer ON search_key (customer_id, kind, key);

CREATE TABLE import_batch (
  id BIGINT NOT NULL PRIMARY KEY,
  file TEXT NOT NULL,
  hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  done BIGINT NOT NULL
);

-- deals -------------------------------------------------------------------------------------------------------------

CREATE TABLE deal (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  playbook TEXT NOT NULL,
  playbook_number BIGINT NOT NULL,
  pipeline TEXT NOT NULL,
  seq BIGINT NOT NULL,
  stage TEXT,
  stage_since BIGINT NOT NULL,
  state TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  opened_by BIGINT NOT NULL,
  closed_at BIGINT,
  reason TEXT,
  words TEXT,
  void_at BIGINT
);
CREATE INDEX deal_customer ON deal (customer_id);
CREATE INDEX deal_open ON deal (playbook, pipeline, stage) WHERE state = 'open' AND void_at IS NULL;

CREATE TABLE stage_move (
  id BIGINT NOT NULL PRIMARY KEY,
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  from_stage TEXT NOT NULL,
  to_stage TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  void_at BIGINT
);
CREATE INDEX stage_move_customer ON stage_move (customer_id, at);

CREATE TABLE node_event (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  deal_id BIGINT,
  node TEXT NOT NULL,
  state TEXT NOT NULL,
  node_at BIGINT NOT NULL,
  booked_at BIGINT NOT NULL,
  booked_by BIGINT NOT NULL,
  settled_at BIGINT,
  settled_by BIGINT,
  void_at BIGINT
);
CREATE INDEX node_event_customer ON node_event (customer_id, node_at);
CREATE INDEX node_event_open ON node_event (node_at) WHERE state = 'booked' AND void_at IS NULL;

CREATE TABLE sale_order (
  id BIGINT NOT NULL PRIMARY KEY,
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  playbook TEXT NOT NULL,
  playbook_number BIGINT NOT NULL,
  pipeline TEXT NOT NULL,
  product TEXT NOT NULL,
  list BIGINT NOT NULL,
  discount BIGINT NOT NULL,
  price BIGINT NOT NULL,
  issue_id BIGINT,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  team_id BIGINT,
  void_at BIGINT
);
CREATE INDEX sale_order_customer ON sale_order (customer_id, at);
CREATE INDEX sale_order_user ON sale_order (by_user, at);

CREATE TABLE payment (
  id BIGINT NOT NULL PRIMARY KEY,
  order_id BIGINT NOT NULL REFERENCES sale_order (id),
  amount BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  team_id BIGINT,
  void_at BIGINT
);
CREATE INDEX payment_order ON payment (order_id);
CREATE INDEX payment_user ON payment (by_user, at);

CREATE TABLE order_credit (
  id BIGINT NOT NULL PRIMARY KEY,
  order_id BIGINT NOT NULL REFERENCES sale_order (id),
  user_id BIGINT NOT NULL,
  share_bp BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  void_at BIGINT
);
CREATE INDEX order_credit_order ON order_credit (order_id);

-- work --------------------------------------------------------------------------------------------------------------

CREATE TABLE task (
  id BIGINT NOT NULL PRIMARY KEY,
  task_key TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  channel TEXT NOT NULL,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  person_id BIGINT,
  deal_id BIGINT,
  pipeline TEXT,
  node_id BIGINT,
  owner_id BIGINT,
  due_at BIGINT NOT NULL,
  clock_from BIGINT,
  priority BIGINT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  script TEXT,
  material TEXT,
  coupon TEXT,
  promised BIGINT NOT NULL,
  planned_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_by BIGINT,
  closed_day BIGINT,
  why TEXT
);
CREATE INDEX task_due ON task (owner_id, due_at) WHERE state = 'due';
CREATE INDEX task_customer ON task (customer_id) WHERE state = 'due';
CREATE INDEX task_closed ON task (owner_id, closed_day) WHERE state <> 'due';

CREATE TABLE touch (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  person_id BIGINT,
  user_id BIGINT NOT NULL,
  team_id BIGINT,
  channel TEXT NOT NULL,
  direction TEXT NOT NULL,
  lane TEXT NOT NULL,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  connected BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  number TEXT,
  note TEXT NOT NULL,
  task_id BIGINT,
  deal_id BIGINT,
  pipeline TEXT,
  playbook TEXT NOT NULL,
  playbook_number BIGINT NOT NULL,
  script TEXT,
  script_line BIGINT,
  material TEXT,
  coupon TEXT,
  metrics TEXT NOT NULL,
  void_at BIGINT
);
CREATE INDEX touch_customer ON touch (customer_id, at);
CREATE INDEX touch_user ON touch (user_id, at);

CREATE TABLE question_use (
  touch_id BIGINT NOT NULL REFERENCES touch (id),
  question TEXT NOT NULL,
  solved BIGINT NOT NULL,
  PRIMARY KEY (touch_id, question)
);

CREATE TABLE promise (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  task_id BIGINT,
  by_user BIGINT NOT NULL,
  words TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE INDEX promise_customer ON promise (customer_id);
CREATE INDEX promise_task ON promise (task_id);

CREATE TABLE coupon_quota (
  playbook TEXT NOT NULL,
  coupon TEXT NOT NULL,
  month BIGINT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (playbook, coupon, month)
);

CREATE TABLE coupon_issue (
  id BIGINT NOT NULL PRIMARY KEY,
  playbook TEXT NOT NULL,
  coupon TEXT NOT NULL,
  month BIGINT NOT NULL,
  code TEXT NOT NULL UNIQUE,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  task_id BIGINT,
  user_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  reserved_at BIGINT NOT NULL,
  pushed_at BIGINT,
  until BIGINT NOT NULL,
  order_id BIGINT
);
CREATE INDEX coupon_issue_customer ON coupon_issue (customer_id, coupon);
CREATE INDEX coupon_issue_task ON coupon_issue (task_id);

-- derived, rebuilt and compared by verify -----------------------------------------------------------------------------

CREATE TABLE contact_use (
  customer_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  touches BIGINT NOT NULL,
  commercial BIGINT NOT NULL,
  PRIMARY KEY (customer_id, day)
);

CREATE TABLE number_use (
  number TEXT NOT NULL,
  day BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_connected BIGINT NOT NULL,
  PRIMARY KEY (number, day)
);

CREATE TABLE metric_day (
  day BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  team_id BIGINT NOT NULL,
  pipeline TEXT NOT NULL,
  metric TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (day, metric, user_id, team_id, pipeline)
);

CREATE TABLE metric_month (
  month BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  team_id BIGINT NOT NULL,
  pipeline TEXT NOT NULL,
  metric TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (month, metric, user_id, team_id, pipeline)
);

-- the journal ---------------------------------------------------------------------------------------------------------

CREATE TABLE journal (
  rev BIGINT NOT NULL PRIMARY KEY,
  write_id BIGINT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  kind TEXT NOT NULL,
  customer_id BIGINT,
  topics TEXT NOT NULL,
  payload TEXT NOT NULL,
  effects TEXT NOT NULL,
  reversal TEXT NOT NULL,
  undone_by BIGINT,
  hash TEXT NOT NULL
);
CREATE INDEX journal_user ON journal (by_user, rev);

CREATE TABLE audit (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  action TEXT NOT NULL,
  customer_id BIGINT,
  what TEXT NOT NULL
);

CREATE TABLE day_roll (
  playbook TEXT NOT NULL,
  day BIGINT NOT NULL,
  customer_after BIGINT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (playbook, day)
);
