"""The `headway` command: one file per group of verbs, each thin."""
