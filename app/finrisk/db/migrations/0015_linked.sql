-- A checkout that is older than the chain would record a release without a link. It is refused when it commits; its
-- record waits where the release was made until a run that knows the chain takes it over.
create function release_is_linked() returns trigger language plpgsql as $$
begin
    if not exists (select from release_links where release = new.id) then
        raise exception 'release % has no link: a checkout older than the chain records it; update that checkout, the next '
            'release from it records this one too', new.id using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create constraint trigger releases_are_linked after insert on releases deferrable initially deferred
    for each row execute function release_is_linked();
