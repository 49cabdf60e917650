-- Who released what, when and why: one row for each deploy, rollback and promotion, refused and failed ones too.
create table releases (
    id              uuid primary key,            -- UUIDv7, made where the release was recorded first
    at              timestamptz not null,        -- when it was begun, by the clock of the machine that ran it
    environment     text not null,
    action          text not null check (action in ('site', 'deploy', 'rollback', 'promote')),
    outcome         text not null check (outcome in ('done', 'refused', 'failed', 'did_not_end')),
    account         text not null default '',    -- user@host of the machine that ran it
    identity        jsonb,                       -- who the cluster says it was: username, uid, groups; null on a process
    reason          text not null default '',
    ratio_before    integer,
    ratio_after     integer,                     -- what it led to, or would have
    model           text not null default '',
    image           text not null default '',
    dataset         text not null default '',
    experiment      text not null default '',
    revision_before text not null default '',
    revision_after  text not null default '',
    figures         jsonb,                       -- of the experiment at that moment; null when they could not be read
    message         text not null default '',    -- why it was refused or failed
    recorded_at     timestamptz not null default now()
);
create index releases_at on releases (at);

create function releases_stay() returns trigger language plpgsql as $$
begin
    raise exception 'releases is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end $$;
create trigger releases_stay before update or delete or truncate on releases
    for each statement execute function releases_stay();
