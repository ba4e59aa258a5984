"""PublishMessagesFunction: validates a batch, then publishes it to the topic."""
