"""Whether the evidence lets users be moved: promote, hold or roll back, however often somebody looks."""
