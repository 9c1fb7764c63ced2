"""The IOPS guarantee: its definition, its replicates, its judge."""
