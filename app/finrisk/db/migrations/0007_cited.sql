-- The documents whose passages an answer was given, best first, so that a document that goes can name the answers
-- that stood on it; null in a row of an older release, and where nobody answered.
alter table analyses add column documents text[];
