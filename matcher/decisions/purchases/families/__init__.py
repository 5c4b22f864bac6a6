"""Families of like needs: the lines of a purchase sheet that the law counts together."""
