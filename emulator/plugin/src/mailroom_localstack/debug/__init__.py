"""DebugSession sessions: a debugger attaches to one invocation."""
