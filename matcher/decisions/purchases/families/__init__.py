"""Families of homogeneous needs: lines of a purchase spreadsheet that the procurement code counts together against its thresholds."""
