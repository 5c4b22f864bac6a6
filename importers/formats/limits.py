"""Limits of what a file may hold, whoever reads it: far above what a directory or a sheet has, far below what would take the memory
or the time of others."""

# Bytes of a file; FINESS, the largest that is read whole, weighs 60 MiB.
MAX_BYTES = 256 * 2**20
# As many as a sheet of Excel or LibreOffice has; the widest directory has 150 columns.
MAX_ROWS, MAX_COLUMNS = 2**20, 2**14
# A list of 100,000 suppliers by 20 columns; read as text, a cell takes about a hundred bytes.
MAX_CELLS = 2_000_000
# Characters of a cell of a text, as the csv module has it: four times those of Excel.
LONGEST_CELL = 2**17
# Signs of one value of JSON, where an item of the real directories has some thousands: it is in memory whole, and several times over.
LONGEST_VALUE = 8 * 2**20
# Levels of tags. A page of Hosmoz has 20; for each level, what a card holds may be looked through once more.
MAX_DEPTH = 100
# Bytes of a workbook once unpacked: sheets of text pack 5 to 20 times, only an empty or a hostile one 100 times.
MAX_UNPACKED, SMALL_UNPACKED, MAX_RATIO = 512 * 2**20, 20 * 2**20, 100
