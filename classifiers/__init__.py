"""Texts in, label scores out. Knows nothing of contacts, jobs or databases."""

import os

# ONNX Runtime reports each session to its maker unless this stands before it is loaded: `headway bench egress` found it
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
