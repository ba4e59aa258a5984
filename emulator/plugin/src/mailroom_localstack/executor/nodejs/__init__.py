"""The client of the Runtime API for Node.js, which `node` runs."""
