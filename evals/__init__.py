"""Is it good enough: worlds with known truth, accuracy, and the benchmarks."""
