-- Of an answer's figures: how many there are, and how many the judge finds wrong by the answer's sources. Null where
-- there were no sources, the judge failed, or an older release judged.
alter table analyses add column figures integer;
alter table analyses add column wrong_figures integer;
