"""What leaves the machine: planted personal data through every way to an LLM and to other tools, byte by byte."""
