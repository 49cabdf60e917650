-- A foreign key asks for the page of every single posting; the postings of a page come and go with it by statement.
alter table postings drop constraint postings_page_id_fkey;

create function forget_postings() returns trigger language plpgsql
as $$ begin
    delete from postings where page_id = any(array(select id from gone));
    return null;
end $$;
create trigger pages_forget_postings after delete on pages referencing old table as gone
for each statement execute function forget_postings();
