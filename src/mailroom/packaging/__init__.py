"""The functions' code as Lambda takes it: a folder to work on, or a zip to promote."""
