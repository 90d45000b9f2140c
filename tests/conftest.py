"""Settings of all tests: Hypothesis has no deadline, because a busy machine proves nothing about
the code."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
