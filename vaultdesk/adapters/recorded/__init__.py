"""Recorded markets: the file format read and written, and a recording played back as a feed.

Import from the modules: `recorder` is light and stands before every desk's feed, the others are
loaded where a recording is opened or written.
"""
