"""Offline evaluations: base and tuned model answer the validation set before users meet the tuned one."""
