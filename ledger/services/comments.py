"""People talk about a document, on its page."""

from ledger.models import Comment, SourceDocument, User
from ledger.models.comments import LONGEST_COMMENT


def comment(document: SourceDocument, *, person: User, text: str) -> Comment | None:
    """None where nothing was said."""
    said = text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_COMMENT]
    if not said:
        return None
    return Comment.objects.create(document=document, author=person, author_name=str(person), text=said)
