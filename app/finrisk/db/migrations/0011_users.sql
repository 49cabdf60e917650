-- What is kept of a user is looked up by the hash: to show it, and to erase it.
create index analyses_user on analyses (user_hash);
create index training_data_user on training_data (user_id);
