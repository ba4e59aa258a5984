"""What a user does with the workflow: send batches, watch them settle, look at what came of it."""
