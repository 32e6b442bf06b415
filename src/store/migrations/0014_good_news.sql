-- what a team is glad of: an order, a target reached, a place won. No customer is named
CREATE TABLE good_news (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  playbook TEXT NOT NULL,
  rule TEXT NOT NULL,
  kind TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  team_id BIGINT NOT NULL,
  scope TEXT NOT NULL,
  metric TEXT NOT NULL,
  value BIGINT NOT NULL,
  other_id BIGINT,
  void_at BIGINT
);
CREATE INDEX good_news_at ON good_news (at);
