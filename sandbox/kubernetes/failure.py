"""What goes wrong with a test cluster."""


class ClusterError(Exception):
    """A cluster cannot be had or used; the text says what failed and what to do."""
