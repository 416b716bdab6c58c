"""What can go wrong with a platform, named by what happens next. No other exception leaves a provider's folder."""

import traceback
from datetime import timedelta
from pathlib import PurePath

from integrations.providers.documents import Stop

# Of the way that an exception came.
LAST_STEPS = 4


class ProviderError(Exception):
    """Never raised itself."""


class Temporary(ProviderError):
    """Not now. Nothing was written, or it was only a read; try again after a while."""

    def __init__(self, sentence: str, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Paced(Temporary):
    """There is no room in our own pace for so long. Nothing is wrong out there."""

    def __init__(self, sentence: str, retry_after: timedelta) -> None:
        super().__init__(sentence)
        self.retry_after: timedelta = retry_after


class AccessLost(ProviderError):
    """The grant is dead: a person must connect again."""


class Stopped(ProviderError):
    """The company takes nothing for now, though the grant lives; `stop` says why."""

    def __init__(self, sentence: str, stop: Stop) -> None:
        super().__init__(sentence)
        self.stop = stop


class Refused(ProviderError):
    """The platform understood and said no, in its own words; `code` is its own, where it gave one."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Unknown(ProviderError):
    """Sent, and no readable answer came back. It may have been done."""


class Unreadable(ProviderError):
    """It came from the platform, and is in no shape that we know."""


def whereabouts(trouble: BaseException) -> str:
    """What it is and where it comes from, for a log; not its words, which may repeat a token or what somebody wrote."""
    steps = traceback.extract_tb(trouble.__traceback__)[-LAST_STEPS:]
    way = " > ".join(f"{PurePath(step.filename).name}:{step.lineno}" for step in steps)
    cause = f", from {whereabouts(trouble.__cause__)}" if trouble.__cause__ else ""
    return f"{type(trouble).__name__} at {way}{cause}"
