-- What an arm did by itself, and which pairs ask the same.
alter table analyses add column arm_ms real;             -- until the assigned arm had answered or failed; null when it was not asked
alter table training_data add column question_digest text;  -- hex; equal ones are the same question on the same sources

-- What belongs to an experiment: its requests in stages with the tuned arm.
create index analyses_experiment on analyses (experiment, created_at) where split_bp > 0;
