"""The state of an environment, what is wrong in it, and the command that mends it."""
