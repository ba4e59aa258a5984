"""The way of a release to an account: set up, deploy, promote, roll back, delete."""
