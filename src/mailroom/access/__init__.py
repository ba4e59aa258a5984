"""How other programs reach the environment: variables, and a profile of AWS's tools."""
