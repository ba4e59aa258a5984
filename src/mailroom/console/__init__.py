"""The console: a web page that shows an environment and what happens in it."""
