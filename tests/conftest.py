"""Settings of all tests: Hypothesis has no deadline, because slowness on a busy machine is not a
fault of the code."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
