"""Looking into files that strangers send: previews, photos of phones, the text of PDFs.

Whatever decodes them is large and not written in Python, so it runs in a process of its own with little memory and time
(child.py). What it cannot open, or not in time, is no trouble of ours.
"""

from ledger.pictures.opening import TooLong, Unopened, as_jpeg, check_picture, preview, text_of

__all__ = ["TooLong", "Unopened", "as_jpeg", "check_picture", "preview", "text_of"]
