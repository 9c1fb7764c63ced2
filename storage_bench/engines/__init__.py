"""Engines that load storage: fio, and our own."""
