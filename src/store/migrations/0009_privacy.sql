-- Erasure: who was erased, which rows of the journal were emptied for it, and whom nobody may contact although nothing else is kept.

-- Makes a row's seal say nothing to who guesses what stood in it; gone when the row is emptied. Rows from before have none.
ALTER TABLE journal ADD COLUMN salt BIGINT NOT NULL DEFAULT 0;

CREATE TABLE erasure (
  id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  journal_rows BIGINT NOT NULL,
  digest TEXT NOT NULL
);
CREATE INDEX erasure_customer ON erasure (customer_id);

CREATE TABLE erased_row (
  rev BIGINT NOT NULL PRIMARY KEY,
  erasure_id BIGINT NOT NULL REFERENCES erasure (id),
  mark TEXT NOT NULL
);
CREATE INDEX erased_row_erasure ON erased_row (erasure_id, rev);

CREATE TABLE barred_contact (
  digest TEXT NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL
);
