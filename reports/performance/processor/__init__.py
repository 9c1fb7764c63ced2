"""The host's processor: peaks, caches, roofline, interference."""
