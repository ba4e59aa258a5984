"""The pages, a module for each subject: what it reads, and what a form on it changes."""
