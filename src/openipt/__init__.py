"""OpenIPT: courses of interpersonal psychotherapy, from first contact to follow-up."""

__version__ = "0.1.0"
