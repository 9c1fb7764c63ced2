"""The work that is measured. A kernel does work and counts it; it never looks at a clock."""
