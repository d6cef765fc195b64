"""What went wrong and what to do about it, for one line on a terminal."""


class StackError(Exception):
    """A problem with its fix; printed as one line, without a traceback."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}; {fix}")
        self.what = what
        self.fix = fix
