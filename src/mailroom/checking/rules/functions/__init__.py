"""Rules about functions: handlers, packages, connections and permissions."""
