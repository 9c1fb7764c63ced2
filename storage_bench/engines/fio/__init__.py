"""fio: job files, output and logs."""
