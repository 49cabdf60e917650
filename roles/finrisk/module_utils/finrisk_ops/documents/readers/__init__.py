"""Files of every kind that people keep documents in, each read into text with pages and tables."""
