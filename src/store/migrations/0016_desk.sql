-- The lead's desk: who is here, what was whispered, warnings, rounds and what was decided in them.

-- who is here on a day; nobody of whom nothing is said is absent
CREATE TABLE attendance (
  user_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  PRIMARY KEY (user_id, day)
);
CREATE INDEX attendance_day ON attendance (day);

CREATE TABLE whisper (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  words TEXT NOT NULL,
  heard_at BIGINT,
  void_at BIGINT
);
CREATE INDEX whisper_user ON whisper (user_id, at);

-- one open warning a rule and subject, closed by what cures it; how far it has climbed follows from its age
CREATE TABLE warning (
  id BIGINT NOT NULL PRIMARY KEY,
  playbook TEXT NOT NULL,
  rule TEXT NOT NULL,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  deal_id BIGINT NOT NULL,
  task_id BIGINT,
  since BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE UNIQUE INDEX warning_one ON warning (customer_id, rule, deal_id) WHERE closed_at IS NULL;
CREATE INDEX warning_open ON warning (playbook, rule, since) WHERE closed_at IS NULL;
CREATE INDEX warning_customer ON warning (customer_id, since);

CREATE TABLE round_call (
  id BIGINT NOT NULL PRIMARY KEY,
  team_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  words TEXT NOT NULL,
  void_at BIGINT
);
CREATE INDEX round_call_team ON round_call (team_id, day);

CREATE TABLE decision (
  id BIGINT NOT NULL PRIMARY KEY,
  round_id BIGINT NOT NULL REFERENCES round_call (id),
  user_id BIGINT NOT NULL,
  customer_id BIGINT,
  task_id BIGINT,
  words TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  done_at BIGINT,
  done_by BIGINT,
  void_at BIGINT
);
CREATE INDEX decision_round ON decision (round_id);
CREATE INDEX decision_user ON decision (user_id) WHERE done_at IS NULL AND void_at IS NULL;
CREATE INDEX decision_customer ON decision (customer_id) WHERE customer_id IS NOT NULL;

-- why a task was put off by somebody else than who does it
CREATE TABLE put_off (
  task_id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL
);
CREATE INDEX put_off_customer ON put_off (customer_id);

-- what was lost lately
CREATE INDEX deal_lost ON deal (closed_at) WHERE state = 'lost';
