-- Who may come in over SSH, and who came: keys, passwords, invitations, tries.

CREATE TABLE sign_key (
  user_id BIGINT NOT NULL REFERENCES person_user (id),
  fingerprint TEXT NOT NULL,
  body TEXT NOT NULL,
  name TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  added_by BIGINT NOT NULL,
  PRIMARY KEY (user_id, fingerprint)
);

-- What is hashed is no use to whoever reads it; the secret of one-time codes has to be kept as it is.
CREATE TABLE sign_in (
  user_id BIGINT NOT NULL PRIMARY KEY REFERENCES person_user (id),
  password TEXT,
  totp TEXT,
  totp_step BIGINT NOT NULL,
  invitation TEXT,
  invited_until BIGINT,
  failures BIGINT NOT NULL,
  failed_at BIGINT,
  locked_until BIGINT
);

CREATE INDEX sign_in_invited ON sign_in (invited_until) WHERE invited_until IS NOT NULL;

CREATE TABLE sign_in_event (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  user_id BIGINT,
  way TEXT NOT NULL,
  came TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX sign_in_event_user ON sign_in_event (user_id, at);
