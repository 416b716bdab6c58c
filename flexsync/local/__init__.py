"""What lets a fresh checkout run without installing a server: PostgreSQL, Redis and our own processes as one stack.

`python -m flexsync.local --help` names the verbs. Nothing here imports Django.
"""
