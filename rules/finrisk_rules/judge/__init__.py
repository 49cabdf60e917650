"""The judge: every figure of an answer traced to its place in the sources that the answer was given."""
