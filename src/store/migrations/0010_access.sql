-- What is granted over a customer beside following it, numbers that were shown, exports that were asked for.
ALTER TABLE ownership ADD COLUMN share_bp BIGINT NOT NULL DEFAULT 0;
CREATE INDEX ownership_granted ON ownership (user_id, customer_id) WHERE owner_right <> 'follow';
CREATE INDEX ownership_over ON ownership (customer_id) WHERE owner_right <> 'follow';

CREATE TABLE reveal (
  id BIGINT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX reveal_user ON reveal (user_id, day, contact_id);

CREATE TABLE export_asked (
  id BIGINT NOT NULL PRIMARY KEY,
  by_user BIGINT NOT NULL,
  records TEXT NOT NULL,
  narrowed TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT,
  approved BIGINT,
  words TEXT NOT NULL
);
CREATE INDEX export_asked_user ON export_asked (by_user, at);
