-- Matches between people and teams (S001-109): what was agreed, what came of it, what was said against it.
CREATE TABLE pk_match (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  playbook TEXT NOT NULL,
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  win BIGINT NOT NULL,
  lose BIGINT NOT NULL,
  prize TEXT NOT NULL,
  state TEXT NOT NULL,
  ended_by BIGINT,
  ended_at BIGINT,
  reason TEXT NOT NULL
);
CREATE INDEX pk_match_state ON pk_match (state, to_at);

CREATE TABLE pk_metric (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  place BIGINT NOT NULL,
  metric TEXT NOT NULL,
  points BIGINT NOT NULL,
  per BIGINT NOT NULL,
  PRIMARY KEY (pk_id, place)
);

CREATE TABLE pk_side (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  side BIGINT NOT NULL,
  name TEXT NOT NULL,
  team_id BIGINT,
  accepted_by BIGINT,
  accepted_at BIGINT,
  PRIMARY KEY (pk_id, side)
);
CREATE INDEX pk_side_team ON pk_side (team_id) WHERE team_id IS NOT NULL;

CREATE TABLE pk_member (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  side BIGINT NOT NULL,
  place BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (pk_id, side, place)
);
CREATE INDEX pk_member_user ON pk_member (user_id, pk_id);

CREATE TABLE pk_leg (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  leg BIGINT NOT NULL,
  name TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  PRIMARY KEY (pk_id, leg)
);

CREATE TABLE pk_round (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  round BIGINT NOT NULL,
  name TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_rev BIGINT,
  PRIMARY KEY (pk_id, round)
);

-- A result is written once and never again: what is corrected later stands in the journal and is told beside it.
CREATE TABLE pk_result (
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  round BIGINT NOT NULL,
  side BIGINT NOT NULL,
  won BIGINT NOT NULL,
  how TEXT NOT NULL,
  units BIGINT NOT NULL,
  times BIGINT NOT NULL,
  held_by BIGINT NOT NULL,
  first_at BIGINT,
  points BIGINT NOT NULL,
  PRIMARY KEY (pk_id, round, side)
);

CREATE TABLE pk_dispute (
  id BIGINT NOT NULL PRIMARY KEY,
  pk_id BIGINT NOT NULL REFERENCES pk_match (id),
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  settled_by BIGINT,
  settled_at BIGINT,
  verdict TEXT,
  winner BIGINT,
  words TEXT NOT NULL
);
CREATE INDEX pk_dispute_pk ON pk_dispute (pk_id);

-- Whom somebody measures the own figures with; nobody else is told.
CREATE TABLE pk_nemesis (
  user_id BIGINT NOT NULL PRIMARY KEY,
  nemesis_id BIGINT NOT NULL,
  since_at BIGINT NOT NULL
);

-- What was taken back, by when it had been done; and payments, which may be counted for somebody else than who noted them.
CREATE INDEX journal_taken_back ON journal (at) WHERE undone_by IS NOT NULL;
CREATE INDEX journal_paid ON journal (at) WHERE kind = 'deal.pay';
