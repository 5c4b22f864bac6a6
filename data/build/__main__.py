"""Run every builder, or those named: `python -m data.build [geography] [naf]…`."""

import sys
from importlib import import_module

BUILDERS = (  # one module of data.build a line, with a function build()
    "geography",
    "outlines",
    "naf",
    "corpus",
    "lecteur",
    "samples",
)


def main(names: list[str]) -> int:
    """Run the builders called `names`, all of them where the list is empty. Return 2 for a name that does not exist."""
    unknown = [name for name in names if name not in BUILDERS]
    if unknown:
        print(f"Table inconnue : {', '.join(unknown)}. Tables : {', '.join(BUILDERS)}.", file=sys.stderr)
        return 2
    for name in names or BUILDERS:
        print(f"{name}…")
        import_module(f"data.build.{name}").build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
