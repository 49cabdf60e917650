-- The rules that found the pair fit to train on, texts as they stand; null: export asks its own.
alter table training_data add column rules_version text;
