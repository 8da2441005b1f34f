"""The tests mirror the source: `src/openipt/core/measures/scoring.py` -> `tests/core/measures/test_scoring.py`."""
