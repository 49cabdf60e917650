"""What the playbooks do, as plain Python: no Ansible in here."""
