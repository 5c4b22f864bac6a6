"""lecteur.table: the model that reads the trade of a need, learned from data/corpus/besoins.csv (twenty minutes of processor)."""

import shutil
import tempfile
from pathlib import Path

from data.build.packages import REFERENCE
from matcher.mapped import write_mapped_table
from matcher.reading.trade.corpus import shipped_corpus
from matcher.reading.trade.model import SHIPPED, VERSION
from matcher.reading.trade.training import train


def build(reference: Path = REFERENCE) -> None:
    """Train on the corpus and write the table."""
    model = train(shipped_corpus())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(SHIPPED).name
        write_mapped_table(model, path, VERSION)
        beside = shutil.copyfile(path, reference / f"{path.name}.new")
        # Moved into place: whoever maps the table that was there keeps it.
        size = beside.replace(reference / path.name).stat().st_size
    print(f"{len(model.keys)} traits, {len(model.weights)} poids, {size / 1e6:.1f} Mo")
