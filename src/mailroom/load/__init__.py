"""Sends many generated messages through an environment, measures it, and checks what came of it."""
