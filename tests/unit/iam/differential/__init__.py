"""The evaluator against an independent judge; see `exclusions` for what they are not asked."""
