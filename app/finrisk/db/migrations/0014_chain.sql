-- The chain of releases (finrisk_rules.chain): written with each release by the run that records it, which gives links
-- to the releases of an older schema too.
create table release_links (
    number  bigint primary key,
    release uuid not null unique,
    hash    text not null
);

create or replace function releases_stay() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

create trigger release_links_stay before update or delete or truncate on release_links
    for each statement execute function releases_stay();
