"""What the service and the playbooks must do identically: pure functions, standard library only, no I/O."""
