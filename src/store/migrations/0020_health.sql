-- What a manager thinks of a team's quarter (S004-28): kept and dated, and shown with the next quarter's page.
CREATE TABLE health_note (
  id BIGINT NOT NULL PRIMARY KEY,
  team_id BIGINT NOT NULL,
  quarter BIGINT NOT NULL,
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  words TEXT NOT NULL,
  void_at BIGINT
);
CREATE INDEX health_note_team ON health_note (team_id, quarter);
