"""Limits on the size of imported files: far above any real directory or sheet, far below what would exhaust a server's memory or time."""

# Bytes of a file; FINESS, the largest that is read whole, has 60 MiB.
MAX_BYTES = 256 * 2**20
# Those of a sheet in Excel or LibreOffice; the widest directory has 150 columns.
MAX_ROWS, MAX_COLUMNS = 2**20, 2**14
# A list of 100,000 suppliers by 20 columns; a cell read as text takes about a hundred bytes.
MAX_CELLS = 2_000_000
# Characters of a cell, as in the csv module: four times Excel's limit.
LONGEST_CELL = 2**17
# Characters of one JSON value, which is held in memory several times; an item of the real directories has some thousands.
LONGEST_VALUE = 8 * 2**20
# Depth of nested tags. A page of Hosmoz has 20; each level may cost one more search through a card.
MAX_DEPTH = 100
# Bytes of an unpacked workbook, and its compression ratio: text compresses 5 to 20 times, only an empty or hostile sheet 100 times.
MAX_UNPACKED, SMALL_UNPACKED, MAX_RATIO = 512 * 2**20, 20 * 2**20, 100
