"""The pytest plugin: an application that is up for the tests of its folder."""
