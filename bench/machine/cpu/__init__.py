"""The host's processor: what it is, where workers are pinned, and what its counters say."""
