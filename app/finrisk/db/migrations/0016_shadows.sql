-- What the other arm's model said to a question that was answered, after the reply was sent. It belongs to its
-- analysis and goes with it; the question stands there alone. In no sum of an experiment, and never trained on.
create table shadows (
    request_id    uuid primary key references analyses on delete cascade,
    created_at    timestamptz not null default now(),
    arm           text collate "C" not null check (arm in ('base', 'tuned')),
    model         text not null,
    model_version text,
    outcome       text not null,                 -- as in analyses
    block_reason  text,
    upstream_ms   real not null,                 -- until the answer, or its failure
    prompt_tokens integer,
    answer_tokens integer,
    quality       real,
    refused       boolean,
    figures       integer,
    wrong_figures integer,
    judge_version text not null,
    analysis      text                           -- for as long as ANALYSIS_RETENTION_DAYS says
);
create index shadows_with_text on shadows (created_at) where analysis is not null;

-- How many questions were asked so on a day in UTC, by all workers and pods: what SHADOW_DAILY_CALLS limits.
create table shadow_days (
    day   date primary key,
    calls integer not null
);

-- Both answers to each such question: the user's and the other one.
create view shadow_answers as
select request_id, arm, model, outcome, refused, judge_version, quality, wrong_figures,
       upstream_ms, prompt_tokens, answer_tokens
from shadows
union all
select a.id, a.arm_served, a.model, a.outcome, a.refused, a.judge_version, a.judged_quality, a.wrong_figures,
       a.upstream_ms, a.prompt_tokens, a.answer_tokens
from shadows join analyses as a on a.id = shadows.request_id;

-- A row a question, with what both arms' models made of it; null where an answer is not there or was not judged.
create view shadow_pairs as
select request_id, base.judge_version, base.model as base_model, tuned.model as tuned_model,
       base.outcome as base_outcome, tuned.outcome as tuned_outcome,
       base.refused as base_refused, tuned.refused as tuned_refused,
       base.wrong_figures > 0 as base_wrong, tuned.wrong_figures > 0 as tuned_wrong,
       base.quality as base_quality, tuned.quality as tuned_quality,
       base.upstream_ms as base_ms, tuned.upstream_ms as tuned_ms,
       base.answer_tokens as base_tokens, tuned.answer_tokens as tuned_tokens
from shadow_answers as base join shadow_answers as tuned using (request_id)
where base.arm = 'base' and tuned.arm = 'tuned';
