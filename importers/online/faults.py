"""Error for an online service that cannot be read; apart, so that importing it loads no network library."""


class FetchError(Exception):
    """A service that cannot be read. The message is French, names the service and gives advice; nothing was imported.

    `status` is the HTTP status of a refusal, None where the trouble is another.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
