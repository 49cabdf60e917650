"""What tests of several tiers stand on: real parts, each started and stopped in one place."""
