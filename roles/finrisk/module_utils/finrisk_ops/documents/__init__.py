"""Documents of this machine on their way into the service."""
