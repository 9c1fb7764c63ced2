"""The storage work: jobs, the engines that run them, media evidence, what may be written where."""
