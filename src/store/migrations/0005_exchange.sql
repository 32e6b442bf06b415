-- Imports that go on where they were cut off and can be taken back; use of what was bought.

ALTER TABLE import_batch ADD COLUMN options TEXT NOT NULL DEFAULT '';
CREATE INDEX import_batch_hash ON import_batch (hash);
CREATE INDEX customer_batch ON customer (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE usage_event (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  left_after BIGINT,
  by_user BIGINT NOT NULL
);
CREATE UNIQUE INDEX usage_event_once ON usage_event (customer_id, kind, at);
