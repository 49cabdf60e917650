-- What a passage says in figures (finrisk_rules.page_facts.stored), made when it is indexed; null for a passage of an
-- older release, until its document is sent anew.
alter table passages add column facts text;

-- The page as the document counts it; number counts the parts that a long page is cut into. Null as above.
alter table pages add column sheet integer;

-- Labels say who may read a document: a key needs all of them. A training row has those of its sources.
alter table documents add column labels text[] not null default '{}';
create index documents_labels on documents (id) where labels <> '{}';
alter table training_data add column labels text[];

-- A firm is also found by its ticker.
alter table documents add column ticker_key text;
create index documents_ticker on documents (ticker_key) where ticker_key is not null;
