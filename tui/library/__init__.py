"""What is indexed, as people see it."""
