"""The project: settings, addresses, logs."""
