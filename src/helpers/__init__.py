# Placeholder, filled as modules land.
