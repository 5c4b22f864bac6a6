"""Pages to which files are sent, which may weigh more than what other pages take."""

from collections.abc import Callable

from flask import Blueprint, request


def take_files(pages: Blueprint, largest: Callable[[], int], *views: str) -> None:
    """Let these views of a blueprint, and no other, take requests of as many bytes as `largest` says: told before the form is read, and its token checked."""
    taking = {f"{pages.name}.{view}" for view in views}

    @pages.url_value_preprocessor
    def allow(endpoint: str | None, _values: dict[str, object] | None) -> None:
        if endpoint in taking:
            request.max_content_length = largest()
