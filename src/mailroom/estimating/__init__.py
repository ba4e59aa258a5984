"""What AWS would do and cost for a number of messages, by what an environment has counted."""
