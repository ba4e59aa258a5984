"""Executions of a state machine: what their histories say, step by step, and their functions' logs.

`history` asks Step Functions, `steps` parses a history without asking anything, and
`invocation_logs` asks CloudWatch Logs.
"""
