-- Search: what a customer is found by, once a customer; a few keys from it; and the ways to type a pair, once a pair. The
-- rows are made by the program when a file is brought up to this layout.

DROP TABLE search_key;

CREATE TABLE search_key (
  key TEXT NOT NULL,
  place BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  rest TEXT NOT NULL,
  PRIMARY KEY (key, place, customer_id, rest)
) /* kept in its order */;

CREATE TABLE search_way (
  way TEXT NOT NULL,
  pair TEXT NOT NULL,
  PRIMARY KEY (way, pair)
) /* kept in its order */;

CREATE TABLE search_text (
  owner_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (owner_id, customer_id)
) /* kept in its order */;

CREATE INDEX deal_tag ON deal (playbook, pipeline, customer_id) WHERE stage IS NULL AND state = 'open' AND void_at IS NULL;
