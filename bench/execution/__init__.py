"""Plan to outcomes: one fresh process a case."""
