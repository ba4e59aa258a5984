"""ProcessMessagesFunction: takes messages from the queues and ingests them into Postgres."""
