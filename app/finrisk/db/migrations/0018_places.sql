-- Who is drawn next for a review: the first places of a stage, without a hash of everybody in it. What changes with each
-- request is no part of the index, so that exposures are still updated in place.
create index exposures_place on exposures (stage_id, review_place(stage_id, person));

-- labelled_at without a label: the reviewer skipped the answer that was drawn.
comment on column reviews.labelled_at is 'when somebody said what the answer is worth, or skipped it (label is null)';
