"""The desk's answers to other programs: JSON over HTTP, and a WebSocket that tells as it happens.

Nothing is imported here: the shapes of the answers are wanted where no server is.
"""
