"""What any running service shows: its log, and what is seen from outside."""
