"""Evaluations: the evidence on an experiment, the gate's verdict on it, and what a person reads of both."""
