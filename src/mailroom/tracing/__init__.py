"""A message's way: from its batch to its row, or to where it stopped, and why."""
