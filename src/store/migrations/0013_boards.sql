-- when a figure last moved: of two who have the same, whoever had it first stands before. 0 where it was counted before this was noted
ALTER TABLE metric_day ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE metric_month ADD COLUMN at BIGINT NOT NULL DEFAULT 0;

-- a target may be one to reach, to stretch for, or a challenge; of one product, or of one pipeline
ALTER TABLE target ADD COLUMN level TEXT NOT NULL DEFAULT 'goal';
ALTER TABLE target ADD COLUMN product TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';

-- what was sold in a stretch of days, by product
CREATE INDEX sale_order_at ON sale_order (at);
