-- Every request, with what the gate reads; text only for as long as ANALYSIS_RETENTION_DAYS says.
create table analyses (
    id                uuid primary key,          -- UUIDv7: the request_id
    created_at        timestamptz not null,
    user_hash         text,                      -- HMAC-SHA256, hex
    session_hash      text,
    experiment        text not null default '',
    revision          text not null default '',
    split_bp          integer not null,          -- 0..10000
    unit_kind         text not null check (unit_kind in ('user', 'session', 'request')),
    unit_hash         text not null,
    bucket            integer not null check (bucket between 0 and 9999),
    arm_assigned      text not null check (arm_assigned in ('base', 'tuned')),
    arm_served        text check (arm_served in ('base', 'tuned')),
    model             text,
    model_version     text,
    approach          text,
    outcome           text not null,             -- ok, upstream_error, timeout, blocked_or_empty, cut_stream
    arm_error         text,                      -- the assigned arm's own failure, also when base answered
    fallback_reason   text,
    latency_ms        real not null,
    upstream_ms       real,
    prompt_tokens     integer,
    answer_tokens     integer,
    quality_score     real,
    quality_parts     jsonb,
    grounded          boolean,
    skip_reason       text,                      -- why the pair is not in training_data; null when it is
    rating            smallint check (rating in (-1, 1)),
    strategy          text,
    analysis          text,
    redaction_version text not null
);
create index analyses_created_at on analyses (created_at);
create index analyses_with_text on analyses (created_at) where strategy is not null;

-- The good pairs, with the exact prompt that was sent.
create table training_data (
    id                   uuid primary key,
    created_at           timestamptz not null,
    strategy             text not null,
    analysis             text not null,
    quality_score        real not null,
    model                text not null,
    finetuned_model_used boolean not null,
    latency_ms           real not null,
    user_id              text,                   -- HMAC-SHA256, hex
    session_id           text,
    request_id           uuid,
    prompt               text,
    prompt_hash          text,
    sources              jsonb not null default '[]',
    arm                  text,
    model_version        text,
    revision             text,
    quality_parts        jsonb,
    redaction_version    text,
    withdrawn_at         timestamptz             -- later feedback took it below the threshold
);
create index training_data_created_at on training_data (created_at);

-- The last rating of each request; applied_at is null until its analysis has been re-scored.
create table feedback (
    request_id uuid primary key,
    rating     smallint not null check (rating in (-1, 1)),
    comment    text,
    created_at timestamptz not null,
    applied_at timestamptz
);
create index feedback_pending on feedback (created_at) where applied_at is null;

-- One row a tuning spec: what was submitted, so that a second run finds it.
create table tuning_jobs (
    spec_id    text primary key,
    job_name   text,
    spec       jsonb not null,
    job        jsonb not null default '{}',      -- the finetuning_job file's content
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
