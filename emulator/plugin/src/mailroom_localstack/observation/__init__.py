"""What LocalStack did: a bounded ring of events, counters, and the pages that serve both."""
