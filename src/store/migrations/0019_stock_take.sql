-- Stock-takes of a team's open deals: one is open at a time; its rows are never rewritten, an undo only marks them
CREATE TABLE stock_take (
  id BIGINT NOT NULL PRIMARY KEY,
  playbook TEXT NOT NULL,
  team_id BIGINT NOT NULL,
  older_than BIGINT NOT NULL,
  months BIGINT NOT NULL,
  began_at BIGINT NOT NULL,
  began_by BIGINT NOT NULL,
  finished_at BIGINT,
  finished_by BIGINT,
  left_over BIGINT NOT NULL
);
CREATE UNIQUE INDEX stock_take_open ON stock_take (team_id) WHERE finished_at IS NULL;
CREATE INDEX stock_take_team ON stock_take (team_id, finished_at);

-- a deal as it stood when it was decided about, and the stage the decision brought it to
CREATE TABLE stock_row (
  id BIGINT NOT NULL PRIMARY KEY,
  stock_take_id BIGINT NOT NULL REFERENCES stock_take (id),
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  owner_id BIGINT NOT NULL,
  pipeline TEXT NOT NULL,
  stage TEXT NOT NULL,
  stage_since BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  value BIGINT NOT NULL,
  last_touch_at BIGINT,
  decision TEXT NOT NULL,
  to_stage TEXT,
  reason TEXT,
  words TEXT NOT NULL,
  task_id BIGINT,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  void_at BIGINT
);
CREATE UNIQUE INDEX stock_row_one ON stock_row (stock_take_id, deal_id) WHERE void_at IS NULL;
CREATE INDEX stock_row_take ON stock_row (stock_take_id, id);
CREATE INDEX stock_row_customer ON stock_row (customer_id);

-- the forecast a stock-take ended with, by stage: what was open, and what became of such deals in the months before
CREATE TABLE stock_rate (
  stock_take_id BIGINT NOT NULL REFERENCES stock_take (id),
  pipeline TEXT NOT NULL,
  stage TEXT NOT NULL,
  place BIGINT NOT NULL,
  deals BIGINT NOT NULL,
  value BIGINT NOT NULL,
  won BIGINT NOT NULL,
  cases BIGINT NOT NULL,
  PRIMARY KEY (stock_take_id, pipeline, stage)
);

-- what was closed since an instant of a month before
CREATE INDEX deal_closed ON deal (playbook, closed_at) WHERE state <> 'open';

-- reps who are far below their team's median: one open warning a rule and rep, closed by what cures it
CREATE TABLE rep_warning (
  id BIGINT NOT NULL PRIMARY KEY,
  playbook TEXT NOT NULL,
  rule TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  part BIGINT NOT NULL,
  cases BIGINT NOT NULL,
  median_bp BIGINT NOT NULL,
  coach_id BIGINT,
  task_id BIGINT,
  since BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE UNIQUE INDEX rep_warning_one ON rep_warning (user_id, rule) WHERE closed_at IS NULL;
