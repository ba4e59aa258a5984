"""Pictures of a stack and of its executions, as SVG.

Each function takes data and returns markup. Nodes and edges have stable ids; their looks come from
classes and `static/graphs.css`.
"""
