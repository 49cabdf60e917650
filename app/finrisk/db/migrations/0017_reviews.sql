-- Answers that were drawn at random for review, and what reviewers said of these and of others. A row goes with its
-- request.
create table reviews (
    request_id  uuid primary key references analyses on delete cascade,
    drawn       boolean not null,               -- handed out by the queue, and not chosen by the reviewer
    key_id      text not null,                  -- of who has it for review, then of who said something
    taken_at    timestamptz not null default now(),
    label       real check (label between 0 and 1),  -- what the answer is worth; null until somebody has said it
    labelled_at timestamptz
);
create index reviews_unlabelled on reviews (taken_at) where label is null;

-- A person without a user is found by the unit.
create index analyses_unit on analyses (unit_hash) where user_hash is null;

-- Where a person stands in the draw of a stage, 0..1: those below the share are drawn. The hash of a hash under the
-- service's key, which nobody who asks can know.
create function review_place(stage integer, person text) returns double precision language sql immutable as $$
    select ('x' || left(encode(sha256(convert_to('review ' || stage || ' ' || person, 'UTF8')), 'hex'), 8))::bit(32)::bigint
           / 4294967296.0::float8
$$;

-- Requests in their stage: answered by the assigned arm itself and scored, which is what a review can be of.
create view reviewable as
select analyses.id, stages.id as stage_id, arm_assigned collate "C" as arm,
       coalesce(user_hash, unit_hash) collate "C" as person
from analyses join stages using (experiment, revision, split_bp, judge_version, prompt_version, index_version)
where outcome = 'ok' and arm_served = arm_assigned and judged_quality is not null;
