"""The built-in engine: the same job without fio, by compiled loops that call the kernel."""
