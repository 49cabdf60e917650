"""A real Kubernetes on this machine, made and removed by one command: what `make cluster-up` starts.

The launcher knows no tests, and of the rest of the sandbox only how a process is started and found again.
"""
