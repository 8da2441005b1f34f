"""The `openipt` command."""
