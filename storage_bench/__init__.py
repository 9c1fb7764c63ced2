"""The storage work: jobs, the engines that run them, media evidence, and what may be written where."""
