-- A lexeme that stands on many pages is read from its best ones down, as far as a search can afford. Rows of a lexeme
-- that a page says but once or twice, 19 of 20, are left out: ingestion need not enter them.

-- What an occurrence on a page is worth, before anything is known of all pages: BM25's part for pages of 300 words.
create function impact(tf double precision, length double precision)
returns double precision language sql immutable parallel safe
return bm25(tf, length, float8 '300');            -- no text: an index is made without a search path

create index postings_impact on postings (term_id, impact(tf, length) desc, page_id) where tf > 2;
