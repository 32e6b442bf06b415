-- The audit trail: a row an act that matters, each sealed with the one before. The program takes the rows of the table there was
-- before along. What a customer can be recognised by stands apart, so that it can be erased: the seal covers its hash.
DROP TABLE IF EXISTS audit_personal;
DROP TABLE audit;

CREATE TABLE audit (
  number BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  team_id BIGINT,
  origin TEXT NOT NULL,
  machine TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  change_id BIGINT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  why TEXT NOT NULL,
  personal TEXT NOT NULL,
  seal TEXT NOT NULL
) /* only added to */;
CREATE INDEX audit_kind ON audit (kind, number);
CREATE INDEX audit_user ON audit (by_user, number);
CREATE INDEX audit_about ON audit (about, number);
CREATE INDEX audit_change ON audit (change_id);

CREATE TABLE audit_personal (
  number BIGINT NOT NULL PRIMARY KEY,
  salt TEXT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  why TEXT NOT NULL
);
