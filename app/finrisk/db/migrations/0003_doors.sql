-- Which key asked, why a question got no answer, and what keeps a rating from being applied.
alter table analyses add column key_id text;             -- the id of the API key, never the key
alter table analyses add column block_reason text;       -- with outcome or arm_error blocked: blocked, refused, length
alter table training_data add column key_id text;
alter table feedback add column key_id text;
alter table feedback add column problem text;            -- the error that applying it ended in; null when there was none
drop index feedback_pending;
create index feedback_pending on feedback (created_at) where applied_at is null and problem is null;
