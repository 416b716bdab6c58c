"""CSV files read into plain values: which column means what, and every row's values or the reasons against it.

Pure: bytes and choices in, values out; no database, no clock, no network. Nothing here holds a whole file.
"""
