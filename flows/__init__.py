"""The stages that run on a schedule, and the one story that runs them all."""
