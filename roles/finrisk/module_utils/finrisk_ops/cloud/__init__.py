"""Google: accounts, models, buckets, and how to wait for them."""
