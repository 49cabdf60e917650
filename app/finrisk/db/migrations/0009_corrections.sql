-- What a reviewer wrote in the place of an answer: it is trained on instead, and the answer stays beside it.
alter table training_data add column correction text;
alter table training_data add column correction_score real;
alter table training_data add column correction_parts jsonb;
alter table training_data add column corrected_at timestamptz;
alter table training_data add column corrected_by text;        -- the id of the API key, never the key

-- The prompt of an answer that was not collected, as long as its text is kept, and the labels of its sources: a
-- correction makes an example of it. Of a collected answer training_data has them.
alter table analyses add column prompt text;
alter table analyses add column labels text[];
