"""`python -m tests.deploy_steps "A region"`: the commands of a chapter of docs/deploy.md, to be run as they stand on an empty system."""

import re
import sys
from pathlib import Path

# Without tests.conftest: this runs where no library is installed.
PAGE = Path(__file__).resolve().parent.parent / "docs/deploy.md"


def steps(chapter: str) -> str:
    """Return the commands of a chapter, or of a part of one, in order. Raises KeyError where there is none."""
    chapters = re.split(r"^#{2,3} (.*)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    told = dict(zip(chapters[::2], chapters[1::2], strict=True))
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", told[chapter], flags=re.MULTILINE | re.DOTALL))


if __name__ == "__main__":
    print(steps(sys.argv[1]))  # noqa: T201  # it is asked for
