"""Pure measures: values in, estimates out. Every published formula lives here once."""
